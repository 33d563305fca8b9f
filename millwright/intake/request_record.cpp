// Times are whole nanoseconds, whole units and fractions scaled apart, since nanoseconds since
// 1970 are more than a double holds. A turn is placed in its session, by name or by the chat that
// it follows, then in time, and then its ids are fitted to its prompt; faults of all three are
// told. What is left out is counted for the notes.
#include "millwright/intake/request_record.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/date.h"
#include "millwright/base/require.h"
#include "millwright/base/text.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

constexpr std::int64_t second = 1'000'000'000;  // ns

/// Two digits at a place of the text, up to `most`.
std::optional<int> two_digits(std::string_view text, std::size_t at, int most) {
    if (at + 2 > text.size()) return std::nullopt;
    int number = 0;
    const auto read = std::from_chars(text.data() + at, text.data() + at + 2, number);
    const bool all = read.ec == std::errc{} && read.ptr == text.data() + at + 2;
    return all && number >= 0 && number <= most ? std::optional(number) : std::nullopt;
}

/// Takes ".123456" from the front as nanoseconds; digits past the ninth are dropped.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
    if (!text.starts_with('.')) return 0;
    std::int64_t sum = 0, unit = second;
    std::size_t at = 1;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
        unit /= 10;
        sum += unit * (text[at] - '0');
    }
    if (at == 1) return std::nullopt;
    text.remove_prefix(at);
    return sum;
}

/// "+01:30" as the nanoseconds that the zone is ahead; zero for none and "Z".
std::optional<std::int64_t> zone_of(std::string_view text) {
    if (text.empty() || text == "Z") return 0;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') {
        return std::nullopt;
    }
    const auto hours = two_digits(text, 1, 14), minutes = two_digits(text, 4, 59);
    if (!hours || !minutes) return std::nullopt;
    const std::int64_t ahead = (*hours * 60 + *minutes) * 60 * second;
    return text[0] == '+' ? ahead : -ahead;
}

}  // namespace

std::optional<std::int64_t> nanoseconds(double number, Seconds unit) {
    if (!(number >= 0 && number <= latest_arrival / unit)) return std::nullopt;  // NaN too
    // whole units apart: nanoseconds since 1970 are more than a double holds
    const std::int64_t scale = std::llround(unit / unit::ns);
    const double whole = std::floor(number);
    return static_cast<std::int64_t>(whole) * scale + std::llround((number - whole) * real(scale));
}

std::optional<std::int64_t> stamp_nanoseconds(std::string_view text) {
    constexpr std::size_t date_ends = 10;
    const auto day = parse_date(text.substr(0, date_ends));
    if (!day || text.size() < 19) return std::nullopt;
    if (text[10] != ' ' && text[10] != 'T') return std::nullopt;
    if (text[13] != ':' || text[16] != ':') return std::nullopt;
    const auto hour = two_digits(text, 11, 23), minute = two_digits(text, 14, 59);
    const auto seconds = two_digits(text, 17, 60);
    if (!hour || !minute || !seconds) return std::nullopt;
    std::string_view rest = text.substr(19);
    const auto parts = take_fraction(rest);
    const auto zone = parts ? zone_of(rest) : std::nullopt;
    if (!zone) return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(*day).time_since_epoch().count();
    const std::int64_t whole = ((days * 24 + *hour) * 60 + *minute) * 60 + *seconds;
    const double latest = latest_arrival.si();
    if (whole < 0 || real(whole) > latest) return std::nullopt;
    return whole * second + *parts - *zone;
}

RequestMaker::RequestMaker(const TraceFormat& format, std::string file)
    : format_(format), file_(std::move(file)) {}

Fault RequestMaker::fault(const TraceRecord& record, TraceField field, std::string message,
                          std::string hint) const {
    const int column = record.columns_at[static_cast<std::size_t>(field)];
    return {{file_, record.line, record.line > 0 ? std::max(column, 1) : 0},
            record.label + std::move(message),
            std::move(hint)};
}

bool RequestMaker::left_out(const TraceRecord& record) {
    if (record.warm_up) {
        ++warm_up_;
        return true;
    }
    if (!record.failed && !(format_.failures && record.output == 0)) return false;
    if (failed_ == 0) {
        first_failed_ = record.line > 0 ? fmt::format("line {}", record.line)
                                        : record.label.substr(0, record.label.find(':'));
    }
    ++failed_;
    return true;
}

