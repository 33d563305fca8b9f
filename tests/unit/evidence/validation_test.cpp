// Tables of measurements held against predictions: error figures, ranks and regret by hand, what a
// cell, a system and a recipe mean, and the files of a calibration.
#include "millwright/evidence/validation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/catalog/bands.h"
#include "millwright/evidence/cells.h"
#include "millwright/evidence/kernel_row.h"
#include "millwright/evidence/row_system.h"
#include "millwright/evidence/tables.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace TEST_FILE {

const Catalog& catalog() { return built_in_catalog(); }

CsvTable table_of(const std::string& text) { return parse_csv(text, "t.csv").value(); }

ValidatedRow row(double measured, double error, double low, double high) {
    ValidatedRow r{.predicted = measured * (1 + error), .measured = measured, .error = error};
    r.low = low;
    r.high = high;
    return r;
}

ErrorFigures figures(const std::vector<ValidatedRow>& rows) {
    std::vector<const ValidatedRow*> all;
    for (const ValidatedRow& r : rows) all.push_back(&r);
    return error_figures(all);
}

/// Sizes 0.1, 0.1, 0.2, 0.4: the median lies half-way between the middle two, the ninetieth
/// percentile seven tenths of the way from the third to the fourth.
TEST(ErrorFigures, AreThoseOfHand) {
    std::vector<ValidatedRow> rows{row(10, 0.1, 10, 12), row(10, -0.1, 8, 9.99),
                                   row(10, 0.4, 8, 10), row(10, -0.2, 11, 12)};
    ErrorFigures f = figures(rows);
    EXPECT_EQ(f.count, 4U);
    EXPECT_NEAR(f.mean_abs_error, 0.2, 1e-12);
    EXPECT_NEAR(f.bias, 0.05, 1e-12);
    EXPECT_NEAR(f.median_abs_error, 0.15, 1e-12);
    EXPECT_NEAR(f.p90_abs_error, 0.34, 1e-12);
    EXPECT_EQ(f.coverage, 0.5);  // both ends of a band belong to it
    EXPECT_FALSE(f.rank_correlation);
    rows.push_back(row(10, 99, 0, 0));
    rows.back().skipped = "why";
    f = figures(rows);
    EXPECT_EQ(f.count, 4U);
    EXPECT_EQ(f.skipped, 1U);
    EXPECT_NEAR(f.mean_abs_error, 0.2, 1e-12);
    EXPECT_EQ(figures({}).median_abs_error, 0);
    EXPECT_EQ(figures({rows.back()}).count, 0U);
}

TEST(SkipReasons, AreCountedMostFirstThenByTheAlphabet) {
    const SkipReasons counts = counted({"b", "c", "a", "c", "b"});
    EXPECT_EQ(counts, (SkipReasons{{"b", 2}, {"c", 2}, {"a", 1}}));
    EXPECT_TRUE(counted({}).empty());
}

TEST(Rows, AreSettledOrSkipped) {
    ValidatedRow r{.measured = 4};
    settle(r, 5);
    EXPECT_EQ(r.error, 0.25);
    EXPECT_EQ(r.skipped, "");
    for (const double none : {0.0, -1.0, std::numeric_limits<double>::infinity(), std::nan("")}) {
        ValidatedRow bad{.measured = 4};
        settle(bad, none);
        EXPECT_EQ(bad.predicted, 0);
        EXPECT_FALSE(bad.skipped.empty());
    }
}

TEST(Rows, CarryTheirBandTurnedRoundWhereMoreIsBetter) {
    Catalog mine = catalog();
    Band band{.id = "time-x", .name = "x"};
    band.low.value = 0.8;
    band.high.value = 1.6;
    mine.bands.push_back(band);
    ValidatedRow r{.predicted = 100, .chip = "h100-sxm"};
    add_band(r, mine, "time", "x", false);
    EXPECT_EQ(r.band, "time-x");
    EXPECT_DOUBLE_EQ(r.low, 80);
    EXPECT_DOUBLE_EQ(r.high, 160);
    add_band(r, mine, "time", "x", true);
    EXPECT_DOUBLE_EQ(r.low, 62.5);
    EXPECT_DOUBLE_EQ(r.high, 125);
}

