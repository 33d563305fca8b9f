// millwright collective: time and bandwidth of collectives on a fabric.
#include <array>
#include <cmath>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/fabric.h"
#include "millwright/base/cells.h"
#include "millwright/base/units.h"
#include "millwright/report/json_text.h"
#include "millwright/report/table.h"

namespace millwright::app {
namespace {

constexpr double most_flows = 3e7;  // of all phases, for the flow engine
constexpr double most_ways = 1e8;   // followed one by one by the closed form

[[noreturn]] void refuse(std::string option, std::string message, std::string hint) {
    throw UserFault{{{{std::move(option), 0, 0}, std::move(message), std::move(hint)}}};
}

Bytes size_from(const std::string& text) {
    std::string why;
    const auto size = parse_as<Bytes::dimension>(text, why);
    if (size && size->si() > 0) return *size;
    refuse("--size", size ? "the size is zero" : why, "for example \"1GiB\" or \"256 MB\"");
}

Team team_of(const CollectiveArguments& a, std::uint32_t ranks) {
    Team team{.size = a.group > 0 ? static_cast<std::uint32_t>(a.group) : ranks,
              .stride = static_cast<std::uint32_t>(a.stride)};
    const double block = 1.0 * team.size * team.stride;
    if (team.size > ranks) {
        refuse("--group", fmt::format("a group of {} among {} ranks", team.size, ranks),
               "a group has no more than all ranks");
    }
    if (a.group == 0 && team.stride > 1) {
        refuse(
            "--stride",
            fmt::format("all {} ranks are one group, and cannot be {} apart", ranks, team.stride),
            fmt::format("give --group, such as --group {}", std::max(2U, ranks / team.stride)));
    }
    if (block > ranks || ranks % static_cast<std::uint32_t>(block) != 0) {
        refuse("--group",
               fmt::format("{} ranks do not divide into blocks of {} x {}", ranks, team.size,
                           team.stride),
               "a block is a group times its stride");
    }
    team.count = ranks / team.size;
    return team;
}

/// Bytes between ranks over those of an even spread of `size` from each.
Skew skew_from(const std::string& path, std::uint32_t ranks, Bytes size) {
    constexpr std::uint32_t most = 4096;
    if (ranks > most) refuse("--traffic", "more than 4096 ranks", "take fewer");
    const Range rank{0, ranks - 1.0};
    const std::array columns{Column{"source", CellKind::count, Needed::cell, rank},
                             Column{"destination", CellKind::count, Needed::cell, rank},
                             Column{.name = "bytes",
                                    .kind = CellKind::number,
                                    .needed = Needed::cell,
                                    .limits = limits_in(unit::B)}};
    const CsvTable table = table_from(path);
    Faults faults = table_faults(table, columns);
    Skew skew(1UL * ranks * ranks, 0);
    for (std::size_t i = 0; faults.empty() && i < table.rows.size(); ++i) {
        const Cells cells{table, i};
        const auto from = static_cast<std::size_t>(*cells.count("source"));
        const auto to = static_cast<std::size_t>(*cells.count("destination"));
        skew[from * ranks + to] += *cells.number("bytes") / (size.si() / ranks);
    }
    if (!faults.empty()) throw UserFault{faults};
    return skew;
}

/// What was asked at one size and number of ranks, and the answer.
struct Answer {
    std::uint32_t ranks = 0;
    Bytes size;
    Algorithm algorithm = Algorithm::automatic;
    Seconds time, least;

