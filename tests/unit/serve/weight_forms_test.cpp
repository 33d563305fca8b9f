// Forms of weights by model, engine and chip, and what products they make.
#include "millwright/serve/weight_forms.h"

#include <gtest/gtest.h>

#include "millwright/factory/resolve.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

struct Forms : testing::Test {
    const Catalog& catalog = built_in_catalog();

    const Chip& chip(const char* id) const { return part_named(catalog.chips, id); }
    std::array<WeightForm, 3> of(const char* model, const char* engine, const char* on,
                                 std::optional<WeightForm> given = {}) const {
        return forms_of(given, part_named(catalog.models, model),
                        part_named(catalog.engines, engine), chip(on),
                        resolve_rates(catalog, chip(on)));
    }
    Replica replica(const char* model, const char* engine, const char* on) const {
        return replica_in(of(model, engine, on), part_named(catalog.models, model),
                          part_named(catalog.engines, engine), chip(on),
                          resolve_rates(catalog, chip(on)));
    }
};

constexpr std::array all_int8{WeightForm::int8, WeightForm::int8, WeightForm::int8};
constexpr std::array all_fp8{WeightForm::fp8, WeightForm::fp8, WeightForm::fp8};
constexpr std::array all_blocks{WeightForm::fp8_block, WeightForm::fp8_block,
                                WeightForm::fp8_block};
constexpr std::array all_bf16{WeightForm::bf16, WeightForm::bf16, WeightForm::bf16};

TEST_F(Forms, AreThePublishedOnesWhereTheseAreNarrow) {
    EXPECT_EQ(of("deepseek-v3", "vllm-0.14", "h100-sxm"), all_blocks);
    EXPECT_EQ(of("deepseek-v3", "vllm-0.14", "a100-80gb-sxm"), all_blocks);
    EXPECT_EQ(of("llama-3.1-8b", "vllm-0.14", "h100-sxm"), all_fp8);
    EXPECT_EQ(of("llama-3.1-8b", "vllm-0.14", "a100-80gb-sxm"), all_bf16);
}

TEST_F(Forms, AreInt8WhereTheEngineConvertsFp8AndTheChipHasInt8Alone) {
    EXPECT_EQ(of("deepseek-v3", "vllm-ascend", "ascend-910c"), all_int8);
    EXPECT_EQ(of("deepseek-v3", "mindie", "ascend-910b2"), all_int8);
    EXPECT_EQ(of("deepseek-v3", "vllm-ascend", "h100-sxm"), all_blocks);
    EXPECT_EQ(of("llama-3.1-8b", "vllm-ascend", "ascend-910c"), all_bf16);
    EXPECT_EQ(of("deepseek-v3", "vllm-ascend", "ascend-910c", WeightForm::bf16), all_bf16);
}

TEST_F(Forms, OfInt8AreMultipliedAtTheRateOfInt8) {
    const Replica r = replica("deepseek-v3", "vllm-ascend", "ascend-910c");
    EXPECT_EQ(r.formats.experts.bytes, 1);
    const double times = chip("ascend-910c").int8.value / chip("ascend-910c").bf16.value;
    EXPECT_GT(times, 1.5);
    EXPECT_DOUBLE_EQ(r.chip.rate(r.formats.experts.products) / r.chip.rate(Precision::bf16), times);
    EXPECT_EQ(r.chip.kernel(Precision::fp8).peak_share, r.chip.kernel(Precision::bf16).peak_share);
    EXPECT_TRUE(multiplies(r.chip, r.formats.attention.products));
    // beside weights of other forms the chip has no products of 8 bits, for caches either
    const Replica unpacked = replica("deepseek-v3", "vllm-0.14", "a100-80gb-sxm");
    EXPECT_FALSE(multiplies(unpacked.chip, Precision::fp8));
}

TEST_F(Forms, OfFp8AreUnpackedWhereTheChipHasNone) {
    for (const WeightForm form : {WeightForm::fp8, WeightForm::fp8_block}) {
        EXPECT_EQ(products_of(form, chip("ascend-910c")), Format::bf16);
        EXPECT_EQ(products_of(form, chip("a100-80gb-sxm")), Format::bf16);
        EXPECT_EQ(products_of(form, chip("h20")), Format::fp8);
    }
    EXPECT_EQ(products_of(WeightForm::int8, chip("v100-32gb-sxm")), Format::bf16);
}

TEST_F(Forms, AreToldInAWordWhereTheyAreAlike) {
    EXPECT_EQ(forms_text(all_int8, true), "int8");
    EXPECT_EQ(forms_text({WeightForm::bf16, WeightForm::bf16, WeightForm::mxfp4}, false), "bf16");
    EXPECT_EQ(forms_text({WeightForm::bf16, WeightForm::bf16, WeightForm::mxfp4}, true),
              "attention bf16, MLPs bf16, experts mxfp4");
}

}  // namespace TEST_FILE
}  // namespace millwright
