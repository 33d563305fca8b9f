// MLCommons Chakra execution traces: a folder of one file a rank, NAME.RANK.et, each a
// GlobalMetadata and then Nodes, every message after its length (Sridharan and others 2023).
//
// A file comm_group*.json beside them gives ranks of the process groups that nodes name; a
// collective without one is done by all ranks, or by those that `involved_dim` spans.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/result.h"

namespace millwright {

/// What a node does, by the schema's numbers.
enum class ChakraType : std::uint8_t {
    invalid,
    metadata,
    memory_load,
    memory_store,
    compute,
    send,
    receive,
    collective
};

/// Collectives by the schema's numbers.
enum class ChakraCollective : std::uint8_t {
    all_reduce,
    reduce,
    all_gather,
    gather,
    scatter,
    broadcast,
    all_to_all,
    reduce_scatter,
    reduce_scatter_block,
    barrier
};

struct ChakraNode {
    std::uint64_t id = 0;
    std::string name;
    ChakraType type = ChakraType::invalid;
    std::vector<std::uint64_t> after;  // control and data dependencies
    Seconds duration;                  // as measured; zero: unknown
    Flops operations;                  // `num_ops`
    Bytes tensor;                      // `tensor_size`: memory traffic
    bool on_host = false;              // `is_cpu_op`
    ChakraCollective collective = ChakraCollective::all_reduce;
    Bytes size;  // `comm_size`; of an all-gather one rank's part
    std::uint32_t source = 0, destination = 0, tag = 0;
    std::string group;             // `pg_name`
    std::vector<bool> dimensions;  // `involved_dim`
};

struct ChakraTrace {
    std::string version;
    std::vector<std::vector<ChakraNode>> ranks;
    std::map<std::string, std::vector<std::uint32_t>> groups;
};

/// The nodes of one rank.
struct ChakraRank {
    std::string version;
    std::vector<ChakraNode> nodes;
};
Result<ChakraRank> parse_chakra_rank(const std::string& bytes, const std::string& path);

/// Reads a folder. Faults name the file and the byte where it goes wrong.
Result<ChakraTrace> read_chakra(const std::string& folder);

struct ChakraFile {
    std::string name, bytes;
};

/// NAME.RANK.et of all ranks, and comm_group.json if there are groups.
std::vector<ChakraFile> chakra_files(const ChakraTrace& trace, const std::string& name);

}  // namespace millwright
