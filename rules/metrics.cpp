#include "rules/metrics.h"

namespace millwright {
namespace {

/// Formats with a rate for total processing performance: matrix rates, not vectors.
constexpr std::array counted{Format::tf32, Format::bf16, Format::fp8,
                             Format::fp6,  Format::fp4,  Format::int8};

double tera(const Cited<FlopRate>& value) {
    return value.known() ? value.value.in(unit::TFLOPS) : 0;
}

}  // namespace

ChipFacts facts_of(const Chip& chip, Bandwidth host_per_direction) {
    ChipFacts facts;
    facts.chip = chip.name;
    facts.vendor = chip.vendor;
    facts.prc_designed = chip.designed_in == "CN";
    facts.data_centre = chip.marketed_for_data_centre;
    facts.us_market_2026_01_15 = chip.sold_in_us;
    facts.status = chip.status;
    facts.launch = chip.launch;
    for (const Format format : counted) {
        const double tpp = tera(rate(chip, format)) * bit_length(format);
        if (tpp <= facts.tpp) continue;
        facts.tpp = tpp;
        facts.tpp_format = name_of(format);
        facts.tpp_known = true;
    }
    facts.planar = chip.planar;
    facts.area_known = chip.applicable_area.known() && !chip.planar;
    if (facts.area_known) facts.area_mm2 = chip.applicable_area.value.in(unit::mm2);
    facts.dram_known = chip.memory_bandwidth.known();
    facts.dram_gbps = chip.memory_bandwidth.value.in(unit::GBps);
    facts.io_gbps = 2 * (chip.scale_up_per_direction.value + host_per_direction).in(unit::GBps);
    facts.fp64_tflops = tera(chip.fp64);
    facts.fp32_tflops = tera(chip.fp32);
    return facts;
}

double performance_density(const ChipFacts& facts) {
    return facts.area_known && !facts.planar && facts.area_mm2 > 0 ? facts.tpp / facts.area_mm2 : 0;
}

}  // namespace millwright
