// Any bytes make a trace whose requests come in order and within limits, as many as were counted,
// or faults.
#include "millwright/intake/request_trace.h"
#include "tests/fuzz/sections.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace millwright;
    const auto trace = parse_trace(std::string(fuzz::text_of(data, size)), "fuzz");
    if (!trace) {
        fuzz::require(!trace.error().empty());
        return 0;
    }
    std::int64_t count = 0;
    Seconds last;
    const RequestSource source = trace->start();
    while (const auto request = source()) {
        ++count;
        fuzz::require(request->arrival >= last);
        last = request->arrival;
        fuzz::require(request->prompt >= 1 && request->prompt <= most_request_tokens);
        fuzz::require(request->output >= 1 && request->output <= most_request_tokens);
        fuzz::require(request->delay >= Seconds{});
        fuzz::require(!request->follows || request->session != 0);
        const auto shared = static_cast<std::int64_t>(request->prefix.size());
        fuzz::require(shared * request->prefix_tokens <= request->prompt);
    }
    fuzz::require(count == trace->requests && count > 0);
    return 0;
}