std::optional<RequestMaker::Made> RequestMaker::make(TraceRecord record, Faults& faults) {
    if (left_out(record)) return std::nullopt;
    const std::size_t before = faults.size();
    Made made;
    Request& request = made.request;
    if (record.prompt < 1) {  // only where a failure may have none
        faults.push_back(fault(record, TraceField::prompt, "a prompt of no tokens has an answer",
                               wanted_in(TraceField::prompt, format_)));
    }
    request.prompt = record.prompt;
    request.output = record.output;
    request.priority = record.priority;
    if (!record.tenant.empty()) {
        const auto next = narrow<std::uint32_t>(tenants_.size());
        request.tenant = tenants_.emplace(record.tenant, next).first->second;
    }
    place_in_session(record, made, faults);
    place_in_time(record, made, faults);
    take_ids(record, request, faults);
    if (faults.size() != before) return std::nullopt;
    return made;
}

void RequestMaker::place_in_session(const TraceRecord& record, Made& made, Faults& faults) {
    Request& request = made.request;
    bool later = false;
    if (!record.session.empty()) {
        const auto [found, fresh] = sessions_.emplace(record.session, sessions_.size() + 1);
        request.session = found->second;
        later = !fresh;
    } else if (record.chat >= 0) {
        // a conversation whose beginning the trace does not hold begins with the first that it does
        const auto parent = chats_.find(record.parent);
        request.session = parent != chats_.end() ? parent->second : ++roots_;
        chats_[record.chat] = request.session;
    }
    if (!record.delay) return;
    if (record.session.empty()) {
        faults.push_back(fault(record, TraceField::delay, "a delay without a session",
                               "a delay runs from the answer of the session's turn before"));
    } else if (later) {
        request.follows = true;
        request.delay = real(*record.delay) * unit::ns;
    } else if (!record.arrival) {
        faults.push_back(fault(
            record, TraceField::delay,
            fmt::format("the first turn of session '{}' has no arrival", excerpt(record.session)),
            "give the first turn a time; a delay follows an earlier turn"));
    }
}

void RequestMaker::place_in_time(const TraceRecord& record, Made& made, Faults& faults) {
    if (!record.arrival && !record.delay) {
        faults.push_back(fault(record, TraceField::arrival, "a request without an arrival",
                               "give a time, or a delay after its session's turn before"));
        return;
    }
    // a turn that says only how long it waits may come at any time from the line above on
    made.arrival = record.arrival.value_or(last_.value_or(0));
    if (!format_.any_order && last_ && made.arrival < *last_) {
        faults.push_back(fault(
            record, TraceField::arrival,
            fmt::format("arrivals go back by {:.9g} s", real(*last_ - made.arrival) / real(second)),
            "sort the trace by its arrivals"));
        return;
    }
    last_ = made.arrival;
}

/// Ids of blocks that the prompt fills; that of its last part alone stands for no whole block, and
/// is the request's own.
void RequestMaker::take_ids(TraceRecord& record, Request& request, Faults& faults) {
    if (!record.ids || format_.block == 0) return;
    const std::int64_t whole = request.prompt / format_.block;
    const std::int64_t started = (request.prompt + format_.block - 1) / format_.block;
    const auto count = narrow<std::int64_t>(record.ids->size());
    if (count != whole && count != started) {
        faults.push_back(fault(
            record, TraceField::ids,
            fmt::format("{} ids of {} tokens do not fit a prompt of {}", count, format_.block,
                        request.prompt),
            fmt::format("{} ids, one for each {} tokens that begin", started, format_.block)));
        return;
    }
    record.ids->resize(narrow<std::size_t>(whole));
    request.prefix = std::move(*record.ids);
    request.prefix_tokens = format_.block;
}

std::vector<std::string> RequestMaker::notes() const {
    std::vector<std::string> notes;
    if (failed_ > 0) {
        notes.push_back(fmt::format("{} requests failed and are left out, the first at {}", failed_,
                                    first_failed_));
    }
    if (warm_up_ > 0) notes.push_back(fmt::format("{} requests to warm up are left out", warm_up_));
    return notes;
}

}  // namespace millwright
