// Records of a trace, one after another, however its file is laid out.
#pragma once

#include <functional>
#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "millwright/intake/request_record.h"

namespace millwright {

/// Longest line of a trace, in bytes: a million ids of shared content fit.
inline constexpr std::size_t longest_trace_line = 64'000'000;

/// Largest trace that is one JSON document, in bytes: such a one is held in memory.
inline constexpr std::size_t trace_document_limit = 1'000'000'000;

/// Opens the trace anew, from its beginning.
using TraceOpener = std::function<std::unique_ptr<std::istream>()>;

/// Lines of a stream, without their ends (LF or CRLF) and without a byte-order mark.
class LineReader {
public:
    explicit LineReader(std::unique_ptr<std::istream> stream);
    /// False at the end, and behind a line that is too long (`too_long`).
    bool next(std::string& line);
    int number() const { return number_; }  // of the line given last, from 1
    bool too_long() const { return too_long_; }

private:
    std::unique_ptr<std::istream> stream_;
    int number_ = 0;
    bool too_long_ = false;
};

/// Gives records in the file's order. Lines that are faulty are passed over; their faults are
/// added. Empty at the end, or where nothing behind a fault can be read.
using RecordSource = std::function<std::optional<TraceRecord>(Faults&)>;

/// A table, read in parts of a few thousand lines. `file` is what faults call it.
RecordSource csv_records(const TraceFormat& format, std::unique_ptr<std::istream> stream,
                         const std::string& file);
/// JSON, an object a line.
RecordSource line_records(const TraceFormat& format, std::unique_ptr<std::istream> stream,
                          const std::string& file);
/// A JSON document of the format, layout `list` or `arrays`.
RecordSource document_records(const TraceFormat& format,
                              std::shared_ptr<const nlohmann::json> document,
                              const std::string& file);

/// Parses JSON; infinities and NaN, which Python writes, become null. A fault has the place of the
/// first byte that is wrong, on the line given where the text is one. Values of keys that hold
/// texts and times of single tokens are left out.
Result<nlohmann::json> parse_trace_json(const std::string& text, const std::string& file,
                                        int line = 0);

/// Keys of an object, those of objects inside it with dots.
std::vector<std::string> dotted_keys(const nlohmann::json& object);

/// The value that dotted keys lead to; the first that is there of arrays between. Null if none.
const nlohmann::json* value_at(const nlohmann::json& object, std::string_view keys);

}  // namespace millwright
