// Events are never kept one by one: means come of the sums that each run carries, quantiles of
// how many events of a run were born on each day. The rate that a wanted loop time needs is found
// by bisection of its logarithm. Only releases are run again for it, as gathering does not depend
// on the factory, and verdicts do not depend on times.
#include "millwright/loop/loop_figures.h"

#include <algorithm>

#include "millwright/base/parallel.h"
#include "millwright/base/random.h"
#include "millwright/base/require.h"
#include "millwright/base/statistics.h"

namespace millwright {
namespace {

LoopSpread spread_of(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return {sum / static_cast<double>(values.size()), quantile(values, 0.05), quantile(values, 0.5),
            quantile(values, 0.95)};
}

/// Sums over events, of one replication or of all.
struct LoopSums {
    double events = 0;
    std::array<Seconds, loop_stage_count> waited{}, worked{};

    Seconds total() const {
        Seconds sum;
        for (std::size_t i = 0; i < loop_stage_count; ++i) sum += waited[i] + worked[i];
        return sum;
    }
};

void add_run(LoopSums& sums, const GatheredRun& gathered, const ReleasedRun& released) {
    const auto events = static_cast<double>(gathered.events);
    sums.events += events;
    for (std::size_t i = 0; i < first_run_stage; ++i) {
        sums.waited[i] += gathered.waited[i] * unit::day;
        sums.worked[i] += gathered.worked[i] * unit::day;
    }
    for (std::size_t i = 0; i < run_stage_count; ++i) {
        sums.waited[first_run_stage + i] += events * released.waited[i];
        sums.worked[first_run_stage + i] += events * released.worked[i];
    }
}

LoopSums sums_of(const LoopReplication& one) {
    LoopSums sums;
    for (std::size_t i = 0; i < one.gathered.runs.size(); ++i) {
        add_run(sums, one.gathered.runs[i], one.released.runs[i]);
    }
    return sums;
}

/// The time that this share of all events does not exceed.
Seconds weighted_quantile(const std::vector<std::pair<double, std::int64_t>>& times, double share) {
    double events = 0;
    for (const auto& [time, count] : times) events += static_cast<double>(count);
    double below = 0;
    for (const auto& [time, count] : times) {
        below += static_cast<double>(count);
        if (below >= share * events) return Seconds::from_si(time);
    }
    return Seconds::from_si(times.back().first);
}

/// Loop times of events, in order, with how many have each.
std::vector<std::pair<double, std::int64_t>> times_of(
    const std::vector<LoopReplication>& replications) {
    std::vector<std::pair<double, std::int64_t>> times;
    for (const LoopReplication& one : replications) {
        for (std::size_t i = 0; i < one.gathered.runs.size(); ++i) {
            for (const EventBirth& birth : one.gathered.runs[i].births) {
                const Seconds born = static_cast<double>(birth.day) * unit::day;
                times.emplace_back((one.released.runs[i].released - born).si(), birth.events);
            }
        }
    }
    std::sort(times.begin(), times.end());
    return times;
}

Ledger<Seconds> time_ledger(const LoopSums& sums) {
    Ledger<Seconds> ledger{"loop", {}, {}};
    for (std::size_t i = 0; i < loop_stage_count; ++i) {
        Ledger<Seconds> stage{std::string(name_of(static_cast<LoopStage>(i))), {}, {}};
        stage.add("waiting", sums.waited[i] / sums.events);
        stage.add("working", sums.worked[i] / sums.events);
        ledger.add(std::move(stage));
    }
    return ledger;
}

std::optional<LoopTimes> loop_times(const std::vector<LoopReplication>& replications) {
    LoopSums all;
    std::vector<double> means;
    for (const LoopReplication& one : replications) {
        const LoopSums sums = sums_of(one);
        if (sums.events == 0) continue;
        means.push_back((sums.total() / sums.events).in(unit::day));
        all.events += sums.events;
        for (std::size_t i = 0; i < loop_stage_count; ++i) {
            all.waited[i] += sums.waited[i];
            all.worked[i] += sums.worked[i];
        }
    }
    if (all.events == 0) return std::nullopt;
    const auto times = times_of(replications);
    return LoopTimes{time_ledger(all), weighted_quantile(times, 0.5), weighted_quantile(times, 0.9),
                     spread_of(means)};
}

std::optional<LoopStage> most_loaded(const LoopFigures& figures) {
    std::optional<LoopStage> found;
    double most = 0;
    for (std::size_t i = 0; i < loop_stage_count; ++i) {
        const double here = load(figures.stages[i]);
        if (here > most) found = static_cast<LoopStage>(i);
        most = std::max(most, here);
    }
    return found;
}

/// Runs that the fleet had by the end, and their events.
void count_closed(const DataLoop& loop, const LoopReplication& one, std::vector<double>& a_year,
                  LoopFigures& figures) {
    const Seconds end = static_cast<double>(loop.days) * unit::day;
    double closed = 0;
    for (std::size_t i = 0; i < one.released.runs.size(); ++i) {
        if (one.released.runs[i].released > end) continue;
        closed += 1;
        figures.used += static_cast<double>(one.gathered.runs[i].events);
    }
    figures.closed += closed;
    a_year.push_back(closed * unit::year / end);
}

Seconds mean_loop(const DataLoop& loop, std::uint64_t seed,
                  const std::vector<LoopReplication>& replications) {
    Seconds total;
    double events = 0;
    for (std::size_t r = 0; r < replications.size(); ++r) {
        const GatheredData& gathered = replications[r].gathered;
        const ReleasedRuns released = release_runs(loop, gathered.runs, seed, r);
        for (std::size_t i = 0; i < gathered.runs.size(); ++i) {
            LoopSums sums;
            add_run(sums, gathered.runs[i], released.runs[i]);
            total += sums.total();
            events += sums.events;
        }
    }
    return total / events;
}

}  // namespace

std::vector<LoopReplication> replicate(const DataLoop& loop, std::uint64_t seed,
                                       std::int64_t replications, int threads) {
    std::vector<LoopReplication> all(narrow<std::size_t>(replications));
    parallel_for(all.size(), threads, [&](std::size_t r) {
        all[r].gathered = gather(loop, seed, r);
        all[r].released = release_runs(loop, all[r].gathered.runs, seed, r);
    });
    return all;
}

LoopFigures loop_figures(const DataLoop& loop, const std::vector<LoopReplication>& replications) {
    require(!replications.empty(), "a replication was made");
    LoopFigures figures;
    figures.replications = narrow<std::int64_t>(replications.size());
    std::vector<double> a_year;
    for (const LoopReplication& one : replications) {
        for (std::size_t i = 0; i < loop_stage_count; ++i) {
            add(figures.stages[i], i < first_run_stage ? one.gathered.stages[i]
                                                       : one.released.stages[i - first_run_stage]);
        }
        figures.triggered += static_cast<double>(one.gathered.triggered);
        figures.automatic += static_cast<double>(one.gathered.automatic);
        figures.evaluations += static_cast<double>(one.released.evaluations);
        figures.vehicle_days += one.gathered.vehicle_days;
        count_closed(loop, one, a_year, figures);
    }
    const auto count = static_cast<double>(replications.size());
    for (double LoopFigures::*mean :
         {&LoopFigures::triggered, &LoopFigures::automatic, &LoopFigures::evaluations,
          &LoopFigures::vehicle_days, &LoopFigures::closed, &LoopFigures::used}) {
        figures.*mean /= count;
    }
    figures.loops_a_year = spread_of(a_year);
    figures.times = loop_times(replications);
    figures.bottleneck = most_loaded(figures);
    return figures;
}

Ledger<Dollars> loop_cost(const DataLoop& loop, const LoopFigures& figures) {
    const LoopPrices& prices = loop.prices;
    const Seconds time = static_cast<double>(loop.days) * unit::day;
    const auto count = static_cast<double>(figures.replications);
    const auto served = [&](LoopStage stage) {
        return figures.stages[static_cast<std::size_t>(stage)].busy / count;
    };
    const Bytes sent = served(LoopStage::upload) * loop.fleet.event_size;
    Ledger<Dollars> cost{"cost", {}, {}};
    cost.add(name_of(LoopStage::upload), sent.in(unit::GB)*prices.upload_per_gb);
    cost.add(name_of(LoopStage::curation), served(LoopStage::curation) * prices.curation_per_event);
    cost.add(name_of(LoopStage::labels),
             figures.automatic * prices.automatic_per_event + time * prices.people);
    cost.add(name_of(LoopStage::training), time * prices.chips);
    cost.add(name_of(LoopStage::evaluation), figures.evaluations * prices.evaluation);
    return cost;
}

FlopRate asked_rate(const DataLoop& loop, const LoopFigures& figures) {
    const StageTally& training = figures.stages[static_cast<std::size_t>(LoopStage::training)];
    return training.offered / training.capacity * loop.training.rate;
}

std::optional<FlopRate> needed_rate(const DataLoop& loop, Seconds wanted, std::uint64_t seed,
                                    const std::vector<LoopReplication>& replications) {
    const bool some = std::any_of(replications.begin(), replications.end(),
                                  [](const auto& one) { return !one.gathered.runs.empty(); });
    if (!some) return std::nullopt;
    const auto meets = [&](double log_factor) {
        DataLoop other = loop;
        other.training.rate = portable_exp(log_factor) * loop.training.rate;
        return mean_loop(other, seed, replications) <= wanted;
    };
    constexpr double widest = 30, precise = 1e-6;
    double least = -widest, most = widest;
    if (!meets(most)) return std::nullopt;
    if (meets(least)) return portable_exp(least) * loop.training.rate;
    while (most - least > precise) {
        const double middle = (least + most) / 2;
        (meets(middle) ? most : least) = middle;
    }
    return portable_exp(most) * loop.training.rate;
}

}  // namespace millwright
