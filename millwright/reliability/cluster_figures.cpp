// Replications run side by side, sixteen at a time, and are added in their order: the same bits
// for any number of threads, and memory for sixteen. Quantiles of waits are taken within a
// replication and averaged over all. Groups are formed once, as all replications have the same
// jobs.
#include "millwright/reliability/cluster_figures.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "millwright/base/parallel.h"
#include "millwright/base/require.h"
#include "millwright/base/statistics.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

/// The most chips of a class of sizes, the last without end.
constexpr std::array<std::int64_t, 5> size_ends{1, 8, 64, 512, 4096};
constexpr std::array<std::string_view, 6> size_names{"1",      "2-8",      "9-64",
                                                     "65-512", "513-4096", "over 4096"};

/// Jobs of a load by what they are looked at with.
struct GroupMembers {
    std::string name;
    std::vector<std::uint32_t> jobs;
};

std::vector<GroupMembers> members_by_size(const std::vector<ClusterJob>& jobs) {
    std::vector<GroupMembers> groups(size_names.size());
    for (std::size_t i = 0; i < groups.size(); ++i) groups[i].name = size_names[i];
    for (std::uint32_t job = 0; job < jobs.size(); ++job) {
        const auto* const end = std::ranges::lower_bound(size_ends, jobs[job].chips);
        groups[static_cast<std::size_t>(end - size_ends.begin())].jobs.push_back(job);
    }
    std::erase_if(groups, [](const GroupMembers& group) { return group.jobs.empty(); });
    return groups;
}

std::vector<GroupMembers> members_by_priority(const std::vector<ClusterJob>& jobs) {
    std::map<std::int32_t, std::vector<std::uint32_t>, std::greater<>> by;
    for (std::uint32_t job = 0; job < jobs.size(); ++job) by[jobs[job].priority].push_back(job);
    std::vector<GroupMembers> groups;
    for (auto& [priority, list] : by) groups.push_back({std::to_string(priority), std::move(list)});
    return groups;
}

JobGroup group_of(const GroupMembers& members, const ClusterLoad& load,
                  const std::vector<JobFate>& fates) {
    JobGroup group{.name = members.name, .jobs = std::ssize(members.jobs)};
    std::vector<double> waits;
    waits.reserve(members.jobs.size());
    for (const std::uint32_t job : members.jobs) {
        const JobFate& fate = fates[job];
        const Seconds arrival = load.jobs[job].arrival;
        waits.push_back((fate.start - arrival).si());
        group.wait += fate.start - arrival;
        group.queued += fate.queued;
        const Seconds there = fate.end - arrival;
        // what was rounded in the sums of times makes no ratio above one
        group.ettr += there > Seconds{} ? std::min(1.0, fate.useful / there) : 1;
        group.interruptions += fate.interruptions;
        group.preemptions += fate.preemptions;
        if (!fate.ended) group.unfinished += 1;
    }
    const double jobs = real(group.jobs);
    group.wait = group.wait / jobs;
    group.queued = group.queued / jobs;
    group.ettr /= jobs;
    group.interruptions /= jobs;
    group.preemptions /= jobs;
    std::ranges::sort(waits);
    group.wait_p50 = Seconds::from_si(quantile(waits, 0.5));
    group.wait_p90 = Seconds::from_si(quantile(waits, 0.9));
    group.wait_p99 = Seconds::from_si(quantile(std::move(waits), 0.99));
    return group;
}

/// Replications whose summaries are there before they are summed: each has all groups.
constexpr std::size_t kept_at_once = 16;

/// What is kept of a replication.
struct RunSummary {
    std::vector<JobGroup> groups;  // all, sizes, priorities
    ClusterTally tally;            // with the fates of the first alone
};

void add(JobGroup& sum, const JobGroup& more, double share) {
    sum.name = more.name;
    sum.jobs = more.jobs;
    for (Seconds JobGroup::*member : {&JobGroup::wait, &JobGroup::wait_p50, &JobGroup::wait_p90,
                                      &JobGroup::wait_p99, &JobGroup::queued}) {
        sum.*member += share * (more.*member);
    }
    for (double JobGroup::*member : {&JobGroup::ettr, &JobGroup::interruptions,
                                     &JobGroup::preemptions, &JobGroup::unfinished}) {
        sum.*member += share * (more.*member);
    }
}

