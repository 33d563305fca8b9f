// Any bytes at all make a scenario or faults, never a crash.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "millwright/factory/overrides.h"
#include "millwright/intake/read.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace millwright;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto scenario = parse_scenario(text, "fuzz.toml");
    if (!scenario && scenario.error().empty()) std::abort();
    if (scenario) {
        const auto resolved = resolve_with_overrides(*scenario, built_in_catalog());
        if (!resolved && resolved.error().empty()) std::abort();
    }
    return 0;
}
