// Any text at all makes a finite quantity or a reason.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "millwright/base/units.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace millwright;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::string why;
    const auto quantity = parse_quantity(text, why);
    if (!quantity && why.empty()) std::abort();
    if (quantity && !std::isfinite(quantity->si)) std::abort();
    return 0;
}
