#include "scenario/chakra.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/units.h"
#include "chakra.pb.h"

namespace millwright {
namespace {

namespace pb = google::protobuf;
namespace fs = std::filesystem;

constexpr std::size_t trace_file_limit = 2'000'000'000;
constexpr std::string_view schema_version = "0.0.4";

/// Any number, as attributes of all integer and floating types stand in traces.
double number_in(const chakra::Attribute& a) {
    using A = chakra::Attribute;
    switch (a.value_case()) {
        case A::kDoubleVal: return a.double_val();
        case A::kFloatVal: return a.float_val();
        case A::kInt32Val: return a.int32_val();
        case A::kInt64Val: return static_cast<double>(a.int64_val());
        case A::kUint32Val: return a.uint32_val();
        case A::kUint64Val: return static_cast<double>(a.uint64_val());
        case A::kSint32Val: return a.sint32_val();
        case A::kSint64Val: return static_cast<double>(a.sint64_val());
        case A::kFixed32Val: return a.fixed32_val();
        case A::kFixed64Val: return static_cast<double>(a.fixed64_val());
        case A::kSfixed32Val: return a.sfixed32_val();
        case A::kSfixed64Val: return static_cast<double>(a.sfixed64_val());
        case A::kBoolVal: return a.bool_val() ? 1 : 0;
        case A::kStringVal: return number_of(a.string_val()).value_or(-1);
        default: return -1;
    }
}

/// Takes the attribute in; the name of one whose number cannot be.
std::string take(const chakra::Attribute& a, ChakraNode& node) {
    constexpr double most_ranks = 4e9;
    const double n = number_in(a);
    const bool counts = n >= 0 && n <= most_ranks;
    const std::string& name = a.name();
    if (name == "pg_name") {
        node.group = a.value_case() == chakra::Attribute::kStringVal ? a.string_val()
                                                                     : fmt::format("{:.0f}", n);
        return "";
    }
    if (name == "involved_dim") {
        node.dimensions.assign(a.bool_list().values().begin(), a.bool_list().values().end());
        return "";
    }
    const auto rank = [&](std::uint32_t& into) {
        if (counts) into = static_cast<std::uint32_t>(n);
        return counts ? "" : name;
    };
    if (name == "comm_src") return rank(node.source);
    if (name == "comm_dst") return rank(node.destination);
    if (name == "comm_tag") return rank(node.tag);
    if (name == "comm_type") {
        if (n < 0 || n > 9) return name;
        node.collective = static_cast<ChakraCollective>(static_cast<int>(n));
    }
    if (name == "is_cpu_op") node.on_host = n > 0;
    if (name == "comm_size") node.size = Bytes::from_si(n);
    if (name == "num_ops") node.operations = Flops::from_si(n);
    if (name == "tensor_size") node.tensor = Bytes::from_si(n);
    const bool amount = name == "comm_size" || name == "num_ops" || name == "tensor_size";
    return amount && !(n >= 0) ? name : "";
}

ChakraNode node_of(const chakra::Node& read, std::string& wrong) {
    ChakraNode node{.id = read.id(), .name = read.name()};
    node.type = static_cast<ChakraType>(read.type());
    node.duration = static_cast<double>(read.duration_micros()) * unit::us;
    node.after.assign(read.ctrl_deps().begin(), read.ctrl_deps().end());
    node.after.insert(node.after.end(), read.data_deps().begin(), read.data_deps().end());
    std::ranges::sort(node.after);
    node.after.erase(std::unique(node.after.begin(), node.after.end()), node.after.end());
    for (const chakra::Attribute& a : read.attr()) {
        const std::string bad = take(a, node);
        if (!bad.empty()) wrong = bad;
    }
    return node;
}

/// One message after its length; false at a broken one.
template <class Message>
bool read_message(pb::io::CodedInputStream& in, Message& message) {
    std::uint32_t length = 0;
    if (!in.ReadVarint32(&length)) return false;
    const auto limit = in.PushLimit(static_cast<int>(length));
    const bool whole = message.ParseFromCodedStream(&in) && in.ConsumedEntireMessage() &&
                       in.BytesUntilLimit() == 0;
    in.PopLimit(limit);
    return whole;
}

/// The rank that a file's name ends in, "NAME.12.et"; none for other files.
std::optional<std::uint32_t> rank_of(const fs::path& path) {
    if (path.extension() != ".et") return std::nullopt;
    const std::string stem = path.stem().string();
    const std::size_t dot = stem.rfind('.');
    const auto number = number_of(dot == std::string::npos ? stem : stem.substr(dot + 1));
    if (!number || *number < 0 || *number > 1e7) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

Faults read_groups(const fs::path& path, ChakraTrace& trace) {
    const FileText file = read_file(path.string(), trace_file_limit);
    const auto json = nlohmann::json::parse(file.text, nullptr, false);
    const auto fault = [&](const std::string& what) {
        return Faults{{{path.string(), 0, 0}, what, "such as {\"0\": [0, 1, 2, 3]}"}};
    };
    if (!file.ok || !json.is_object()) return fault("not a JSON object of groups");
    for (const auto& [name, ranks] : json.items()) {
        if (!ranks.is_array()) return fault("group '" + name + "' is no list of ranks");
        for (const auto& rank : ranks) {
            if (!rank.is_number_unsigned()) return fault("group '" + name + "' has no ranks");
            trace.groups[name].push_back(rank.get<std::uint32_t>());
        }
    }
    return {};
}

chakra::Attribute* attribute(chakra::Node& node, const char* name) {
    chakra::Attribute* a = node.add_attr();
    a->set_name(name);
    return a;
}

void put_amount(chakra::Node& node, const char* name, double amount) {
    if (amount > 0) attribute(node, name)->set_uint64_val(static_cast<std::uint64_t>(amount));
}

chakra::Node written(const ChakraNode& n) {
    chakra::Node node;
    node.set_id(n.id);
    node.set_name(n.name);
    node.set_type(static_cast<chakra::NodeType>(n.type));
    for (const std::uint64_t before : n.after) node.add_data_deps(before);
    node.set_duration_micros(static_cast<std::uint64_t>(std::llround(n.duration.in(unit::us))));
    attribute(node, "is_cpu_op")->set_bool_val(n.on_host);
    put_amount(node, "num_ops", n.operations.si());
    put_amount(node, "tensor_size", n.tensor.si());
    put_amount(node, "comm_size", n.size.si());
    if (n.type == ChakraType::collective) {
        attribute(node, "comm_type")->set_int64_val(static_cast<int>(n.collective));
        if (!n.group.empty()) attribute(node, "pg_name")->set_string_val(n.group);
    }
    if (n.type == ChakraType::send || n.type == ChakraType::receive) {
        attribute(node, "comm_src")->set_int32_val(static_cast<int>(n.source));
        attribute(node, "comm_dst")->set_int32_val(static_cast<int>(n.destination));
        attribute(node, "comm_tag")->set_int32_val(static_cast<int>(n.tag));
    }
    return node;
}

template <class Message>
void append(const Message& message, std::string& text) {
    pb::io::StringOutputStream bytes(&text);
    pb::io::CodedOutputStream out(&bytes);
    out.WriteVarint32(static_cast<std::uint32_t>(message.ByteSizeLong()));
    message.SerializeToCodedStream(&out);
}

}  // namespace

Result<ChakraRank> parse_chakra_rank(const std::string& text, const std::string& path) {
    pb::io::ArrayInputStream bytes(text.data(), static_cast<int>(text.size()));
    pb::io::CodedInputStream in(&bytes);
    in.SetTotalBytesLimit(static_cast<int>(trace_file_limit));
    ChakraRank file;
    chakra::GlobalMetadata metadata;
    const auto broken = [&] {
        return failure({{path, 0, 0},
                        fmt::format("no Chakra message at byte {}", in.CurrentPosition()),
                        "files hold a GlobalMetadata and Nodes of schema 0.0.4, each after its "
                        "length"});
    };
    if (text.empty() || !read_message(in, metadata)) return broken();
    file.version = metadata.version();
    chakra::Node node;
    while (static_cast<std::size_t>(in.CurrentPosition()) < text.size()) {
        node.Clear();
        if (!read_message(in, node)) return broken();
        std::string wrong;
        file.nodes.push_back(node_of(node, wrong));
        if (!wrong.empty()) {
            return failure(
                {{path, 0, 0}, fmt::format("node {}: '{}' is out of range", node.id(), wrong), ""});
        }
    }
    return file;
}

Result<ChakraTrace> read_chakra(const std::string& folder) {
    std::map<std::uint32_t, fs::path> files;
    ChakraTrace trace;
    Faults faults;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        if (const auto rank = rank_of(entry.path())) {
            if (!files.emplace(*rank, entry.path()).second) {
                faults.push_back({{entry.path().string(), 0, 0},
                                  fmt::format("a second file of rank {}", *rank),
                                  "a folder holds one trace"});
            }
        } else if (name.starts_with("comm_group") && name.ends_with(".json")) {
            const Faults found = read_groups(entry.path(), trace);
            faults.insert(faults.end(), found.begin(), found.end());
        }
    }
    if (files.empty() || files.rbegin()->first + 1 != files.size()) {
        faults.push_back({{folder, 0, 0},
                          files.empty() ? "no files NAME.RANK.et" : "some ranks have no file",
                          "give the folder of a Chakra trace, ranks counted from 0"});
        return failure(std::move(faults));
    }
    for (const auto& [rank, path] : files) {
        const FileText file = read_file(path.string(), trace_file_limit);
        auto read =
            file.ok
                ? parse_chakra_rank(file.text, path.string())
                : Result<ChakraRank>(failure({{path.string(), 0, 0}, "the trace " + file.why, ""}));
        if (!read) {
            faults.insert(faults.end(), read.error().begin(), read.error().end());
            continue;
        }
        trace.version = read->version;
        trace.ranks.push_back(std::move(read->nodes));
    }
    if (!faults.empty()) return failure(std::move(faults));
    return trace;
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
