// Folders of traces in and out. They come from other programs and from anybody, so every number
// that is read has a bound before it decides how much memory is taken: lengths of messages, ranks,
// ids that are looked up and never used as an index.
#include "millwright/trace/chakra.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <optional>

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <nlohmann/json.hpp>

#include "millwright/base/require.h"
#include "millwright/base/text.h"
#include "millwright/intake/foreign.h"
#include "millwright/trace/chakra_json.h"
#include "millwright/trace/chakra_node.h"

namespace millwright {
namespace {

namespace pb = google::protobuf;
namespace fs = std::filesystem;

constexpr std::size_t trace_file_limit = 2'000'000'000;
constexpr std::size_t json_file_limit = 400'000'000;
constexpr std::uint64_t most_ranks = 10'000'000;
constexpr std::size_t most_faults = 20;  // of a file
constexpr std::string_view schema_version = "0.0.4";

/// One message after its length; false at a broken one.
template <class Message>
bool read_message(pb::io::CodedInputStream& in, Message& message) {
    std::uint32_t length = 0;
    if (!in.ReadVarint32(&length) || length > trace_file_limit) return false;
    const auto limit = in.PushLimit(static_cast<int>(length));
    const bool whole = message.ParseFromCodedStream(&in) && in.ConsumedEntireMessage() &&
                       in.BytesUntilLimit() == 0;
    in.PopLimit(limit);
    return whole;
}

/// The rank that a file's name ends in, "NAME.12.et" or "NAME.12.json"; none for other files.
std::optional<std::uint32_t> rank_of(const std::string& name) {
    const fs::path path(name);
    const std::string form = path.extension().string();
    if (form != ".et" && form != ".json" && form != ".jsonl") return std::nullopt;
    const std::string stem = path.stem().string();
    const std::string digits = stem.substr(stem.rfind('.') + 1);  // npos + 1 is all of it
    const bool number = !digits.empty() && digits.size() <= 8 &&
                        digits.find_first_not_of("0123456789") == std::string::npos;
    if (!number || std::stoul(digits) >= most_ranks) return std::nullopt;
    return narrow<std::uint32_t>(std::stoul(digits));
}

/// These end in .json too, and are no rank's even where a number stands before that.
bool lists_groups(const std::string& name) {
    return name.starts_with("comm_group") && name.ends_with(".json");
}

/// What is wrong with the ranks of a group; they are appended to `ranks`.
std::string take_ranks(const nlohmann::json& list, std::vector<std::uint32_t>& ranks) {
    if (!list.is_array()) return "is no list of ranks";
    for (const auto& rank : list) {
        if (!rank.is_number_unsigned() || rank.get<std::uint64_t>() >= most_ranks) {
            // a list may be nested deeper than its text can be written
            return fmt::format("has {}, which is no rank",
                               rank.is_structured() ? "a list" : excerpt(rank.dump()));
        }
        ranks.push_back(rank.get<std::uint32_t>());
    }
    std::vector<std::uint32_t> sorted = ranks;
    std::ranges::sort(sorted);
    const auto twice = std::ranges::adjacent_find(sorted);
    return twice == sorted.end() ? "" : fmt::format("has rank {} twice", *twice);
}

/// Adds the groups of one file; of several files no two may have a name in common.
Faults read_groups(const std::string& text, const std::string& path, ChakraTrace& trace) {
    const auto json = nlohmann::json::parse(text, nullptr, false);
    Faults faults;
    const auto fault = [&](const std::string& what) {
        faults.push_back({{path, 0, 0}, what, "such as {\"0\": [0, 1, 2, 3]}"});
    };
    if (!json.is_object()) fault("not a JSON object of groups");
    if (!faults.empty()) return faults;
    for (const auto& [name, list] : json.items()) {
        std::vector<std::uint32_t> ranks;
        std::string wrong = take_ranks(list, ranks);
        if (wrong.empty() && !trace.groups.emplace(name, std::move(ranks)).second) {
            wrong = "is in two files";
        }
        if (!wrong.empty() && faults.size() < most_faults) fault("group '" + name + "' " + wrong);
    }
    return faults;
}

template <class Message>
/// One message after its length, as `read_message` reads it.
void append(const Message& message, std::string& text) {
    // by a string of its own: a stream onto a long text fills all its capacity with zeroes first
    std::string bytes;
    {
        pb::io::StringOutputStream stream(&bytes);
        pb::io::CodedOutputStream out(&stream);
        out.WriteVarint32(narrow<std::uint32_t>(message.ByteSizeLong()));
        message.SerializeToCodedStream(&out);
    }
    text += bytes;
}

/// Nodes of one rank as they are taken in, and what is wrong with them.
class RankReader {
public:
    explicit RankReader(const std::string& path) : path_(path) {}

