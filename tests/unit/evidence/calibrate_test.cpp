// Fits against tables that the catalog's own figures made, a known share slower: what was put in
// must be found, and figures that no row tells of must stay.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "millwright/catalog/bands.h"
#include "millwright/catalog/toml_writer.h"
#include "millwright/evidence/fit_kernels.h"
#include "millwright/evidence/fit_runs.h"
#include "millwright/evidence/validation.h"

namespace millwright {
namespace TEST_FILE {

CsvTable table_of(const std::string& text) { return parse_csv(text, "t.csv").value(); }

/// Steps of Llama 3 8B as the catalog predicts them, times `factor`.
std::string runs(double factor) {
    std::string text =
        "id,source,system,chips,model,seq,tp,micro_batch,global_batch,metric,value\n";
    const Catalog& catalog = built_in_catalog();
    for (const int batch : {64, 128, 256}) {
        const std::string row =
            fmt::format("r{},own,H100-80GB SXM,8,llama3-8b,8192,1,1,{},step_s,", batch, batch);
        const Validation v =
            validate(TableKind::training,
                     table_of(text.substr(0, text.find('\n') + 1) + row + "12.5\n"), catalog, {})
                .value();
        text += row + fmt::format("{:.6f}\n", factor * v.rows[0].predicted);
    }
    return text;
}

TEST(CalibrateRuns, FindsAMachineThatComputesSlowly) {
    const Catalog& catalog = built_in_catalog();
    const RunCalibration c =
        calibrate_runs(table_of(runs(1.3)), catalog, "megatron-core", SourceId(0));
    EXPECT_EQ(c.runs, 3U);
    EXPECT_GT(c.error_before, 0.2);
    EXPECT_LT(c.error_after, 0.03);
    EXPECT_GT(c.framework.factors.compute.value, 1.2);
    // the runs say nothing of these
    const Framework& before = part_named(catalog.frameworks, "megatron-core");
    EXPECT_EQ(c.framework.factors.expert.value, before.factors.expert.value);
    EXPECT_EQ(c.framework.factors.context.value, before.factors.context.value);
    // three runs of one machine leave little: a few per cent on either side
    EXPECT_GT(c.time.low.value, 0.95);
    EXPECT_LT(c.time.high.value, 1.05);
}

TEST(CalibrateRuns, WhatIsWrittenIsReadBack) {
    Catalog catalog = built_in_catalog();
    const RunCalibration c =
        calibrate_runs(table_of(runs(1.3)), catalog, "megatron-core", SourceId(0));
    const std::string text = to_toml(catalog, c.framework);
    EXPECT_TRUE(add_part(catalog, "frameworks", "megatron-core", text, "f.toml").empty()) << text;
    const Framework& read = part_named(catalog.frameworks, "megatron-core");
    EXPECT_EQ(read.factors.compute.value, c.framework.factors.compute.value);
    EXPECT_NEAR(read.host_layer.value.si(), c.framework.host_layer.value.si(), 1e-9);
    EXPECT_TRUE(add_part(catalog, "bands", c.time.id, to_toml(catalog, c.time), "b.toml").empty());
}

TEST(CalibrateKernels, FindsTheFiguresThatMadeTheTimes) {
    const Catalog& catalog = built_in_catalog();
    std::string head = "id,chip,kernel,dtype,shape,time_us\n";
    std::string text = head;
    // times of the catalog's own kernels at four fifths of their rate
    for (const int m : {512, 1024, 2048, 4096, 8192}) {
        for (const int n : {2048, 4096, 8192, 16384}) {
            const std::string row =
                fmt::format("g{}-{},H100-80GB SXM,gemm,bf16,\"m={},n={},k=8192\",", m, n, m, n);
            const Validation v =
                validate(TableKind::kernels, table_of(head + row + "12.5\n"), catalog, {}).value();
            text += row + fmt::format("{:.4f}\n", v.rows[0].predicted / 0.8);
        }
    }
    const KernelCalibration c = calibrate_kernels(table_of(text), catalog, SourceId(0));
    ASSERT_EQ(c.families.size(), 1U);
    EXPECT_EQ(c.families[0].id, "hopper");
    EXPECT_LT(c.fits[0].median_abs_error, 0.02);
    const KernelFamily& before = part_named(catalog.kernels, "hopper");
    EXPECT_NEAR(c.families[0].bf16.peak_share.value / before.bf16.peak_share.value, 0.8, 0.06);
    EXPECT_EQ(c.families[0].fp8.peak_share.value, before.fp8.peak_share.value);
}

TEST(CalibrateKernels, FindsCachesAndPromptsOfASlowerMachine) {
    const Catalog& catalog = built_in_catalog();
    const std::string head = "id,chip,kernel,dtype,shape,time_us\n";
    std::string text = head;
    const auto add = [&](const std::string& kernel, const std::string& shape) {
        const std::string row = fmt::format("a,H100-80GB SXM,{},bf16,\"{}\",", kernel, shape);
        const KernelRow read = resolve_kernel_row(table_of(head + row + "12.5\n"), 0, catalog);
        text += row + fmt::format("{:.6g}\n", predict(read) / 0.8);
    };
    for (const int batch : {1, 8, 64, 512}) {
        for (const int keys : {32, 512, 4096, 16384}) {
            add("attention decode", fmt::format("b={},kv_len={},heads=32,kv=8", batch, keys));
            add("attention prefill", fmt::format("b={},s={},heads=32,kv=8", batch, keys));
        }
    }
    const KernelCalibration c = calibrate_kernels(table_of(text), catalog, SourceId(0));
    ASSERT_EQ(c.families.size(), 1U);
    ASSERT_EQ(c.fits.size(), 2U);
    EXPECT_EQ(c.fits[0].table, "prefill");
    EXPECT_EQ(c.fits[1].table, "decode.bf16");
    // launches and the bytes of whole sequences are held, so they are not slower
    for (const KernelFit& fit : c.fits) EXPECT_LT(fit.p90_abs_error, 0.08) << fit.table;
    const KernelFamily& before = part_named(catalog.kernels, "hopper");
    const KernelFamily& after = c.families[0];
    EXPECT_NEAR(after.decode.memory_share.value / before.decode.memory_share.value, 0.8, 0.06);
    EXPECT_LT(after.prefill.peak_share.value, 0.85 * before.prefill.peak_share.value);
    // what no row shows stays
    EXPECT_EQ(after.attention.peak_share.value, before.attention.peak_share.value);
    EXPECT_EQ(after.decode_fp8.start.value, before.decode_fp8.start.value);
}

TEST(Bands, WidenWithDistanceFromWhatWasMeasured) {
    const Catalog& catalog = built_in_catalog();
    const auto width = [&](const char* chip) {
        const Interval i = interval_of(catalog, "time", "nemo", part_named(catalog.chips, chip));
        return i.high / i.low;
    };
    EXPECT_LT(width("h100-sxm"), width("h800-sxm") + 1e-12);
    EXPECT_LT(width("h100-sxm"), width("h20"));
    EXPECT_LT(width("h20"), width("mi300x"));
    const Interval i{0.8, 1.25};
    EXPECT_DOUBLE_EQ(inverse(i).low, 0.8);
    EXPECT_DOUBLE_EQ(inverse(i).high, 1.25);
}

TEST(Bands, AnUnknownFrameworkTakesTheWidePool) {
    const Catalog& catalog = built_in_catalog();
    const Chip& chip = part_named(catalog.chips, "h100-sxm");
    const Interval pool = interval_of(catalog, "time", "dense", chip);
    EXPECT_EQ(interval_of(catalog, "time", "abacus", chip).low, pool.low);
}

}  // namespace TEST_FILE
}  // namespace millwright
