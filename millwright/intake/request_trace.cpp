// The first line tells the kind: a bracket begins a document, a brace a request or a document,
// all else is a header. A brace's line that does not parse begins a document, unless the line
// below is a whole request: then it was cut short. Arrivals are whole nanoseconds until the first
// is taken off, so that no digit of them is lost.
#include "millwright/intake/request_trace.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/faults.h"
#include "millwright/base/require.h"
#include "millwright/base/text.h"
#include "millwright/base/whole.h"
#include "millwright/intake/request_readers.h"

namespace millwright {
namespace {

using Json = nlohmann::json;

/// A trace whose format is known, not yet checked.
struct Recognised {
    const TraceFormat* format = nullptr;
    std::shared_ptr<const Json> document;  // of a document
};

Faults unknown(const std::string& file, const std::string& what) {
    return {{{file, 0, 0}, what, known_traces()}};
}

Result<Recognised> refused_or(const TraceFormat* format, const std::string& file,
                              std::shared_ptr<const Json> document) {
    if (!format->refused.empty()) {
        return failure({{file, 0, 0},
                        fmt::format("this is {}, which cannot be replayed", format->about),
                        std::string(format->refused)});
    }
    return Recognised{format, std::move(document)};
}

/// A table of a list of requests within the document; nothing where it holds none that is known.
const TraceFormat* list_format(const Json& document) {
    if (document.is_array()) {
        return document.empty() ? nullptr
                                : format_with(dotted_keys(document.front()), TraceLayout::list);
    }
    for (const TraceFormat& format : trace_formats()) {
        if (format.layout != TraceLayout::list || format.records.empty()) continue;
        const Json* list = value_at(document, format.records);
        if (list != nullptr && list->is_array()) return &format;
    }
    return nullptr;
}

Result<Recognised> recognise_document(const TraceOpener& open, const std::string& file) {
    std::ostringstream all;
    const auto stream = open();
    std::string text;
    std::array<char, 65536> part{};
    while (stream->read(part.data(), part.size()), stream->gcount() > 0) {
        text.append(part.data(), narrow<std::size_t>(stream->gcount()));
        if (text.size() > trace_document_limit) {
            return failure(
                {{file, 0, 0},
                 "the JSON document is too large",
                 fmt::format("{} bytes at most; write a request a line", trace_document_limit)});
        }
    }
    auto parsed = parse_trace_json(text, file);
    if (!parsed) return failure(std::move(parsed.error()));
    const auto document = std::make_shared<const Json>(std::move(*parsed));
    const TraceFormat* format = list_format(*document);
    if (format == nullptr) format = format_with(dotted_keys(*document), TraceLayout::arrays);
    if (format == nullptr) return failure(unknown(file, "the JSON is of no known trace"));
    return refused_or(format, file, document);
}

/// By the first line: a whole JSON object, the beginning of a document, or a header.
Result<Recognised> recognise(const TraceOpener& open, const std::string& file) {
    LineReader lines(open());
    std::string line;
    bool any = lines.next(line);
    while (any && trimmed(line).empty()) any = lines.next(line);
    if (!any) {
        return failure(unknown(file, lines.too_long() ? "the first line is too long for a trace"
                                                      : "the trace is empty"));
    }
    const std::string_view begin = trimmed(line);
    if (begin.starts_with('[')) return recognise_document(open, file);
    if (!begin.starts_with('{')) {
        if (number_of(trimmed(begin.substr(0, begin.find(','))))) {
            return failure({{file, lines.number(), 1},
                            "the first line is no header",
                            "name the columns; " + known_traces()});
        }
        const auto header = parse_csv(line + '\n', file);
        if (!header) return failure(header.error());
        const TraceFormat* format = format_with(header->columns, TraceLayout::csv);
        if (format == nullptr) {
            return failure(
                {{file, lines.number(), 1}, "columns of no known trace", known_traces()});
        }
        return Recognised{format, nullptr};
    }
    const auto object = parse_trace_json(line, file, lines.number());
    if (!object) {
        std::string next;
        while (lines.next(next) && trimmed(next).empty()) {
        }
        // below a line that is cut short stands a whole one; a document goes on in parts
        const auto below = parse_trace_json(next, file, lines.number());
        if (below && format_with(dotted_keys(*below), TraceLayout::lines) != nullptr) {
            return failure(object.error());
        }
        return recognise_document(open, file);
    }
    const auto keys = dotted_keys(*object);
    if (const TraceFormat* format = format_with(keys, TraceLayout::lines)) {
        return Recognised{format, nullptr};
    }
    std::string more;
    while (lines.next(more)) {
        if (trimmed(more).empty()) continue;
        return failure({{file, lines.number(), 1},
                        "the file holds several runs, or lines of no known trace",
                        "a trace is one run: keep its line; " + known_traces()});
    }
    return recognise_document(open, file);
}

RecordSource records_of(const Recognised& found, const TraceOpener& open, const std::string& file) {
    switch (found.format->layout) {
        case TraceLayout::csv: return csv_records(*found.format, open(), file);
        case TraceLayout::lines: return line_records(*found.format, open(), file);
        default: return document_records(*found.format, found.document, file);
    }
}

/// Requests that are held, in the order of their arrivals.
using HeldRequests = std::vector<RequestMaker::Made>;

RequestSource held_source(std::shared_ptr<const HeldRequests> held) {
    return [held, at = std::size_t{0}]() mutable -> std::optional<Request> {
        if (at == held->size()) return std::nullopt;
        Request request = (*held)[at].request;
        request.arrival = real((*held)[at].arrival - held->front().arrival) / 1e9 * unit::s;
        ++at;
        return request;
    };
}

/// The checked file read again.
RequestSource streamed_source(const Recognised& found, const TraceOpener& open,
                              const std::string& file) {
    auto maker = std::make_shared<RequestMaker>(*found.format, file);
    return [records = records_of(found, open, file), maker,
            first = std::optional<std::int64_t>{}]() mutable -> std::optional<Request> {
        Faults faults;
        while (auto record = records(faults)) {
            auto made = maker->make(std::move(*record), faults);
            require(faults.empty(), "a trace stays as it was checked");
            if (!made) continue;
            if (!first) first = made->arrival;
            made->request.arrival = real(made->arrival - *first) / 1e9 * unit::s;
            return std::move(made->request);
        }
        require(faults.empty(), "a trace stays as it was checked");
        return std::nullopt;
    };
}

/// Sums of a trace while it is checked.
struct Checked {
    std::int64_t requests = 0;
    double prompt = 0, output = 0;
    std::int64_t first = 0, last = 0;

