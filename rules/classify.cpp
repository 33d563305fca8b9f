// ECCN classes by date, each test with its margin.
#include <fmt/format.h>

#include "rules/regimes.h"
#include "rules/verdict.h"

namespace millwright {
namespace {

// thresholds of ECCN 3A090 since 2023-11-17 (88 FR 73458)
constexpr double tpp_a1 = 4800;
constexpr double tpp_a2 = 1600;
constexpr double density_a2 = 5.92;
constexpr double tpp_b1 = 2400;
constexpr double density_b1 = 1.6;
constexpr double density_b2 = 3.2;
// and of 2022 (87 FR 62186)
constexpr double io_2022 = 600;

/// TPP / area >= limit without a rounded ratio. Limits have two decimals, so compare hundredths.
bool dense(const ChipFacts& chip, double limit) {
    return chip.area_known && !chip.planar && 100 * chip.tpp >= (100 * limit) * chip.area_mm2;
}

/// "meets 3A090.a.1 by 15 of 4,800": the margin of a figure at a line.
void compare(std::vector<std::string>& chain, std::string_view test, double value, double line,
             std::string_view unit) {
    const bool meets = value >= line;
    const double margin = meets ? value - line : line - value;
    chain.push_back(fmt::format("{} {}: {:.6g} against {:.6g}{}{} (by {:.4g})",
                                meets ? "meets" : "misses", test, value, line,
                                unit.empty() ? "" : " ", unit, margin));
}

ExportClass classify_2022(const ChipFacts& chip, std::vector<std::string>& chain) {
    compare(chain, "the 2022 transfer-rate arm", chip.io_gbps, io_2022, "GB/s both directions");
    compare(chain, "the 2022 performance arm", chip.tpp, tpp_a1, "TPP");
    const bool both = chip.io_gbps >= io_2022 && chip.tpp >= tpp_a1;
    return both ? ExportClass::of_2022 : ExportClass::under;
}

bool needs_area(const ChipFacts& chip) {
    return chip.tpp >= tpp_a2 && !chip.planar && !chip.area_known;
}

ExportClass classify_density(const ChipFacts& chip, std::vector<std::string>& chain) {
    if (needs_area(chip)) {
        chain.push_back("cannot decide: needs the applicable die area");
        return ExportClass::undecided;
    }
    if (chip.planar) chain.push_back("no non-planar die: performance density is undefined");
    const double density = performance_density(chip);
    if (chip.tpp < tpp_a2) {
        compare(chain, "the floor of 3A090.a.2 and .b.2", chip.tpp, tpp_a2, "TPP");
        return ExportClass::under;
    }
    compare(chain, "3A090.a.2", density, density_a2, "TPP/mm2");
    if (dense(chip, density_a2)) return ExportClass::a;
    compare(chain, "3A090.b.1 on TPP", chip.tpp, tpp_b1, "TPP");
    compare(chain, "3A090.b.1 on density", density, density_b1, "TPP/mm2");
    if (chip.tpp >= tpp_b1 && dense(chip, density_b1)) return ExportClass::b;
    compare(chain, "3A090.b.2 on density", density, density_b2, "TPP/mm2");
    return dense(chip, density_b2) ? ExportClass::b : ExportClass::under;
}

}  // namespace

ExportClass classify(const ChipFacts& chip, const Date& date, std::vector<std::string>& chain) {
    if (date < regime("R22").effective) return ExportClass::none;
    if (!chip.tpp_known) {
        chain.push_back("cannot decide: needs a dense rate");
        return ExportClass::undecided;
    }
    if (in_force("R22", date)) return classify_2022(chip, chain);
    compare(chain, "3A090.a.1", chip.tpp, tpp_a1, "TPP");
    if (chip.tpp >= tpp_a1) return ExportClass::a;
    if (!chip.data_centre) {
        chain.push_back(
            "Note 2: not marketed for data centres and TPP under 4800, so outside 3A090");
        return ExportClass::under;
    }
    return classify_density(chip, chain);
}

}  // namespace millwright
