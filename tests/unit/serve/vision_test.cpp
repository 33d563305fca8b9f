// The encoder of images: its size, its time, and the step that it is part of.
#include "millwright/serve/vision.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "millwright/catalog/catalog.h"
#include "millwright/serve/step_cost.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

const Model& gemma() { return part_named(built_in_catalog().models, "gemma-3-27b"); }

Replica seeing() {
    Replica r = plain_replica(1000);
    const Model& from = gemma();
    r.model.vision_layers = from.vision_layers;
    r.model.vision_hidden = from.vision_hidden;
    r.model.vision_ffn = from.vision_ffn;
    r.model.vision_heads = from.vision_heads;
    r.model.vision_patches = from.vision_patches;
    r.model.vision_tokens = from.vision_tokens;
    return r;
}

/// SigLIP So400m has 400 M parameters, embeddings and the pooling head among them; the projector
/// makes one token of 16 patches.
TEST(Vision, HasThePublishedSize) {
    const double projector = 16.0 * 1152 * 5376;
    EXPECT_NEAR(vision_parameters(gemma()) - projector, 411e6, 4e6);
    EXPECT_EQ(vision_parameters(plain_replica().model), 0);
    EXPECT_THROW(vision_time(plain_replica(), 1), std::logic_error);
    EXPECT_DOUBLE_EQ(memory_of(seeing()).weights.si() - memory_of(plain_replica(1000)).weights.si(),
                     2 * vision_parameters(seeing().model));
}

/// No pass is faster than its products at the chip's rate.
TEST(Vision, IsNoFasterThanItsProducts) {
    const Replica r = seeing();
    const double flops = 2.0 * 4096 * 27 * (4.0 * 1152 * 1152 + 2.0 * 1152 * 4304);
    for (const double images : {1.0, 4.0, 32.0}) {
        const PartTime time = vision_time(r, images);
        EXPECT_GT(time.time, Flops::from_si(images * flops) / r.chip.rate(Precision::bf16));
        EXPECT_EQ(time.computed, time.time);
        EXPECT_GT(time.kernels, 27 * 6);
    }
    EXPECT_GT(vision_time(r, 2).time, vision_time(r, 1).time);
    EXPECT_LE(vision_time(r, 8).time, 8 * vision_time(r, 1).time);
}

TEST(Vision, AStepEncodesTheImagesOfThePromptsThatItBegins) {
    const Replica r = seeing();
    StepCost cost(r);
    const std::vector<PromptChunk> chunks{{512, 512}};
    StepLoad load{.chunks = chunks, .prompts_ended = 1, .sequences = 1};
    const Seconds without = cost.kernels(load).time;
    load.images = 3;
    EXPECT_NEAR((cost.kernels(load).time - without) / vision_time(r, 3).time, 1, 1e-9);
}

/// Once, in the step of the prompt's first chunk, however it is cut.
TEST(Vision, ImagesAreEncodedOnce) {
    Replica r = with_blocks(seeing(), 100'000);
    r.engine.max_batched_tokens = 100;
    const auto busy = [&](std::int64_t images) {
        Request one = request_at({}, 450, 1);
        one.images = images;
        return served(r, {}, {one}).outcome.busy;
    };
    EXPECT_NEAR((busy(2) - busy(0)) / vision_time(r, 2).time, 1, 0.01);
}

}  // namespace TEST_FILE
}  // namespace millwright
