// Any bytes at all make a model or faults; a model has a finite number of weights.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "catalog/hugging_face.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace millwright;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto model = model_from_config(text, "config.json");
    if (!model && model.error().empty()) std::abort();
    if (model && !std::isfinite(parameters(*model))) std::abort();
    return 0;
}
