// The state of resolving one scenario, shared by the sources that do it.
#pragma once

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/factory/resolve.h"

namespace millwright {

/// The catalog, what was resolved so far, and every fault.
struct Resolver {
    const ScenarioText& text;
    const Catalog& catalog;
    Scenario out;
    Faults faults;

    /// Notes a fault and lets resolving go on.
    void fault(const Place& at, std::string message, std::string hint) {
        faults.push_back({at, std::move(message), std::move(hint)});
    }

    /// Notes a default in words, for the report.
    void stood_in(std::string what) { out.defaults.push_back(std::move(what)); }

    /// What was written, else `into` keeps its default, which `what` and `shown` tell in words.
    template <class T, class U>
    void take(const Written<T>& written, U& into, std::string_view what, std::string_view shown) {
        if (written.given) {
            into = static_cast<U>(written.value);
        } else {
            stood_in(fmt::format("{} {}", what, shown));
        }
    }

    /// The part of that name; null after a fault that has the nearest name.
    template <class Part>
    const Part* look_up(const std::vector<Part>& parts, const Written<std::string>& name,
                        std::string_view kind) {
        if (!name.given) return nullptr;  // told when it was read
        const Part* part = find_part(parts, name.value);
        if (part == nullptr) {
            fault(name.at, fmt::format("no {} '{}' in the catalog", kind, name.value),
                  name_hint(parts, name.value, fmt::format("{}s", kind)));
        }
        return part;
    }
};

/// Sites and buyers; in the order of the text, and as many as in it, whatever is wrong with them.
void resolve_sites(Resolver& r);

/// Where a factory stands, in that order; none after a fault.
std::optional<std::size_t> site_named(Resolver& r, const FactoryText& factory);

/// What [reliability] says, or `useful_share` in its place.
void resolve_reliability(Resolver& r);

/// Faults of [books], [[phase]] and [[sale]] that show only side by side; nothing is resolved, as
/// `books` alone reckons with them.
void check_books(Resolver& r);

/// The job of each [[job]], by its kind, and what stood in for what it leaves out.
void resolve_jobs(Resolver& r);

/// What hours of a day are left to train, once those that serving jobs take are checked.
void resolve_hours(Resolver& r);

/// Whether a job trains: what a scenario says of training alone is of account then.
bool trains(const ScenarioText& text);

}  // namespace millwright
