// A per-request log of a served run, with the settings of its engine beside it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millwright/catalog/catalog.h"
#include "millwright/evidence/serving_row.h"

namespace millwright {

/// One request as it was served. `arrival` counts from the log's first arrival; other times are of
/// the engine's clock.
struct LoggedRequest {
    std::string id;
    std::int64_t prompt = 1, output = 1;
    Seconds arrival;
    std::optional<Seconds> queued, scheduled;
    Seconds first, last;  // tokens

    /// When the engine knew of it: queued, or where no queue was logged its arrival.
    Seconds known() const { return queued.value_or(arrival); }
};

/// What was measured by the log's definitions: from when a request was known.
Seconds first_token_time(const LoggedRequest& request);
Seconds request_time(const LoggedRequest& request);
/// Of an answer of one token there is none.
std::optional<Seconds> time_per_token(const LoggedRequest& request);

/// A log in the order of arrivals, and its deployment. A part of the deployment that the settings
/// leave open is empty or one.
struct RequestLog {
    std::vector<LoggedRequest> requests;
    std::string model, chip;  // as printed
    std::string engine;       // name and version, as engine_in() takes them
    std::string dtype, quantization, cache_dtype;
    RowLayout layout;  // its experts too
    EngineOverrides settings;
    RowSpeculation speculation;
    std::optional<std::int64_t> cache_blocks;  // that the engine had, if it is told
};

/// From the first request's being known to the last token of all.
Seconds makespan(const RequestLog& log);

/// Where the settings of a log may stand, beside it: STEM.meta.json and STEM_meta.json, where STEM
/// is the name without extension and without `_requests` at its end.
std::vector<std::string> settings_paths(const std::string& path);

/// Reads a log, CSV where its first line has commas and no brace, else an object a line, and the
/// settings. Faults name file and line: columns that are missing, lengths that are no counts above
/// zero, times that are no numbers or run backwards, and, where nothing was logged of a queue,
/// arrivals on another clock than tokens.
Result<RequestLog> read_request_log(std::string_view text, const std::string& file,
                                    std::string_view settings, const std::string& settings_file);

}  // namespace millwright
