// Limits of an engine by the memory of a chip, and engines of the catalog as published.
#include "millwright/parts/engine.h"

#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/catalog/references.h"

namespace millwright {
namespace TEST_FILE {

Engine invented() {
    Engine engine{.id = "mine", .name = "mine"};
    engine.max_batched_tokens = {100, SourceId(0)};
    engine.max_sequences = {10, SourceId(0)};
    engine.largest_graph = {8, SourceId(0)};
    engine.memory_from = {{40.0 * unit::GB, 80.0 * unit::GB}, SourceId(0)};
    engine.tokens_from = {{200, 400}, SourceId(0)};
    engine.graphs_from = {{16, 32}, SourceId(0)};
    return engine;
}

Chip chip_of(double gigabytes) {
    Chip chip{.id = "c"};
    chip.memory_capacity = {gigabytes * unit::GB, SourceId(0)};
    return chip;
}

TEST(EngineLimits, GrowWithMemory) {
    const Engine engine = invented();
    const EngineLimits least = limits_on(engine, chip_of(39));
    EXPECT_EQ(least.batched_tokens, 100);
    EXPECT_EQ(least.largest_graph, 8);
    EXPECT_EQ(limits_on(engine, chip_of(40)).batched_tokens, 200);
    EXPECT_EQ(limits_on(engine, chip_of(79)).largest_graph, 16);
    EXPECT_EQ(limits_on(engine, chip_of(192)).batched_tokens, 400);
    // what has no list stays
    EXPECT_EQ(limits_on(engine, chip_of(192)).sequences, 10);
}

TEST(EngineLimits, SomeChipsKeepTheLeast) {
    Engine engine = invented();
    engine.small_chips = {"c"};
    EXPECT_EQ(limits_on(engine, chip_of(192)).batched_tokens, 100);
}

TEST(EngineLimits, OfTheCatalogAreAsPublished) {
    const Catalog& catalog = built_in_catalog();
    const auto limits = [&](const char* engine, const char* chip) {
        return limits_on(part_named(catalog.engines, engine), part_named(catalog.chips, chip));
    };
    EXPECT_EQ(limits("vllm-0.10", "h100-sxm").batched_tokens, 8192);
    EXPECT_EQ(limits("vllm-0.10", "h100-sxm").sequences, 1024);
    EXPECT_EQ(limits("vllm-0.10", "a100-80gb-sxm").batched_tokens, 2048);
    EXPECT_EQ(limits("vllm-0.14", "rtx-4090").sequences, 256);
    EXPECT_EQ(limits("sglang-0.5", "rtx-4090").batched_tokens, 2048);
    EXPECT_EQ(limits("sglang-0.5", "l40s").batched_tokens, 4096);
    EXPECT_EQ(limits("sglang-0.5", "h200-sxm").batched_tokens, 8192);
    EXPECT_EQ(limits("sglang-0.5", "b200-sxm").batched_tokens, 16384);
}

std::string faults_with(Engine engine) {
    Catalog mine = built_in_catalog();
    mine.engines.push_back(std::move(engine));
    return to_text(reference_faults(mine));
}

TEST(Engines, NamePartsAndHaveALimitForEachMemory) {
    EXPECT_EQ(faults_with(invented()), "");
    Engine engine = invented();
    engine.small_chips = {"no-chip"};
    EXPECT_TRUE(contains(faults_with(engine), "'small_chips' names 'no-chip'"));
    engine = invented();
    engine.tokens_from.value.pop_back();
    EXPECT_TRUE(contains(faults_with(engine), "is too long or short"));
    engine = invented();
    std::swap(engine.memory_from.value[0], engine.memory_from.value[1]);
    EXPECT_TRUE(contains(faults_with(engine), "'by_memory.from' does not grow"));
    engine = invented();
    engine.marks = {"vLLM"};
    EXPECT_TRUE(contains(faults_with(engine), "'vLLM' in 'marks' is never found"));
    engine = invented();
    engine.vendors = {"NVIDIA"};
    EXPECT_TRUE(contains(faults_with(engine), "stands in for NVIDIA already"));
}

}  // namespace TEST_FILE
}  // namespace millwright
