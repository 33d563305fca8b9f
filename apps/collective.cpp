// millwright collective: time and bandwidth of one collective on a tree of switches.
#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/commands.h"
#include "base/text.h"
#include "base/units.h"
#include "network/phases.h"
#include "scenario/tree_file.h"

namespace millwright::app {
namespace {

constexpr double most_flows = 3e7;  // of all phases, for the flow engine

Bytes size_from(const std::string& text) {
    std::string why;
    const auto size = parse_as<Bytes::dimension>(text, why);
    if (size && size->si() > 0) return *size;
    throw UserFault{{{{"--size", 0, 0},
                      size ? "the size is zero" : why,
                      "for example \"1GiB\" or \"256 MB\""}}};
}

Tree tree_from(const CollectiveArguments& a) {
    const auto ranks = static_cast<std::uint32_t>(a.ranks);
    const auto routing = enum_named<Routing>(a.routing).value();
    Tree tree =
        a.fabric == "fat-tree" ? fat_tree_of(ranks, routing) : value_or_throw(read_tree(a.fabric));
    if (ranks > capacity_of(tree)) {
        throw UserFault{{{{"--ranks", 0, 0},
                          fmt::format("the fabric holds {:.0f} ranks", capacity_of(tree)),
                          "lower --ranks or widen a tier"}}};
    }
    tree.hosts = ranks;
    tree.routing = routing;
    return tree;
}

PhaseEngine engine_of(const CollectiveArguments& a) {
    return a.engine == "closed" ? closed_time : flow_time;
}

/// Only all_to_all grows with the square of the ranks.
void check_cost(const CollectiveArguments& a, Collective collective) {
    const double ranks = static_cast<double>(a.ranks);
    const bool square = collective == Collective::all_to_all && a.engine == "flow";
    if (!square || ranks * ranks <= most_flows) return;
    throw UserFault{{{{"--ranks", 0, 0},
                      fmt::format("{:.3g} flows are too many for the flow engine", ranks * ranks),
                      "take --engine closed, or fewer ranks"}}};
}

PhaseAlgorithm algorithm_of(const CollectiveArguments& a, const Tree& tree, Collective collective,
                            Bytes size) {
    const auto algorithm = enum_named<PhaseAlgorithm>(a.algorithm).value();
    if (algorithm == PhaseAlgorithm::automatic) {
        return fastest(tree, collective, size, engine_of(a));
    }
    if (does(algorithm, collective, tree.hosts)) return algorithm;
    throw UserFault{{{{"--algorithm", 0, 0},
                      fmt::format("{} does not do {} of {} ranks", a.algorithm, a.op, a.ranks),
                      "halving-doubling needs a power of two, pairwise does all_to_all alone"}}};
}

}  // namespace

int collective_command(const CollectiveArguments& a, const Common& common) {
    const auto collective = enum_named<Collective>(a.op).value();
    const Bytes size = size_from(a.size);
    const Tree tree = tree_from(a);
    check_cost(a, collective);
    const PhaseAlgorithm algorithm = algorithm_of(a, tree, collective, size);
    const Seconds time = engine_of(a)(tree, phases_of(collective, algorithm, tree.hosts, size));
    const Bandwidth rate = size / time;
    const double bus = bus_factor(collective, tree.hosts);
    const Seconds least = least_time(tree, collective, size);
    if (common.json) {
        const nlohmann::ordered_json json{{"seconds", time.si()},
                                          {"algbw_GBps", rate.in(unit::GBps)},
                                          {"busbw_GBps", bus * rate.in(unit::GBps)},
                                          {"lower_bound_s", least.si()},
                                          {"algorithm", name_of(algorithm)},
                                          {"engine", a.engine},
                                          {"routing", a.routing}};
        std::cout << json.dump(2) << "\n";
    } else {
        std::cout << fmt::format(
            "{} of {} by {} ranks: {}, {} engine\n  {}\n"
            "  time           {}\n  lower bound    {}\n  algorithm bw   {}\n  bus bw         "
            "{}\n",
            a.op, to_text(size), a.ranks, name_of(algorithm), a.engine, describe(tree),
            to_text(time), to_text(least), to_text(rate), to_text(bus * rate));
    }
    return exit_done;
}

}  // namespace millwright::app
