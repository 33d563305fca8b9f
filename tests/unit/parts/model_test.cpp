// Which layers of a model have experts and windows, from the counts that its file gives.
#include "millwright/parts/model.h"

#include <gtest/gtest.h>

#include "millwright/compute/weights.h"

namespace millwright {
namespace TEST_FILE {

bool has_experts(const Layer& layer) { return layer.channel == ChannelKind::experts; }
bool is_windowed(const Layer& layer) { return layer.mixer.window > 0; }

std::vector<bool> layers_of(const Model& model, bool (*has)(const Layer&)) {
    const Pattern pattern = pattern_of(model);
    std::vector<bool> layers;
    for (const std::size_t kind : pattern.order) layers.push_back(has(pattern.kinds.at(kind)));
    return layers;
}

Model of_six_layers() {
    Model model;
    model.layers.value = 6;
    model.hidden.value = 8;
    model.heads.value = model.kv_heads.value = 2;
    model.head_dim.value = 4;
    model.vocab.value = 10;
    model.ffn.value = 16;
    model.experts.value = 4;
    model.top_k.value = 1;
    model.expert_ffn.value = 12;
    return model;
}

TEST(Model, EveryNthLayerFromTheFirstNthHasExperts) {
    Model model = of_six_layers();
    EXPECT_EQ(layers_of(model, has_experts), std::vector<bool>(6, true));
    model.moe_every.value = 2;
    EXPECT_EQ(layers_of(model, has_experts), (std::vector{false, true, false, true, false, true}));
    model.moe_every.value = 3;
    EXPECT_EQ(layers_of(model, has_experts), (std::vector{false, false, true, false, false, true}));
    model.dense_layers.value = 3;  // and the leading ones have none, whatever their turn
    EXPECT_EQ(layers_of(model, has_experts),
              (std::vector{false, false, false, false, false, true}));
    EXPECT_EQ(moe_layers(model), 1);
    // layers given one by one say it all
    for (int i = 0; i < 6; ++i)
        model.own_layers.push_back({attention_of(model), ChannelKind::dense, 16});
    model.own_layers.front() = {attention_of(model), ChannelKind::experts, 0};
    EXPECT_EQ(layers_of(model, has_experts),
              (std::vector{true, false, false, false, false, false}));
}

TEST(Model, AnIndexMakesLatentAttentionSparse) {
    Model model = of_six_layers();
    model.index_heads.value = 4;
    model.index_dim.value = 16;
    model.index_keys.value = 32;
    EXPECT_EQ(attention_of(model).kind, MixerKind::attention);  // an index is of a latent cache
    model.kv_lora.value = 8;
    EXPECT_EQ(attention_of(model).kind, MixerKind::sparse);
    EXPECT_EQ(attention_of(model).index_keys, 32);
    EXPECT_EQ(mixers_text(model), "6 of attention to keys that an index chooses");
    model.index_heads.value = 0;
    EXPECT_EQ(attention_of(model).kind, MixerKind::latent);
    EXPECT_EQ(mixers_text(model), "");
}

TEST(Model, EveryNthLayerAttendsInFull) {
    Model model = of_six_layers();
    EXPECT_EQ(layers_of(model, is_windowed), std::vector<bool>(6, false));
    model.window.value = 128;
    EXPECT_EQ(layers_of(model, is_windowed), std::vector<bool>(6, true));
    model.full_every.value = 3;
    EXPECT_EQ(layers_of(model, is_windowed), (std::vector{true, true, false, true, true, false}));
}

// By hand: embeddings 2 x 80, a norm of 8; attention 4 x 64 and two norms of 8 a layer; an MLP
// 3 x 8 x 16, an expert 3 x 8 x 12, a router 8 x 4.
TEST(Model, WeightsAddUpByHand) {
    Model model = of_six_layers();
    model.moe_every.value = 2;
    const double layers = 6 * (4 * 64 + 2 * 8);
    EXPECT_EQ(parameters(model), 168 + layers + 3 * 384 + 3 * (4 * 288 + 32));
    EXPECT_EQ(active_parameters(model), 168 + layers + 3 * 384 + 3 * (1 * 288 + 32));
    model.tied_embeddings = true;
    EXPECT_EQ(parameters(model), 88 + layers + 3 * 384 + 3 * (4 * 288 + 32));
    EXPECT_EQ(extra_parameters(model), 0);
    // the last layer once more, a projection of two states, three norms
    model.mtp_layers.value = 1;
    EXPECT_EQ(extra_parameters(model), 4 * 64 + 2 * 8 + 4 * 288 + 32 + 2 * 64 + 3 * 8);
}

}  // namespace TEST_FILE
}  // namespace millwright
