// How long does a collective take on a fabric?
#pragma once

#include "millwright/api/fabric.h"
#include "millwright/collective/algorithms.h"

namespace millwright {

/// The closed form is a formula; by flows the sends of each phase share the links.
enum class CollectiveEngine : std::uint8_t { closed, flow };

template <>
struct EnumNames<CollectiveEngine> {
    static constexpr std::array<std::string_view, 2> names{"closed", "flow"};
};

/// Every size with every number of ranks, an endpoint each, from endpoint 0 on. Groups fill blocks
/// of `group` x `stride` endpoints and all do the collective at once. Sizes are those of
/// nccl-tests.
struct CollectiveQuestion {
    Collective collective = Collective::all_reduce;
    std::vector<Bytes> sizes;
    std::vector<std::uint32_t> ranks;
    std::uint32_t group = 0;  // ranks of a group; zero: all are one
    std::uint32_t stride = 1;
    FabricQuestion fabric;
    Algorithm algorithm = Algorithm::automatic;  // the fastest by the engine
    CollectiveEngine engine = CollectiveEngine::closed;
    Symmetry symmetry = Symmetry::on;
    std::optional<CsvTable> traffic;  // of all_to_all: source, destination, bytes
};

/// One size and one number of ranks. Rates are bytes a second: `rate` is algorithm bandwidth,
/// `bus_rate` bus bandwidth as nccl-tests define it.
struct CollectiveTiming {
    std::uint32_t ranks = 0;
    Bytes size;
    Algorithm algorithm = Algorithm::automatic;
    Seconds time;
    Seconds least;  // no algorithm is faster; zero where traffic is uneven
    double bus_factor = 1;

    Bandwidth rate() const { return size / time; }
    Bandwidth bus_rate() const { return bus_factor * rate(); }
};

/// All timings; how well links are used is the same for all, since the server is.
struct CollectiveAnswer {
    std::vector<CollectiveTiming> timings;  // sizes of the first number of ranks first
    std::string fabric;                     // for the last number of ranks, in words
    std::string efficiency;                 // "measured" or "ideal"
};

/// Faults: what fabric.h says, groups that do not divide the ranks, an algorithm that does not do
/// this here, a table of traffic that does not fit, links whose failure cuts ranks off, and what is
/// too large for the engine. Sizes must be above zero.
Result<CollectiveAnswer> collective(const CollectiveQuestion& question, const Setting& setting);

}  // namespace millwright