TEST(Rows, ScalesEndWhereTheyAreNamed) {
    for (const auto& [chips, name] :
         {std::pair(1, "1-8"), std::pair(8, "1-8"), std::pair(9, "9-64"), std::pair(64, "9-64"),
          std::pair(65, "65-512"), std::pair(512, "65-512"), std::pair(513, "513+")}) {
        EXPECT_EQ(scale_of(chips), name) << chips;
    }
    EXPECT_EQ(first_words("MLPerf, round 4"), "MLPerf");
    EXPECT_EQ(first_words("git@abc (page)"), "git");
    EXPECT_EQ(first_words(""), "");
}

TEST(Digits, AreCountedFromTheFirstThatIsNotZero) {
    for (const auto& [text, digits] :
         {std::pair("0", 0U), std::pair("5", 1U), std::pair("50", 2U), std::pair("0.012", 2U),
          std::pair("0.0120", 3U), std::pair("1.0e10", 2U), std::pair("-7.5", 2U),
          std::pair("1E22", 1U), std::pair("", 0U)}) {
        EXPECT_EQ(significant_digits(text), digits) << text;
    }
}

TEST(Shapes, AreNamesAndValuesHoweverTheyAreParted) {
    using Values = std::map<std::string, std::string>;
    EXPECT_EQ(named_values("m=1, n=2;k=3 causal=True"),
              (Values{{"m", "1"}, {"n", "2"}, {"k", "3"}, {"causal", "True"}}));
    EXPECT_EQ(named_values("bare m=1=2 m=3"), (Values{{"m", "3"}}));
    EXPECT_EQ(named_values(""), Values{});
}

// --- systems -------------------------------------------------------------------------------

TEST(Systems, AreMeantByTheLongestNameThatIsLeft) {
    const auto chip = [](const char* printed) {
        const Chip* found = chip_of_system(catalog(), printed);
        return found == nullptr ? std::string() : found->id;
    };
    for (const char* printed : {"h100-sxm", "H100 SXM5", "H100-80GB SXM (HF cluster, EFA)",
                                "NVIDIA H100 SXM5 in a rack", "H100 SXM5, 8 a node"}) {
        EXPECT_EQ(chip(printed), "h100-sxm") << printed;
    }
    EXPECT_EQ(chip("AMD MI300X"), "mi300x");
    EXPECT_EQ(chip(""), "");
    EXPECT_EQ(chip("something else"), "");
}

TEST(Systems, AServerIsFoundByAnyNameOfItsChip) {
    Catalog mine = catalog();
    const Chip& chip = part_named(mine.chips, "mi300x");
    const double domain = network_of_chip(mine, chip, 64).domain;
    for (Server& server : mine.servers) {
        if (server.chip == "mi300x") server.chip = chip.name;
    }
    EXPECT_EQ(network_of_chip(mine, chip, 64).domain, domain);
    EXPECT_EQ(network_of_chip(mine, chip, 64).inner.per_chip,
              network_of_chip(catalog(), part_named(catalog().chips, "mi300x"), 64).inner.per_chip);
}