/// All groups of all replications, one replication after another.
class ClusterSums {
public:
    ClusterSums(const ClusterLoad& load, const ReplicationPlan& plan) : load_(load), plan_(plan) {
        GroupMembers all{"all", {}};
        for (std::uint32_t job = 0; job < load.jobs.size(); ++job) all.jobs.push_back(job);
        members_.push_back(std::move(all));
        for (GroupMembers& group : members_by_size(load.jobs)) members_.push_back(std::move(group));
        sizes_ = members_.size() - 1;
        for (GroupMembers& group : members_by_priority(load.jobs)) {
            members_.push_back(std::move(group));
        }
    }

    ClusterFigures figures();

private:
    RunSummary run(std::size_t replication) const {
        RunSummary summary;
        summary.tally = run_cluster(load_, plan_.seed, replication);
        for (const GroupMembers& group : members_) {
            summary.groups.push_back(group_of(group, load_, summary.tally.fates));
        }
        if (replication > 0) summary.tally.fates = {};
        return summary;
    }
    std::vector<RunSummary> runs(std::size_t from, std::size_t to, std::size_t all) const;
    void add_run(const RunSummary& summary, double share);

    const ClusterLoad& load_;
    const ReplicationPlan& plan_;
    std::vector<GroupMembers> members_;
    std::size_t sizes_ = 0;
    std::vector<JobGroup> groups_;
    std::array<Seconds, chip_uses> uses_{};
    ClusterFigures figures_;
};

/// Those from one on up to another, of all that there are.
std::vector<RunSummary> ClusterSums::runs(std::size_t from, std::size_t to, std::size_t all) const {
    std::vector<RunSummary> summaries(to - from);
    std::mutex told;
    std::size_t done = from;
    parallel_for(summaries.size(), plan_.threads, [&](std::size_t i) {
        summaries[i] = run(from + i);
        if (!plan_.progress) return;
        const std::lock_guard lock(told);
        plan_.progress(real(++done) / real(all));
    });
    return summaries;
}

void ClusterSums::add_run(const RunSummary& summary, double share) {
    groups_.resize(summary.groups.size());
    for (std::size_t i = 0; i < groups_.size(); ++i) add(groups_[i], summary.groups[i], share);
    for (std::size_t i = 0; i < chip_uses; ++i) uses_[i] += share * summary.tally.uses[i];
    figures_.failures += share * real(summary.tally.failures);
    figures_.window += share * summary.tally.window;
    figures_.end += share * summary.tally.end;
}

ClusterFigures ClusterSums::figures() {
    const bool fails = load_.failures.rate > EventRate{};
    figures_.replications = fails ? plan_.replications : 1;
    const auto all = narrow<std::size_t>(figures_.replications);
    std::vector<double> goodput, utilisation;
    for (std::size_t from = 0; from < all; from += kept_at_once) {
        std::vector<RunSummary> some = runs(from, std::min(all, from + kept_at_once), all);
        for (const RunSummary& summary : some) {
            add_run(summary, 1 / real(figures_.replications));
            const Seconds capacity = real(load_.cluster.chips()) * summary.tally.window;
            const auto share = [&](ChipUse use) {
                return summary.tally.uses[static_cast<std::size_t>(use)] / capacity;
            };
            goodput.push_back(share(ChipUse::useful));
            utilisation.push_back(share(ChipUse::useful) + share(ChipUse::again) +
                                  share(ChipUse::restart) + share(ChipUse::checkpoint) +
                                  share(ChipUse::rounding));
        }
        if (from == 0) figures_.fates = std::move(some.front().tally.fates);
    }
    figures_.goodput = spread_of(std::move(goodput));
    figures_.utilisation = spread_of(std::move(utilisation));
    figures_.chip_time.name = "chip time";
    for (std::size_t i = 0; i < chip_uses; ++i) {
        figures_.chip_time.add(name_of(static_cast<ChipUse>(i)), uses_[i]);
    }
    const auto first_priority = groups_.begin() + 1 + static_cast<std::ptrdiff_t>(sizes_);
    figures_.all = groups_.front();
    figures_.by_size.assign(groups_.begin() + 1, first_priority);
    figures_.by_priority.assign(first_priority, groups_.end());
    return std::move(figures_);
}

}  // namespace

ClusterFigures simulate_cluster(const ClusterLoad& load, const ReplicationPlan& plan) {
    require(plan.replications > 0, "there is a replication");
    return ClusterSums(load, plan).figures();
}

}  // namespace millwright
