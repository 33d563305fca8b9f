// What JSON wrote as a whole number passes through no double, as nanoseconds since 1970 and ids
// would lose digits. Faults of a record are held back until all of its fields are read and
// dropped where one of these says that the request failed or was to warm up: such a record has no
// lengths that could be wrong.
#include "millwright/intake/request_values.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

using Json = nlohmann::json;

/// A whole number that JSON wrote as one, or as a number without a fraction.
std::optional<std::int64_t> whole_number(const Json& value) {
    if (value.is_number_unsigned()) {
        const auto number = value.get<std::uint64_t>();
        if (number > std::uint64_t{INT64_MAX}) return std::nullopt;
        return static_cast<std::int64_t>(number);
    }
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (!value.is_number_float()) return std::nullopt;
    const double number = value.get<double>();
    constexpr double exact = 9007199254740992;  // 2^53
    if (!(std::abs(number) <= exact) || number != std::floor(number)) return std::nullopt;
    return static_cast<std::int64_t>(number);
}

/// Why a count of tokens is none; empty if it is one.
std::string take_count(const Json& value, std::int64_t least, std::int64_t most,
                       std::int64_t& count) {
    if (!value.is_number()) return "is no number";
    const auto number = whole_number(value);
    if (!number && std::abs(value.get<double>()) < 1e15) return "is no whole number";
    if (!number || *number < least || *number > most) return "is out of range";
    count = *number;
    return "";
}

std::string take_time(const Json& value, Seconds unit, std::optional<std::int64_t>& time) {
    if (!value.is_number()) return "is no number";
    const auto scale = std::llround(unit / unit::ns);
    if (const auto whole = value.is_number_float() ? std::nullopt : whole_number(value)) {
        // exactly: nanoseconds since 1970 are more than a double holds
        const auto most = static_cast<std::int64_t>(latest_arrival / unit::ns) / scale;
        if (*whole < 0 || *whole > most) return "is out of range";
        time = *whole * scale;
        return "";
    }
    time = nanoseconds(value.get<double>(), unit);
    return time ? "" : "is out of range";
}

std::string take_ids(const Json& value, TraceRecord& record) {
    if (!value.is_array()) return "is no list";
    std::vector<std::uint64_t> ids;
    ids.reserve(value.size());
    for (const Json& id : value) {
        if (!id.is_number_unsigned()) return "holds what is no whole number of zero or more";
        ids.push_back(id.get<std::uint64_t>());
    }
    record.ids = std::move(ids);
    return "";
}

std::string take_name(const Json& value, std::string& name) {
    if (value.is_string()) {
        name = value.get_ref<const std::string&>();
        return name.size() <= longest_text ? "" : "is too long";
    }
    if (!value.is_number_integer()) return "is no name";
    name = value.dump();
    return "";
}

/// Whether the value of a field that tells failures tells one.
bool tells_failure(const Json& value) {
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_string()) return !value.get_ref<const std::string&>().empty();
    return !value.is_null();
}

/// Why the value cannot be what its field holds; empty if it is taken.
std::string take_value(TraceField field, const Json& value, const TraceFormat& format,
                       TraceRecord& record) {
    const std::int64_t least = format.failures ? 0 : 1;
    switch (field) {
        case TraceField::prompt:
            return take_count(value, least, most_request_tokens, record.prompt);
        case TraceField::output:
            return take_count(value, least, most_request_tokens, record.output);
        case TraceField::arrival: return take_time(value, format.unit, record.arrival);
        case TraceField::delay: return take_time(value, format.unit, record.delay);
        case TraceField::chat: return take_count(value, 0, INT64_MAX, record.chat);
        case TraceField::parent: return take_count(value, -1, INT64_MAX, record.parent);
        case TraceField::priority:
            return take_count(value, -1'000'000'000, 1'000'000'000, record.priority);
        case TraceField::session: return take_name(value, record.session);
        case TraceField::tenant: return take_name(value, record.tenant);
        case TraceField::ids: return take_ids(value, record);
        case TraceField::error: record.failed = tells_failure(value); return "";
        case TraceField::phase: record.warm_up = value == "warmup"; return "";
        default: return "";
    }
}

}  // namespace

void take_values(const TraceFormat& format, const std::string& file, TraceRecord& record,
                 const std::function<const Json*(const TraceColumn&)>& at, Faults& faults) {
    Faults told;
    for (const TraceColumn& column : format.columns) {
        const Json* value = at(column);
        std::string why;
        if (value == nullptr || value->is_null()) {
            if (column.needed == Needed::no) continue;
            why = fmt::format("'{}' is missing", column.name);
        } else {
            why = take_value(column.field, *value, format, record);
            if (why.empty()) continue;
            const std::string said = value->is_primitive() ? value->dump() : "the value";
            why = fmt::format("{} of '{}' {}", excerpt(said), column.name, why);
        }
        const int at_column = record.columns_at[static_cast<std::size_t>(column.field)];
        told.push_back({{file, record.line, record.line > 0 ? std::max(at_column, 1) : 0},
                        record.label + why,
                        fmt::format("{} is {}", column.name, wanted_in(column.field, format))});
    }
    // a request that failed has no lengths that could be wrong
    if (record.failed || record.warm_up) return;
    faults.insert(faults.end(), told.begin(), told.end());
}

}  // namespace millwright