/// Gigabits a second by eight are gigabytes; cards and words "per node" are of a node.
TEST(Systems, PrintedNetworksHaveARateOfEachChip) {
    const auto rate = [](const char* printed, double node = 8) {
        return printed_rate_per_chip(printed, node).in(unit::GBps);
    };
    EXPECT_DOUBLE_EQ(rate("8x400G IB NDR"), 50);
    EXPECT_DOUBLE_EQ(rate("8 x NDR 400 Gb/s", 4), 100);
    EXPECT_DOUBLE_EQ(rate("4x200G", 8), 12.5);
    EXPECT_DOUBLE_EQ(rate("400 Gb/s RDMA per GPU"), 50);
    EXPECT_DOUBLE_EQ(rate("3200 Gbps per node"), 50);
    EXPECT_DOUBLE_EQ(rate("Storage: 2x100G; Compute: 8x200G"), 25);
    // compute, else InfiniBand, else the largest sum; storage and slow cards say nothing
    EXPECT_DOUBLE_EQ(rate("1x Ethernet 25Gb/s, 8x InfiniBand NDR 400Gb/s"), 50);
    EXPECT_DOUBLE_EQ(rate("8x ConnectX-7 IB NDR 400Gb/s + 200Gb/s Ethernet NIC"), 50);
    EXPECT_DOUBLE_EQ(rate("BF3 200Gbps for NS and 2xBF3 400Gbps for EW"), 12.5);
    EXPECT_DOUBLE_EQ(rate("2x Ethernet 100Gb/s, 4x Ethernet 200Gb/s"), 12.5);
    EXPECT_DOUBLE_EQ(rate("6 x BCM57508 10Gb/25Gb/100Gb/200Gb Ethernet, 2 x X710 10GBASE-T"),
                     18.75);
    EXPECT_EQ(rate("25GbE InfiniBand"), 0);
    EXPECT_EQ(rate("100GbE InfiniBand"), 0);
    EXPECT_EQ(rate("Management: 2x100Gb/s Ethernet NIC"), 0);
    EXPECT_EQ(rate("InfiniBand; Data bandwidth for GPU-PCIe: 504 GB/s"), 0);
    EXPECT_EQ(rate("10G Ethernet"), 0);
    EXPECT_EQ(rate("H100-80GB SXM"), 0);
    EXPECT_EQ(rate("50 GB/s"), 0);
    EXPECT_EQ(rate(""), 0);
}

// --- kernels -------------------------------------------------------------------------------

KernelRow kernel(const std::string& name, const std::string& dtype, const std::string& shape,
                 const std::string& source = "own") {
    const CsvTable table =
        table_of("id,source,chip,kernel,dtype,shape,time_us\nk,\"" + source + "\",h100-sxm," +
                 name + "," + dtype + ",\"" + shape + "\",12.5\n");
    return resolve_kernel_row(table, 0, catalog());
}

TEST(KernelRows, AreReadByTheWordsOfTheirSources) {
    const KernelRow gemm = kernel("gemm", "fp8 with cast", "m=2,n=3,k=5,b=7");
    EXPECT_EQ(gemm.kind, KernelKind::gemm);
    EXPECT_EQ(gemm.precision, Precision::fp8);
    EXPECT_TRUE(gemm.with_cast);
    EXPECT_EQ(kernel_flops(gemm).si(), 2 * 2 * 3 * 5 * 7);
    EXPECT_EQ(kernel("Grouped GEMM", "bf16", "m=2,n=3,k=5,groups=4").kind,
              KernelKind::grouped_gemm);
    EXPECT_EQ(kernel("gemm", "fp8 1x128", "m=2,n=3,k=5").precision, Precision::fp8_block);
    EXPECT_EQ(kernel("gemm", "bf16 with fp8 KV", "m=2,n=3,k=5").precision, Precision::bf16);
    EXPECT_EQ(kernel("gemm", "bf16", "m=2,n=3").skipped, "not usable: no m, n and k");
    EXPECT_TRUE(contains(kernel("softmax", "bf16", "m=2").skipped, "is not one of gemm"));
    EXPECT_EQ(kernel("gemm", "bf16", "m=2,n=3,k=5,colour=red").unread,
              (std::vector<std::string>{"colour"}));
}

