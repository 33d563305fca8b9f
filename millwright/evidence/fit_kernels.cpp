// A kernel family has some forty figures, and each row tells of a few. So they are fitted in
// groups, by what a row times: first products in BF16, which also set launch and memory share for
// all; then each further format, grouped products and attention with those two held. Figures that
// no row of a table can show stay as they are rather than drift.
#include "millwright/evidence/fit_kernels.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "millwright/base/statistics.h"
#include "millwright/base/text.h"
#include "millwright/evidence/fit_search.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace {

using Rows = std::vector<const KernelRow*>;

/// A knob of the rates that predict, and where its value is kept.
struct FittedFigure {
    Knob knob;
    std::function<void(double)> keep;
};

constexpr std::size_t fewest_rows = 12;
constexpr std::size_t most_rows = 4000;  // of one fit; more are thinned evenly
constexpr int kernel_evaluations = 4000;
constexpr double kernel_noise = 0.03;  // errors below it are not worth chasing

/// log(predicted / measured) of what the row prints. Of rates the sign is the other way round than
/// of times; fits look at its size alone.
double error_of(const KernelRow& row, const ChipRates& chip) {
    const double seconds = kernel_time(row, row.in_bursts ? at_burst_clock(chip) : chip).si();
    if (!row.in_tflops) return std::log(seconds * 1e6 / row.measured);
    return std::log(kernel_flops(row).in(unit::TFLOP) / seconds / row.measured);
}

/// Mean size of the errors rather than of their squares: a few rows that were measured otherwise do
/// not pull the figures. Rounded off below `kernel_noise`, where |x| would have a corner.
double loss(const Rows& rows, const ChipRates& chip) {
    double sum = 0;
    double weights = 0;
    for (const KernelRow* row : rows) {
        const double error = error_of(*row, chip);
        sum += row->weight * std::sqrt(error * error + kernel_noise * kernel_noise);
        weights += row->weight;
    }
    return sum / weights;
}

/// Every n-th row, so that a table that goes through its shapes in order stays spread out.
Rows thinned(const Rows& rows) {
    const std::size_t step = (rows.size() + most_rows - 1) / most_rows;
    Rows kept;
    for (std::size_t i = 0; i < rows.size(); i += step) kept.push_back(rows[i]);
    return kept;
}

/// Moves the figures to where the rows are met best.
void fit(const Rows& rows, const ChipRates& chip, const std::vector<FittedFigure>& figures) {
    const Rows kept = thinned(rows);
    std::vector<Knob> knobs;
    for (const FittedFigure& figure : figures) knobs.push_back(figure.knob);
    const auto x = least(
        knobs, [&] { return loss(kept, chip); }, kernel_evaluations);
    for (std::size_t i = 0; i < x.size(); ++i) figures[i].keep(x[i]);
}

/// The fit of one family to one chip's rows. Figures move in `rates`, which predict, and end up
/// with their source in `family`. They hold references into both: this must not be moved.
struct FamilyFit {
    const Catalog& catalog;
    SourceId source;
    KernelFamily family;
    std::string chip;
    ChipRates rates;
    std::vector<KernelFit> fits;

    /// A figure between two bounds; `live` predicts, `out` is what a file will hold. Of times the
    /// bounds are in microseconds.
    FittedFigure number(double& live, Cited<double>& out, double low, double high) {
        return {{live, low, high, [&live](double x) { live = x; }}, [&out, this](double x) {
                    out = {four_digits(x), source};
                }};
    }

    FittedFigure microseconds(Seconds& live, Cited<Seconds>& out, double low, double high) {
        return {{live.in(unit::us), low, high, [&live](double x) { live = x * unit::us; }},
                [&out, this](double x) {
                    out = {four_digits(x) * unit::us, source};
                }};
    }

    /// Fits, and notes how well all rows are met, also those that were thinned out. With few rows
    /// nothing moves: up to eight figures would follow each of them.
    void run(const std::string& table, const Rows& rows, const std::vector<FittedFigure>& figures) {
        if (rows.size() < fewest_rows) return;
        fit(rows, rates, figures);
        std::vector<double> sizes;
        for (const KernelRow* row : rows) {
            sizes.push_back(std::abs(std::expm1(error_of(*row, rates))));
        }
        fits.push_back(
            {family.id, chip, table, rows.size(), quantile(sizes, 0.5), quantile(sizes, 0.9)});
    }
};

