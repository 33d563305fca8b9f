// Formats that tables print for served models, and models behind the ends of their names.
#include "millwright/evidence/serving_forms.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace millwright {
namespace TEST_FILE {

const Catalog& catalog() { return built_in_catalog(); }

/// "attention dense experts cache" of a cell, for a model on a chip.
std::string forms(const char* precision, const char* model, const char* chip = "h100-sxm",
                  const char* engine = "vllm-0.14") {
    ServingRow row;
    const ServedName name = served_model(catalog(), model);
    row.model = *name.model;
    row.chip = &part_named(catalog().chips, chip);
    row.engine = &part_named(catalog().engines, engine);
    read_forms(precision, name, row);
    return fmt::format("{} {} {} {}", name_of(row.forms.attention), name_of(row.forms.dense),
                       name_of(row.forms.experts), row.forms.cache_bytes);
}

TEST(ServingForms, AreThoseThatTheCellSays) {
    EXPECT_EQ(forms("w=BF16,kv=BF16", "Llama-3.1-8B"), "bf16 bf16 bf16 2");
    EXPECT_EQ(forms("w=FP16,kv=FP16", "Llama-3.1-8B"), "bf16 bf16 bf16 2");
    EXPECT_EQ(forms("BF16/FP16", "Llama-3.1-8B"), "bf16 bf16 bf16 2");
    EXPECT_EQ(forms("w=BF16?", "Llama-3.1-8B"), "bf16 bf16 bf16 2");
    EXPECT_EQ(forms("w=FP8,kv=FP8", "Llama-3.1-8B"), "fp8 fp8 fp8 1");
    EXPECT_EQ(forms("w=NVFP4,kv=FP8", "Llama-3.1-8B", "b200-sxm"), "nvfp4 nvfp4 nvfp4 1");
    EXPECT_EQ(forms("w=INT4(AWQ/GPTQ)", "Qwen3-14B-AWQ"), "int4 int4 int4 2");
    EXPECT_EQ(forms("w=INT8,a=INT8,kv=BF16?", "Qwen3-8B-W8A8"), "int8 int8 int8 2");
    EXPECT_EQ(forms("W8A8 INT8", "Qwen3-8B"), "int8 int8 int8 2");
    EXPECT_EQ(forms("w=FP8(gemm fp8_block, moe fp8_block)", "Llama-3.1-8B"),
              "fp8-block fp8-block fp8-block 2");
}

TEST(ServingForms, AModelIsAsItsMakerPublishesIt) {
    // per tile, whatever a table calls it
    EXPECT_EQ(forms("w=FP8", "Qwen3-14B-FP8"), "fp8-block fp8-block fp8-block 2");
    EXPECT_EQ(forms("w=FP8 (native checkpoint)", "DeepSeek-R1-0528"),
              "fp8-block fp8-block fp8-block 2");
    // experts in MXFP4 and nothing else
    EXPECT_EQ(forms("w=MXFP4", "gpt-oss-120b"), "bf16 bf16 mxfp4 2");
    EXPECT_EQ(forms("w=FP4(gemm nvfp4, moe nvfp4)", "gpt-oss-120b"), "bf16 bf16 mxfp4 2");
    EXPECT_EQ(forms("see page", "Kimi-K2.5"), "bf16 bf16 int4 2");
    // nothing said
    EXPECT_EQ(forms("", "gpt-oss-20b"), "bf16 bf16 mxfp4 2");
    EXPECT_EQ(forms("", "Qwen3-32B-NVFP4", "b200-sxm"), "nvfp4 nvfp4 nvfp4 1");
}

TEST(ServingForms, PartsOfAModelMayDiffer) {
    // latent attention stays wide in published FP4
    EXPECT_EQ(forms("w=FP4(gemm nvfp4, moe nvfp4)", "DeepSeek-R1", "b200-sxm"),
              "bf16 nvfp4 nvfp4 1");
    EXPECT_EQ(forms("w=FP8(gemm fp8, moe fp8_block)", "DeepSeek-R1"),
              "fp8-block fp8-block fp8-block 2");
    EXPECT_EQ(forms("w=NVFP4(MoE),kv=FP8", "Qwen3-235B-A22B", "b200-sxm"), "bf16 bf16 nvfp4 1");
    EXPECT_EQ(forms("w=NVFP4(MoE+dense FFN),attn/kv=BF16", "Qwen3-235B-A22B", "b200-sxm"),
              "bf16 nvfp4 nvfp4 2");
    EXPECT_EQ(forms("w=NVFP4,attn/kv=FP8", "DeepSeek-R1", "b200-sxm"), "fp8-block nvfp4 nvfp4 1");
    EXPECT_EQ(forms("w=FP8,attn/kv=BF16", "DeepSeek-V3"), "fp8-block fp8-block fp8-block 2");
    EXPECT_EQ(forms("w=BF16/F8_E4M3/U8", "DeepSeek-R1", "b200-sxm"), "bf16 bf16 nvfp4 1");
}

TEST(ServingForms, TheCacheIsNarrowWhereRecipesHaveItSo) {
    EXPECT_EQ(forms("w=FP8", "Llama-3.3-70B"), "fp8 fp8 fp8 2");
    EXPECT_EQ(forms("w=FP8", "Llama-3.3-70B", "h100-sxm", "tensorrt-llm-1.0"), "fp8 fp8 fp8 1");
    EXPECT_EQ(forms("w=FP8", "Llama-3.3-70B", "b200-sxm"), "fp8 fp8 fp8 1");
    EXPECT_EQ(forms("w=BF16", "Llama-3.3-70B", "b200-sxm"), "bf16 bf16 bf16 2");
    EXPECT_EQ(forms("w=FP8", "Llama-3.3-70B", "a100-80gb-sxm", "tensorrt-llm-1.0"),
              "fp8 fp8 fp8 2");
}

TEST(ServingForms, RunInAFormatThatTheChipHas) {
    const Chip& ampere = part_named(catalog().chips, "a100-80gb-sxm");
    const Chip& hopper = part_named(catalog().chips, "h100-sxm");
    const Chip& blackwell = part_named(catalog().chips, "b200-sxm");
    EXPECT_EQ(products_of(WeightForm::fp8, ampere), Format::bf16);
    EXPECT_EQ(products_of(WeightForm::fp8_block, hopper), Format::fp8);
    EXPECT_EQ(products_of(WeightForm::nvfp4, hopper), Format::bf16);
    EXPECT_EQ(products_of(WeightForm::nvfp4, blackwell), Format::fp4);
    EXPECT_EQ(products_of(WeightForm::mxfp4, hopper), Format::bf16);
    EXPECT_EQ(products_of(WeightForm::mxfp4, blackwell), Format::fp8);
    EXPECT_EQ(products_of(WeightForm::int4, blackwell), Format::bf16);
    EXPECT_EQ(products_of(WeightForm::int8, ampere), Format::int8);
    EXPECT_EQ(bytes_of(WeightForm::bf16), 2);
    EXPECT_NEAR(bytes_of(WeightForm::nvfp4), 0.5625, 1e-12);
    EXPECT_NEAR(bytes_of(WeightForm::mxfp4), 0.53125, 1e-12);
}

TEST(ServedModel, IsFoundBehindFormsDatesAndOwners) {
    const auto model = [](const char* printed) {
        const ServedName name = served_model(catalog(), printed);
        return fmt::format("{} {}", name.model == nullptr ? "none" : name.model->id,
                           name.form ? name_of(*name.form) : "-");
    };
    EXPECT_EQ(model("Llama-3.1-8B-Instruct-FP8"), "llama-3.1-8b fp8");
    EXPECT_EQ(model("DeepSeek-R1-0528"), "deepseek-r1 -");
    EXPECT_EQ(model("DeepSeek-V3/R1"), "deepseek-v3 -");
    EXPECT_EQ(model("DeepSeek-v3.2"), "deepseek-v3.2 -");
    EXPECT_EQ(model("Qwen3-235B-A22B-Instruct-2507-FP8"), "qwen3-235b-a22b fp8");
    EXPECT_EQ(model("Qwen3-VL-235B-A22B"), "qwen3-235b-a22b -");
    EXPECT_EQ(model("Qwen3-8B-W8A8"), "qwen3-8b int8");
    EXPECT_EQ(model("GLM-5.2 (744B/40B)"), "glm-5 -");
    EXPECT_EQ(model("MiniMax-M2.5"), "minimax-m2 -");
    EXPECT_EQ(model("Kimi-K2.5"), "kimi-k2.5 -");
    EXPECT_EQ(model("dummy LLaMA2-70B architecture"), "llama-2-70b -");
    EXPECT_EQ(model("meta-llama/Llama-2-70b-hf"), "llama-2-70b -");
    EXPECT_EQ(model("codellama/CodeLlama-34b-Instruct-hf"), "codellama-34b -");
    EXPECT_EQ(model("openai/gpt-oss-20b"), "gpt-oss-20b -");
    EXPECT_EQ(model("32B-class dense (see page)"), "none -");
    EXPECT_EQ(model(""), "none -");
}

}  // namespace TEST_FILE
}  // namespace millwright
