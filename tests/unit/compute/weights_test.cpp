// Weights of models counted by hand.
#include "millwright/compute/weights.h"

#include <gtest/gtest.h>

#include "tests/tiny.h"

namespace millwright {
namespace TEST_FILE {

constexpr double layer = 192 + 768 + 16;
constexpr double ends = 2 * 128 + 8;

TEST(Weights, OfDenseModelsAreSums) {
    Model m = tiny_model();
    EXPECT_EQ(parameters(m), 4 * layer + ends);
    EXPECT_EQ(active_parameters(m), parameters(m));
    EXPECT_EQ(extra_parameters(m), 0);
    m.tied_embeddings = true;
    EXPECT_EQ(parameters(m), 4 * layer + ends - 128);
    m.positions.value = 32;
    EXPECT_EQ(parameters(m), 4 * layer + ends - 128 + 32 * 8);
    m.gated = false;
    EXPECT_EQ(mlp_parameters(m, 32), 2 * 8 * 32);
    m.biases = true;  // of the MLP 32 + 8; of query, key, value and output 8 + 4 + 4 + 8
    EXPECT_EQ(mlp_parameters(m, 32), 2 * 8 * 32 + 40);
    EXPECT_EQ(mixer_parameters(m, attention_of(m)), 192 + 24);
}

TEST(Weights, OfExpertsCountAsOftenAsTheyAreMet) {
    const Model m = tiny_experts();
    const double rest = layer + 3 * (192 + 16) + ends;
    EXPECT_EQ(experts_parameters(m, 0), 384 + 32);
    EXPECT_EQ(experts_parameters(m, 2), 3 * 384 + 32);
    EXPECT_EQ(parameters(m), rest + 3 * (5 * 384 + 32));
    EXPECT_EQ(active_parameters(m), rest + 3 * (3 * 384 + 32));
    Model every_second = m;
    every_second.moe_every.value = 2;
    every_second.dense_layers.value = 0;
    EXPECT_EQ(moe_layers(every_second), 2);
    EXPECT_EQ(parameters(every_second), 2 * layer + 2 * (192 + 16) + ends + 2 * (5 * 384 + 32));
}

// A prediction block is a layer of the last kind, a projection of 16 to 8 and three norms.
TEST(Weights, OfPredictionBlocksAreExtra) {
    Model m = tiny_experts();
    m.mtp_layers.value = 2;
    const WeightCount w = weights_of(m);
    const double block = 192 + 16 + 5 * 384 + 32 + 128 + 24;
    EXPECT_EQ(w.extra, 2 * block);
    EXPECT_EQ(w.active_extra, 2 * (block - 2 * 384));
    EXPECT_EQ(w.total, parameters(tiny_experts()));
    EXPECT_EQ(weights_text(m),
              "7.720e-06 billion weights and 4.624e-06 billion for multi-token prediction, "
              "5.416e-06 billion met by a token");
}

TEST(Weights, LayersHaveANormForEachHalf) {
    EXPECT_EQ(norms_of({.mixer = attention_of(tiny_model())}), 2);
    EXPECT_EQ(norms_of({.mixer = attention_of(tiny_model()), .channel = ChannelKind::none}), 1);
    EXPECT_EQ(norms_of({.channel = ChannelKind::experts}), 1);
    EXPECT_EQ(norms_of({.channel = ChannelKind::none}), 0);
}

}  // namespace TEST_FILE
}  // namespace millwright
