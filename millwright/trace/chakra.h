// MLCommons Chakra execution traces: a folder of one file a rank, NAME.RANK.et, each a
// GlobalMetadata and then Nodes, every message after its length (Sridharan and others 2023); or
// NAME.RANK.json with the same as JSON objects, as chakra_jsonizer writes them.
//
// A file comm_group*.json beside them gives ranks of the process groups that nodes name; a
// collective without one is done by all ranks, or by those that `involved_dim` spans.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "millwright/base/quantity.h"
#include "millwright/base/result.h"

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

/// What one rank does once: work, one end of a message, or its part in a collective. Fields that
/// its type does not use stay as they are here.
struct ChakraNode {
    std::uint64_t id = 0;
    std::string name;
    ChakraType type = ChakraType::invalid;
    // ids of nodes of the same rank, in order, each once
    std::vector<std::uint64_t> after;  // control and data dependencies
    Seconds duration;                  // as measured; zero: unknown
    Flops operations;                  // `num_ops`
    Bytes tensor;                      // `tensor_size`: memory traffic
    bool on_host = false;              // `is_cpu_op`
    ChakraCollective collective = ChakraCollective::all_reduce;
    Bytes size;  // `comm_size`; of an all-gather one rank's part
    // of messages: ranks of both ends; the own end may be left at zero
    std::uint32_t source = 0, destination = 0, tag = 0;
    // of collectives: its ranks by name; else the dimensions whose ranks take part, all where none
    // is left out
    std::string group;             // `pg_name`
    std::vector<bool> dimensions;  // `involved_dim`
};

/// All ranks, from 0 on, with the groups that their nodes name. `version` is the schema's, as the
/// files say.
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

/// One file's bytes, protobuf or JSON; what is of another tool is refused by name. Faults: no such
/// messages, JSON of more than 400 MB, fields out of range (the first twenty). Nodes come in an
/// order in which they can run, `path` is for faults.
Result<ChakraRank> parse_chakra_rank(const std::string& bytes, const std::string& path);

/// A file by its name within the folder, and its bytes.
struct ChakraFile {
    std::string name, bytes;
};
/// Fetches a file of a folder by its name, or says why it cannot.
using BytesOf = std::function<Result<std::string>(const std::string& name)>;

/// A trace from files in memory, or that are fetched one at a time, so that of a large trace one is
/// held; `folder` is for faults. Ranks must be whole from 0 on, one file each; where there are
/// files of both kinds .et is taken. Other files do no harm.
Result<ChakraTrace> parse_chakra(const std::vector<ChakraFile>& files, const std::string& folder);
Result<ChakraTrace> parse_chakra(std::vector<std::string> names, const BytesOf& bytes_of,
                                 const std::string& folder);

/// Reads a folder, files of at most 2 GB each. Faults name the file and the byte or node where it
/// goes wrong.
Result<ChakraTrace> read_chakra(const std::string& folder);

/// NAME.RANK.et of all ranks, and comm_group.json if there are groups. The format has whole
/// microseconds and whole bytes: durations are rounded to these, sizes cut off.
std::vector<ChakraFile> chakra_files(const ChakraTrace& trace, const std::string& name);

}  // namespace millwright
