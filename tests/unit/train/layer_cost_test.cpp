// One layer on one rank: work by its products, exchanges by their bytes, weights by their shares.
#include "millwright/train/layer_cost.h"

#include <gtest/gtest.h>

#include <cmath>

#include "millwright/compute/weights.h"
#include "tests/tiny.h"

namespace millwright {
namespace TEST_FILE {

/// Widths in multiples of 64, so that tiles are full: a layer of 4 x 256 x 256 in attention and
/// 2 x 256 x 1024 in the MLP.
Model round_model() {
    Model m = tiny_model();
    m.hidden.value = 256;
    m.ffn.value = 1024;
    m.heads.value = m.kv_heads.value = 4;
    m.head_dim.value = 64;
    m.vocab.value = 512;
    m.gated = false;
    return m;
}

TrainContext round_context() {
    TrainContext c = tiny_context(round_model());
    c.sequence = 256;
    return c;
}

constexpr double weights = 4 * 256 * 256 + 2 * 256 * 1024;
constexpr double tokens = 256;
constexpr double rate = 1e12, wire = 1e9;  // of tests/tiny.h
constexpr double activation = tokens * 256 * 2;

Seconds block(const Pass& pass, Block of) { return pass.blocks[static_cast<std::size_t>(of)]; }

TEST(LayerCost, ProductsTakeTwoOperationsAWeightAndTwiceThatBack) {
    const LayerCost cost = shard_costs(round_context(), {.global_batch = 1}).layers.at(0);
    const auto products = [&](const Pass& p) {
        return (block(p, Block::projections) + block(p, Block::mlp)).si();
    };
    const double forward = 2 * weights * tokens / rate;
    EXPECT_NEAR(products(cost.passes.forward), forward, 1e-9 * forward);
    EXPECT_NEAR(products(cost.passes.backward), 2 * forward, 1e-9 * forward);
    EXPECT_NEAR(cost.passes.weight_gradient.si(), forward, 1e-9 * forward);
    for (const Pass& p : {cost.passes.forward, cost.passes.backward}) {
        Seconds sum;
        for (const Seconds part : p.blocks) sum += part;
        EXPECT_NEAR(p.compute.si(), sum.si(), 1e-12 * sum.si());
        EXPECT_EQ(p.exposed(), Seconds{});
        EXPECT_EQ(p.repeated, Seconds{});
    }
}

TEST(LayerCost, AMeasuredFactorSlowsAllWorkAndSkewThatOfExperts) {
    TrainContext c = tiny_context(tiny_experts());
    const Plan plan{.global_batch = 1};
    const Passes plain = shard_costs(c, plan).layers.at(1).passes;
    c.assume.factors.compute = 1.5;
    c.assume.routing_skew = 2;
    const Passes slow = shard_costs(c, plan).layers.at(1).passes;
    for (const Block b : {Block::attention, Block::projections, Block::mlp, Block::router}) {
        EXPECT_NEAR(block(slow.forward, b) / block(plain.forward, b), 1.5, 1e-12) << name_of(b);
    }
    EXPECT_NEAR(block(slow.backward, Block::experts) / block(plain.backward, Block::experts), 3,
                1e-12);
}

// Ranks of a tensor group gather n - 1 parts of the activation and scatter as many, once for
// attention and once for the MLP, and gather both again on the way back.
TEST(LayerCost, TensorRanksExchangeTheOthersParts) {
    TrainContext c = round_context();
    for (const double n : {2.0, 4.0}) {
        const Plan plan{.tensor = static_cast<std::int64_t>(n), .global_batch = 1};
        const double one = activation * (n - 1) / n / wire;
        const Passes p = shard_costs(c, plan).layers.at(0).passes;
        EXPECT_NEAR(p.forward.tensor.exposed.si(), 2 * 2 * one, 1e-12);
        EXPECT_NEAR(p.backward.tensor.exposed.si(), 2 * 3 * one, 1e-12);
        EXPECT_EQ(p.forward.calls.gathers, 2);
        EXPECT_EQ(p.backward.calls.gathers, 4);
        EXPECT_EQ(p.backward.calls.scatters, 2);
        // ranks that keep activations whole have the inputs of weight gradients already
        TrainContext whole = c;
        whole.assume.sequence_parallel = false;
        EXPECT_EQ(shard_costs(whole, plan).layers.at(0).passes.backward.calls.gathers, 2);
    }
    // of what a framework hides a tenth is lost to the processors that it takes
    c.assume.tensor_overlap = 0.5;
    c.assume.processors_taken = 0.1;
    c.assume.factors.tensor = 2;
    const Passes p = shard_costs(c, {.tensor = 2, .global_batch = 1}).layers.at(0).passes;
    const double all = 2 * 2 * 2 * activation / 2 / wire;
    EXPECT_NEAR(p.forward.tensor.exposed.si(), 0.55 * all, 1e-12);
    EXPECT_NEAR(p.forward.tensor.wire().si(), all, 1e-12);
}

TEST(LayerCost, ALayerHasAPairForEachOfItsHalvesThatIsSplit) {
    const Model m = tiny_experts();
    Model alone = m;
    alone.shared_experts.value = 0;
    Layer layer{.mixer = attention_of(m)};
    const Layer half{.mixer = {.kind = MixerKind::none}, .channel = ChannelKind::dense};
    EXPECT_EQ(tensor_pairs(m, layer), 2);
    EXPECT_EQ(tensor_pairs(m, half), 1);
    layer.channel = ChannelKind::none;
    EXPECT_EQ(tensor_pairs(m, layer), 1);
    layer.channel = ChannelKind::experts;
    EXPECT_EQ(tensor_pairs(m, layer), 2);
    EXPECT_EQ(tensor_pairs(alone, layer), 1);  // routed experts are exchanged by themselves
}

// Keys and values of the rank's tokens, 2 x 256 wide, go to each of the others, and with their
// gradients on the way back.
TEST(LayerCost, KeysAndValuesPassRoundTheContextGroup) {
    TrainContext c = round_context();
    for (const double n : {2.0, 4.0}) {
        const Plan plan{.context = static_cast<std::int64_t>(n), .global_batch = 1};
        const Passes p = shard_costs(c, plan).layers.at(0).passes;
        const double bytes = (n - 1) * tokens / n * 2 * 256 * 2;
        EXPECT_NEAR(p.forward.calls.handed_on.si(), bytes, 1e-9);
        EXPECT_NEAR(p.forward.context.exposed.si(), bytes / wire, 1e-15);
        EXPECT_NEAR(p.backward.context.exposed.si(), 2 * bytes / wire, 1e-15);
    }
    c.assume.context_overlap = 1;  // behind the core, as far as that reaches
    const Plan plan{.context = 2, .global_batch = 1};
    const Pass p = shard_costs(c, plan).layers.at(0).passes.forward;
    EXPECT_NEAR(p.context.hidden.si(), block(p, Block::attention).si(), 1e-15);
    EXPECT_NEAR(p.context.wire().si(), 128 * 2 * 256 * 2 / wire, 1e-15);
    EXPECT_GT(p.context.exposed, Seconds{});
    // over two domains at the pace between them
    c.network = plain_network(64, 2);
    c.assume.context_overlap = 0;
    const Pass far = shard_costs(c, {.context = 4, .global_batch = 1}).layers.at(0).passes.forward;
    EXPECT_NEAR(far.context.exposed.si(), 10 * 3 * 64 * 2 * 256 * 2 / wire, 1e-12);
}

/// Experts of a token's picks by the numbers of their domains, all of which are as likely: mean
/// number of domains but the own that a token reaches, and of picks in other domains.
struct Reached {
    double domains = 0, picks = 0;
};
Reached reached(int domains, int picks) {
    Reached mean;
    const int all = static_cast<int>(std::pow(domains, picks));
    for (int draw = 0; draw < all; ++draw) {
        unsigned met = 0;
        for (int i = 0, rest = draw; i < picks; ++i, rest /= domains) {
            met |= 1U << (rest % domains);
            mean.picks += rest % domains != 0 ? 1.0 / all : 0;
        }
        for (int d = 1; d < domains; ++d) mean.domains += (met >> d & 1U) != 0 ? 1.0 / all : 0;
    }
    return mean;
}

TEST(LayerCost, TokensGoToTheDomainsOfTheirPicks) {
    TrainContext c = tiny_context(tiny_experts());
    const double token = 8 * 2;
    for (const int domains : {1, 2, 4}) {
        for (const int picks : {1, 2, 3}) {
            c.model.top_k.value = picks;
            c.network = plain_network(64, 8.0 / domains);
            Shard shard{.micro_batch = 1, .sequence = 32, .expert = 8};
            const double inner = 8.0 / domains;
            // of ranks, each a place of its own, as of domains; a rank gets a token once
            const double ranks = 8.0 / 7 * reached(8, picks).domains;
            const double near = 32 * token * ranks * (inner - 1) / inner;
            const Reached far = reached(domains, picks);
            c.assume.forwarded_dispatch = true;
            EXPECT_NEAR(dispatch_bytes(c, shard).near.si(), near, 1e-9);
            EXPECT_NEAR(dispatch_bytes(c, shard).far.si(), 32 * token * far.domains, 1e-9)
                << domains << " domains, " << picks << " picks";
            c.assume.forwarded_dispatch = false;
            EXPECT_NEAR(dispatch_bytes(c, shard).far.si(), 32 * token * far.picks, 1e-9);
            EXPECT_NEAR(dispatch_bytes(c, shard).near.si(), 32 * token * picks * (inner - 1) / 8,
                        1e-9);
        }
    }
}

// DeepSeek-V3's rule: 8 picks within 4 of 8 groups, a group a domain, reach four domains at most.
TEST(LayerCost, GroupsLimitTheDomainsOfAToken) {
    Model m = tiny_experts();
    m.experts.value = 256;
    m.top_k.value = 8;
    m.groups.value = 8;
    m.top_groups.value = 4;
    TrainContext c = tiny_context(m);
    const Shard shard{.micro_batch = 1, .sequence = 32, .expert = 64};
    EXPECT_NEAR(dispatch_bytes(c, shard).far.si(), 32 * 16 * 4 * 7 / 8.0, 1e-9);
    c.model.top_groups.value = 8;  // no limit: 8 (1 - (7/8)^8) domains, of which one is its own
    EXPECT_NEAR(dispatch_bytes(c, shard).far.si(), 32 * 16 * 7 * (1 - std::pow(7 / 8.0, 8)), 1e-9);
}

TEST(LayerCost, DispatchAndCombineWaitUnlessWorkHidesThem) {
    TrainContext c = tiny_context(tiny_experts());
    c.chip.dense.fill(1e-3 * unit::TFLOPS);  // slow, so that there is work to hide behind
    const Plan plan{.data = 4, .expert = 4, .global_batch = 4};
    // two picks meet 4 (1 - (3/4)^2) of four ranks, a quarter of the times the token's own
    const double bytes = 32 * 16 * 1.75 * 3 / 4.0;
    Pass p = shard_costs(c, plan).layers.at(1).passes.forward;
    EXPECT_NEAR(p.expert.exposed.si(), 2 * bytes / wire, 1e-15);
    EXPECT_EQ(p.calls.dispatches, 2);
    c.assume.routing_skew = 1.5;
    c.assume.factors.expert = 2;
    p = shard_costs(c, plan).layers.at(1).passes.forward;
    EXPECT_NEAR(p.expert.exposed.si(), 3 * 2 * bytes / wire, 1e-15);
    c.assume.expert_overlap = 0.25;
    p = shard_costs(c, plan).layers.at(1).passes.forward;
    const Seconds window = block(p, Block::projections) + block(p, Block::attention);
    ASSERT_GT(window, p.expert.hidden);
    EXPECT_NEAR(p.expert.exposed.si(), 0.75 * 3 * 2 * bytes / wire, 1e-15);
    // ranks that share an expert gather each other's tokens too
    c = tiny_context(tiny_experts());
    const Plan shared{.data = 4, .expert = 2, .expert_tensor = 2, .global_batch = 4};
    EXPECT_EQ(expert_gather_bytes(c, shard_of(c, shared)).si(), 32 * 2 * 16 * 2);
    p = shard_costs(c, shared).layers.at(1).passes.forward;
    EXPECT_NEAR(p.expert.exposed.si(), 2 * (32 * 16 * 1.5 / 2.0 + 32 * 2 * 16 * 2 / 2.0) / wire,
                1e-15);
}

// A host that takes longer to launch a layer than the chip to do it is waited for.
TEST(LayerCost, AChipWaitsForItsHost) {
    TrainContext c = tiny_context(tiny_experts());
    const ShardCosts quick = shard_costs(c, {.tensor = 2, .global_batch = 1});
    c.assume.host_layer = 3 * unit::ms;
    c.assume.host_expert_layer = 2 * unit::ms;
    c.assume.host_tensor_layer = 1 * unit::ms;
    c.assume.host_cast = 2;
    const auto waits = [&](std::size_t kind, double forward) {
        const ShardCosts costs = shard_costs(c, {.tensor = 2, .global_batch = 1});
        const Passes& p = costs.layers.at(kind).passes;
        const Passes& q = quick.layers.at(kind).passes;
        EXPECT_NEAR(p.forward.time().si(), forward, 1e-12);
        EXPECT_NEAR(p.backward.time().si(), 2 * forward, 1e-12);
        EXPECT_NEAR(p.forward.host.si(), forward - q.forward.time().si(), 1e-12);
    };
    waits(0, 4e-3);
    waits(1, 6e-3);
    c.assume.host_layer = c.assume.host_expert_layer = c.assume.host_tensor_layer = Seconds{};
    EXPECT_EQ(shard_costs(c, {.global_batch = 1}).layers.at(0).passes.forward.host, Seconds{});
}

TEST(LayerCost, CastsDoubleWhatTheHostLaunches) {
    TrainContext c = round_context();
    c.assume.host_layer = 3 * unit::ms;
    c.assume.host_cast = 2;
    for (const auto& [precision, seconds] :
         {std::pair{Precision::bf16, 3e-3}, {Precision::fp8, 6e-3}, {Precision::fp4, 6e-3}}) {
        c.precision = precision;
        const Pass p = shard_costs(c, {.global_batch = 1}).layers.at(0).passes.forward;
        EXPECT_NEAR(p.time().si(), seconds, 1e-12) << name_of(precision);
    }
}

// A rank of each way holds its share; summed over the ranks that split a model once, all weights
// are there, and norms and routers once more on each tensor rank but the first.
TEST(LayerCost, SharesOfWeightsAddUpToTheModel) {
    const Model m = tiny_experts();
    const TrainContext c = tiny_context(m);
    for (const double tensor : {1.0, 2.0}) {
        for (const double expert : {1.0, 2.0, 4.0}) {
            const Plan plan{.tensor = static_cast<std::int64_t>(tensor),
                            .data = 4,
                            .expert = static_cast<std::int64_t>(expert),
                            .global_batch = 4};
            const ShardCosts costs = shard_costs(c, plan);
            double sum = tensor * 2 * costs.embedding_weights + 8;  // and the last norm
            for (const std::size_t kind : costs.pattern.order) {
                const LayerWeights& w = costs.weights.at(kind);
                sum += tensor * (w.mixer + w.channel) + expert * w.routed;
            }
            const double again = (tensor - 1) * (4 * 16 + 3 * 32);
            EXPECT_DOUBLE_EQ(sum, parameters(m) + again) << tensor << " x " << expert;
        }
    }
}

// A frozen product has no weight gradient; beside it an adapter reads its input twice, writes and
// reads once more what it adds: three passes over inputs and outputs.
TEST(LayerCost, AdaptersStandBesideFrozenProducts) {
    TrainContext c = round_context();
    c.chip.memory_bandwidth = unit::GBps;
    const auto norms = [&] {
        const Passes p = shard_costs(c, {.global_batch = 1}).layers.at(0).passes;
        return std::pair(block(p.forward, Block::norms).si(), p.weight_gradient);
    };
    const auto [plain, gradient] = norms();
    EXPECT_GT(gradient, Seconds{});
    c.frozen_weights = true;
    const auto [attention_only, none] = norms();
    EXPECT_EQ(none, Seconds{});
    // query, key and value at once, and the output
    const double attention = 3 * 2 * tokens * ((256 + 768) + (256 + 256)) / 1e9;
    EXPECT_NEAR(attention_only - plain, attention, 1e-12);
    c.assume.adapts_all = true;
    const double mlp = 3 * 2 * tokens * 2 * (256 + 1024) / 1e9;
    EXPECT_NEAR(norms().first - plain, attention + mlp, 1e-12);
}

}  // namespace TEST_FILE
}  // namespace millwright
