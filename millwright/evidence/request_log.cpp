// A log may have two clocks: arrivals of a client, all else of the engine. Where queues were
// logged waits count from them and the clocks need not agree; where not, all times must be of one
// clock, and tokens count from the first arrival as arrivals do. So all requests of a log have a
// queue's time, or none. All lines are judged before one is used.
#include "millwright/evidence/request_log.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/csv.h"
#include "millwright/base/faults.h"
#include "millwright/base/names.h"
#include "millwright/evidence/request_settings.h"

namespace millwright {
namespace {

/// Columns of a log, and which a log must have.
struct LogColumn {
    enum Which : std::size_t { id, prompt, output, arrival, queued, scheduled, first, last };

    std::string_view name;
    bool needed = true;
};

constexpr std::array log_columns{
    LogColumn{"request_id", false}, LogColumn{"input_toks"},       LogColumn{"output_toks"},
    LogColumn{"arrival_time"},      LogColumn{"queued_ts", false}, LogColumn{"scheduled_ts", false},
    LogColumn{"first_token_ts"},    LogColumn{"last_token_ts"},
};

/// One line: what each column says, and a number where it is one.
struct LogLine {
    int line = 0;
    std::string id;
    std::array<std::optional<double>, log_columns.size()> numbers;
};

// a day and more from arrival to first token: they are on different clocks
constexpr double longest_wait = 1e5;
// Logs have as many lines as tables have cells at most.
constexpr double longest_prompt = 1e9;

class LogReading {
public:
    explicit LogReading(std::string file) : file_(std::move(file)) {}

    std::vector<LogLine> lines;
    Faults faults;

    void fault(int line, std::string message, std::string hint) {
        faults.push_back({{file_, line, 1}, std::move(message), std::move(hint)});
    }

    void read_csv(std::string_view text) {
        const auto table = parse_csv(text, file_);
        if (!table) return append(faults, table.error());
        for (const LogColumn& column : log_columns) {
            if (!column.needed || contains_column(*table, column.name)) continue;
            fault(1, fmt::format("lacks the column '{}'", column.name), wanted());
        }
        if (!faults.empty()) return;
        for (std::size_t row = 0; row < table->rows.size(); ++row) {
            LogLine line{.line = table->lines[row]};
            line.id = std::string(trimmed(cell(*table, row, log_columns[LogColumn::id].name)));
            for (std::size_t c = LogColumn::prompt; c < log_columns.size(); ++c) {
                const std::string_view text_of = trimmed(cell(*table, row, log_columns[c].name));
                if (text_of.empty()) continue;
                line.numbers[c] = number_of(text_of);
                if (!line.numbers[c]) no_number(line.line, c);
            }
            lines.push_back(std::move(line));
        }
    }

    void read_json(std::string_view text) {
        int number = 0;
        while (!text.empty()) {
            ++number;
            const std::size_t end = std::min(text.find('\n'), text.size());
            const std::string_view line = trimmed(text.substr(0, end));
            text.remove_prefix(std::min(end + 1, text.size()));
            if (!line.empty()) read_object(line, number);
            if (faults.size() > 100) return;
        }
    }

private:
    static bool contains_column(const CsvTable& table, std::string_view name) {
        return std::ranges::find(table.columns, name) != table.columns.end();
    }

    static std::string wanted() {
        std::string names = "a log has";
        for (const LogColumn& column : log_columns) names += fmt::format(" {}", column.name);
        return names;
    }

    void no_number(int line, std::size_t column) {
        fault(line, fmt::format("'{}' is no number", log_columns[column].name),
              "write tokens as counts and times in seconds");
    }

    void read_object(std::string_view text, int number) {
        const auto object = nlohmann::json::parse(text, nullptr, false);
        if (!object.is_object()) {
            return fault(number, "is no object of JSON", "write one request a line, whole");
        }
        LogLine line{.line = number};
        for (std::size_t c = 0; c < log_columns.size(); ++c) {
            const auto value = object.find(log_columns[c].name);
            if (value == object.end() || value->is_null()) continue;
            if (c == LogColumn::id) {
                line.id = printable(value->is_string() ? value->get<std::string>() : value->dump());
            } else if (value->is_number() && std::isfinite(value->get<double>())) {
                line.numbers[c] = value->get<double>();
            } else {
                no_number(number, c);
            }
        }
        lines.push_back(std::move(line));
    }

