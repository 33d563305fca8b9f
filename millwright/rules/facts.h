// What export rules compare of a chip, as 15 CFR 774 supplement 1, ECCN 3A090 defines it:
//   TPP      = max over formats of (dense TOPS x bit length), over all processing units of the part
//   density  = TPP / applicable die area: logic dies on non-planar nodes; none if all are planar
//   I/O      = transfer rate of all inputs and outputs other than to memory, both directions
// A figure that nobody published is an interval, so that a rule that hangs on it stays undecided.
#pragma once

#include <array>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "millwright/base/quantity.h"
#include "millwright/parts/chip.h"
#include "millwright/parts/rule.h"

namespace millwright {

/// Yes, no, or not known.
/// The order no, unknown, yes makes Kleene's "and" the smaller of two.
enum class Truth : std::uint8_t { no, unknown, yes };

template <>
struct EnumNames<Truth> {
    static constexpr std::array<std::string_view, 3> names{"no", "unknown", "yes"};
};

/// The answer where it is known.
constexpr Truth truth_of(bool value) { return value ? Truth::yes : Truth::no; }
/// Kleene's "and": no where either is no, else unknown where either is, else yes.
constexpr Truth both(Truth a, Truth b) { return a < b ? a : b; }

/// A figure between two bounds; the bounds are the same where it is known.
/// As made by default it may be anything from zero on.
struct Figure {
    double low = 0;
    double high = std::numeric_limits<double>::infinity();

    bool known() const { return low == high; }
};
/// A figure that is known, in the unit of the member that it goes into.
constexpr Figure exactly(double value) { return {value, value}; }

/// Points that the text of the rules leaves open, each with the reading used by default.
struct Readings {
    bool tf32_as_32_bits = false;         // else 19 bits
    bool fp6 = true;                      // FP6 rates count
    bool vectors = false;                 // FP32 vector rates add to matrix rates
    bool fp4_compressed = false;          // rates that rest on adaptive compression count
    bool per_die = false;                 // each logic die apart, else the package
    bool per_board = false;               // the whole baseboard, else the package
    bool compute_dies_only = false;       // input/output dies left out of the area
    bool letters_reach_consumers = true;  // R25-L reaches parts not marketed for data centres
};

/// One switch of `Readings`: `--reading NAME` turns it from its default.
struct ReadingSwitch {
    std::string_view name;
    bool Readings::*member;
    std::string_view question;
    std::string_view by_default;
    std::string_view turned;
};
/// All of them, in the order in which they are listed; every member of `Readings` has one.
std::span<const ReadingSwitch> reading_switches();

/// Formats with a rate for total processing performance: matrix rates, not vectors.
inline constexpr std::array counted_formats{Format::tf32, Format::bf16, Format::fp8,
                                            Format::fp6,  Format::fp4,  Format::int8};

/// Published figures of a chip that may be estimates.
enum class Fact : std::uint8_t { tpp, area, dram, io };
using FactSet = std::uint8_t;  // a bit a fact

/// The set that holds these facts; of none the empty one.
constexpr FactSet facts_of(std::initializer_list<Fact> facts) {
    unsigned set = 0;
    for (const Fact fact : facts) set |= 1U << static_cast<unsigned>(fact);
    return static_cast<FactSet>(set);
}

/// An item as rules see it: a chip, or a memory stack. Texts that nobody gave are empty, figures
/// that nobody published are open.
struct ChipFacts {
    // name, by which rows about named chips find it; maker; country code of the designer. A letter
    // counts as addressed to an unnamed maker too, but for designers in `Authority::no_letter_to`
    std::string chip;
    std::string vendor;
    std::string designed_in;
    Truth data_centre = Truth::unknown;
    Truth us_market = Truth::unknown;  // commercially available in the US on 2026-01-15
    bool hbm_stack = false;            // a memory stack sold by itself
    Figure tpp;
    std::string tpp_format;  // format of the highest value
    Figure area;             // applicable die area, mm2
    bool planar = false;     // no non-planar die: performance density is undefined
    Figure dram, io;         // GB/s
    Figure package;          // mm2, of a memory stack
    Figure fp64, fp32;       // dense TFLOPS
    double level = 1;        // packages that the figures are of: a board's eight, half of two dies
    FactSet estimated = 0;   // figures that rest on estimates
    std::string status;      // shipping, announced or never-shipped
    std::string launch;
};

/// Facts of a catalog chip. `host_per_direction` is its host link; `per_board` packages share a
/// baseboard. An unpublished rate, area or bandwidth stays open.
/// Sources are not at hand here: who knows them sets `estimated` (millwright/intake/rule_query.h).
ChipFacts facts_of(const Chip& chip, Bandwidth host_per_direction, const Readings& readings = {},
                   double per_board = 1);

/// TPP over applicable die area; zero to unbounded where the area is not known.
Figure performance_density(const ChipFacts& facts);

/// First month that the chip was sold in, as YYYY-MM; the last month that "2023", "2023-Q4" or
/// "2025-H2" may mean; empty if the launch says none.
std::string launch_month(std::string_view launch);

}  // namespace millwright