// Whatever the direction, the forward's sizes are printed: 6 rows a group, 10 wide, of depth 14.
TEST(KernelRows, GroupedProductsAreTurnedToTheirDirection) {
    const std::string shape = "groups=4,m_per_group=6,n=10,k=14";
    const auto sizes = [&](const std::string& name, const std::string& dtype = "bf16",
                           const std::string& more = "") {
        const Product p = kernel("grouped gemm " + name, dtype, shape + more).product;
        return std::array{p.count, p.m, p.n, p.k, p.output_bytes};
    };
    EXPECT_EQ(sizes("fwd"), (std::array{4.0, 6.0, 10.0, 14.0, 2.0}));
    EXPECT_EQ(sizes("bwd_grad_act"), (std::array{4.0, 6.0, 14.0, 10.0, 2.0}));
    // depth 6; read and written in FP32 unless the row says BF16
    EXPECT_EQ(sizes("bwd_grad_w"), (std::array{4.0, 10.0, 14.0, 6.0, 8.0}));
    EXPECT_EQ(sizes("bwd_grad_w", "bf16 -> bf16"), (std::array{4.0, 10.0, 14.0, 6.0, 4.0}));
    EXPECT_EQ(sizes("bwd_grad_w", "bf16", ",gradient=bf16"),
              (std::array{4.0, 10.0, 14.0, 6.0, 4.0}));
    EXPECT_EQ(sizes("bwd_grad_w", "bf16 -> fp32"), (std::array{4.0, 10.0, 14.0, 6.0, 8.0}));
    // a framework's are a call a group, as the file of Megatron-Core says; others are fused
    EXPECT_EQ(kernel("grouped gemm fwd", "bf16", shape).calls.streams, 4);
    EXPECT_EQ(kernel("grouped gemm (masked)", "bf16", shape).calls.streams, 0);
}

TEST(KernelRows, ExpertsHaveTheLoadOfTheirFullestRank) {
    const std::string shape = "tokens=4096,hidden=2048,inter=768,topk=8,experts=128,ep=8";
    const ExpertLoad even = kernel("routed experts", "bf16", shape).layer.load;
    EXPECT_EQ(even.rows, 4096);
    EXPECT_EQ(even.active, 16);
    const KernelRow skewed = kernel("routed experts", "bf16", shape + ",alpha=1.2");
    EXPECT_GT(skewed.layer.load.rows, 1.2 * even.rows);
    EXPECT_GT(predict(skewed), predict(kernel("routed experts", "bf16", shape)));
    EXPECT_EQ(kernel("routed experts", "bf16", shape + ",tp=0").skipped, "not usable: no ranks");
}

TEST(KernelRows, CastsAreTimedAlone) {
    const KernelRow cast = kernel("cast", "fp8", "m=256,k=4096");
    EXPECT_EQ(cast.kind, KernelKind::cast);
    EXPECT_DOUBLE_EQ(predict(cast),
                     quantise_time(cast.rates, Precision::fp8, 256, 4096).in(unit::us));
    EXPECT_EQ(kernel("cast", "bf16", "m=1,k=1").skipped,
              "not usable: a cast to a format of 16 bits");
    EXPECT_EQ(kernel("cast", "fp8", "m=1").skipped, "not usable: no m and k");
}

TEST(KernelRows, AttentionHasItsDirectionsAndItsMask) {
    const std::string shape = "b=2,s=1024,heads=8,kv=2,d=64";
    const AttentionRow forward = kernel("attention fwd", "bf16", shape + ",causal=True").attention;
    EXPECT_TRUE(forward.forward && !forward.backward && forward.core.causal);
    EXPECT_EQ(forward.core.kv_heads, 2);
    EXPECT_EQ(forward.core.v_width, 64);
    const AttentionRow back = kernel("attention bwd", "bf16", shape).attention;
    EXPECT_TRUE(!back.forward && back.backward && !back.core.causal);
    const AttentionRow both =
        kernel("FlashAttention-2 causal fwd+bwd attention", "bf16", shape).attention;
    EXPECT_TRUE(both.forward && both.backward && both.core.causal);
    EXPECT_EQ(both.library, AttentionLibrary::flash_attention_2);
    // backward is two and a half times forward
    EXPECT_DOUBLE_EQ(attention_row_flops(both) / attention_row_flops(forward), 3.5);
}

