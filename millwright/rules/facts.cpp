// From a chip of the catalog to the figures that rules compare.
//
// Readings of the text act here and nowhere else but for letters, so that a rule need not know of
// them. The level of integration scales rates, die area and memory bandwidth alike: density is the
// same per die, per package and per board. I/O stays that of the package.
#include "millwright/rules/facts.h"

#include <algorithm>
#include <cctype>

#include "millwright/base/text.h"

namespace millwright {
namespace {

constexpr std::array switches{
    ReadingSwitch{"tf32-32", &Readings::tf32_as_32_bits, "bit length of TF32", "19 bits",
                  "32 bits"},
    ReadingSwitch{"no-fp6", &Readings::fp6, "FP6 at the rate of FP4", "counts", "left out"},
    ReadingSwitch{"vectors", &Readings::vectors, "FP32 vector units beside matrix units",
                  "matrix units alone", "added"},
    ReadingSwitch{"fp4-compressed", &Readings::fp4_compressed,
                  "FP4 rates that rest on adaptive compression", "left out", "count"},
    ReadingSwitch{"per-die", &Readings::per_die, "level of integration", "package",
                  "each logic die"},
    ReadingSwitch{"per-board", &Readings::per_board, "level of integration", "package",
                  "whole baseboard"},
    ReadingSwitch{"compute-dies", &Readings::compute_dies_only,
                  "input/output dies on FinFET nodes in the area", "count", "left out"},
    ReadingSwitch{"no-consumer-letter", &Readings::letters_reach_consumers,
                  "April 2025 letter and parts not marketed for data centres", "reached",
                  "not reached"},
};

/// TFLOPS, or TOPS of integers; zero where the rate is not known.
double tera(const Cited<FlopRate>& value) {
    return value.known() ? value.value.in(unit::TFLOPS) : 0;
}

/// Bits that the format counts with. TF32 has 19 (sign, 8 of exponent, 10 of mantissa) and is kept
/// in words of 32.
double bits_of(Format format, const Readings& readings) {
    constexpr double word = 32;
    return format == Format::tf32 && readings.tf32_as_32_bits ? word : bit_length(format);
}

/// Dense rate of a format as far as it counts under these readings, in TFLOPS or TOPS.
double rate_of(const Chip& chip, Format format, const Readings& readings) {
    if (format == Format::fp6 && !readings.fp6) return 0;
    const double dense = tera(rate(chip, format));
    if (format != Format::fp4 || !readings.fp4_compressed) return dense;
    return std::max(dense, tera(chip.fp4_compressed));
}

/// The highest product counts, whatever the format. A chip without any matrix rate stays open,
/// whether vectors count or not: zero would say that it meets no line.
void set_performance(const Chip& chip, const Readings& readings, ChipFacts& facts) {
    double highest = 0;
    for (const Format format : counted_formats) {
        const double tpp = rate_of(chip, format, readings) * bits_of(format, readings);
        if (tpp <= highest) continue;
        highest = tpp;
        facts.tpp_format = name_of(format);
    }
    if (highest == 0) return;
    constexpr double vector_bits = 32;
    facts.tpp = exactly(highest + (readings.vectors ? vector_bits * tera(chip.fp32) : 0));
}

/// A wider format is never faster than BF16 matrices, so their rate bounds it.
Figure wide_rate(const Cited<FlopRate>& rate, double at_most) {
    if (rate.known()) return exactly(tera(rate));
    return at_most > 0 ? Figure{0, at_most} : Figure{};
}

/// Input/output dies are left out only where the catalog has the area without them.
void set_area(const Chip& chip, const Readings& readings, ChipFacts& facts) {
    facts.planar = chip.planar;
    const Cited<Area>& area = readings.compute_dies_only && chip.compute_area.known()
                                  ? chip.compute_area
                                  : chip.applicable_area;
    if (area.known()) facts.area = exactly(area.value.in(unit::mm2));
}

void scale(Figure& figure, double factor) {
    figure.low *= factor;
    figure.high *= factor;
}

/// Links that the chip has none of count zero; one it has at an unknown rate leaves I/O open.
Figure transfer_rate(const Chip& chip, Bandwidth host_per_direction) {
    const double known =
        2 * (chip.scale_up_per_direction.value + host_per_direction).in(unit::GBps);
    const bool open = !chip.scale_up_link.empty() && !chip.scale_up_per_direction.known();
    return open ? Figure{.low = known} : exactly(known);
}

}  // namespace

std::span<const ReadingSwitch> reading_switches() { return switches; }

ChipFacts facts_of(const Chip& chip, Bandwidth host_per_direction, const Readings& readings,
                   double per_board) {
    ChipFacts facts;
    facts.chip = chip.name;
    facts.vendor = chip.vendor;
    facts.designed_in = chip.designed_in;
    facts.data_centre = truth_of(chip.marketed_for_data_centre);
    facts.us_market = truth_of(chip.sold_in_us);
    if (chip.status != ChipStatus::unstated) facts.status = name_of(chip.status);
    facts.launch = chip.launch;
    set_performance(chip, readings, facts);
    set_area(chip, readings, facts);
    if (chip.memory_bandwidth.known()) {
        facts.dram = exactly(chip.memory_bandwidth.value.in(unit::GBps));
    }
    facts.io = transfer_rate(chip, host_per_direction);
    facts.fp32 = wide_rate(chip.fp32, tera(chip.bf16));
    // FP64 is bounded by the rate of FP32, or by its bound
    facts.fp64 = wide_rate(chip.fp64, facts.fp32.high);
    const double dies = chip.dies.known() ? chip.dies.value : 1;
    const double level = (readings.per_board ? per_board : 1) / (readings.per_die ? dies : 1);
    for (Figure* figure : {&facts.tpp, &facts.area, &facts.dram, &facts.fp32, &facts.fp64}) {
        scale(*figure, level);
    }
    facts.level = level;
    return facts;
}

Figure performance_density(const ChipFacts& facts) {
    if (facts.planar) return exactly(0);
    if (facts.area.known() && facts.area.low > 0) {
        return {facts.tpp.low / facts.area.low, facts.tpp.high / facts.area.low};
    }
    return {};
}

std::string launch_month(std::string_view launch) {
    if (launch.size() < 4 || std::isdigit(static_cast<unsigned char>(launch[0])) == 0) return "";
    const std::string year(launch.substr(0, 4));
    if (launch.size() < 7) return year + "-12";
    const std::string rest(launch.substr(5, 2));
    if (rest == "H1") return year + "-06";
    if (rest[0] == 'Q' && rest[1] < '4') return year + "-0" + std::to_string(3 * (rest[1] - '0'));
    const bool month = std::isdigit(static_cast<unsigned char>(rest[0])) != 0 && rest <= "12";
    return year + "-" + (month ? rest : "12");
}

}  // namespace millwright