/// Products of one format; those in bf16 set launch and memory share for all, the others have a
/// cast of their activation to place, which reads 16 bits and writes its format at least.
void fit_products(FamilyFit& f, Precision precision, const Rows& rows) {
    GemmKernel& live = f.rates.gemm[static_cast<std::size_t>(precision)];
    GemmKernels& out = gemm_kernels(f.family, precision);
    std::vector<FittedFigure> figures{f.number(live.peak_share, out.peak_share, 0.1, 1),
                                      f.number(live.tile_traffic, out.tile_traffic, 0.5, 300),
                                      f.number(live.depth_overhead, out.depth_overhead, 0, 3000),
                                      f.number(live.rounding, out.rounding, 0, 1),
                                      f.number(live.knee, out.knee, 1.2, 12),
                                      f.microseconds(live.split, out.split, 0, 30)};
    if (precision == Precision::bf16) {
        figures.push_back(f.number(f.rates.memory_share, f.family.memory_share, 0.3, 1));
        figures.push_back(f.microseconds(f.rates.launch, f.family.launch, 0.5, 15));
    } else {
        figures.push_back(f.microseconds(live.quantise, out.quantise, 0, 30));
        figures.push_back(
            f.number(live.quantise_bytes, out.quantise_bytes, 2 + operand_bytes(precision), 16));
    }
    f.run("gemm." + std::string(name_of(precision)), rows, figures);
}

bool any_of(const Rows& rows, const auto& test) {
    return std::any_of(rows.begin(), rows.end(), test);
}

/// Attention of one library. Widths, formats and directions that no row has keep their figures; a
/// chip without such kernels has nothing to fit.
void fit_attention(FamilyFit& f, const std::string& table, AttentionKernel ChipRates::*live_table,
                   AttentionKernels KernelFamily::*out_table, const Rows& rows) {
    AttentionKernel& live = f.rates.*live_table;
    AttentionKernels& out = f.family.*out_table;
    if (live.peak_share <= 0) return;
    std::vector<FittedFigure> figures{f.number(live.peak_share, out.peak_share, 0.1, 1),
                                      f.microseconds(live.block, out.block, 0, 20)};
    if (any_of(rows, [](const KernelRow* r) { return r->attention.serves; })) {
        figures.push_back(f.microseconds(live.start, out.start, 0, 60));
    } else if (any_of(rows, [](const KernelRow* r) { return r->attention.core.qk_width >= 192; })) {
        figures.push_back(f.number(live.wide, out.wide, 0.2, 1));
    }
    if (any_of(rows, [](const KernelRow* r) { return r->attention.core.fp8; })) {
        figures.push_back(f.number(live.fp8, out.fp8, 0.5, 2));
    }
    if (any_of(rows, [](const KernelRow* r) { return r->attention.backward; })) {
        figures.push_back(f.number(live.backward, out.backward, 0.2, 1));
        figures.push_back(f.microseconds(live.backward_block, out.backward_block, 0, 60));
    }
    f.run(table, rows, figures);
}

/// Attention to caches of one format. Shares stay below one: no kernel reads at the datasheet's
/// bandwidth. What products reach shows only where many heads read one latent.
void fit_decode(FamilyFit& f, const std::string& table, DecodeKernel ChipRates::*live_table,
                DecodeKernels KernelFamily::*out_table, const Rows& rows) {
    DecodeKernel& live = f.rates.*live_table;
    DecodeKernels& out = f.family.*out_table;
    if (live.memory_share <= 0) return;
    std::vector<FittedFigure> figures{
        f.number(live.memory_share, out.memory_share, 0.3, 0.95),
        f.microseconds(live.start, out.start, 1, 60), f.microseconds(live.split, out.split, 0, 30),
        f.microseconds(live.block, out.block, 0.1, 40), f.microseconds(live.ramp, out.ramp, 0, 15)};
    if (any_of(rows, [](const KernelRow* r) { return r->attention.cache.latent; })) {
        figures.push_back(f.number(live.peak_share, out.peak_share, 0.05, 0.75));
    } else {
        figures.push_back(f.microseconds(live.single, out.single, 0.1, 20));
    }
    f.run(table, rows, figures);
}

/// Rows of a chip that pass the test and that the model can predict at all: one infinite error
/// would hide all others.
Rows select(const std::vector<KernelRow>& rows, const std::string& chip, const auto& test) {
    Rows chosen;
    for (const KernelRow& row : rows) {
        if (!row.skipped.empty() || row.chip != chip || row.weight <= 0) continue;
        if (test(row) && std::isfinite(error_of(row, row.rates))) chosen.push_back(&row);
    }
    return chosen;
}

