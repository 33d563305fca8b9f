// Chips to kernel rates: the figures of their family, carried over where another chip was measured.
#include <algorithm>
#include <array>
#include <cmath>

#include "millwright/factory/resolve.h"

namespace millwright {
namespace {

constexpr std::array all_precisions{Precision::bf16, Precision::fp8, Precision::fp8_block,
                                    Precision::fp4};

/// Figures of the family, or of the one it is like.
struct Efficiency {
    KernelFamily own;
    KernelFamily measured;
    double scale = 1;  // on compute shares of a stand-in
    // FLOPs per processor and second over those of the measured chip; one where they are more, as
    // a faster design brings caches to match
    double quicker = 1;

    template <class T>
    T of(Cited<T> KernelFamily::*member) const {
        return (own.*member).known() ? (own.*member).value : (measured.*member).value;
    }
};

/// What a driver finds, where that is memory of this size and no more than makers' other gigabytes:
/// a scenario may state another capacity, and a design has one of its own.
Bytes reported_memory(const Chip& chip) {
    const double ratio = chip.memory_reported.value / chip.memory_capacity.value;
    const bool of_this = chip.memory_reported.known() && ratio > 0.9 && ratio < 1.1;
    return of_this ? chip.memory_reported.value : chip.memory_capacity.value;
}

/// Processors of a chip: printed, or as many as its rate is times that of the measured chip.
double processors_of(const Catalog& catalog, const Efficiency& e, const Chip& chip) {
    if (chip.processors.known()) return chip.processors.value;
    const Chip& reference = part_named(catalog.chips, e.measured.measured_on);
    if (!chip.bf16.known()) return e.measured.processors.value;
    return std::max(
        1.0, std::round(e.measured.processors.value * (chip.bf16.value / reference.bf16.value)));
}

Efficiency efficiency_of(const Catalog& catalog, const Chip& chip) {
    Efficiency e;
    e.own = part_named(catalog.kernels, chip.generation);
    e.measured = e.own.like.empty() ? e.own : part_named(catalog.kernels, e.own.like);
    e.scale = e.own.like.empty() ? 1 : e.own.scale.value;
    const Chip& reference = part_named(catalog.chips, e.measured.measured_on);
    if (chip.bf16.known()) {
        // by BF16 for all recipes: a processor is quicker as a whole, not format by format
        const double quicker = (chip.bf16.value / processors_of(catalog, e, chip)) /
                               (reference.bf16.value / e.measured.processors.value);
        e.quicker = std::min(1.0, quicker);
    }
    return e;
}

/// A share of the rate when processors are `quicker` than where it was measured: what is lost
/// beside the arithmetic keeps its time.
double transferred_share(double share, double quicker) {
    // share s: what is lost takes 1/s - 1 of the time of the arithmetic, which a slower processor
    // stretches by 1 / quicker
    return 1 / (1 + (1 / share - 1) * quicker);
}

GemmKernel gemm_of(Efficiency& e, Precision precision) {
    GemmKernels kernels = gemm_kernels(e.own, precision);
    double scale = 1;
    if (!kernels.peak_share.known()) {
        kernels = gemm_kernels(e.measured, precision);
        scale = e.scale;
    }
    if (!kernels.peak_share.known()) return {};
    GemmKernel out = bare(kernels);
    out.peak_share = scale * transferred_share(out.peak_share, e.quicker);
    // both are counted in columns, that is in arithmetic, of which a slower processor does less in
    // the time that is lost
    out.tile_traffic *= e.quicker;
    out.depth_overhead *= e.quicker;
    // the model multiplies by the family's as well
    if (kernels.sustained.known()) out.sustained /= e.of(&KernelFamily::sustained);
    return out;
}

/// Shares move with the processors; the times of blocks and starts are kept, as they wait for
/// memory and for each other rather than for arithmetic.
AttentionKernel attention_of(const Efficiency& e, AttentionKernels KernelFamily::*member) {
    const bool own = (e.own.*member).peak_share.known();
    const AttentionKernels& kernels = own ? e.own.*member : e.measured.*member;
    if (!kernels.peak_share.known()) return {};
    AttentionKernel out = bare(kernels);
    out.peak_share = (own ? 1 : e.scale) * transferred_share(out.peak_share, e.quicker);
    return out;
}

/// The least that a measured family has of a share: what is assumed where nothing was measured.
template <class Table>
double least_share(const Catalog& catalog, Table KernelFamily::*member,
                   Cited<double> Table::*share) {
    double least = 1;
    for (const KernelFamily& family : catalog.kernels) {
        const Cited<double>& one = family.*member.*share;
        if (!family.measured_on.empty() && one.known()) least = std::min(least, one.value);
    }
    return least;
}

/// Of a family that stands in, with the least shares that were measured. Into how many parts a
/// cache is cut is a matter of software: another maker's kernels are taken to use all processors.
DecodeKernel decode_of(const Catalog& catalog, const Efficiency& e, const Chip& chip,
                       DecodeKernels KernelFamily::*member) {
    const bool own = (e.own.*member).memory_share.known();
    const DecodeKernels& kernels = own ? e.own.*member : e.measured.*member;
    if (!kernels.memory_share.known()) return {};
    DecodeKernel out = bare(kernels);
    if (own) return out;
    out.memory_share =
        std::min(out.memory_share, least_share(catalog, member, &DecodeKernels::memory_share));
    out.peak_share =
        std::min(out.peak_share, least_share(catalog, member, &DecodeKernels::peak_share));
    if (part_named(catalog.chips, e.measured.measured_on).vendor != chip.vendor) out.parts = 0;
    return out;
}

RecurrentKernel delta_of(const Catalog& catalog, const Efficiency& e) {
    if (e.own.delta.share.known()) return bare(e.own.delta);
    RecurrentKernel out = bare(e.measured.delta);
    out.share =
        std::min(out.share, least_share(catalog, &KernelFamily::delta, &RecurrentKernels::share));
    return out;
}

/// The chip's own, else of its family's processors. Of a family that stands in the balance of
/// exponentials and products is taken over, as its processors are others.
FlopRate exponentials_of(const Catalog& catalog, const Efficiency& e, const Chip& chip) {
    if (chip.exponentials.known()) return chip.exponentials.value;
    if (e.own.exponentials.known()) {
        return processors_of(catalog, e, chip) * e.own.exponentials.value;
    }
    const Chip& reference = part_named(catalog.chips, e.measured.measured_on);
    if (!chip.bf16.known() || !reference.bf16.known()) return {};
    return e.measured.processors.value * e.measured.exponentials.value *
           (chip.bf16.value / reference.bf16.value);
}

/// Power limit a FLOP of a chip over that of the one whose clock the family's shares are at; one
/// where there is none: figures of another family are carried over without its power.
double power_a_flop(const Catalog& catalog, const KernelFamily& family, const Chip& chip) {
    const std::string& of = family.draw_of.empty() ? family.measured_on : family.draw_of;
    if (of.empty() || !chip.power.known() || !chip.bf16.known()) return 1;
    const Chip& reference = part_named(catalog.chips, of);
    if (!reference.power.known() || !reference.bf16.known()) return 1;
    const double allowed = chip.power.value / reference.power.value;
    const double wanted = chip.bf16.value / reference.bf16.value;
    return allowed / wanted;
}

/// Clock over that of the measured chip, of `power` times its power limit a FLOP, where full clock
/// draws `draw` times its limit. Dynamic power grows with clock times voltage squared, and voltage
/// with clock: near the limit of these parts power is about the square of the clock.
double clock_over(double power, double draw) {
    const auto clock = [](double share) { return std::min(1.0, std::sqrt(share)); };
    return clock(power / draw) / clock(1 / draw);
}

/// Clocks of a chip under its power limit: in bursts over the measured chip's, under long load over
/// the burst clock of the measured chip. Nothing lifts a share above the datasheet.
void set_clocks(const Catalog& catalog, const Efficiency& e, const Chip& chip, ChipRates& rates) {
    const double power = power_a_flop(catalog, e.own, chip);
    const double draw = e.own.draw.known() ? e.own.draw.value : 1;
    const double burst = e.own.burst_draw.known() ? e.own.burst_draw.value : std::min(1.0, draw);
    double share = 0;  // of the sheet, most that any product reaches
    for (const GemmKernel& kernel : rates.gemm) share = std::max(share, kernel.peak_share);
    const double most = share > 0 ? std::max(1.0, 1 / share) : 1;
    rates.power_limited = std::min(most, clock_over(power, burst));
    const double sustained = e.of(&KernelFamily::sustained) * clock_over(power, draw);
    rates.sustained = std::min(rates.power_limited, sustained);
}

/// The sheet's rate of a format, but no more over BF16's than that of the chip its kernels were
/// measured on: what feeds the arithmetic (registers, shared memory, caches) grew with BF16.
FlopRate fed_rate(const Catalog& catalog, const Efficiency& e, const Chip& chip, Format format) {
    const FlopRate sheet = rate(chip, format).value;
    const Chip& reference = part_named(catalog.chips, e.measured.measured_on);
    const Cited<FlopRate>& measured = rate(reference, format);
    if (!chip.bf16.known() || !measured.known() || !reference.bf16.known()) return sheet;
    return std::min(sheet, chip.bf16.value * (measured.value / reference.bf16.value));
}

}  // namespace

ChipRates resolve_rates(const Catalog& catalog, const Chip& chip) {
    Efficiency e = efficiency_of(catalog, chip);
    ChipRates rates;
    for (const Precision precision : all_precisions) {
        const std::size_t i = static_cast<std::size_t>(precision);
        rates.gemm[i] = gemm_of(e, precision);
        const Cited<FlopRate>& dense = rate(chip, product_format(precision));
        // a rate on the sheet is not used without kernels that were measured, here or on a like
        // family
        if (dense.known() && rates.gemm[i].peak_share > 0) {
            rates.dense[i] = fed_rate(catalog, e, chip, product_format(precision));
        }
    }
    rates.processors = processors_of(catalog, e, chip);
    rates.memory_bandwidth = chip.memory_bandwidth.value;
    rates.memory_share = e.of(&KernelFamily::memory_share);
    rates.memory_capacity = chip.memory_capacity.value;
    rates.memory_reported = reported_memory(chip);
    rates.launch = e.of(&KernelFamily::launch);
    rates.dependent_launch = e.own.dependent_launch || e.measured.dependent_launch;
    set_clocks(catalog, e, chip, rates);
    const auto grouped = [&](GroupedKernels KernelFamily::*member) {
        const KernelFamily& family = e.own.grouped.share.known() ? e.own : e.measured;
        const GroupedKernels& own = family.*member;
        GroupedKernel out = bare(own.share.known() ? own : family.grouped);
        out.depth_overhead *= e.quicker;
        // what caches hold between calls of a benchmark is read from memory in a model
        out.memory = std::min(out.memory, 1 / rates.memory_share);
        return out;
    };
    rates.grouped = {grouped(&KernelFamily::grouped), grouped(&KernelFamily::grouped_fp8),
                     grouped(&KernelFamily::grouped_fp8_block),
                     grouped(&KernelFamily::grouped_fp4)};
    rates.grouped_weights = grouped(&KernelFamily::grouped_weights);
    rates.attention = attention_of(e, &KernelFamily::attention);
    rates.flash_attention_2 = attention_of(e, &KernelFamily::flash_attention_2);
    rates.flash_attention_1 = attention_of(e, &KernelFamily::flash_attention_1);
    rates.prefill = attention_of(e, &KernelFamily::prefill);
    rates.exponentials = exponentials_of(catalog, e, chip);
    rates.decode = decode_of(catalog, e, chip, &KernelFamily::decode);
    rates.decode_fp8 = decode_of(catalog, e, chip, &KernelFamily::decode_fp8);
    rates.latent_decode = decode_of(catalog, e, chip, &KernelFamily::latent_decode);
    rates.latent_decode_fp8 = decode_of(catalog, e, chip, &KernelFamily::latent_decode_fp8);
    rates.delta = delta_of(catalog, e);
    // the common release stands in where no faster one was measured
    if (rates.attention.peak_share <= 0) rates.attention = rates.flash_attention_2;
    return rates;
}

const Engine& engine_for(const Catalog& catalog, const Chip& chip) {
    for (const Engine& engine : catalog.engines) {
        if (std::ranges::find(engine.vendors, chip.vendor) != engine.vendors.end()) return engine;
    }
    return part_named(catalog.engines, default_engine);
}

}  // namespace millwright
