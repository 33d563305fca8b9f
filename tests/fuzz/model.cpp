// Any bytes at all make a model or faults; a model has a finite number of weights, and a token
// meets no more than there are.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "millwright/catalog/hugging_face.h"
#include "millwright/compute/weights.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace millwright;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto model = model_from_config(text, "config.json");
    if (!model && model.error().empty()) std::abort();
    if (!model) return 0;
    const WeightCount w = weights_of(*model);
    if (!std::isfinite(w.total) || !std::isfinite(w.extra) || !(w.total > 0)) std::abort();
    if (w.active > w.total || w.active_extra > w.extra) std::abort();
    return 0;
}
