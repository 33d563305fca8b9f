// A trace that is one JSON document. Its requests have numbers in place of lines, as the parser
// keeps none.
#include <algorithm>

#include <fmt/format.h>

#include "millwright/intake/request_values.h"

namespace millwright {
namespace {

using Json = nlohmann::json;

class DocumentRecords {
public:
    DocumentRecords(const TraceFormat& format, std::shared_ptr<const Json> document,
                    std::string file)
        : format_(format), document_(std::move(document)), file_(std::move(file)) {
        if (format_.layout == TraceLayout::list) {
            list_ =
                format_.records.empty() ? document_.get() : value_at(*document_, format_.records);
            size_ = list_ != nullptr && list_->is_array() ? list_->size() : 0;
            return;
        }
        for (const TraceColumn& column : format_.columns) {
            const Json* values = value_at(*document_, column.name);
            if (values != nullptr && values->is_array()) size_ = std::max(size_, values->size());
        }
    }

    std::optional<TraceRecord> operator()(Faults& faults) {
        if (next_ == 0) check_document(faults);
        while (next_ < size_ && faults.size() <= most_trace_faults) {
            const std::size_t before = faults.size();
            TraceRecord record;
            record.label = fmt::format("request {}: ", next_ + 1);
            take_values(
                format_, file_, record, [&](const TraceColumn& c) { return value_of(c); }, faults);
            if (format_.layout == TraceLayout::arrays && !told_arrivals_) record.arrival = 0;
            ++next_;
            if (faults.size() == before) return record;
        }
        return std::nullopt;
    }

private:
    const Json* value_of(const TraceColumn& column) const {
        if (format_.layout == TraceLayout::list) return value_at((*list_)[next_], column.name);
        const Json* values = value_at(*document_, column.name);
        const bool has = values != nullptr && values->is_array() && next_ < values->size();
        return has ? &(*values)[next_] : nullptr;
    }

    void fault(Faults& faults, std::string message, std::string hint) const {
        faults.push_back({{file_, 0, 0}, std::move(message), std::move(hint)});
    }

    void check_document(Faults& faults) {
        if (format_.layout == TraceLayout::list) {
            const Json* runs =
                document_->is_object() ? value_at(*document_, "benchmarks") : nullptr;
            if (runs != nullptr && runs->is_array() && runs->size() > 1) {
                fault(faults, fmt::format("the file holds {} benchmarks", runs->size()),
                      "a trace is one of them: keep that one");
                size_ = 0;
            }
            return;
        }
        for (const TraceColumn& column : format_.columns) {
            const Json* values = value_at(*document_, column.name);
            if (values == nullptr || !values->is_array()) continue;
            told_arrivals_ = told_arrivals_ || column.field == TraceField::arrival;
            if (values->size() == size_) continue;
            fault(faults,
                  fmt::format("'{}' has {} values where others have {}", column.name,
                              values->size(), size_),
                  "each list has a value a request");
        }
        const Json* rate = value_at(*document_, "request_rate");
        const bool endless = rate == nullptr || rate->is_null() || *rate == "inf" || *rate == "";
        if (!told_arrivals_ && !endless) {
            fault(faults, "the file does not say when requests came ('start_times')",
                  "save such results with details by a release that writes start_times");
        }
    }

    const TraceFormat& format_;
    std::shared_ptr<const Json> document_;
    std::string file_;
    const Json* list_ = nullptr;
    std::size_t size_ = 0, next_ = 0;
    bool told_arrivals_ = false;
};

}  // namespace

RecordSource document_records(const TraceFormat& format, std::shared_ptr<const Json> document,
                              const std::string& file) {
    return [records = std::make_shared<DocumentRecords>(format, std::move(document), file)](
               Faults& faults) { return (*records)(faults); };
}

}  // namespace millwright
