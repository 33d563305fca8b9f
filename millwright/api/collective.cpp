// Each number of ranks is a fabric of its own size, built once; each size on it is timed by itself.
// Whatever is too large is refused before memory is taken: only all-to-alls grow with the square of
// the ranks, so they alone are counted beforehand (docs/reference/fabrics.md, limits).
#include "millwright/api/collective.h"

#include <fmt/format.h>

#include "millwright/base/cells.h"
#include "millwright/base/require.h"
#include "millwright/base/units.h"
#include "millwright/collective/least_time.h"

namespace millwright {
namespace {

constexpr double most_flows = 3e7;  // of all phases, for the flow engine
constexpr double most_ways = 1e8;   // followed one by one by the closed form

tl::unexpected<Faults> refuse(std::string option, std::string message, std::string hint) {
    return failure({{std::move(option), 0, 0}, std::move(message), std::move(hint)});
}

/// Groups of the question as a team. Every rank is in one, so blocks of a group times its stride
/// must divide the ranks; a single group of all leaves no room for a stride.
Result<Team> team_of(const CollectiveQuestion& q, std::uint32_t ranks) {
    Team team{.size = q.group > 0 ? q.group : ranks, .stride = q.stride};
    // a double: the product of two counts may be past 32 bits
    const double block = 1.0 * team.size * team.stride;
    if (team.size > ranks) {
        return refuse("--group", fmt::format("a group of {} among {} ranks", team.size, ranks),
                      "a group has no more than all ranks");
    }
    if (q.group == 0 && team.stride > 1) {
        return refuse(
            "--stride",
            fmt::format("all {} ranks are one group, and cannot be {} apart", ranks, team.stride),
            fmt::format("give --group, such as --group {}", std::max(2U, ranks / team.stride)));
    }
    if (block > ranks || ranks % narrow<std::uint32_t>(block) != 0) {
        return refuse("--group",
                      fmt::format("{} ranks do not divide into blocks of {} x {}", ranks, team.size,
                                  team.stride),
                      "a block is a group times its stride");
    }
    team.count = ranks / team.size;
    return team;
}

/// Bytes between ranks over those of an even spread of `size` from each: one where each sends size
/// / ranks to each. Rows of the same two ranks add up. The matrix has ranks^2 entries, hence the
/// limit.
Result<Skew> skew_from(const CsvTable& table, std::uint32_t ranks, Bytes size) {
    constexpr std::uint32_t most = 4096;
    if (ranks > most) return refuse("--traffic", "more than 4096 ranks", "take fewer");
    const Range rank{0, ranks - 1.0};
    const std::array columns{Column{"source", CellKind::count, Needed::cell, rank},
                             Column{"destination", CellKind::count, Needed::cell, rank},
                             Column{.name = "bytes",
                                    .kind = CellKind::number,
                                    .needed = Needed::cell,
                                    .limits = limits_in(unit::B)}};
    Faults faults = table_faults(table, columns);
    if (!faults.empty()) return failure(std::move(faults));
    Skew skew(1UL * ranks * ranks, 0);
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const Cells cells{table, i};
        const auto from = static_cast<std::size_t>(*cells.count("source"));
        const auto to = static_cast<std::size_t>(*cells.count("destination"));
        skew[from * ranks + to] += *cells.number("bytes") / (size.si() / ranks);
    }
    return skew;
}

/// Only all-to-alls grow with the square of the ranks. The closed form follows each of their ways
/// where no cuts tell what links carry.
Faults cost_faults(const CollectiveQuestion& q, const FabricGraph& graph, const Team& team) {
    if (q.collective != Collective::all_to_all) return {};
    const double flows = 1.0 * team.size * team.size * team.count;
    const bool by_flows = q.engine == CollectiveEngine::flow;
    const double most = by_flows ? most_flows : most_ways;
    const bool by_links = graph.by_links || graph.degraded;
    if (flows <= most || !(by_flows || by_links)) return {};
    return {{{"--ranks", 0, 0},
             fmt::format("{:.3g} flows are too many for the {} engine on this fabric, which takes "
                         "{:.3g}",
                         flows, name_of(q.engine), most),
             by_flows && !by_links ? "take --engine closed, or fewer ranks" : "take fewer ranks"}};
}

PhaseEngine plain_engine(const CollectiveQuestion& q) {
    if (q.engine == CollectiveEngine::closed) return closed_time;
    return [symmetry = q.symmetry](const FabricGraph& graph, const Team& team,
                                   const std::vector<Phase>& phases, const Channels& channels) {
        return flow_time(graph, team, phases, channels, symmetry);
    };
}

/// With `ideal`, the faster of the ideal links and of what was measured of them: libraries cut the
/// messages of rings finer than phases are, so that they hide latencies that ideal phases wait for.
/// Ideal links are then never slower than measured ones.
PhaseEngine engine_of(const CollectiveQuestion& q, const FabricAnswer& on) {
    if (!on.given_up.measured()) return plain_engine(q);
    return [engine = plain_engine(q), measured = on.given_up](
               const FabricGraph& graph, const Team& team, const std::vector<Phase>& phases,
               const Channels& ideal) {
        return min(engine(graph, team, phases, ideal), engine(graph, team, phases, measured));
    };
}

/// The one asked for if it does this here; `automatic` is timed by the engine that is asked, so
/// that the fastest by one engine may not be that of the other.
Result<Algorithm> algorithm_of(const CollectiveQuestion& q, const FabricAnswer& on,
                               const CollectiveRequest& request) {
    if (q.algorithm == Algorithm::automatic) {
        return fastest(on.graph, request, engine_of(q, on), on.channels);
    }
    if (does(q.algorithm, on.graph, request)) return q.algorithm;
    return refuse("--algorithm",
                  fmt::format("{} does not do {} of {} ranks on this fabric", name_of(q.algorithm),
                              name_of(q.collective), request.team.size),
                  "docs/model.md says what each needs; halving-doubling a power of two, rails "
                  "domains");
}

Result<CollectiveTiming> timing_of(const CollectiveQuestion& q, const FabricAnswer& on,
                                   const Team& team, Bytes size) {
    CollectiveRequest request{q.collective, size, team, {}};
    if (q.traffic) {
        auto skew = skew_from(*q.traffic, team.size, size);
        if (!skew) return failure(skew.error());
        request.skew = std::move(*skew);
    }
    const auto algorithm = algorithm_of(q, on, request);
    if (!algorithm) return failure(algorithm.error());
    CollectiveTiming timing{.ranks = on.graph.endpoints, .size = size, .algorithm = *algorithm};
    timing.bus_factor = bus_factor(q.collective, team.size);
    const std::vector<Phase> phases = phases_of(*algorithm, on.graph, request);
    timing.time = engine_of(q, on)(on.graph, team, phases, on.channels);
    // the bound is of an even spread, and says nothing of another
    if (request.skew.empty()) timing.least = least_time(on.graph, team, q.collective, size);
    return timing;
}

Faults question_faults(const CollectiveQuestion& q) {
    if (q.traffic && q.collective != Collective::all_to_all) {
        return {{{"--traffic", 0, 0}, "only all_to_all has traffic of its own", "leave it out"}};
    }
    return {};
}

Result<CollectiveAnswer> all_timings(const CollectiveQuestion& q, const Setting& setting) {
    CollectiveAnswer answer;
    for (const std::uint32_t ranks : q.ranks) {
        const auto on = fabric(q.fabric, ranks, setting);
        if (!on) return failure(on.error());
        Faults faults = question_faults(q);
        if (!faults.empty()) return failure(std::move(faults));
        const auto team = team_of(q, ranks);
        if (!team) return failure(team.error());
        faults = cost_faults(q, on->graph, *team);
        if (!faults.empty()) return failure(std::move(faults));
        for (const Bytes size : q.sizes) {
            const auto timing = timing_of(q, *on, *team, size);
            if (!timing) return failure(timing.error());
            answer.timings.push_back(*timing);
        }
        answer.fabric = on->graph.description;
        answer.efficiency = on->efficiency();
    }
    return answer;
}

}  // namespace

Result<CollectiveAnswer> collective(const CollectiveQuestion& question,
                                    const Setting& setting) try {
    return all_timings(question, setting);
} catch (const CutOff& cut) {
    return refuse("--fabric", cut.what(), cut_off_hint);
} catch (const TooLarge& large) {
    return refuse("--ranks", large.what(), "take fewer ranks, or --engine closed");
}

}  // namespace millwright
