// Replications run in batches of 64 and are added in their order; the rule to stop looks only
// between batches, so that the number of threads changes no bit. The best period is sought with
// the same random numbers for each, so that shares differ by the period alone; golden section
// keeps one of the two runs of a turn for the next.
#include "millwright/reliability/simulate.h"

#include <algorithm>
#include <cmath>

#include "millwright/base/parallel.h"
#include "millwright/base/require.h"
#include "millwright/base/statistics.h"
#include "millwright/reliability/exponentials.h"
#include "millwright/reliability/job_run.h"

namespace millwright {
namespace {

constexpr std::int64_t batch = 64;  // after which the width is looked at

/// What is kept of a replication when its ledger has been added to the sum.
struct RunFigures {
    double useful_share = 0, interruptions = 0, down_share = 0;
    bool out_of_stock = false;
};

double half_width_of(const std::vector<double>& values) {
    const auto n = static_cast<double>(values.size());
    if (n < 2) return 0;
    double mean = 0, squares = 0;
    for (const double value : values) mean += value / n;
    for (const double value : values) squares += (value - mean) * (value - mean);
    return 1.959964 * std::sqrt(squares / (n - 1) / n);
}

/// Sums over replications in their order.
class RunSums {
public:
    explicit RunSums(const FleetJob& job) : job_(job), progress_(job.horizon) {}

    void add(const RunTally& tally) {
        const Seconds horizon = job_.horizon;
        figures_.push_back({tally.productive / horizon, static_cast<double>(tally.interruptions),
                            tally.down / horizon, tally.stock_outs > 0});
        if (sum_.lost.empty()) {
            sum_.lost.resize(tally.lost.size());
            sum_.strikes.resize(tally.strikes.size());
        }
        sum_.productive += tally.productive;
        for (std::size_t i = 0; i < tally.lost.size(); ++i) {
            for (std::size_t j = 0; j < badput_classes; ++j) sum_.lost[i][j] += tally.lost[i][j];
        }
        for (std::size_t i = 0; i < tally.strikes.size(); ++i) sum_.strikes[i] += tally.strikes[i];
        sum_.planned += tally.planned;
        sum_.stock_outs += tally.stock_outs;
        sum_.retired += tally.retired;
        sum_.without_servers += tally.without_servers;
        progress_.add(tally.progress);
    }

    std::int64_t count() const { return std::ssize(figures_); }

    std::vector<double> values(double RunFigures::*member) const {
        std::vector<double> list;
        for (const RunFigures& figures : figures_) list.push_back(figures.*member);
        return list;
    }

    SimulatedJob summed_up() const;

private:
    std::string name_of_account(std::size_t i) const {
        const std::size_t causes = job_.causes.size();
        if (i < causes) return job_.causes[i].name;
        return std::string(name_of(static_cast<RunAccount>(i - causes)));
    }
    Ledger<Seconds> waterfall(double runs) const;

