// JSON, an object a line. A fault's place is that of the key whose value is wrong.
#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/intake/request_values.h"

namespace millwright {
namespace {

using Json = nlohmann::json;

/// Column of the line at which the last of the keys stands; 1 if it does not. A key inside others
/// stands behind them.
int column_of(const std::string& line, std::string_view keys) {
    std::size_t at = 0;
    while (true) {
        const std::size_t dot = keys.find('.');
        at = line.find(fmt::format("\"{}\"", keys.substr(0, dot)), at);
        if (at == std::string::npos) return 1;
        if (dot == std::string_view::npos) return static_cast<int>(at) + 1;
        keys.remove_prefix(dot + 1);
    }
}

class LineRecords {
public:
    LineRecords(const TraceFormat& format, std::unique_ptr<std::istream> stream, std::string file)
        : format_(format), file_(std::move(file)), lines_(std::move(stream)) {}

    std::optional<TraceRecord> operator()(Faults& faults) {
        while (lines_.next(line_)) {
            if (line_.find_first_not_of(" \t") == std::string::npos) continue;
            const std::size_t before = faults.size();
            auto record = record_of(faults);
            if (faults.size() == before) return record;
            if (faults.size() > most_trace_faults) return std::nullopt;
        }
        if (lines_.too_long()) {
            faults.push_back({{file_, lines_.number(), 0},
                              "the line is too long to be one of a trace",
                              "a request is a line"});
        }
        return std::nullopt;
    }

private:
    TraceRecord record_of(Faults& faults) {
        TraceRecord record;
        record.line = lines_.number();
        const auto object = parse_trace_json(line_, file_, record.line);
        if (!object) {
            faults.insert(faults.end(), object.error().begin(), object.error().end());
            return record;
        }
        if (!object->is_object()) {
            faults.push_back({{file_, record.line, 1},
                              "the line is no JSON object",
                              "write a request as an object, one a line"});
            return record;
        }
        check_keys(*object, faults);
        for (const TraceColumn& column : format_.columns) {
            record.columns_at[static_cast<std::size_t>(column.field)] =
                column_of(line_, column.name);
        }
        take_values(
            format_, file_, record,
            [&](const TraceColumn& column) { return value_at(*object, column.name); }, faults);
        return record;
    }

    void check_keys(const Json& object, Faults& faults) const {
        if (format_.open) return;
        std::vector<std::string> known;
        for (const TraceColumn& column : format_.columns) known.emplace_back(column.name);
        for (const auto& [key, value] : object.items()) {
            if (std::ranges::find(known, key) != known.end()) continue;
            faults.push_back({{file_, lines_.number(), column_of(line_, key)},
                              fmt::format("unknown key '{}'", excerpt(key)),
                              hint_from(key, known, "keys")});
        }
    }

    const TraceFormat& format_;
    std::string file_, line_;
    LineReader lines_;
};

}  // namespace

RecordSource line_records(const TraceFormat& format, std::unique_ptr<std::istream> stream,
                          const std::string& file) {
    return [records = std::make_shared<LineRecords>(format, std::move(stream), file)](
               Faults& faults) { return (*records)(faults); };
}

}  // namespace millwright
