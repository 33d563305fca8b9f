// Laws of data loops: nothing is lost, Little's law, and more capacity never makes anyone later.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "millwright/loop/loop_figures.h"

namespace millwright {
namespace TEST_FILE {

/// A loop of any kind, of a few weeks, with any stage too narrow.
DataLoop any_loop() {
    DataLoop loop;
    loop.fleet.vehicles = *rc::gen::inRange(1, 2000);
    loop.fleet.events = *rc::gen::inRange(1, 40) / 10.0;
    loop.fleet.growth = *rc::gen::inRange(-30, 50) / 100.0;
    loop.fleet.keep_days = *rc::gen::inRange(0, 5);
    if (*rc::gen::arbitrary<bool>()) {
        loop.fleet.fleet_budget = *rc::gen::inRange(1, 5000) * unit::MB;
    }
    if (*rc::gen::arbitrary<bool>()) loop.curation.a_day = *rc::gen::inRange(1, 4000) / 3.0;
    loop.curation.kept = *rc::gen::inRange(1, 101) / 100.0;
    loop.labels.automatic = *rc::gen::inRange(0, 101) / 100.0;
    if (*rc::gen::arbitrary<bool>()) loop.labels.a_day = *rc::gen::inRange(1, 4000) / 3.0;
    loop.training.flops = *rc::gen::inRange(1, 20 * 86400) * unit::flop;
    if (*rc::gen::arbitrary<bool>()) {
        loop.training.threshold = *rc::gen::inRange(1, 5000);
    } else {
        loop.training.every = *rc::gen::inRange(1, 15);
    }
    loop.evaluation = {.takes = *rc::gen::inRange(0, 48) * unit::hour,
                       .pass = *rc::gen::inRange(20, 101) / 100.0};
    loop.release = {{.share = 0.1,
                     .soak = *rc::gen::inRange(0, 48) * unit::hour,
                     .rollback = *rc::gen::inRange(0, 50) / 100.0},
                    {.share = 1, .soak = *rc::gen::inRange(0, 48) * unit::hour}};
    loop.counts = *rc::gen::arbitrary<bool>() ? DailyCounts::drawn : DailyCounts::mean;
    loop.days = *rc::gen::inRange(2, 60);
    return loop;
}

/// The same with no trial that fails, and runs by the calendar: what is left is a line of queues.
DataLoop any_tandem() {
    DataLoop loop = any_loop();
    loop.training.threshold.reset();
    loop.training.every = *rc::gen::inRange(1, 15);
    loop.evaluation.pass = 1;
    loop.release[0].rollback = 0;
    return loop;
}

TEST(DataLoopLaw, NoEventAndNoRunIsLost) {
    EXPECT_TRUE(rc::check([] {
        const DataLoop loop = any_loop();
        const LoopReplication one =
            replicate(loop, *rc::gen::inRange<std::uint64_t>(0, 1000), 1, 1).front();
        const auto& events = one.gathered.stages;
        RC_ASSERT(events[0].in == one.gathered.triggered);
        for (std::size_t i = 0; i < first_run_stage; ++i) {
            RC_ASSERT(events[i].in == events[i].out + events[i].dropped + events[i].left);
            if (i > 0) RC_ASSERT(events[i].in == events[i - 1].out);
        }
        std::int64_t gathered = 0, born = 0;
        for (const GatheredRun& run : one.gathered.runs) {
            gathered += run.events;
            for (const EventBirth& birth : run.births) born += birth.events;
        }
        RC_ASSERT(gathered == events[3].out && born == gathered);
        for (const StageTally& stage : one.released.stages) {
            RC_ASSERT(stage.in == stage.out + stage.left && stage.dropped == 0);
        }
        RC_ASSERT(one.released.stages[1].in == one.released.stages[0].out);
    }));
}

TEST(DataLoopLaw, LittlesLawByArea) {
    EXPECT_TRUE(rc::check([] {
        const DataLoop loop = any_loop();
        const LoopReplication one =
            replicate(loop, *rc::gen::inRange<std::uint64_t>(0, 1000), 1, 1).front();
        for (const StageTally& stage : one.gathered.stages) {
            RC_ASSERT(stage.area == stage.stayed + stage.staying);  // whole numbers, so exactly
        }
        for (const StageTally& stage : one.released.stages) {
            RC_ASSERT(std::abs(stage.area - stage.stayed - stage.staying) <= 1e-9 * stage.area);
            RC_ASSERT(utilisation(stage) <= 1 + 1e-9);
        }
    }));
}

TEST(DataLoopLaw, PartsOfTheLoopAreItsTime) {
    EXPECT_TRUE(rc::check([] {
        const DataLoop loop = any_loop();
        const auto replications = replicate(loop, *rc::gen::inRange<std::uint64_t>(0, 1000), 2, 1);
        const LoopFigures figures = loop_figures(loop, replications);
        double days = 0, events = 0;
        for (const LoopReplication& one : replications) {
            for (std::size_t i = 0; i < one.gathered.runs.size(); ++i) {
                for (const EventBirth& birth : one.gathered.runs[i].births) {
                    const auto count = static_cast<double>(birth.events);
                    days += count * (one.released.runs[i].released.in(unit::day) -
                                     static_cast<double>(birth.day));
                    events += count;
                }
            }
        }
        RC_ASSERT(figures.times.has_value() == (events > 0));
        if (!figures.times) return;
        const Ledger<Seconds>& mean = figures.times->mean;
        RC_ASSERT(std::abs(mean.value.in(unit::day)-days / events) < 1e-9 * days / events);
        Seconds sum;
        for (const Ledger<Seconds>& stage : mean.parts) {
            Seconds of_stage;
            for (const Ledger<Seconds>& part : stage.parts) of_stage += part.value;
            RC_ASSERT(of_stage == stage.value);
            sum += stage.value;
        }
        RC_ASSERT(sum == mean.value);
        RC_ASSERT(figures.times->p50 <= figures.times->p90);
    }));
}

TEST(DataLoopLaw, MoreComputeMakesNoRunLater) {
    EXPECT_TRUE(rc::check([] {
        const DataLoop loop = any_tandem();
        DataLoop more = loop;
        more.training.rate = *rc::gen::inRange(11, 100) / 10.0 * loop.training.rate;
        const GatheredData data = gather(loop, 3, 0);
        const ReleasedRuns slow = release_runs(loop, data.runs, 3, 0);
        const ReleasedRuns fast = release_runs(more, data.runs, 3, 0);
        for (std::size_t i = 0; i < data.runs.size(); ++i) {
            RC_ASSERT(fast.runs[i].released <= slow.runs[i].released);
        }
    }));
}

/// Where no daily share is rounded, every event is in the same run or in an earlier one.
TEST(DataLoopLaw, MorePeopleGatherNoLess) {
    EXPECT_TRUE(rc::check([] {
        DataLoop loop = any_tandem();
        loop.labels = {.automatic = 0, .a_day = *rc::gen::inRange(1, 2000)};
        loop.curation.kept = 1;
        DataLoop more = loop;
        more.labels.a_day = *loop.labels.a_day + *rc::gen::inRange(1, 500);
        const auto by = [](const GatheredData& data, std::int64_t day) {
            std::int64_t events = 0;
            for (const GatheredRun& run : data.runs) events += run.ready <= day ? run.events : 0;
            return events;
        };
        const GatheredData few = gather(loop, 5, 0), many = gather(more, 5, 0);
        for (std::int64_t day = 0; day <= loop.days; ++day) {
            RC_ASSERT(by(many, day) >= by(few, day));
        }
    }));
}

TEST(DataLoopLaw, AnOverloadedStageIsAlwaysBusyAndGrows) {
    EXPECT_TRUE(rc::check([] {
        DataLoop loop;
        loop.fleet.vehicles = *rc::gen::inRange(100, 2000);
        loop.training.every = 10;
        loop.labels.a_day = loop.fleet.vehicles / *rc::gen::inRange(2, 9);
        loop.days = 400;
        const LoopFigures figures = loop_figures(loop, replicate(loop, 1, 2, 1));
        RC_ASSERT(figures.bottleneck == LoopStage::labels);
        const StageTally& labels = figures.stages[static_cast<std::size_t>(LoopStage::labels)];
        RC_ASSERT(utilisation(labels) > 0.99 && utilisation(labels) <= 1);
        RC_ASSERT(grows(labels));
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
