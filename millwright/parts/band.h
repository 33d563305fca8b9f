// How far measurements lie from predictions: intervals learnt from residuals.
#pragma once

#include <string>

#include "millwright/base/fields.h"

namespace millwright {

/// Quantiles of measured over predicted, for one kind of prediction: four in five measurements
/// lie between `low` and `high`. Times, bytes and their like; a rate takes the inverse.
struct Band {
    // kind-detail, such as time-nemo-experts; kind-experts, kind-hybrid and kind-dense for releases
    // without residuals of their own, kind-other for all else; chip-sister, chip-foreign,
    // sequence-beyond and scale-beyond widen these
    std::string id;
    std::string name;
    std::string note;
    Cited<double> low, high;
    Cited<std::int64_t> rows;           // residuals it was learnt from
    Cited<std::int64_t> tokens, chips;  // longest sequence and most chips among them
};

template <std::same_as<Band> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "what it is a band of", Need::required},
        Field{"note", &P::note, "how it was made"},
        Field{"low", &P::low, "tenth percentile of measured over predicted", Need::required,
              Range{0.01, 1}},
        Field{"high", &P::high, "ninetieth percentile of measured over predicted", Need::required,
              Range{1, 100}},
        Field{"rows", &P::rows, "residuals it was learnt from"},
        Field{"tokens", &P::tokens, "longest sequence among them; longer ones are less certain"},
        Field{"chips", &P::chips, "most chips among them; more are less certain"},
    };
};

}  // namespace millwright
