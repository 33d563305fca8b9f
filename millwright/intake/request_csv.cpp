// A table is read in parts, each with the header above it, by the reader of all tables: memory is
// flat in the number of rows, and faults are those of any table, at their lines.
#include <algorithm>

#include "millwright/base/cells.h"
#include "millwright/base/faults.h"
#include "millwright/base/text.h"
#include "millwright/intake/request_readers.h"

namespace millwright {
namespace {

constexpr std::size_t lines_at_once = 4096;

class CsvRecords {
public:
    CsvRecords(const TraceFormat& format, std::unique_ptr<std::istream> stream, std::string file)
        : format_(format), file_(std::move(file)), lines_(std::move(stream)) {
        for (const TraceColumn& column : format_.columns) {
            columns_.push_back(csv_column(column, format_));
        }
        while (lines_.next(header_) && trimmed(header_).empty()) {
        }
        header_line_ = lines_.number();
    }

    std::optional<TraceRecord> operator()(Faults& faults) {
        for (;;) {
            while (row_ < table_.rows.size()) {
                if (auto record = record_at(row_++, faults)) return record;
            }
            if (ended_ || !read_part(faults)) return std::nullopt;
        }
    }

private:
    /// Lines up to the end of a row: an open quote goes on in the next line.
    std::string next_lines() {
        std::string text, line;
        bool open = false;
        for (std::size_t count = 0; (count < lines_at_once || open) && lines_.next(line); ++count) {
            open ^= std::ranges::count(line, '"') % 2 != 0;
            text += line + '\n';
            if (text.size() > longest_trace_line) break;
        }
        return text;
    }

    bool read_part(Faults& faults) {
        const int before = lines_.number();
        const std::string text = next_lines();
        const bool blank = text.find_first_not_of(" \t\n") == std::string::npos;
        const bool first = before == header_line_;
        if (lines_.too_long()) {
            faults.push_back({{file_, lines_.number(), 0},
                              "the line is too long to be one of a trace",
                              "a request is a line"});
            return false;
        }
        if (blank && !(first && text.empty())) return !text.empty();
        ended_ = text.empty();
        auto table = parse_csv(header_ + '\n' + text, file_);
        Faults found = table ? table_faults(*table, columns_) : table.error();
        // the header is line 1 of every part, and told once
        const bool of_header =
            std::ranges::any_of(found, [](const Fault& fault) { return fault.at.line == 1; });
        for (Fault& fault : found) {
            if (fault.at.line > 1) {
                fault.at.line += before - 1;
            } else if (fault.at.line == 1) {
                fault.at.line = header_line_;
            }
        }
        skipped_.clear();
        for (const Fault& fault : found) skipped_.push_back(fault.at.line);
        append(faults, std::move(found));
        // of so many not all are told, so that no row can be taken for a sound one
        if (faults.size() >= most_trace_faults) {
            table_ = {};
            ended_ = true;
            return false;
        }
        // a row of another width is told, and the rows beside it cannot be had without it
        if (!table || of_header) {
            table_ = {};
            ended_ = ended_ || of_header;
            return !ended_;
        }
        table_ = std::move(*table);
        for (int& line : table_.lines) line += before - 1;
        row_ = 0;
        return true;
    }

    std::optional<TraceRecord> record_at(std::size_t row, Faults& faults) {
        const Cells cells{table_, row};
        if (std::ranges::find(skipped_, table_.lines[row]) != skipped_.end()) return std::nullopt;
        TraceRecord record;
        record.line = table_.lines[row];
        for (const TraceColumn& column : format_.columns) {
            const std::string_view text = trimmed(cell(table_, row, column.name));
            if (text.empty()) continue;
            record.columns_at[static_cast<std::size_t>(column.field)] =
                cells.at(column.name).column;
            if (take(column, cells, text, record)) continue;
            faults.push_back(
                cells.fault(column.name, "'" + excerpt(text) + "' is no time of a calendar",
                            std::string(column.name) + " is " + wanted_in(column.field, format_)));
            return std::nullopt;
        }
        return record;
    }

    bool take(const TraceColumn& column, const Cells& cells, std::string_view text,
              TraceRecord& record) const {
        switch (column.field) {
            case TraceField::arrival:
                record.arrival = nanoseconds(*cells.number(column.name), format_.unit);
                return record.arrival.has_value();
            case TraceField::stamp:
                record.arrival = stamp_nanoseconds(text);
                return record.arrival.has_value();
            case TraceField::delay:
                record.delay = nanoseconds(*cells.number(column.name), format_.unit);
                return record.delay.has_value();
            case TraceField::prompt: record.prompt = *cells.count(column.name); return true;
            case TraceField::output: record.output = *cells.count(column.name); return true;
            case TraceField::priority: record.priority = *cells.count(column.name); return true;
            case TraceField::session: record.session = text; return true;
            case TraceField::tenant: record.tenant = text; return true;
            default: return true;
        }
    }

    const TraceFormat& format_;
    std::string file_;
    LineReader lines_;
    std::vector<Column> columns_;
    std::string header_;
    CsvTable table_;
    std::vector<int> skipped_;  // lines with faults
    std::size_t row_ = 0;
    int header_line_ = 1;
    bool ended_ = false;
};

}  // namespace

RecordSource csv_records(const TraceFormat& format, std::unique_ptr<std::istream> stream,
                         const std::string& file) {
    return [records = std::make_shared<CsvRecords>(format, std::move(stream), file)](
               Faults& faults) { return (*records)(faults); };
}

}  // namespace millwright