    std::string file_;
};

Seconds time_of(const LogLine& line, std::size_t column) { return *line.numbers[column] * unit::s; }

/// Whether all that must be there is, lengths are counts, and times run forwards.
bool is_sound(LogReading& reading, const LogLine& line) {
    const std::size_t before = reading.faults.size();
    for (std::size_t c = LogColumn::prompt; c < log_columns.size(); ++c) {
        if (!log_columns[c].needed || line.numbers[c]) continue;
        reading.fault(line.line, fmt::format("lacks '{}'", log_columns[c].name),
                      "every request has its lengths, its arrival, its first and last token");
    }
    if (reading.faults.size() > before) return false;
    for (const std::size_t c : {std::size_t{LogColumn::prompt}, std::size_t{LogColumn::output}}) {
        const double count = *line.numbers[c];
        if (count >= 1 && count <= longest_prompt && count == std::floor(count)) continue;
        reading.fault(line.line, fmt::format("'{}' is {}", log_columns[c].name, count),
                      "it is a count of tokens, one at least");
    }
    double latest = -std::numeric_limits<double>::infinity();
    for (std::size_t c = LogColumn::queued; c < log_columns.size(); ++c) {
        if (!line.numbers[c]) continue;
        if (*line.numbers[c] < latest) {
            reading.fault(line.line,
                          fmt::format("'{}' is before what comes first", log_columns[c].name),
                          "a request is queued, scheduled, and has its first and last token");
        }
        latest = std::max(latest, *line.numbers[c]);
    }
    return reading.faults.size() == before;
}

/// Without a queue's times waits are counted from arrivals, which must be of the tokens' clock.
void check_clock(LogReading& reading, const LogLine& line) {
    if (line.numbers[LogColumn::queued]) return;
    const double wait = *line.numbers[LogColumn::first] - *line.numbers[LogColumn::arrival];
    if (wait >= 0 && wait <= longest_wait) return;
    reading.fault(line.line,
                  fmt::format("'first_token_ts' is {:.6g} s after 'arrival_time': they are of "
                              "different clocks",
                              wait),
                  "log 'queued_ts', or all times by one clock");
}

std::vector<LoggedRequest> requests_of(LogReading& reading) {
    std::vector<LoggedRequest> requests;
    double start = std::numeric_limits<double>::infinity();
    for (const LogLine& line : reading.lines) {
        if (!is_sound(reading, line)) continue;
        check_clock(reading, line);
        start = std::min(start, *line.numbers[LogColumn::arrival]);
    }
    if (!reading.faults.empty()) return requests;
    for (const LogLine& line : reading.lines) {
        LoggedRequest request{.id = line.id,
                              .prompt = static_cast<std::int64_t>(*line.numbers[LogColumn::prompt]),
                              .output = static_cast<std::int64_t>(*line.numbers[LogColumn::output]),
                              .arrival = (*line.numbers[LogColumn::arrival] - start) * unit::s,
                              .first = time_of(line, LogColumn::first),
                              .last = time_of(line, LogColumn::last)};
        if (line.numbers[LogColumn::queued]) {
            request.queued = time_of(line, LogColumn::queued);
        } else {  // one clock: tokens count from the first arrival too
            request.first = request.first - start * unit::s;
            request.last = request.last - start * unit::s;
        }
        if (line.numbers[LogColumn::queued] && line.numbers[LogColumn::scheduled]) {
            request.scheduled = time_of(line, LogColumn::scheduled);
        }
        requests.push_back(std::move(request));
    }
    std::ranges::stable_sort(requests, {}, &LoggedRequest::arrival);
    return requests;
}

bool is_csv(std::string_view text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    return line.find('{') == std::string_view::npos;
}

}  // namespace

Seconds first_token_time(const LoggedRequest& request) { return request.first - request.known(); }
Seconds request_time(const LoggedRequest& request) { return request.last - request.known(); }

std::optional<Seconds> time_per_token(const LoggedRequest& request) {
    if (request.output < 2) return std::nullopt;
    return (request.last - request.first) / static_cast<double>(request.output - 1);
}

Seconds makespan(const RequestLog& log) {
    if (log.requests.empty()) return {};
    Seconds start = log.requests.front().known(), end = log.requests.front().last;
    for (const LoggedRequest& request : log.requests) {
        start = std::min(start, request.known());
        end = std::max(end, request.last);
    }
    return end - start;
}

std::vector<std::string> settings_paths(const std::string& path) {
    const std::size_t name =
        path.find_last_of('/') == std::string::npos ? 0 : path.find_last_of('/') + 1;
    const std::size_t dot = path.find_last_of('.');
    std::string stem = dot == std::string::npos || dot < name ? path : path.substr(0, dot);
    constexpr std::string_view end = "_requests";
    if (std::string_view(stem).substr(name).ends_with(end)) stem.resize(stem.size() - end.size());
    return {stem + ".meta.json", stem + "_meta.json"};
}

Result<RequestLog> read_request_log(std::string_view text, const std::string& file,
                                    std::string_view settings, const std::string& settings_file) {
    LogReading reading(file);
    const std::size_t bad = first_invalid_utf8(text);
    if (bad != std::string::npos) {
        reading.fault(1, fmt::format("byte {} is not UTF-8", bad), "save it as UTF-8");
    } else if (is_csv(text)) {
        reading.read_csv(text);
    } else {
        reading.read_json(text);
    }
    RequestLog log;
    if (reading.faults.empty()) log.requests = requests_of(reading);
    if (reading.faults.empty() && log.requests.empty()) {
        reading.fault(1, "has no requests", "write one request a line");
    }
    // a log of which some requests have a queue and some have not would mix clocks
    const bool some = std::ranges::any_of(log.requests, [](const auto& r) { return !!r.queued; });
    const bool all = std::ranges::all_of(log.requests, [](const auto& r) { return !!r.queued; });
    if (some && !all) {
        reading.fault(1, "some requests lack 'queued_ts'", "log it for all of them, or for none");
    }
    read_log_settings(settings, settings_file, log, reading.faults);
    if (!reading.faults.empty()) return failure(std::move(reading.faults));
    return log;
}

}  // namespace millwright
