// Not protobuf's own reader of JSON: that needs descriptors, which the lite library leaves out, and
// takes one message where traces are many, one after another with or without commas. Every object
// becomes the message that it stands for, so that both forms meet in node_of() and know the same
// limits.
#include "millwright/trace/chakra_json.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/text.h"

namespace millwright {
namespace {

using Json = nlohmann::json;

/// "ctrlDeps" and "ctrl_deps" are one.
std::string plain(std::string_view key) {
    std::string out;
    for (const char c : key) {
        if (c != '_') out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return out;
}

template <class Int>
/// A whole number of that type, also as text: JSON numbers are doubles to many writers, so protobuf
/// quotes those of 64 bits. A fraction, or what does not fit, is none.
std::optional<Int> whole_of(const Json& value) {
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        Int n = 0;
        const char* end = text.data() + text.size();
        const auto [at, error] = std::from_chars(text.data(), end, n);
        return error == std::errc{} && at == end ? std::optional(n) : std::nullopt;
    }
    if (value.is_number_unsigned()) {
        const auto n = value.get<std::uint64_t>();
        const auto most = static_cast<std::uint64_t>(std::numeric_limits<Int>::max());
        return n <= most ? std::optional(static_cast<Int>(n)) : std::nullopt;
    }
    if (!value.is_number_integer() || std::is_unsigned_v<Int>) return std::nullopt;
    return static_cast<Int>(value.get<std::int64_t>());
}

std::optional<double> real_of(const Json& value) {
    if (value.is_number()) return value.get<double>();
    if (!value.is_string()) return std::nullopt;
    const auto& text = value.get_ref<const std::string&>();
    if (const auto n = number_of(text)) return n;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (text == "Infinity") return infinity;  // protobuf writes these; refused as out of range
    if (text == "-Infinity") return -infinity;
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    return std::nullopt;
}

constexpr std::array<std::string_view, 8> type_names{
    "INVALID_NODE", "METADATA_NODE",  "MEM_LOAD_NODE",  "MEM_STORE_NODE",
    "COMP_NODE",    "COMM_SEND_NODE", "COMM_RECV_NODE", "COMM_COLL_NODE"};

/// By number or name. Numbers that the schema does not know go in as they are, and node_of()
/// refuses them.
bool put_type(const Json& value, chakra::Node& node) {
    if (const auto n = whole_of<std::int32_t>(value)) {
        node.set_type(static_cast<chakra::NodeType>(*n));
        return true;
    }
    if (!value.is_string()) return false;
    const auto at = std::ranges::find(type_names, value.get_ref<const std::string&>());
    if (at == type_names.end()) return false;
    node.set_type(static_cast<chakra::NodeType>(at - type_names.begin()));
    return true;
}

template <class Add>
bool put_ids(const Json& value, const Add& add) {
    if (!value.is_array()) return false;
    for (const Json& id : value) {
        const auto n = whole_of<std::uint64_t>(id);
        if (!n) return false;
        add(*n);
    }
    return true;
}

/// {"values": [...]}, or the list by itself; protobuf leaves out a list that is empty.
bool put_bools(const Json& value, chakra::Attribute& a) {
    const Json* list = &value;
    if (value.is_object()) {
        const auto at = value.find("values");
        if (at == value.end()) return value.empty();
        list = &*at;
    }
    if (!list->is_array()) return false;
    for (const Json& one : *list) {
        if (!one.is_boolean()) return false;
        a.mutable_bool_list()->add_values(one.get<bool>());
    }
    return true;
}

/// A value of an attribute, by the name of its type.
bool put_value(const std::string& type, const Json& value, chakra::Attribute& a) {
    if (type == "boolval") {
        if (value.is_boolean()) a.set_bool_val(value.get<bool>());
        return value.is_boolean();
    }
    if (type == "stringval") {
        if (value.is_string()) a.set_string_val(value.get<std::string>());
        return value.is_string();
    }
    if (type == "boollist") return put_bools(value, a);
    if (type == "doubleval" || type == "floatval") {
        const auto n = real_of(value);
        if (n) a.set_double_val(*n);
        return n.has_value();
    }
    if (!type.ends_with("val")) return true;  // lists that a replay does not read
    if (type == "bytesval") return true;
    // all integer types: which one it was makes no difference to number_in()
    if (const auto n = whole_of<std::uint64_t>(value)) {
        a.set_uint64_val(*n);
        return true;
    }
    const auto n = whole_of<std::int64_t>(value);
    if (n) a.set_int64_val(*n);
    return n.has_value();
}

bool put_attributes(const Json& value, chakra::Node& node) {
    if (!value.is_array()) return false;
    for (const Json& one : value) {
        if (!one.is_object()) return false;
        chakra::Attribute* a = node.add_attr();
        for (const auto& [key, part] : one.items()) {
            const std::string name = plain(key);
            if (name == "name" && part.is_string()) {
                a->set_name(part.get<std::string>());
            } else if (name != "docstring" && !put_value(name, part, *a)) {
                return false;
            }
        }
    }
    return true;
}

/// False if the value is not what the schema has there.
bool put_field(const std::string& key, const Json& value, chakra::Node& node) {
    const auto number = [&](auto set) {
        const auto n = whole_of<std::uint64_t>(value);
        if (n) set(*n);
        return n.has_value();
    };
    if (key == "id") return number([&](auto n) { node.set_id(n); });
    if (key == "durationmicros") return number([&](auto n) { node.set_duration_micros(n); });
    if (key == "type") return put_type(value, node);
    if (key == "ctrldeps") return put_ids(value, [&](auto n) { node.add_ctrl_deps(n); });
    if (key == "datadeps") return put_ids(value, [&](auto n) { node.add_data_deps(n); });
    if (key == "attr") return put_attributes(value, node);
    if (key != "name") return true;  // start times, inputs and outputs are not read
    if (value.is_string()) node.set_name(value.get<std::string>());
    return value.is_string();
}

class Reader {
public:
    explicit Reader(const std::string& path) : path_(path) {}