void fit_libraries(FamilyFit& f, const std::vector<KernelRow>& rows) {
    const auto those = [&](AttentionLibrary library, bool serves) {
        return select(rows, f.chip, [&](const KernelRow& r) {
            return r.kind == KernelKind::attention && r.attention.library == library &&
                   r.attention.serves == serves;
        });
    };
    using enum AttentionLibrary;
    fit_attention(f, "attention", &ChipRates::attention, &KernelFamily::attention,
                  those(fastest, false));
    fit_attention(f, "flash_attention_2", &ChipRates::flash_attention_2,
                  &KernelFamily::flash_attention_2, those(flash_attention_2, false));
    fit_attention(f, "prefill", &ChipRates::prefill, &KernelFamily::prefill, those(fastest, true));
}

void fit_caches(FamilyFit& f, const std::vector<KernelRow>& rows) {
    const auto those = [&](bool latent, bool fp8) {
        return select(rows, f.chip, [&](const KernelRow& r) {
            return r.kind == KernelKind::decode && r.attention.cache.latent == latent &&
                   r.attention.fp8_cache == fp8;
        });
    };
    fit_decode(f, "decode.bf16", &ChipRates::decode, &KernelFamily::decode, those(false, false));
    fit_decode(f, "decode.fp8", &ChipRates::decode_fp8, &KernelFamily::decode_fp8,
               those(false, true));
    fit_decode(f, "latent_decode.bf16", &ChipRates::latent_decode, &KernelFamily::latent_decode,
               those(true, false));
    fit_decode(f, "latent_decode.fp8", &ChipRates::latent_decode_fp8,
               &KernelFamily::latent_decode_fp8, those(true, true));
}

/// Experts in one fused kernel, format by format: libraries have other kernels for each.
void fit_experts(FamilyFit& f, const std::vector<KernelRow>& rows) {
    const auto fit = [&](std::string_view name, GroupedKernel& rates, GroupedKernels& out,
                         const auto& those) {
        const Rows chosen = select(rows, f.chip, [&](const KernelRow& r) {
            const bool fused = r.kind == KernelKind::grouped_gemm && r.calls.streams == 0;
            return (fused || r.kind == KernelKind::experts) && those(r);
        });
        f.run(std::string(name), chosen,
              {f.number(rates.share, out.share, 0.05, 1),
               f.number(rates.depth_overhead, out.depth_overhead, 0, 3000),
               f.microseconds(rates.launch, out.launch, 0, 100),
               f.number(rates.memory, out.memory, 0.05, 2)});
    };
    constexpr std::array members{&KernelFamily::grouped, &KernelFamily::grouped_fp8,
                                 &KernelFamily::grouped_fp8_block, &KernelFamily::grouped_fp4};
    for (std::size_t i = 0; i < precision_count; ++i) {
        const auto precision = static_cast<Precision>(i);
        fit(fmt::format("grouped {}", name_of(precision)), f.rates.grouped[i], f.family.*members[i],
            [&](const KernelRow& r) {
                return r.precision == precision && r.layer.weight_bytes <= 0;
            });
    }
    fit("grouped weights", f.rates.grouped_weights, f.family.grouped_weights,
        [](const KernelRow& r) { return r.layer.weight_bytes > 0; });
}

/// All fits of one chip. BF16 is the first format, so launch and memory share are set before others
/// use them.
void fit_chip(FamilyFit& f, const std::vector<KernelRow>& rows) {
    for (std::size_t i = 0; i < precision_count; ++i) {
        const auto precision = static_cast<Precision>(i);
        if (f.rates.rate(precision) <= FlopRate{}) continue;
        fit_products(f, precision, select(rows, f.chip, [&](const KernelRow& r) {
                         const bool product =
                             r.kind == KernelKind::gemm || r.kind == KernelKind::cast;
                         return product && r.precision == precision;
                     }));
    }
    fit_experts(f, rows);
    fit_libraries(f, rows);
    fit_caches(f, rows);
}

}  // namespace

KernelCalibration calibrate_kernels(const CsvTable& table, const Catalog& catalog,
                                    SourceId source) {
    KernelCalibration result;
    std::vector<KernelRow> rows;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        rows.push_back(resolve_kernel_row(table, i, catalog));
        if (!rows.back().skipped.empty()) ++result.skipped;
    }
    for (const KernelFamily& family : catalog.kernels) {
        const Chip* chip = find_part(catalog.chips, family.measured_on);
        if (family.measured_on.empty() || chip == nullptr) continue;
        // clocks under load are not fitted: rows that ran for long have them, others do not
        FamilyFit f{catalog, source, family, chip->id, resolve_rates(catalog, *chip), {}};
        fit_chip(f, rows);
        if (f.fits.empty()) continue;
        result.fits.insert(result.fits.end(), f.fits.begin(), f.fits.end());
        result.families.push_back(f.family);
    }
    return result;
}

}  // namespace millwright