    void take(const chakra::Node& node) {
        std::vector<std::string> wrong;
        rank.nodes.push_back(node_of(node, wrong));
        for (const std::string& field : wrong) {
            if (faults.size() >= most_faults) return;
            faults.push_back(
                {{path_, 0, 0},
                 fmt::format("node {} ({}): '{}' is out of range", node.id(), node.name(), field),
                 "sizes to 1e18 bytes, operations to 1e27, durations to a year; whole "
                 "numbers for ranks, tags and types"});
        }
    }

    ChakraRank rank;
    Faults faults;

private:
    const std::string& path_;
};

void parse_messages(const std::string& text, const std::string& path, RankReader& reader) {
    // positions in protobuf are of 32 bits with a sign, hence the limit of a file
    pb::io::ArrayInputStream bytes(text.data(), static_cast<int>(text.size()));
    pb::io::CodedInputStream in(&bytes);
    in.SetTotalBytesLimit(static_cast<int>(trace_file_limit));
    chakra::GlobalMetadata metadata;
    bool whole = !text.empty() && read_message(in, metadata);
    reader.rank.version = metadata.version();
    chakra::Node node;
    while (whole && static_cast<std::size_t>(in.CurrentPosition()) < text.size()) {
        node.Clear();
        whole = read_message(in, node);
        if (whole) reader.take(node);
    }
    if (whole) return;
    reader.faults.push_back({{path, 0, 0},
                             fmt::format("no Chakra message at byte {}", in.CurrentPosition()),
                             "files hold a GlobalMetadata and Nodes of schema 0.0.4, each after "
                             "its length, or the same as JSON"});
}

/// Why a folder without files of ranks is no trace: what the first files in it are, if that is
/// known.
Faults no_trace(const std::vector<std::string>& names, const BytesOf& bytes_of,
                const std::string& folder) {
    constexpr std::size_t looked_at = 64;
    for (std::size_t i = 0; i < std::min(names.size(), looked_at); ++i) {
        const auto text = bytes_of(names[i]);
        if (!text) continue;
        if (auto known = foreign_file(*text, folder + "/" + names[i])) return {*known};
    }
    return {{{folder, 0, 0},
             "no files NAME.RANK.et",
             "give the folder of a Chakra trace, a file a rank (NAME.RANK.et, or NAME.RANK.json as "
             "chakra_jsonizer writes them), ranks counted from 0"}};
}

/// The file of each rank.
using RankFiles = std::map<std::uint32_t, std::string>;

RankFiles rank_files(const std::vector<std::string>& names, const std::string& folder,
                     Faults& faults) {
    const bool protobuf = std::ranges::any_of(names, [](const std::string& name) {
        return rank_of(name).has_value() && name.ends_with(".et");
    });
    RankFiles files;
    for (const std::string& name : names) {
        const auto rank = rank_of(name);
        if (!rank || lists_groups(name) || (protobuf && !name.ends_with(".et"))) continue;
        if (files.emplace(*rank, name).second) continue;
        faults.push_back({{folder + "/" + name, 0, 0},
                          fmt::format("a second file of rank {}", *rank),
                          "a folder holds one trace"});
    }
    // in order of rank, so the first that is missing is told
    std::uint32_t expected = 0;
    for (const auto& [rank, name] : files) {
        if (rank != expected) {
            faults.push_back({{folder, 0, 0},
                              fmt::format("some ranks have no file, such as {}", expected),
                              "give a file for each rank, counted from 0"});
            break;
        }
        ++expected;
    }
    return files;
}

}  // namespace

Result<ChakraRank> parse_chakra_rank(const std::string& text, const std::string& path) {
    RankReader reader(path);
    if (auto known = foreign_file(text, path)) return failure(*known);
    if (!looks_like_json(text)) {
        parse_messages(text, path, reader);
    } else if (text.size() > json_file_limit) {
        reader.faults.push_back({{path, 0, 0}, "JSON of more than 400 MB", "give NAME.RANK.et"});
    } else {
        auto json = parse_chakra_json(text, path);
        if (!json) return failure(std::move(json.error()));
        reader.rank.version = json->metadata.version();
        for (const chakra::Node& node : json->nodes) reader.take(node);
    }
    if (!reader.faults.empty()) return failure(std::move(reader.faults));
    put_in_order(reader.rank.nodes);
    return std::move(reader.rank);
}

/// Groups, then ranks one file after another. Once there are twenty faults no further file adds
/// any.
Result<ChakraTrace> parse_chakra(std::vector<std::string> names, const BytesOf& bytes_of,
                                 const std::string& folder) {
    std::ranges::sort(names);
    ChakraTrace trace;
    Faults faults;
    const auto add = [&](const Faults& more) {
        if (faults.size() < most_faults) faults.insert(faults.end(), more.begin(), more.end());
    };
    const RankFiles files = rank_files(names, folder, faults);
    if (files.empty()) return failure(no_trace(names, bytes_of, folder));
    for (const std::string& name : names) {
        if (!lists_groups(name)) continue;
        const auto text = bytes_of(name);
        add(text ? read_groups(*text, folder + "/" + name, trace) : text.error());
    }
    for (const auto& [rank, name] : files) {
        const auto text = bytes_of(name);
        auto read = text ? parse_chakra_rank(*text, folder + "/" + name)
                         : Result<ChakraRank>(failure(text.error()));
        if (!read) {
            add(read.error());
            continue;
        }
        trace.version = read->version;
        trace.ranks.push_back(std::move(read->nodes));
    }
    if (!faults.empty()) return failure(std::move(faults));
    return trace;
}

Result<ChakraTrace> parse_chakra(const std::vector<ChakraFile>& files, const std::string& folder) {
    std::vector<std::string> names;
    for (const ChakraFile& file : files) names.push_back(file.name);
    const BytesOf bytes_of = [&](const std::string& name) -> Result<std::string> {
        return std::ranges::find(files, name, &ChakraFile::name)->bytes;
    };
    return parse_chakra(std::move(names), bytes_of, folder);
}

Result<ChakraTrace> read_chakra(const std::string& folder) {
    const BytesOf bytes_of = [&](const std::string& name) -> Result<std::string> {
        const std::string path = (fs::path(folder) / name).string();
        FileText file = read_file(path, trace_file_limit);
        if (file.ok) return std::move(file.text);
        return failure(
            {{path, 0, 0}, "the trace " + file.why, "give the folder that holds NAME.RANK.et"});
    };
    std::error_code error;
    if (fs::is_regular_file(folder, error)) {
        const FileText file = read_file(folder, trace_file_limit);
        if (auto known = foreign_file(file.text, folder)) return failure(*known);
        return failure({{folder, 0, 0},
                        "a file, not the folder of a trace",
                        "give the folder that holds NAME.RANK.et of all ranks"});
    }
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.is_regular_file(error)) names.push_back(entry.path().filename().string());
    }
    return parse_chakra(std::move(names), bytes_of, folder);
}

std::vector<ChakraFile> chakra_files(const ChakraTrace& trace, const std::string& name) {
    chakra::GlobalMetadata metadata;
    metadata.set_version(std::string(schema_version));
    std::vector<ChakraFile> files;
    for (std::size_t rank = 0; rank < trace.ranks.size(); ++rank) {
        ChakraFile file{fmt::format("{}.{}.et", name, rank), {}};
        append(metadata, file.bytes);
        for (const ChakraNode& node : trace.ranks[rank]) append(written(node), file.bytes);
        files.push_back(std::move(file));
    }
    if (trace.groups.empty()) return files;
    files.push_back({"comm_group.json", nlohmann::json(trace.groups).dump() + "\n"});
    return files;
}

}  // namespace millwright
