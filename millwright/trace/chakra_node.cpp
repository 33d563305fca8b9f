// Attributes come in all numeric types and as text, and all become one double: what is no number
// becomes -1, which fails every range. Order is restored by Kahn's algorithm (1962) with a heap
// of places, so that of the nodes that are free the first of the file goes first; a file that is
// in order costs one pass, and nothing moves.
#include "millwright/trace/chakra_node.h"

#include <algorithm>
#include <cmath>
#include <queue>
#include <unordered_map>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"

namespace millwright {
namespace {

// beyond what any one node of any machine does: an exabyte, 1e27 operations, a year
constexpr double most_bytes = 1e18;
constexpr double most_operations = 1e27;
constexpr double most_micros = 3.2e13;

/// Any number, as attributes of all integer and floating types stand in traces; -1, which no
/// attribute may be, where it is none.
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

/// Comparisons are such that what is no number fails them.
bool whole(double n, double most) { return n >= 0 && n <= most && std::floor(n) == n; }

/// Takes a whole number in; false if it does not fit.
bool take_whole(double n, std::uint32_t& into) {
    if (!whole(n, 4294967295.0)) return false;
    into = static_cast<std::uint32_t>(n);
    return true;
}

/// Takes the attribute in; false if its value is out of range.
bool take(const chakra::Attribute& a, ChakraNode& node) {
    const double n = number_in(a);
    const std::string& name = a.name();
    const auto amount = [n](auto& into, double most) {
        const bool fits = n >= 0 && n <= most;
        if (fits) into = std::remove_reference_t<decltype(into)>::from_si(n);
        return fits;
    };
    if (name == "pg_name") {
        const bool text = a.value_case() == chakra::Attribute::kStringVal;
        if (!text && !whole(n, 1e15)) return false;
        node.group = text ? a.string_val() : fmt::format("{:.0f}", n);
    } else if (name == "involved_dim") {
        node.dimensions.assign(a.bool_list().values().begin(), a.bool_list().values().end());
    } else if (name == "comm_src") {
        return take_whole(n, node.source);
    } else if (name == "comm_dst") {
        return take_whole(n, node.destination);
    } else if (name == "comm_tag") {
        return take_whole(n, node.tag);
    } else if (name == "comm_type") {
        if (!whole(n, 9)) return false;
        node.collective = static_cast<ChakraCollective>(static_cast<int>(n));
    } else if (name == "is_cpu_op") {
        node.on_host = n > 0;
    } else if (name == "comm_size") {
        return amount(node.size, most_bytes);
    } else if (name == "num_ops") {
        return amount(node.operations, most_operations);
    } else if (name == "tensor_size") {
        return amount(node.tensor, most_bytes);
    }
    return true;
}

/// Adds an attribute of that name, whose value the caller sets.
chakra::Attribute* attribute(chakra::Node& node, const char* name) {
    chakra::Attribute* a = node.add_attr();
    a->set_name(name);
    return a;
}

/// Whole, as the format has amounts; one that 64 bits do not hold as the number that it is.
void put_amount(chakra::Node& node, const char* name, double amount) {
    constexpr double end = 18446744073709551616.0;  // 2^64
    if (amount <= 0) return;
    if (amount < end) {
        attribute(node, name)->set_uint64_val(static_cast<std::uint64_t>(amount));
    } else {
        attribute(node, name)->set_double_val(amount);
    }
}

}  // namespace

ChakraNode node_of(const chakra::Node& read, std::vector<std::string>& wrong) {
    ChakraNode node{.id = read.id(), .name = read.name()};
    const int type = read.type();
    const bool known = type > 0 && type <= static_cast<int>(ChakraType::collective);
    if (known) node.type = static_cast<ChakraType>(type);
    if (!known) wrong.emplace_back("type");
    const auto micros = static_cast<double>(read.duration_micros());
    if (micros > most_micros) wrong.emplace_back("duration_micros");
    node.duration = micros * unit::us;
    node.after.assign(read.ctrl_deps().begin(), read.ctrl_deps().end());
    node.after.insert(node.after.end(), read.data_deps().begin(), read.data_deps().end());
    std::ranges::sort(node.after);
    node.after.erase(std::unique(node.after.begin(), node.after.end()), node.after.end());
    for (const chakra::Attribute& a : read.attr()) {
        if (!take(a, node)) wrong.push_back(a.name());
    }
    return node;
}

void put_in_order(std::vector<ChakraNode>& nodes) {
    std::unordered_map<std::uint64_t, std::size_t> place;
    for (std::size_t i = 0; i < nodes.size(); ++i) place.emplace(nodes[i].id, i);
    std::vector<std::vector<std::size_t>> followers(nodes.size());
    std::vector<std::size_t> missing(nodes.size(), 0);
    bool in_order = true;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        for (const std::uint64_t before : nodes[i].after) {
            const auto at = place.find(before);
            if (at == place.end()) continue;
            in_order = in_order && at->second < i;
            followers[at->second].push_back(i);
            ++missing[i];
        }
    }
    if (in_order) return;
    // of those that nothing holds back the one that stands first in the file
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (missing[i] == 0) ready.push(i);
    }
    std::vector<std::size_t> order;
    while (!ready.empty()) {
        const std::size_t at = ready.top();
        ready.pop();
        order.push_back(at);
        for (const std::size_t next : followers[at]) {
            if (--missing[next] == 0) ready.push(next);
        }
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (missing[i] > 0) order.push_back(i);  // in a circle, which a replay tells
    }
    std::vector<ChakraNode> ordered;
    for (const std::size_t at : order) ordered.push_back(std::move(nodes[at]));
    nodes = std::move(ordered);
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
        attribute(node, "comm_src")->set_int64_val(n.source);
        attribute(node, "comm_dst")->set_int64_val(n.destination);
        attribute(node, "comm_tag")->set_int64_val(n.tag);
    }
    return node;
}

}  // namespace millwright
