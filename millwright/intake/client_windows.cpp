// Tables of windows have no header: one is put above the text, so that they are read as any table
// is, and lines of faults are one less. Lengths stand in JSON as texts of Python. Variation and
// scale are checked and not used, as rate and shape make a law. Windows are all of one length, or
// nobody would know where a client's last one ends.
#include "millwright/intake/client_windows.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/cells.h"
#include "millwright/base/faults.h"
#include "millwright/base/require.h"
#include "millwright/base/text.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t file_limit = 256'000'000;  // bytes
constexpr std::size_t most_clients = 100'000;
constexpr std::string_view chunk_begin = "chunk-", windows_end = "-trace.csv",
                           lengths_end = "-dataset.json";
// the files have no header; this stands above them
constexpr std::string_view window_header = "begin_s,rate,variation,law,shape,scale\n";
constexpr std::array<std::string_view, 2> laws{"Gamma", "Weibull"};  // in the order of GapLaw
constexpr double day_seconds = 86'400, longest_history = 366 * day_seconds;

const std::array<Column, 6>& window_columns() {
    static const std::array<Column, 6> all{
        Column{.name = "begin_s",
               .kind = CellKind::number,
               .needed = Needed::cell,
               .range = {0, longest_history}},
        Column{.name = "rate", .kind = CellKind::number, .needed = Needed::cell, .range = {0, 1e9}},
        Column{.name = "variation", .kind = CellKind::number, .range = {0, 1e6}},
        Column{.name = "law", .kind = CellKind::choice, .choices = laws},
        Column{.name = "shape", .kind = CellKind::number, .range = {0, 1000}},
        Column{.name = "scale", .kind = CellKind::number}};
    return all;
}

/// N of `chunk-N-trace.csv`; nothing of another name.
std::optional<int> number_in(const std::string& name, std::string_view end) {
    if (!name.starts_with(chunk_begin) || !name.ends_with(end)) return std::nullopt;
    if (name.size() <= chunk_begin.size() + end.size()) return std::nullopt;
    const std::string_view digits(name.data() + chunk_begin.size(),
                                  name.size() - chunk_begin.size() - end.size());
    int number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool all = read.ec == std::errc{} && read.ptr == digits.data() + digits.size();
    return all && number >= 0 ? std::optional(number) : std::nullopt;
}

std::map<int, std::string> files_of(const std::string& folder, std::string_view end) {
    std::map<int, std::string> files;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        const auto number = number_in(entry.path().filename().string(), end);
        if (number) files[*number] = entry.path().string();
    }
    return files;
}

FileText file_of(const std::string& path, Faults& faults) {
    FileText file = read_file(path, file_limit);
    if (!file.ok) faults.push_back({{path, 0, 0}, "the file " + file.why, "see the folder"});
    return file;
}

std::vector<ClientWindow> windows_of(const std::string& path, Faults& faults) {
    const FileText file = file_of(path, faults);
    if (!file.ok) return {};
    const auto table = read_table(std::string(window_header) + file.text, path, window_columns());
    if (!table) {
        for (Fault fault : table.error()) {
            if (fault.at.line > 0) --fault.at.line;  // the header is not in the file
            faults.push_back(std::move(fault));
        }
        return {};
    }
    std::vector<ClientWindow> windows;
    for (std::size_t row = 0; row < table->rows.size(); ++row) {
        const Cells cells{*table, row};
        ClientWindow window{.begin = *cells.number("begin_s") * unit::s,
                            .rate = RequestRate::from_si(*cells.number("rate"))};
        const auto law = cells.choice("law", laws);
        const double shape = cells.number("shape").value_or(0);
        const auto fault = [&](std::string_view column, std::string what, std::string hint) {
            Fault told = cells.fault(column, std::move(what), std::move(hint));
            --told.at.line;
            faults.push_back(std::move(told));
        };
        if (window.rate.si() > 0 && (!law || shape < 1e-3)) {
            fault("law", "a rate without a law of gaps and its shape",
                  "Gamma or Weibull, and a shape from 0.001 to 1000");
        }
        if (!windows.empty() && window.begin <= windows.back().begin) {
            fault("begin_s", "windows go back in time", "sort them by their beginning");
        }
        if (law) window.law = static_cast<GapLaw>(*law);
        if (shape > 0) window.shape = shape;
        windows.push_back(window);
    }
    return windows;
}

/// "{45: 0.25, 46: 0.75}" as Python writes it: lengths and weights. A reason where it is not that.
std::string shares_of(std::string_view text, LengthShares& shares) {
    text = trimmed(text);
    if (!text.starts_with('{') || !text.ends_with('}')) return "has no braces";
    text = trimmed(text.substr(1, text.size() - 2));
    std::map<std::int64_t, double> found;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        const std::string_view pair = text.substr(0, comma);
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
        const std::size_t colon = pair.find(':');
        if (colon == std::string_view::npos) return "has a pair without a colon";
        const auto tokens = number_of(trimmed(pair.substr(0, colon)));
        const auto weight = number_of(trimmed(pair.substr(colon + 1)));
        if (!tokens || !weight) return "has a pair that is no two numbers";
        if (*tokens != static_cast<double>(static_cast<std::int64_t>(*tokens)) || *tokens < 1 ||
            *tokens > real(most_request_tokens)) {
            return fmt::format("has a length of {:g} tokens", *tokens);
        }
        if (!(*weight >= 0 && *weight <= 1e15)) return "has a share that is out of range";
        if (*weight > 0) found[static_cast<std::int64_t>(*tokens)] += *weight;
    }
    for (const auto& [tokens, weight] : found) {
        shares.tokens.push_back(tokens);
        shares.weights.push_back(weight);
    }
    return "";
}

