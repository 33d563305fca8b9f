// The band that a prediction carries, by what is predicted and how near its chip is to measured
// ones.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "millwright/catalog/catalog.h"

namespace millwright {

/// How near a chip is to what was measured: its kernels, those of a sister of its generation, or
/// those of another maker's chip.
enum class Nearness { measured, sister, foreign };

template <>
struct EnumNames<Nearness> {
    static constexpr std::array<std::string_view, 3> names{"measured", "sister", "foreign"};
};

/// By the chip's generation: a family that is like another is foreign; a chip is the measured one
/// if rate and processors are its. The catalog must have the family and the chip that it names.
Nearness nearness_of(const Catalog& catalog, const Chip& chip);

/// Factors on a predicted time, size or the like between which four in five measurements lie.
struct Interval {
    double low = 1, high = 1;
};

/// How far a case reaches: what lies beyond a band's residuals widens it. Zero is within.
struct Extent {
    double tokens = 0;  // of a sequence
    double chips = 0;
};

/// The detail of a band of steps or memory: the framework, and `-experts` of mixtures or `-hybrid`
/// of models with mixers other than attention.
std::string band_detail(const std::string& framework, const Model& model);

/// `kind` is time, memory, kernels or collectives; `detail` a framework or kind of operation. The
/// band named kind-detail, else of all frameworks for such models, else kind-other; widened for
/// sister and foreign chips (by chip-foreign-kind-detail or -kind if any), and for each doubling of
/// sequences and chips beyond its own; no chip widens memory. Throws if kind-other or these lack.
Interval interval_of(const Catalog& catalog, const std::string& kind, const std::string& detail,
                     Nearness nearness, const Extent& reach = {});
/// The same of a chip, by how near it is.
Interval interval_of(const Catalog& catalog, const std::string& kind, const std::string& detail,
                     const Chip& chip, const Extent& reach = {});

/// What being another maker's chip alone adds to any band.
Interval foreign_band(const Catalog& catalog);

/// "kernels of gaudi3 were never measured: taken as like those of Hopper (H100)"; empty for chips
/// that were measured, or a sister of theirs.
std::string unmeasured_text(const Catalog& catalog, const Chip& chip);

/// The same interval for a rate, such as tokens a second.
Interval inverse(const Interval& interval);

}  // namespace millwright
