// Any bytes at all make a frontier or faults, and a frontier resolves or says why not.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "millwright/lawful/question.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace millwright;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = parse_frontier(text, "fuzz.toml");
    if (!parsed) {
        if (parsed.error().empty()) std::abort();
        return 0;
    }
    const auto frontier = resolve(*parsed, built_in_catalog());
    if (!frontier && frontier.error().empty()) std::abort();
    return 0;
}
