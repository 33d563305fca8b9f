// Kernel times against single measured points, and what tiles, waves, splits and masks must do to
// them. Whole tables of measured times are in tests/published.
#include "millwright/compute/kernels.h"
#include "millwright/compute/attention_kernels.h"

#include <gtest/gtest.h>

#include "millwright/factory/resolve.h"

namespace millwright {
namespace TEST_FILE {

ChipRates burst(const char* name) {
    const Catalog& catalog = built_in_catalog();
    return at_burst_clock(resolve_rates(catalog, part_named(catalog.chips, name)));
}

double microseconds(const ChipRates& chip, double m, double n, double k) {
    return product_time(chip, {.m = m, .n = n, .k = k}).in(unit::us);
}

// anchor points of the aiconfigurator tables: bf16, n = k = 8192
TEST(Product, MeetsMeasuredTimes) {
    const ChipRates h100 = burst("h100-sxm");
    EXPECT_NEAR(microseconds(h100, 1, 8192, 8192), 49.18, 0.1 * 49.18);
    EXPECT_NEAR(microseconds(h100, 64, 8192, 8192), 50.42, 0.1 * 50.42);
    EXPECT_NEAR(microseconds(h100, 8192, 8192, 8192), 1405, 0.1 * 1405);
    EXPECT_NEAR(microseconds(burst("a100-80gb-sxm"), 8192, 8192, 8192), 4280, 0.1 * 4280);
    EXPECT_NEAR(microseconds(burst("b200-sxm"), 8192, 8192, 8192), 737.2, 0.1 * 737.2);
    // H200 has the kernels of H100 and a memory of its own
    EXPECT_NEAR(microseconds(burst("h200-sxm"), 64, 8192, 8192), 38.67, 0.12 * 38.67);
}

TEST(Product, ATileMoreThanAWaveCostsTime) {
    ChipRates chip = burst("h100-sxm");
    chip.gemm[0].rounding = 1;
    chip.processors = 64;
    chip.gemm[0].tile_traffic = 1;
    const double full = microseconds(chip, 8 * 256, 8 * 256, 8192);
    const double one_more = microseconds(chip, 8 * 256 + 1, 8 * 256, 8192);
    EXPECT_GT(one_more, 1.03 * full);
    chip.gemm[0].rounding = 0;  // persistent kernels smooth waves, not tiles
    EXPECT_LT(microseconds(chip, 8 * 256 + 1, 8 * 256, 8192), one_more);
}

TEST(Product, SplitsAlongDepthWhereTilesLeaveProcessorsIdle) {
    ChipRates chip = burst("h100-sxm");
    const double split = microseconds(chip, 128, 256, 65536);
    chip.gemm[0].split = 1 * unit::s;
    EXPECT_GT(microseconds(chip, 128, 256, 65536), 1.5 * split);
}

TEST(Product, NeverBeatsRateOrMemory) {
    const ChipRates chip = burst("h100-sxm");
    for (const double m : {1.0, 100.0, 4096.0}) {
        for (const double k : {64.0, 4096.0}) {
            const Product p{.m = m, .n = 4096, .k = k};
            const double flops = 2 * p.m * p.n * p.k;
            const double bytes = 2 * (p.m * p.k + p.n * p.k + p.m * p.n);
            const double seconds = product_time(chip, p).si();
            EXPECT_GE(seconds, flops / chip.rate(Precision::bf16).si());
            EXPECT_GE(seconds, bytes / chip.memory_bandwidth.si());
        }
    }
}

TEST(Product, SlowedProcessorsLoseLessBesideTheArithmetic) {
    const ChipRates h20 = burst("h20");
    const ChipRates h100 = burst("h100-sxm");
    EXPECT_GT(h20.kernel(Precision::bf16).peak_share, h100.kernel(Precision::bf16).peak_share);
    EXPECT_LT(h20.kernel(Precision::bf16).depth_overhead,
              h100.kernel(Precision::bf16).depth_overhead);
    EXPECT_EQ(h20.processors, 78);
}

TEST(Attention, MeetsFlashAttentionFigures) {
    // FlashAttention-2, forward and backward, 16k tokens, 16 heads of 128 (Dao 2023)
    const ChipRates a100 = burst("a100-80gb-sxm");
    const auto rate = [](const ChipRates& chip, const AttentionKernel& kernel, double length) {
        Attention a{.batch = 16384 / length, .heads = 16, .kv_heads = 16};
        a.queries = a.keys = length;
        const Seconds time =
            attention_time(chip, kernel, a, false) + attention_time(chip, kernel, a, true);
        return (3.5 * attention_flops(a) / time).in(unit::TFLOPS);
    };
    EXPECT_NEAR(rate(a100, a100.flash_attention_2, 2048), 155, 10);
    EXPECT_NEAR(rate(a100, a100.flash_attention_2, 16384), 189, 12);
    const ChipRates h100 = burst("h100-sxm");
    EXPECT_NEAR(rate(h100, h100.flash_attention_2, 8192), 308, 16);
}

TEST(Attention, WindowsAndMasksCutTheWork) {
    Attention a{.queries = 8192, .keys = 8192, .causal = false};
    const double full = attention_flops(a).si();
    a.causal = true;
    EXPECT_DOUBLE_EQ(attention_flops(a).si(), full / 2);
    a.window = 1024;
    EXPECT_NEAR(attention_flops(a).si() / full, 0.125 * (1 - 0.0625), 1e-12);
    a.queries = 4096;  // half of a sequence spread over two ranks
    EXPECT_NEAR(attention_flops(a).si() / full, 0.0625 * (1 - 0.0625), 1e-12);
}

}  // namespace TEST_FILE
}  // namespace millwright