TEST(KernelRows, CachesAndPromptsAreThoseOfServing) {
    const KernelRow row = kernel("attention decode", "bf16 with fp8 kv",
                                 "b=3,kv_len=4096,heads=8,kv=2,window=100,s_q=2");
    EXPECT_EQ(row.kind, KernelKind::decode);
    EXPECT_EQ(row.precision, Precision::bf16);
    const CacheAttention& cache = row.attention.cache;
    EXPECT_EQ(cache.batch, 3);
    EXPECT_EQ(cache.keys, 4096);
    EXPECT_EQ(cache.window, 100);
    EXPECT_EQ(cache.heads, 16);  // two new tokens are as twice the query heads
    EXPECT_EQ(cache.kv_heads, 2);
    EXPECT_EQ(cache.qk_width, 128);
    EXPECT_EQ(cache.cache_bytes, 1);
    EXPECT_DOUBLE_EQ(kernel_flops(row).si(), 2.0 * 3 * 16 * 100 * 256);
    const CacheAttention latent =
        kernel("MLA decode", "bf16", "b=3,kv_len=4096,heads=8,kv_dtype=fp8").attention.cache;
    EXPECT_TRUE(latent.latent);
    EXPECT_EQ(latent.kv_heads, 1);
    EXPECT_EQ(latent.qk_width, 576);
    EXPECT_EQ(latent.v_width, 512);
    EXPECT_EQ(latent.cache_bytes, 1);
    const AttentionRow prompts = kernel("mla prefill", "bf16", "b=3,s=96,heads=8").attention;
    EXPECT_TRUE(prompts.serves && prompts.core.causal);
    EXPECT_EQ(prompts.core.latent, 576);
    EXPECT_EQ(prompts.core.qk_width, 192);
    EXPECT_FALSE(kernel("mla_bmm", "bf16", "tokens=5,heads=8").skipped.empty());
}

/// A framework's operations that were timed one by one start late, in each direction.
TEST(KernelRows, EagerOperationsStartLate) {
    const std::string shape = "b=1,s=64,heads=8,causal=True";
    const AttentionRow own = kernel("attention fwd", "bf16", shape).attention;
    EXPECT_EQ(own.eager, Seconds{});
    const KernelRow eager = kernel("attention fwd", "bf16", shape, "MooreThreads/SimuMax");
    EXPECT_GT(eager.attention.eager, 40 * unit::us);
    AttentionRow both = eager.attention;
    both.backward = true;
    EXPECT_GT(attention_row_time(both, eager.rates), 2 * eager.attention.eager);
}

TEST(KernelRows, SizesAreWholeNumbers) {
    const auto faults = [](const std::string& shape) {
        return to_text(shape_faults(table_of("shape\n\"" + shape + "\"\n")));
    };
    for (const char* good : {"m=0,n=1e3", "gated=True", "alpha=0.5", "anything=what", "m=1e12"}) {
        EXPECT_EQ(faults(good), "") << good;
    }
    for (const char* bad : {"m=1.5", "m=-1", "m=x", "gated=maybe", "m=2e12", "alpha=-1", "m="}) {
        EXPECT_TRUE(contains(faults(bad), "in shape is no size")) << bad << faults(bad);
        EXPECT_TRUE(faults(bad).starts_with("t.csv:2:1: error: ")) << faults(bad);
    }
}

/// A simulator's calibration and a library's own benchmark ran for long, all others in bursts.
TEST(KernelRows, RunAtTheClockOfTheirSource) {
    const Chip& chip = part_named(catalog().chips, "h100-sxm");
    const ChipRates rates = resolve_rates(catalog(), chip);
    ASSERT_LT(rates.sustained, 1);
    const KernelRow burst = kernel("gemm", "bf16", "m=4096,n=4096,k=4096");
    const KernelRow sustained = kernel("gemm", "bf16", "m=4096,n=4096,k=4096", "SimuMax data");
    EXPECT_TRUE(burst.in_bursts);
    EXPECT_FALSE(sustained.in_bursts);
    EXPECT_EQ(burst.rates.sustained, 1);
    EXPECT_EQ(sustained.rates.sustained, rates.sustained);
    EXPECT_GT(predict(sustained), predict(burst));
    EXPECT_FALSE(kernel("gemm (cuBLASLt)", "bf16", "m=4096,n=4096,k=4096").in_bursts);
}

}  // namespace TEST_FILE
}  // namespace millwright