    void add(const RequestMaker::Made& made) {
        first = requests == 0 ? made.arrival : std::min(first, made.arrival);
        last = requests == 0 ? made.arrival : std::max(last, made.arrival);
        ++requests;
        prompt += real(made.request.prompt);
        output += real(made.request.output);
    }
};

Faults kept(Faults faults) {
    if (faults.size() <= most_trace_faults) return faults;
    const std::string file = faults.front().at.file;
    faults.resize(most_trace_faults);
    faults.push_back({{file, 0, 0}, "there are more faults", "mend those told first"});
    return faults;
}

Result<RequestTrace> checked(const TraceOpener& open, const std::string& file) {
    const auto found = recognise(open, file);
    if (!found) return failure(found.error());
    const TraceFormat& format = *found->format;
    const bool hold = format.any_order || found->document != nullptr;
    RequestMaker maker(format, file);
    const RecordSource records = records_of(*found, open, file);
    auto held = std::make_shared<HeldRequests>();
    Checked sums;
    Faults faults;
    while (auto record = records(faults)) {
        auto made = maker.make(std::move(*record), faults);
        if (faults.size() > most_trace_faults) break;
        if (!made) continue;
        sums.add(*made);
        if (hold) held->push_back(std::move(*made));
    }
    RequestTrace trace{.format = std::string(format.name), .notes = maker.notes()};
    if (faults.empty() && sums.requests == 0) {
        faults.push_back({{file, 0, 0},
                          "the trace holds no requests",
                          trace.notes.empty() ? "a request is a line" : trace.notes.front()});
    }
    if (!faults.empty()) return failure(kept(std::move(faults)));
    trace.requests = sums.requests;
    trace.mean_prompt = sums.prompt / real(sums.requests);
    trace.mean_output = sums.output / real(sums.requests);
    trace.span = real(sums.last - sums.first) / 1e9 * unit::s;
    if (hold) {
        std::ranges::stable_sort(*held, {}, &RequestMaker::Made::arrival);
        trace.start = [held] { return held_source(held); };
    } else {
        trace.start = [found = *found, open, file] { return streamed_source(found, open, file); };
    }
    return trace;
}

}  // namespace

Result<RequestTrace> read_trace(const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
        return failure({{path, 0, 0}, "this is a folder, not a trace", known_traces()});
    }
    if (!std::filesystem::is_regular_file(path, ignored) || !std::ifstream(path)) {
        return failure({{path, 0, 0},
                        "the trace cannot be read",
                        "give a file; a pipe will not do, as traces are read twice"});
    }
    return checked([path] { return std::make_unique<std::ifstream>(path, std::ios::binary); },
                   path);
}

Result<RequestTrace> parse_trace(const std::string& text, const std::string& file) {
    const auto held = std::make_shared<const std::string>(text);
    return checked([held] { return std::make_unique<std::istringstream>(*held); }, file);
}

}  // namespace millwright
