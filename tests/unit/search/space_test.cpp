// The space of plans against plans that are written down one by one, on systems of a few chips.
#include "millwright/search/space.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "millwright/search/search.h"
#include "tests/tiny.h"

namespace millwright {
namespace TEST_FILE {

using Values = std::vector<std::int64_t>;

std::string key_of(const Plan& p) {
    return fmt::format("t{} c{} e{} m{} p{} d{} v{} b{} {} {} {} {}", p.tensor, p.context, p.expert,
                       p.micro_batch, p.pipeline, p.data, p.virtual_stages, p.global_batch,
                       name_of(p.schedule), name_of(p.recompute), name_of(p.sharding),
                       name_of(p.offload));
}

/// Every plan of the tiny models on so many chips that can run, by the rules as they are told: ways
/// divide what they split and fit in the chips, virtual stages split the layers evenly,
/// micro-batches fill rounds, gradients and weights are sharded without a pipeline only.
std::set<std::string> written_down(const TrainContext& c, std::int64_t chips, std::int64_t batch,
                                   std::int64_t most_batch) {
    std::set<std::string> plans;
    const bool experts = is_moe(c.model);
    const auto add = [&](Plan p) {
        const std::int64_t used = p.tensor * p.context * p.pipeline * p.data;
        const std::int64_t width = used / p.pipeline;
        if (used > chips || width % p.expert != 0) return;
        if (p.global_batch % (p.data * p.micro_batch) != 0) return;
        const std::int64_t m = p.global_batch / (p.data * p.micro_batch);
        for (const Schedule schedule :
             {Schedule::one_f_one_b, Schedule::interleaved, Schedule::zero_bubble}) {
            for (const std::int64_t v : {1, 2, 4}) {
                const bool interleaves = schedule == Schedule::interleaved;
                if (interleaves != (v > 1)) continue;
                if (p.pipeline == 1 && schedule != Schedule::one_f_one_b) continue;
                if (4 % (p.pipeline * v) != 0) continue;
                if (interleaves && m % p.pipeline != 0) continue;
                p.schedule = schedule;
                p.virtual_stages = v;
                for (int recompute = 0; recompute < 3; ++recompute) {
                    for (int sharding = 0; sharding < 4; ++sharding) {
                        if (sharding > 1 && (p.pipeline > 1 || p.data * p.context == 1)) continue;
                        p.recompute = static_cast<Recompute>(recompute);
                        p.sharding = static_cast<Sharding>(sharding);
                        plans.insert(key_of(p));
                    }
                }
            }
        }
    };
    for (std::int64_t b = batch; b <= most_batch; b *= 2) {
        for (const std::int64_t tensor : {1, 2, 4}) {
            for (const std::int64_t context : {1, 2, 4, 8, 16, 32}) {
                for (const std::int64_t expert : {1, 2, 4}) {
                    if (expert > 1 && !experts) continue;
                    for (std::int64_t pipeline = 1; pipeline <= 4; ++pipeline) {
                        for (std::int64_t data = 1; data <= chips; ++data) {
                            for (const std::int64_t micro : {1, 2, 4, 8}) {
                                add({.tensor = tensor,
                                     .pipeline = pipeline,
                                     .data = data,
                                     .context = context,
                                     .expert = expert,
                                     .micro_batch = micro,
                                     .global_batch = b});
                            }
                        }
                    }
                }
            }
        }
    }
    return plans;
}

TrainContext even(const Model& model) {
    TrainContext c = tiny_context(model);
    c.assume.stages = StageDivision::even;
    return c;
}

TEST(Space, HasThePlansThatAreWrittenDown) {
    for (const Model& model : {tiny_model(), tiny_experts()}) {
        const TrainContext c = even(model);
        for (const auto& [chips, batch, most] :
             {std::tuple{1L, 1L, 1L}, {4L, 4L, 8L}, {6L, 6L, 6L}, {8L, 4L, 4L}}) {
            const PlanSpace space = plan_space(c, {chips, batch, most});
            std::set<std::string> found;
            for (std::uint64_t n = 0; n < space.numbers(); ++n) {
                const Plan plan = plan_at(space, n);
                EXPECT_EQ(can_run(space, plan), why_not(space, plan).empty());
                const bool parts = can_be_scheduled(space, plan) && can_be_placed(space, plan) &&
                                   can_be_sharded(plan) && fills_rounds(plan);
                EXPECT_EQ(can_run(space, plan), parts);
                if (!can_run(space, plan)) continue;
                EXPECT_TRUE(found.insert(key_of(plan)).second) << "twice: " << key_of(plan);
            }
            EXPECT_EQ(found, written_down(c, chips, batch, most)) << chips << " chips";
        }
    }
}

TEST(Space, ListsDivisorsAsFarAsTheyGo) {
    Model m = tiny_model();
    m.heads.value = m.kv_heads.value = 96;
    TrainContext c = even(m);
    c.sequence = 48;
    c.network = plain_network(64, 8);
    PlanSpace space = plan_space(c, {64, 36, 36});
    EXPECT_EQ(space.tensor, (Values{1, 2, 3, 4, 6, 8}));  // no further than a domain
    EXPECT_EQ(space.context, (Values{1, 2, 4, 8, 16}));   // powers of two of 48
    EXPECT_EQ(space.data, (Values{1, 2, 3, 4, 6, 9, 12, 18, 36}));
    EXPECT_EQ(space.micro_batch, (Values{1, 2, 4, 8}));
    EXPECT_EQ(space.expert, (Values{1}));
    EXPECT_EQ(space.pipeline, (Values{1, 2, 3, 4}));
    space = plan_space(c, {4, 36, 150});
    EXPECT_EQ(space.global_batch, (Values{36, 72, 144}));
    EXPECT_EQ(space.data, (Values{1, 2, 3, 4}));
    EXPECT_EQ(space.pipeline, (Values{1, 2, 3, 4}));
    EXPECT_EQ(plan_space(c, {2, 36, 36}).pipeline, (Values{1, 2}));
}

// A pin goes where the usual lists do not, as long as it divides; what cannot be is left out.
TEST(Space, TakesPinsAsGiven) {
    SpaceLimits limits{64, 12, 12};
    limits.pins.tensor.values = {3, 4};
    limits.pins.context = {{}, 3, 40};
    limits.pins.micro_batch.values = {3, 5};
    limits.pins.data = {{}, 2, 1000};
    limits.pins.pipeline.values = {2, 5};
    limits.pins.virtual_stages.values = {1, 2};
    limits.pins.recompute = {Recompute::full};
    const PlanSpace space = plan_space(even(tiny_model()), limits);
    EXPECT_EQ(space.tensor, (Values{4}));
    EXPECT_EQ(space.context, (Values{4, 8, 16, 32}));
    EXPECT_EQ(space.micro_batch, (Values{3}));
    EXPECT_EQ(space.data, (Values{2, 3, 4, 6, 12}));
    EXPECT_EQ(space.pipeline, (Values{2}));
    EXPECT_EQ(space.schedules.size(), 3U);        // two of one virtual stage, one of two
    EXPECT_EQ(space.memory.size(), 4U);           // shardings
    limits.pins.schedule = {Schedule::dualpipe};  // whether or not the framework has it
    limits.pins.sharding = {Sharding::zero_1};
    EXPECT_EQ(plan_space(even(tiny_model()), limits).schedules.size(), 1U);
    EXPECT_EQ(plan_space(even(tiny_model()), limits).memory.size(), 1U);
}

TEST(Space, OffloadsOnlyWhereAHostHasMemoryAndNobodySaysOtherwise) {
    TrainContext c = even(tiny_model());
    SpaceLimits limits{4, 4, 4};
    EXPECT_EQ(plan_space(c, limits).memory.size(), 3U * 4);
    c.host.memory = 1 * unit::GB;
    EXPECT_EQ(plan_space(c, limits).memory.size(), 3U * 4 * 4);
    limits.pins.recompute = {Recompute::none};
    EXPECT_EQ(plan_space(c, limits).memory.size(), 4U);
    limits.pins.offload = {Offload::both};
    EXPECT_EQ(plan_space(c, limits).memory.size(), 4U);
    c.host.memory = Bytes{};
    EXPECT_TRUE(plan_space(c, limits).memory.empty());
}

// An empty list leaves no plan, and nobody who asks for one finds any.
TEST(Space, WithoutAValueOfACoordinateIsEmpty) {
    const TrainContext c = even(tiny_model());
    const auto without = [](auto set) {
        SpaceLimits limits{8, 8, 8};
        set(limits);
        return limits;
    };
    for (const SpaceLimits& limits : {
             without([](SpaceLimits& l) { l.pins.tensor.values = {3}; }),
             without([](SpaceLimits& l) { l.pins.context.values = {5}; }),
             without([](SpaceLimits& l) { l.pins.expert.values = {2}; }),
             without([](SpaceLimits& l) { l.pins.micro_batch.values = {3}; }),
             without([](SpaceLimits& l) { l.pins.data.values = {7}; }),
             without([](SpaceLimits& l) { l.pins.pipeline.values = {9}; }),
             without([](SpaceLimits& l) { l.pins.virtual_stages.values = {3}; }),
             without([](SpaceLimits& l) { l.pins.offload = {Offload::both}; }),
             without([](SpaceLimits& l) { l.global_batch = l.max_global_batch = 0; }),
             without([](SpaceLimits& l) { l.max_global_batch = 4; }),
         }) {
        const PlanSpace space = plan_space(c, limits);
        EXPECT_EQ(space.numbers(), 0U);
        EXPECT_TRUE(branches(space).empty());
        EXPECT_EQ(fewest_chips(c, limits), 0);
        EXPECT_FALSE(search(c, limits).feasible);
        EXPECT_FALSE(search_pinned(c, limits).feasible);
    }
}

// Branches are what shard costs hang on, each once, and their plans all there are.
TEST(Space, BranchesCoverThePlansThatCanRun) {
    const PlanSpace space = plan_space(even(tiny_experts()), {8, 4, 8});
    const std::uint64_t width =
        space.pipeline.size() * space.data.size() * space.schedules.size() * space.memory.size();
    std::set<std::uint64_t> firsts;
    for (const Branch& branch : branches(space)) {
        EXPECT_EQ(branch.first % width, 0U);
        EXPECT_TRUE(firsts.insert(branch.first).second);
        const Plan& b = branch.plan;
        EXPECT_LE(b.tensor * b.context, 8);
        EXPECT_EQ(b.global_batch % b.micro_batch, 0);
    }
    for (std::uint64_t n = 0; n < space.numbers(); ++n) {
        if (!can_run(space, plan_at(space, n))) continue;
        EXPECT_TRUE(firsts.contains(n / width * width));
    }
}

TEST(Space, SaysTheFirstReasonOfSeveral) {
    const PlanSpace space = plan_space(even(tiny_experts()), {8, 4, 4});
    const Plan fine{.data = 4, .global_batch = 4};
    const auto why = [&](auto change) {
        Plan plan = fine;
        change(plan);
        return why_not(space, plan);
    };
    EXPECT_EQ(why([](Plan&) {}), "");
    EXPECT_EQ(why([](Plan& p) { p.schedule = Schedule::zero_bubble; }),
              "zero-bubble needs 2 stages or more, not 1");
    EXPECT_EQ(why([](Plan& p) { p.pipeline = 3; }),
              "4 layers do not split into 3 x 1 chunks of whole layers");
    EXPECT_EQ(why([](Plan& p) { p.tensor = 4; }), "16 chips are needed, 8 are there");
    EXPECT_EQ(why([](Plan& p) { p.micro_batch = 2; }), "a batch of 4 does not divide into 4 x 2");
    EXPECT_EQ(why([](Plan& p) { p.data = 2, p.expert = 4; }),
              "2 ranks do not divide into 4 expert ways");
    EXPECT_EQ(why([](Plan& p) {
                  p.pipeline = 2, p.virtual_stages = 2, p.schedule = Schedule::interleaved;
              }),
              "1 micro-batches do not divide into rounds of 2");
    EXPECT_EQ(why([](Plan& p) { p.pipeline = 2, p.sharding = Sharding::zero_3; }),
              "gradients and weights are sharded without pipeline only");
    EXPECT_EQ(why([](Plan& p) { p.data = 1, p.sharding = Sharding::zero_2; }),
              "no second data or context rank shares gradients or weights");
    // who passes more tests has come further
    Plan later = fine;
    later.micro_batch = 2;
    Plan sooner = fine;
    sooner.pipeline = 3;
    EXPECT_LT(tests_passed(space, sooner), tests_passed(space, later));
    EXPECT_LT(tests_passed(space, later), tests_passed(space, fine));
}

TEST(Space, TellsWhatWouldSplit) {
    const PlanSpace space = plan_space(even(tiny_model()), {8, 4, 4});
    const Unsplit u = why_unsplit(space, 2, 3);
    EXPECT_EQ(u.why, "4 layers do not split into 2 x 3 chunks of whole layers");
    EXPECT_EQ(u.instead,
              "with --pipeline 2 virtual stages can be 2; with --virtual-stages 3 the pipeline can "
              "be none");
}

// The least product of ways whose fullest rank fits, by trying every plan.
TEST(Fewest, IsTheLeastOfAllPlansThatFit) {
    for (const Model& model : {tiny_model(), tiny_experts()}) {
        TrainContext c = even(model);
        for (const double capacity : {10e3, 18e3, 40e3, 70e3, 200e3}) {
            c.chip.memory_capacity = capacity * unit::B;
            const SpaceLimits limits{8, 4, 4};
            const PlanSpace space = plan_space(c, limits);
            std::int64_t fewest = 0;
            for (std::uint64_t n = 0; n < space.numbers(); ++n) {
                const Plan plan = plan_at(space, n);
                if (!can_run(space, plan) || !evaluate(c, plan).fits) continue;
                const std::int64_t chips = chips_used(plan);
                fewest = fewest == 0 ? chips : std::min(fewest, chips);
            }
            EXPECT_EQ(fewest_chips(c, limits), fewest) << capacity;
        }
    }
}

TEST(Describe, NamesWaysThatAreMoreThanOne) {
    Plan plan{.sharding = Sharding::none};
    EXPECT_EQ(describe(plan), "micro-batch 1, 1f1b, recompute none, sharding none");
    EXPECT_EQ(abbreviate(plan), "tp1 pp1 dp1 mb1");
    plan = {.tensor = 2, .pipeline = 4, .data = 8, .context = 16, .expert = 32};
    plan.virtual_stages = 3;
    plan.micro_batch = 5;
    plan.schedule = Schedule::interleaved;
    plan.recompute = Recompute::full;
    plan.offload = Offload::both;
    EXPECT_EQ(describe(plan),
              "tensor 2, context 16, expert 32, pipeline 4, virtual stages 3, data 8, micro-batch "
              "5, interleaved, recompute full, zero-1, optimizer and activations in host memory");
    EXPECT_EQ(abbreviate(plan), "tp2 pp4 v3 cp16 ep32 dp8 mb5");
    plan.offload = Offload::optimizer;
    EXPECT_TRUE(describe(plan).ends_with("zero-1, optimizer in host memory"));
}

}  // namespace TEST_FILE
}  // namespace millwright