    const FleetJob& job_;
    RunTally sum_;
    ProgressSums progress_;
    std::vector<RunFigures> figures_;
};

Ledger<Seconds> RunSums::waterfall(double runs) const {
    Ledger<Seconds> ledger{"horizon", {}, {}};
    ledger.add("productive", sum_.productive / runs);
    for (std::size_t j = 0; j < badput_classes; ++j) {
        Ledger<Seconds> badput{std::string(name_of(static_cast<Badput>(j))), {}, {}};
        for (std::size_t i = 0; i < sum_.lost.size(); ++i) {
            badput.add(name_of_account(i), sum_.lost[i][j] / runs);
        }
        ledger.add(std::move(badput));
    }
    return ledger;
}

SimulatedJob RunSums::summed_up() const {
    const auto runs = static_cast<double>(figures_.size());
    SimulatedJob all{.replications = count(),
                     .useful_share = spread_of(values(&RunFigures::useful_share)),
                     .interruptions = spread_of(values(&RunFigures::interruptions)),
                     .down_share = spread_of(values(&RunFigures::down_share)),
                     .planned = static_cast<double>(sum_.planned) / runs,
                     .stock_outs = static_cast<double>(sum_.stock_outs) / runs,
                     .retired = static_cast<double>(sum_.retired) / runs,
                     .without_servers = sum_.without_servers / runs};
    const auto out = std::ranges::count_if(figures_, &RunFigures::out_of_stock);
    all.ever_out_of_stock = static_cast<double>(out) / runs;
    for (std::size_t i = 0; i < sum_.lost.size(); ++i) {
        Seconds lost;
        for (const Seconds time : sum_.lost[i]) lost += time / runs;
        const bool cause = i < sum_.strikes.size();
        const double strikes = cause ? static_cast<double>(sum_.strikes[i]) / runs : 0;
        if (cause || lost > Seconds{}) {
            all.causes.push_back({name_of_account(i), strikes, lost});
        }
    }
    all.waterfall = waterfall(runs);
    all.progress = progress_.fan();
    return all;
}

/// Replications `from` up to and without `to`, side by side; kept by their place.
std::vector<RunTally> some_runs(const FleetJob& job, const ReplicationPlan& plan, std::int64_t from,
                                std::int64_t to) {
    std::vector<RunTally> tallies(static_cast<std::size_t>(to - from));
    parallel_for(tallies.size(), plan.threads, [&](std::size_t i) {
        tallies[i] = run_job(job, plan.seed, narrow<std::uint64_t>(from) + i);
    });
    return tallies;
}

}  // namespace

SpreadFigures spread_of(std::vector<double> values) {
    SpreadFigures spread;
    for (const double value : values) spread.mean += value;
    spread.mean /= static_cast<double>(values.size());
    spread.half_width = half_width_of(values);
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) { return quantile(values, share); };
    spread.p5 = at(0.05);
    spread.p25 = at(0.25);
    spread.p50 = at(0.5);
    spread.p75 = at(0.75);
    spread.p95 = at(0.95);
    return spread;
}

SimulatedJob simulate_job(const FleetJob& job, const ReplicationPlan& plan) {
    require(plan.replications > 0, "there is a replication");
    RunSums sums(job);
    while (sums.count() < plan.replications) {
        const std::int64_t to = std::min(plan.replications, sums.count() + batch);
        for (const RunTally& tally : some_runs(job, plan, sums.count(), to)) sums.add(tally);
        if (plan.progress) {
            plan.progress(static_cast<double>(to) / static_cast<double>(plan.replications));
        }
        const bool narrow_enough =
            plan.until_width > 0 && sums.count() > 1 &&
            half_width_of(sums.values(&RunFigures::useful_share)) <= plan.until_width;
        if (narrow_enough) break;
    }
    return sums.summed_up();
}

Seconds simulated_best_period(FleetJob job, Seconds from, const ReplicationPlan& plan) {
    const double golden = (std::sqrt(5.0) - 1) / 2;
    const Seconds shortest = shortest_period(job.checkpoints);
    const auto share_at = [&](double exponent) {
        job.checkpoints.period = max(shortest, from * exponential_of(exponent));
        return simulate_job(job, plan).useful_share.mean;
    };
    double low = portable_log(0.25), high = portable_log(4);
    double left = high - golden * (high - low), right = low + golden * (high - low);
    double at_left = share_at(left), at_right = share_at(right);
    while (high - low > 0.02) {
        if (at_left >= at_right) {
            high = std::exchange(right, left);
            at_right = at_left;
            left = high - golden * (high - low);
            at_left = share_at(left);
        } else {
            low = std::exchange(left, right);
            at_left = at_right;
            right = low + golden * (high - low);
            at_right = share_at(right);
        }
    }
    return min(max(shortest, from * exponential_of((low + high) / 2)), job.horizon);
}

}  // namespace millwright
