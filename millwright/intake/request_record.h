// One request of a trace as its file says it, and what it stands for among those before.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "millwright/base/result.h"
#include "millwright/intake/request_formats.h"
#include "millwright/parts/request.h"

namespace millwright {

/// Faults of one trace that are told; reading ends behind them.
inline constexpr std::size_t most_trace_faults = 100;

/// A request as written. Times are whole nanoseconds, so that equal ones are equal.
struct TraceRecord {
    std::optional<std::int64_t> arrival;  // ns, from any start
    std::int64_t prompt = 0, output = 0;
    std::string session;  // empty: none
    std::int64_t chat = -1, parent = -1;
    std::optional<std::int64_t> delay;  // ns
    std::int64_t priority = 0;
    std::string tenant;
    std::optional<std::vector<std::uint64_t>> ids;
    bool failed = false, warm_up = false;
    int line = 0;                                // 0 where the file has no line a request
    std::string label;                           // "request 17: " where there is no line
    std::array<int, trace_fields> columns_at{};  // where each field stands in its line
};

/// A number of a format's unit as nanoseconds; nothing where it is out of range or no number.
std::optional<std::int64_t> nanoseconds(double number, Seconds unit);

/// A day and time of day as nanoseconds since 1970; a zone, such as +00:00 or Z, may follow.
std::optional<std::int64_t> stamp_nanoseconds(std::string_view text);

/// Makes requests of records, in the order of the file: checks what records say together.
class RequestMaker {
public:
    RequestMaker(const TraceFormat& format, std::string file);

    /// A request and its arrival in nanoseconds, from the trace's own start.
    struct Made {
        std::int64_t arrival = 0;
        Request request;  // its own arrival is not set
    };
    /// Nothing where the record is no part of the trace or faulty; faults are added.
    std::optional<Made> make(TraceRecord record, Faults& faults);

    /// What was left out, in words; empty if nothing was.
    std::vector<std::string> notes() const;

private:
    Fault fault(const TraceRecord& record, TraceField field, std::string message,
                std::string hint) const;
    bool left_out(const TraceRecord& record);
    void place_in_session(const TraceRecord& record, Made& made, Faults& faults);
    void place_in_time(const TraceRecord& record, Made& made, Faults& faults);
    void take_ids(TraceRecord& record, Request& request, Faults& faults);

    const TraceFormat& format_;
    std::string file_;
    std::optional<std::int64_t> last_;  // arrival
    std::unordered_map<std::string, std::uint64_t> sessions_;
    std::unordered_map<std::int64_t, std::uint64_t> chats_;  // the session of each turn
    std::unordered_map<std::string, std::uint32_t> tenants_;
    std::uint64_t roots_ = 0;
    std::int64_t failed_ = 0, warm_up_ = 0;
    std::string first_failed_;
};

}  // namespace millwright