/// One window of a client's lengths; nothing where the file tells none of it, or is faulty.
std::optional<ClientLengths> lengths_in(const std::string& key, const OrderedJson& window,
                                        const std::string& path, Faults& faults) {
    const auto fault = [&](std::string what, std::string hint) {
        faults.push_back(
            {{path, 0, 0}, fmt::format("window '{}' {}", excerpt(key), what), std::move(hint)});
    };
    const auto from = number_of(key);
    if (!from || *from < 0 || *from > longest_history || !window.is_object()) {
        fault("is none", "seconds from the start, and an object");
        return std::nullopt;
    }
    ClientLengths lengths{.begin = *from * unit::s};
    for (const auto& [name, shares] : {std::pair("input_tokens", &lengths.prompt),
                                       std::pair("output_tokens", &lengths.output)}) {
        const auto found = window.find(name);
        if (found == window.end() || !found->is_string()) {
            fault(fmt::format("lacks '{}'", name), "a text of lengths and their shares");
            return std::nullopt;
        }
        const std::string why = shares_of(found->get_ref<const std::string&>(), *shares);
        if (!why.empty()) {
            fault(fmt::format("'{}' {}", name, why), "write {45: 0.25, 46: 0.75}");
            return std::nullopt;
        }
    }
    if (lengths.prompt.tokens.empty() || lengths.output.tokens.empty()) return std::nullopt;
    return lengths;
}

std::vector<ClientLengths> lengths_of(const std::string& path, Faults& faults) {
    const FileText file = file_of(path, faults);
    if (!file.ok) return {};
    const OrderedJson document = OrderedJson::parse(file.text, nullptr, false);
    if (!document.is_object()) {
        faults.push_back({{path, 0, 0}, "this is no JSON object", "a window a key"});
        return {};
    }
    std::vector<ClientLengths> all;
    for (const auto& [key, window] : document.items()) {
        if (auto lengths = lengths_in(key, window, path, faults)) {
            all.push_back(std::move(*lengths));
        }
    }
    std::ranges::stable_sort(all, {}, &ClientLengths::begin);
    return all;
}

/// Windows are all of one length, that of the first client's first.
void check_even(ClientFolder& folder, Faults& faults) {
    for (const ClientHistory& client : folder.clients) {
        for (std::size_t i = 1; i < client.windows.size(); ++i) {
            const Seconds length = client.windows[i].begin - client.windows[i - 1].begin;
            if (folder.window == Seconds{}) folder.window = length;
            if (length == folder.window) continue;
            faults.push_back({{client.name, narrow<int>(i + 1), 1},
                              fmt::format("a window of {:g} s where others have {:g} s",
                                          length.si(), folder.window.si()),
                              "windows are of one length, rates of zero too"});
            break;
        }
    }
    if (folder.window == Seconds{}) {
        faults.push_back({{folder.clients.front().name, 0, 0},
                          "one window does not say how long it is",
                          "give a second window, of rate zero"});
    }
}

}  // namespace

bool holds_client_windows(const std::string& folder) {
    return !files_of(folder, windows_end).empty();
}

Result<ClientFolder> read_client_windows(const std::string& folder) {
    const auto files = files_of(folder, windows_end);
    if (files.empty() || files.size() > most_clients) {
        return failure({{folder, 0, 0},
                        fmt::format("the folder holds {} files chunk-N-trace.csv", files.size()),
                        fmt::format("from 1 to {}", most_clients)});
    }
    const auto told = files_of(folder, lengths_end);
    ClientFolder all;
    Faults faults;
    std::size_t with_lengths = 0;
    for (const auto& [number, path] : files) {
        ClientHistory client{.name = path, .windows = windows_of(path, faults)};
        const auto found = told.find(number);
        if (found != told.end()) client.lengths = lengths_of(found->second, faults);
        with_lengths += client.lengths.empty() ? 0 : 1;
        all.clients.push_back(std::move(client));
        if (faults.size() > 100) break;
    }
    if (faults.empty()) check_even(all, faults);
    if (faults.empty() && with_lengths == 0) {
        faults.push_back(
            {{folder, 0, 0}, "no client's lengths are told", "add files chunk-N-dataset.json"});
    }
    if (!faults.empty()) return failure(std::move(faults));
    if (with_lengths < all.clients.size()) {
        all.notes.push_back(fmt::format("lengths of {} of {} clients are not told",
                                        all.clients.size() - with_lengths, all.clients.size()));
    }
    return all;
}

}  // namespace millwright
