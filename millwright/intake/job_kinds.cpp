// The rows are made from the variant of keys, so a kind that JobText lists has a row, and one that
// has no name, or stands out of order, does not compile.
#include "millwright/intake/job_kinds.h"

#include <algorithm>
#include <array>

namespace millwright {
namespace {

/// Reads a kind's own keys and makes the job one of that kind. What a job lacks hangs on its kind:
/// of an unknown one only what is there is checked.
template <class Keys>
void read_keys(TomlReading& r, const toml::table& table, JobText& job) {
    Keys keys;
    if (job.kind.given) {
        read_fields(r, table, "this [[job]]", keys);
    } else {
        read_given_fields(r, table, keys);
    }
    job.keys = std::move(keys);
}

template <class Keys>
JobKindRow row() {
    return {Keys::kind, field_keys<Keys>(), &read_keys<Keys>};
}

/// Whether each alternative stands at the place that its kind has in the enumeration.
template <class... Keys>
constexpr bool in_order() {
    std::size_t at = 0;
    return ((static_cast<std::size_t>(Keys::kind) == at++) && ...);
}

template <class... Keys>
std::array<JobKindRow, sizeof...(Keys)> rows_of(const std::variant<Keys...>&) {
    static_assert(sizeof...(Keys) == EnumNames<JobKind>::names.size(), "a kind for every name");
    static_assert(in_order<Keys...>(), "a row stands at the place of its kind");
    return {row<Keys>()...};
}

/// Kinds that have the key, as in "train" or "train and serve"; empty if none has.
std::string kinds_with(const std::string& key) {
    std::vector<std::string> names;
    for (const JobKindRow& kind : job_kinds()) {
        if (kind.keys.contains(key)) names.push_back(fmt::format("\"{}\"", name_of(kind.kind)));
    }
    return join(names, " and ");
}

/// Keys of another kind, told as such; those that no kind has are told with what stands here.
void check_job_keys(TomlReading& r, const toml::table& table, const JobText& job) {
    std::set<std::string> known = field_keys<JobText>();
    for (const JobKindRow& kind : job_kinds()) {
        const bool own = job.kind.given && kind.kind == job.kind.value;
        // of a job whose kind is faulty any kind's keys pass: one fault is enough
        if (own || !job.kind.given) known.insert(kind.keys.begin(), kind.keys.end());
    }
    // what another kind has is told as such, and kept from being told as unknown too
    toml::table rest = table;
    for (const auto& [name, node] : table) {
        const std::string key(name.str());
        const std::string kinds = kinds_with(key);
        if (known.contains(key) || kinds.empty()) continue;
        rest.erase(key);
        const auto at = name.source().begin;
        r.faults.push_back(
            {{r.file, static_cast<int>(at.line), static_cast<int>(at.column)},
             fmt::format("'{}' is a key of jobs of kind {}, this one is of kind \"{}\"", key, kinds,
                         name_of(job.kind.value)),
             "leave it out, or make it a [[job]] of its own"});
    }
    toml_detail::check_keys(r, rest, known, "");
}

/// The kind that has most of a job's keys: what they hold is checked though its kind is unknown.
const JobKindRow& likeliest_kind(const toml::table& table) {
    const auto held = [&](const JobKindRow& kind) {
        return std::ranges::count_if(kind.keys,
                                     [&](const auto& key) { return table.contains(key); });
    };
    return *std::ranges::max_element(job_kinds(), {}, held);
}

/// Never fails: what is wrong is told in the reading, and the rest is read.
JobText read_job(TomlReading& r, const toml::table& table) {
    JobText job;
    job.at = r.place(table);
    read_fields(r, table, "this [[job]]", job);
    const JobKindRow& kind = job.kind.given ? job_kinds()[static_cast<std::size_t>(job.kind.value)]
                                            : likeliest_kind(table);
    kind.read(r, table, job);
    check_job_keys(r, table, job);
    return job;
}

}  // namespace

std::span<const JobKindRow> job_kinds() {
    static const auto rows = rows_of(decltype(JobText::keys){});
    return rows;
}

void read_jobs(TomlReading& r, const toml::table& root, std::vector<JobText>& jobs) {
    for (const toml::table* table : tables_named(r, root, "job")) {
        jobs.push_back(read_job(r, *table));
    }
}

}  // namespace millwright