    void take(const Json& value) {
        if (value.is_array()) {
            for (const Json& one : value) take_object(one);
        } else {
            take_object(value);
        }
    }

    ChakraMessages out;
    Faults faults;

private:
    void take_object(const Json& value) {
        constexpr std::size_t most = 20;
        if (faults.size() >= most) return;
        const std::string which = fmt::format("object {}", ++count_);
        if (!value.is_object()) {
            faults.push_back({{path_, 0, 0}, which + " is no node", "see docs/reference/cli.md"});
            return;
        }
        // protobuf leaves out fields that are empty, so the first object may be nothing at all
        const auto version = value.find("version");
        if (version != value.end() || (count_ == 1 && value.empty())) {
            if (version != value.end() && version->is_string()) {
                out.metadata.set_version(version->get<std::string>());
            }
            return;
        }
        chakra::Node& node = out.nodes.emplace_back();
        for (const auto& [key, part] : value.items()) {
            if (put_field(plain(key), part, node)) continue;
            faults.push_back(
                {{path_, 0, 0},
                 fmt::format("{}: '{}' is not what a Chakra node has there", which, key),
                 "fields as chakra_jsonizer writes them"});
        }
    }

    const std::string& path_;
    std::size_t count_ = 0;
};

/// Where the JSON value that begins at `at` ends; npos if its brackets do not close. Counts
/// brackets outside quotes and leaves the rest to the parser; as one value follows the other, no
/// byte is counted twice.
std::size_t end_of_value(std::string_view text, std::size_t at) {
    std::size_t depth = 0;
    bool quoted = false;
    for (std::size_t i = at; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c == '\\') ++i;
            if (c == '"') quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            if (depth <= 1) return i + 1;
            --depth;
        }
    }
    return std::string_view::npos;
}

// commas between objects count as space
constexpr std::string_view space = " \t\r\n,";

}  // namespace

bool looks_like_json(std::string_view text) {
    const std::size_t at = text.find_first_not_of(space);
    if (at == std::string_view::npos) return false;
    if (text[at] != '{' && text[at] != '[') return false;
    const std::size_t next = text.find_first_not_of(space, at + 1);
    return next != std::string_view::npos && contains("\"{[}]-0123456789tfn", text.substr(next, 1));
}

Result<ChakraMessages> parse_chakra_json(const std::string& text, const std::string& path) {
    Reader reader(path);
    const std::string_view all = text;
    for (std::size_t at = 0; (at = all.find_first_not_of(space, at)) != std::string_view::npos;) {
        const std::size_t end = end_of_value(all, at);
        const bool whole = end != std::string_view::npos && (all[at] == '{' || all[at] == '[');
        const Json value = whole ? Json::parse(all.substr(at, end - at), nullptr, false) : Json();
        if (!whole || value.is_discarded()) {
            const auto line = std::ranges::count(all.substr(0, at), '\n') + 1;
            reader.faults.push_back({{path, static_cast<int>(line), 0},
                                     "no JSON object",
                                     "a Chakra trace as JSON is one object after another"});
            break;
        }
        reader.take(value);
        at = end;
    }
    if (!reader.faults.empty()) return failure(std::move(reader.faults));
    return std::move(reader.out);
}

}  // namespace millwright
