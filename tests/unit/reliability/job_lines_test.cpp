// Jobs in line: in which order they are walked while some of them leave.
#include "millwright/reliability/job_lines.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

namespace millwright {
namespace TEST_FILE {

struct Case {
    std::vector<ClusterJob> jobs;
    std::vector<bool> leaves;  // when it is given
};

ServerNeed need_of(const ClusterJob& job) {
    return {.chips = static_cast<std::int32_t>(job.chips)};
}

/// By turns of queues, the least used first, each charged for all that it was given so far.
std::vector<std::uint32_t> by_hand(const Case& c) {
    std::map<std::uint32_t, std::vector<std::uint32_t>> waiting;
    for (std::uint32_t i = 0; i < c.jobs.size(); ++i) waiting[c.jobs[i].queue].push_back(i);
    std::map<std::uint32_t, double> used;
    std::vector<std::uint32_t> order;
    while (order.size() < c.jobs.size()) {
        std::optional<std::uint32_t> least;
        for (const auto& [queue, jobs] : waiting) {
            if (!jobs.empty() && (!least || used[queue] < used[*least])) least = queue;
        }
        auto& jobs = waiting[*least];
        const std::uint32_t job = jobs.front();
        jobs.erase(jobs.begin());
        used[*least] += static_cast<double>(c.jobs[job].chips) * c.jobs[job].work.si();
        order.push_back(job);
    }
    return order;
}

TEST(JobLines, AWalkIsByTurnsOfQueuesWhoeverLeavesOnIt) {
    EXPECT_TRUE(rc::check("as by hand", [] {
        Case c;
        const int count = *rc::gen::inRange(1, 40);
        for (int i = 0; i < count; ++i) {
            c.jobs.push_back({.chips = *rc::gen::inRange(1, 8),
                              .work = *rc::gen::inRange(1, 50) * unit::s,
                              .queue = *rc::gen::inRange<std::uint32_t>(0, 6)});
            c.leaves.push_back(*rc::gen::arbitrary<bool>());
        }
        JobLines lines(JobOrder::fair, 6);
        for (std::uint32_t i = 0; i < c.jobs.size(); ++i) {
            lines.join(i, c.jobs[i], c.jobs[i].work, need_of(c.jobs[i]));
        }
        JobLines::Walk walk(lines);
        std::vector<std::uint32_t> order;
        while (const auto job = walk.next()) {
            order.push_back(*job);
            if (!c.leaves[*job]) continue;
            const ClusterJob& asked = c.jobs[*job];
            lines.leave(*job, asked, asked.work, need_of(asked));
            lines.charge(asked.queue, static_cast<double>(asked.chips) * asked.work);
        }
        RC_ASSERT(order == by_hand(c));
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
