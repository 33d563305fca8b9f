// Any bytes at all make the nodes of a rank or a fault; what is read can be written and read again.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "millwright/trace/chakra.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace millwright;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto read = parse_chakra_rank(text, "fuzz.0.et");
    if (!read) {
        if (read.error().empty()) std::abort();
        return 0;
    }
    const ChakraTrace trace{read->version, {read->nodes}, {}};
    const auto files = chakra_files(trace, "fuzz");
    const auto again = parse_chakra_rank(files.front().bytes, files.front().name);
    if (!again || again->nodes.size() != read->nodes.size()) std::abort();
    return 0;
}