    Bandwidth rate() const { return size / time; }
};

/// Only all-to-alls grow with the square of the ranks. The closed form follows each of their ways
/// where no cuts tell what links carry.
void check_cost(const CollectiveArguments& a, const FabricGraph& graph,
                const CollectiveRequest& request) {
    if (request.collective != Collective::all_to_all) return;
    const double flows = 1.0 * request.team.size * request.team.size * request.team.count;
    const bool by_flows = a.engine == "flow";
    const double most = by_flows ? most_flows : most_ways;
    if (flows <= most || !(by_flows || graph.by_links)) return;
    refuse(
        "--ranks",
        fmt::format("{:.3g} flows are too many for the {} engine on this fabric, which takes "
                    "{:.3g}",
                    flows, a.engine, most),
        by_flows && !graph.by_links ? "take --engine closed, or fewer ranks" : "take fewer ranks");
}

PhaseEngine engine_of(const CollectiveArguments& a) {
    if (a.engine == "closed") return closed_time;
    const Symmetry symmetry = a.no_symmetry ? Symmetry::off : Symmetry::on;
    return [symmetry](const FabricGraph& graph, const Team& team, const std::vector<Phase>& phases,
                      const Channels& channels) {
        return flow_time(graph, team, phases, channels, symmetry);
    };
}

Algorithm algorithm_of(const CollectiveArguments& a, const WiredFabric& fabric,
                       const CollectiveRequest& request) {
    const auto algorithm = enum_named<Algorithm>(a.algorithm).value();
    if (algorithm == Algorithm::automatic) {
        return fastest(fabric.graph, request, engine_of(a), fabric.channels);
    }
    if (does(algorithm, fabric.graph, request)) return algorithm;
    refuse("--algorithm",
           fmt::format("{} does not do {} of {} ranks on this fabric", a.algorithm, a.op,
                       request.team.size),
           "docs/model.md says what each needs; halving-doubling a power of two, rails domains");
}

Answer answer_for(const CollectiveArguments& a, const WiredFabric& fabric, std::uint32_t ranks,
                  Bytes size) {
    const FabricGraph& graph = fabric.graph;
    CollectiveRequest request{enum_named<Collective>(a.op).value(), size, team_of(a, ranks), {}};
    check_cost(a, graph, request);
    if (!a.traffic.empty()) {
        if (request.collective != Collective::all_to_all) {
            refuse("--traffic", "only all_to_all has traffic of its own", "leave it out");
        }
        request.skew = skew_from(a.traffic, request.team.size, size);
    }
    Answer answer{.ranks = ranks, .size = size, .algorithm = algorithm_of(a, fabric, request)};
    const std::vector<Phase> phases = phases_of(answer.algorithm, graph, request);
    answer.time = engine_of(a)(graph, request.team, phases, fabric.channels);
    if (request.skew.empty()) {
        answer.least = least_time(graph, request.team, request.collective, size);
    }
    return answer;
}

double bus_bandwidth(const CollectiveArguments& a, const Answer& answer) {
    const double ranks = a.group > 0 ? static_cast<double>(a.group) : answer.ranks;
    const double factor = bus_factor(enum_named<Collective>(a.op).value(), ranks);
    return factor * answer.rate().in(unit::GBps);
}

nlohmann::ordered_json json_of(const CollectiveArguments& a, const WiredFabric& fabric,
                               const Answer& answer) {
    return {{"seconds", answer.time.si()},
            {"algbw_GBps", answer.rate().in(unit::GBps)},
            {"busbw_GBps", bus_bandwidth(a, answer)},
            {"lower_bound_s", answer.least.si()},
            {"algorithm", name_of(answer.algorithm)},
            {"engine", a.engine},
            {"efficiency", fabric.efficiency()},
            {"routing", a.fabric.routing},
            {"ranks", answer.ranks},
            {"bytes", answer.size.si()}};
}

void print_one(const CollectiveArguments& a, const WiredFabric& fabric, const Answer& answer) {
    std::cout << fmt::format(
        "{} of {} by {} ranks: {}, {} engine, {} links\n{}"
        "  time           {}\n  lower bound    {}\n  algorithm bw   {}\n  bus bw         {}\n",
        a.op, to_text(answer.size), answer.ranks, name_of(answer.algorithm), a.engine,
        fabric.efficiency(), wrapped("  ", fabric.graph.description, 2), to_text(answer.time),
        to_text(answer.least), to_text(answer.rate()),
        to_text(bus_bandwidth(a, answer) * unit::GBps));
}

void print_table(const CollectiveArguments& a, const WiredFabric& fabric,
                 const std::vector<Answer>& answers) {
    std::vector<std::vector<std::string>> rows;
    for (const Answer& answer : answers) {
        rows.push_back({std::to_string(answer.ranks), to_text(answer.size),
                        std::string(name_of(answer.algorithm)), to_text(answer.time),
                        to_text(answer.least), to_text(answer.rate()),
                        to_text(bus_bandwidth(a, answer) * unit::GBps)});
    }
    std::cout << fmt::format("{} on {}, {} engine, {} links\n\n", a.op, a.fabric.fabric, a.engine,
                             fabric.efficiency())
              << format_table({"ranks", "size", "algorithm", "time", "lower bound", "algorithm bw",
                               "bus bw"},
                              rows, "rrlrrrr");
}

}  // namespace

int collective_command(const CollectiveArguments& a, const Common& common) try {
    std::vector<Answer> answers;
    std::vector<Bytes> sizes;
    for (const std::string& text : a.sizes) sizes.push_back(size_from(text));
    WiredFabric fabric;
    for (const std::int64_t count : a.ranks) {
        const auto ranks = static_cast<std::uint32_t>(count);
        fabric = fabric_by(a.fabric, common, ranks);
        if (fabric.graph.degraded && a.engine == "closed") {
            refuse("--engine", "the closed form knows no failed or degraded links",
                   "take --engine flow");
        }
        for (const Bytes size : sizes) answers.push_back(answer_for(a, fabric, ranks, size));
    }
    if (common.json) {
        nlohmann::ordered_json json = nlohmann::ordered_json::array();
        for (const Answer& answer : answers) json.push_back(json_of(a, fabric, answer));
        std::cout << json_text(answers.size() == 1 ? json[0] : json) << "\n";
    } else if (answers.size() == 1) {
        print_one(a, fabric, answers[0]);
    } else {
        print_table(a, fabric, answers);
    }
    return exit_done;
} catch (const CutOff& cut) {
    refuse("--fabric", cut.what(),
           "too many links have failed, or the cables do not join all ranks");
} catch (const TooLarge& large) {
    refuse("--ranks", large.what(), "take fewer ranks, or --engine closed");
}

}  // namespace millwright::app
