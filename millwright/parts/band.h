// How far measurements lie from predictions: intervals learnt from residuals.
#pragma once

#include <string>

#include "millwright/base/fields.h"

namespace millwright {

/// Quantiles of measured over predicted, for one kind of prediction: four in five measurements
/// lie between `low` and `high`. Times, bytes and their like; a rate takes the inverse.
struct Band {
    // kind-detail, such as time-nemo; kind-other for all else; chip-sister and chip-foreign widen
    // both
    std::string id;
    std::string name;
    std::string note;
    Cited<double> low, high;
    Cited<std::int64_t> rows;  // residuals it was learnt from
};

template <>
struct Fields<Band> {
    static constexpr auto table = std::tuple{
        Field{"name", &Band::name, "what it is a band of", Need::required},
        Field{"note", &Band::note, "how it was made"},
        Field{"low", &Band::low, "tenth percentile of measured over predicted", Need::required,
              Range{0.01, 1}},
        Field{"high", &Band::high, "ninetieth percentile of measured over predicted",
              Need::required, Range{1, 100}},
        Field{"rows", &Band::rows, "residuals it was learnt from"},
    };
};

}  // namespace millwright
