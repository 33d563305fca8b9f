// Operations of a layer counted by hand: work, traffic, what is kept and what recompute frees.
#include "millwright/compute/operations.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "millwright/compute/weights.h"
#include "tests/tiny.h"

namespace millwright {
namespace TEST_FILE {

std::vector<Operation> layer_of(const Model& m, std::size_t index, const Shard& shard) {
    const Pattern pattern = pattern_of(m);
    return layer_operations(m, pattern.kinds.at(pattern.order.at(index)), shard);
}

const Operation& named(const std::vector<Operation>& ops, std::string_view name) {
    for (const Operation& op : ops) {
        if (op.name == name) return op;
    }
    throw std::out_of_range(std::string(name));
}

template <class Of>
double sum_of(const std::vector<Operation>& ops, Of of) {
    return std::accumulate(ops.begin(), ops.end(), 0.0,
                           [&](double sum, const Operation& op) { return sum + of(op); });
}

double flops(const Operation& op) { return op.flops.si(); }
double saved(const Operation& op) { return op.saved.si(); }

const Shard plain{.micro_batch = 1, .sequence = 32};

TEST(LayerOperations, RunInTheirOrder) {
    const auto ops = layer_of(tiny_model(), 0, plain);
    std::vector<std::string_view> names;
    for (const Operation& op : ops) names.push_back(op.name);
    EXPECT_EQ(names,
              (std::vector<std::string_view>{"norm", "query, key, value", "rotary embedding",
                                             "attention core", "attention output", "residual",
                                             "norm", "up", "activation", "down", "residual"}));
    const Layer mixer_alone{.mixer = attention_of(tiny_model()), .channel = ChannelKind::none};
    const Layer channel_alone{.mixer = {}, .channel = ChannelKind::dense, .ffn = 32};
    EXPECT_EQ(layer_operations(tiny_model(), mixer_alone, plain).size(), 6U);
    EXPECT_EQ(layer_operations(tiny_model(), channel_alone, plain).size(), 5U);
    EXPECT_TRUE(layer_operations(tiny_model(), {.channel = ChannelKind::none}, plain).empty());
}

struct Worked {
    const char* name;
    double flops, traffic, saved;
};

// 32 tokens of width 8; of pointwise kernels reads and writes of two bytes each.
TEST(LayerOperations, DoWhatIsWorkedOutByHand) {
    const auto dense = layer_of(tiny_model(), 0, plain);
    const auto experts = layer_of(tiny_experts(), 1, plain);
    const double t = 32;
    const auto expect = [](const std::vector<Operation>& ops, const Worked& w) {
        const Operation& op = named(ops, w.name);
        EXPECT_DOUBLE_EQ(op.flops.si(), w.flops) << w.name;
        EXPECT_DOUBLE_EQ(op.traffic.si(), w.traffic) << w.name;
        EXPECT_DOUBLE_EQ(op.saved.si(), w.saved) << w.name;
    };
    expect(dense, {"norm", 0, t * 2 * 8 * 2, t * 8 * 2});
    expect(dense, {"residual", 0, t * 3 * 8 * 2, 0});
    expect(dense, {"query, key, value", 2 * t * 8 * 16, 0, t * 8 * 2});
    expect(dense, {"rotary embedding", 0, t * 2 * (8 + 4) * 2, 0});
    // half of the keys, scores and sums over four heads of two
    expect(dense, {"attention core", 2 * 2 * t * t / 2 * 8, 0, t * 16 * 2});
    expect(dense, {"attention output", 2 * t * 8 * 8, 0, t * 8 * 2});
    expect(dense, {"up", 2 * t * 8 * 64, 0, t * 8 * 2});
    expect(dense, {"activation", 0, t * 3 * 32 * 2, t * 64 * 2});
    expect(dense, {"down", 2 * t * 32 * 8, 0, t * 32 * 2});
    // two of four experts for each token; the shared one comes after
    expect(experts, {"router", 2 * t * 8 * 4, 0, t * 8 * 2});
    expect(experts, {"permute and combine", 0, 8 * 2 * t * 8 * 2, 0});
    expect(experts, {"up", 2 * (2 * t) * 8 * 32, 0, 2 * t * 8 * 2});
    expect(experts, {"activation", 0, 2 * t * 3 * 16 * 2, 2 * t * 32 * 2});
    expect(experts, {"down", 2 * (2 * t) * 16 * 8, 0, 2 * t * 16 * 2});
    const auto head = head_operations(tiny_model(), plain);
    expect(head, {"logits", 2 * t * 8 * 16, 0, t * 8 * 2});
    expect(head, {"loss", 0, t * 16 * (2 * 4 + 2), t * 16 * 6});
    expect(embedding_operations(tiny_model(), plain), {"embedding look-up", 0, t * 2 * 8 * 2, 0});
}

TEST(LayerOperations, OfAnMlpWithoutGateHaveHalfTheWayUp) {
    Model m = tiny_model();
    m.gated = false;
    const auto ops = layer_of(m, 0, plain);
    EXPECT_EQ(named(ops, "up").product.n, 32);
    EXPECT_EQ(named(ops, "activation").traffic.si(), 32 * 2 * 32 * 2);
    EXPECT_EQ(named(ops, "activation").saved.si(), 32 * 32 * 2);
}

TEST(LayerOperations, OfExpertsSpreadTokensEvenly) {
    Model m = tiny_experts();
    for (const double ways : {1.0, 2.0, 4.0}) {
        Shard s = plain;
        s.expert = ways;
        const Operation up = named(layer_of(m, 1, s), "up");
        EXPECT_EQ(up.product.count, 4 / ways);
        EXPECT_EQ(up.product.m * up.product.count, 64);  // as many come as leave
        EXPECT_TRUE(up.product.grouped);
        // split experts: each rank has all tokens of its group, and part of the columns
        s.expert_tensor = 2;
        const Operation half = named(layer_of(m, 1, s), "up");
        EXPECT_EQ(half.product.m, 2 * up.product.m);
        EXPECT_EQ(half.product.n, up.product.n / 2);
        EXPECT_EQ(half.flops, up.flops);
    }
    m.capacity_factor.value = 1.5;  // buffers are computed whole, filled or not
    EXPECT_EQ(named(layer_of(m, 1, plain), "up").flops.si(), 1.5 * 2 * 64 * 8 * 32);
    m.capacity_factor.value = 0.5;  // dropped tokens are computed as zeros no less
    EXPECT_EQ(named(layer_of(m, 1, plain), "up").flops.si(), 2.0 * 64 * 8 * 32);
}

// Forward, two operations for each weight that a token meets and what the cores add: whatever the
// model, and all over the ranks that share it.
TEST(LayerOperations, AreTheModelsWorkOverAllRanks) {
    Model moe = tiny_experts();
    moe.window.value = 8;
    moe.full_every.value = 2;
    Model tied = tiny_model();
    tied.tied_embeddings = true;
    tied.gated = false;
    for (const Model& m : {tiny_model(), tied, moe}) {
        const double norms = 4 * 2 * 8 + 8;  // multiplied in passing: not counted as products
        const double wanted = model_flops_per_token(m, 32).si() / 3 - 2 * norms;
        for (const double tensor : {1.0, 2.0}) {
            for (const double context : {1.0, 4.0}) {
                Shard s = plain;
                s.tensor = tensor;
                s.context = context;
                s.expert = tensor * context / 2 > 1 ? 2 : 1;
                double sum = sum_of(head_operations(m, s), flops);
                for (std::size_t i = 0; i < 4; ++i) sum += sum_of(layer_of(m, i, s), flops);
                EXPECT_NEAR(tensor * context * sum / 32 / wanted, 1, 1e-12)
                    << tensor << " x " << context;
            }
        }
    }
}

TEST(ModelFlops, AreSixAWeightAndTheCores) {
    // four layers of 960 weights in products and a head of 128, norms 72; the core sees 16 keys on
    // average, two products of 8 wide
    const Model m = tiny_model();
    const double weights = 4 * 960 + 128 + 72;
    EXPECT_DOUBLE_EQ(model_flops_per_token(m, 32).si(), 6 * weights + 3 * 4 * (2 * 16 * 16));
    Model more = m;
    more.positions.value = 100;  // looked up as embeddings are
    EXPECT_EQ(model_flops_per_token(more, 32), model_flops_per_token(m, 32));
    more.tied_embeddings = true;  // the one matrix is the head's
    EXPECT_EQ(model_flops_per_token(more, 32), model_flops_per_token(m, 32));
    // a prediction block: a layer, a projection of 16 to 8, three norms, the head again, a core
    more.mtp_layers.value = 1;
    const double block = 976 + 2 * 64 + 3 * 8 + 128;
    EXPECT_DOUBLE_EQ((model_flops_per_token(more, 32) - model_flops_per_token(m, 32)).si(),
                     6 * block + 3 * 512);
}

/// Bytes that are kept with these parts made again.
double kept(const std::vector<Operation>& ops, repeats::List again) {
    return sum_of(ops, [&](const Operation& op) { return op.freed & again ? 0 : saved(op); });
}

TEST(Recompute, FreesTheInputsThatItMakesAgain) {
    const auto dense = layer_of(tiny_model(), 0, plain);
    const double all = sum_of(dense, saved), value = 32 * 2;
    for (const auto& [parts, freed] : {std::pair{repeats::none, 0.0},
                                       {repeats::norm, value * 2 * 8},
                                       {repeats::core, value * 8},
                                       {repeats::activation, value * 32},
                                       {repeats::mlp, value * (64 + 32)},
                                       {repeats::projections, value * 16},
                                       {repeats::experts, 0.0},
                                       {repeats::mlp | repeats::activation, value * (64 + 32)}}) {
        EXPECT_DOUBLE_EQ(all - kept(dense, parts), freed) << parts;
    }
    const auto experts = layer_of(tiny_experts(), 1, plain);
    // input, both halves and output of the routed experts' activation, of two experts a token
    EXPECT_DOUBLE_EQ(sum_of(experts, saved) - kept(experts, repeats::experts),
                     value * 2 * (8 + 32 + 16));
    EXPECT_DOUBLE_EQ(sum_of(experts, saved) - kept(experts, repeats::shared_experts),
                     value * (32 + 16));
}

// Whatever is made again alone costs its own operations and no others.
TEST(Recompute, RepeatsThePartsThatItNames) {
    const auto runs = [](repeats::List parts) {
        std::map<std::string_view, int> names;
        for (const Operation& op : layer_of(tiny_experts(), 1, plain)) {
            names[op.name] += op.repeated & parts ? 1 : 0;
        }
        std::erase_if(names, [](const auto& entry) { return entry.second == 0; });
        return names;
    };
    using Names = std::map<std::string_view, int>;
    EXPECT_EQ(runs(repeats::none), Names{});
    EXPECT_EQ(runs(repeats::norm), (Names{{"norm", 2}}));
    EXPECT_EQ(runs(repeats::core), (Names{{"attention core", 1}}));
    EXPECT_EQ(runs(repeats::activation), (Names{{"activation", 2}}));
    EXPECT_EQ(runs(repeats::shared_experts), (Names{{"up", 1}, {"activation", 1}, {"down", 1}}));
    EXPECT_EQ(
        runs(repeats::experts),
        (Names{
            {"router", 1}, {"permute and combine", 1}, {"up", 1}, {"activation", 1}, {"down", 1}}));
    EXPECT_EQ(runs(repeats::projections),
              (Names{{"query, key, value", 1}, {"rotary embedding", 1}, {"attention output", 1}}));
}

// Inputs of products of eight bits are kept in eight, pointwise ones and the core's in sixteen.
TEST(Precision, HalvesTheInputsOfProductsAlone) {
    Shard eight = plain;
    eight.precision = Precision::fp8;
    const auto whole = layer_of(tiny_model(), 0, plain);
    const auto cast = layer_of(tiny_model(), 0, eight);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        const bool half = whole[i].name == "query, key, value" || whole[i].name == "up" ||
                          whole[i].name == "down";
        EXPECT_EQ(cast[i].saved, whole[i].saved / (half ? 2 : 1)) << whole[i].name;
        EXPECT_EQ(cast[i].traffic, whole[i].traffic) << whole[i].name;
    }
}

Model latent_model(std::int64_t query_rank) {
    Model m = tiny_model();
    m.kv_lora.value = 6;
    m.q_lora.value = query_rank;
    m.rope_dim.value = 2;
    m.nope_dim.value = 4;
    m.v_dim.value = 3;
    return m;
}

// The hidden state is one input for the latents and, where the query has none, for the query too.
TEST(Latent, AnInputOfTwoProductsIsKeptOnce) {
    for (const std::int64_t rank : {0, 5}) {
        const auto ops = layer_of(latent_model(rank), 0, plain);
        EXPECT_EQ(named(ops, "latent down").product.n, 6 + 2 + rank);
        EXPECT_EQ(named(ops, "query up").product.k, rank > 0 ? rank : 8);
        EXPECT_EQ(named(ops, "query up").product.n, 4 * (4 + 2));
        EXPECT_DOUBLE_EQ(saved(named(ops, "latent down")), 32 * 8 * 2);
        EXPECT_DOUBLE_EQ(saved(named(ops, "query up")), 32.0 * static_cast<double>(rank) * 2);
        EXPECT_DOUBLE_EQ(saved(named(ops, "key-value up")), 32 * 6 * 2);
        EXPECT_DOUBLE_EQ(saved(named(ops, "attention core")), 32 * 4 * (6 + 6 + 3) * 2);
    }
}

// Backward: a product for the input and one for the weight, each of as many operations.
TEST(Times, OfABackwardPassAreTwoProducts) {
    ChipRates chip = plain_chip();
    Operation op{.kernel = Kernel::gemm};
    op.product = {.m = 256, .n = 128, .k = 512};
    const double forward = 2 * 256.0 * 128 * 512 / 1e12;
    EXPECT_NEAR(forward_time(chip, op).si(), forward, 1e-15);
    EXPECT_NEAR(input_gradient_time(chip, op).si(), forward, 1e-15);
    EXPECT_NEAR(weight_gradient_time(chip, op).si(), forward, 1e-15);
    op.trains = false;
    EXPECT_EQ(weight_gradient_time(chip, op), Seconds{});
    Operation moves{.traffic = 1 * unit::GB};
    chip.memory_bandwidth = unit::GBps;
    EXPECT_EQ(forward_time(chip, moves), 1 * unit::s);
    EXPECT_EQ(input_gradient_time(chip, moves), 1.5 * unit::s);
    EXPECT_EQ(weight_gradient_time(chip, moves), Seconds{});
}

// The input and, on the way back, the output's gradient are cast: two bytes read, one written for
// each of the two products that follow. Weights' gradients are read and written in four bytes.
TEST(Times, OfOtherFormatsIncludeTheirCasts) {
    ChipRates chip = plain_chip();
    chip.dense.fill(FlopRate::from_si(1e30));
    chip.memory_bandwidth = Bandwidth::from_si(1);
    Operation op{.kernel = Kernel::gemm};
    op.product = {.precision = Precision::fp8, .m = 256, .n = 128, .k = 512};
    const double operands = 256 * 512 + 128 * 512 + 2 * 256 * 128;
    EXPECT_NEAR(forward_time(chip, op).si(), operands + 4 * 256 * 512, 1e-3);
    const double gradient = 256 * 128 + 128 * 512 + 2 * 256 * 512;
    EXPECT_NEAR(input_gradient_time(chip, op).si(), gradient + 4 * 256 * 128, 1e-3);
    EXPECT_NEAR(weight_gradient_time(chip, op).si(), 256 * 128 + 256 * 512 + 8 * 128 * 512, 1e-3);
}

TEST(Times, OfACoreAreThoseOfItsLibrary) {
    ChipRates chip = plain_chip();
    chip.flash_attention_2 = {.peak_share = 0.5};
    Operation op{.kernel = Kernel::attention};
    op.attention = {.heads = 32, .kv_heads = 32, .queries = 512, .keys = 512};
    const Seconds fastest = forward_time(chip, op);
    op.library = AttentionLibrary::flash_attention_2;
    EXPECT_NEAR(forward_time(chip, op) / fastest, 2, 1e-9);
    chip.flash_attention_2 = {};  // a chip that was never measured with it
    EXPECT_EQ(forward_time(chip, op), fastest);
}

}  // namespace TEST_FILE
}  // namespace millwright
