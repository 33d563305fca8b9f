// What checks of parts beside each other share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/catalog/references.h"

namespace millwright {

/// Faults found so far, and where to put them.
struct PartChecks {
    const Catalog& catalog;
    const PartPlaces& places;
    Faults faults{};

    // Null for built-in parts.
    template <class Part>
    const PartPlace* place_of(std::string_view kind, const Part& part) const {
        const auto found = places.find(fmt::format("{}/{}", kind, part.id));
        return found == places.end() ? nullptr : &found->second;
    }

    // The key's own place, or the file where it does not stand in it.
    template <class Part>
    Place at(std::string_view kind, const Part& part, std::string_view key) const {
        const PartPlace* place = place_of(kind, part);
        if (place == nullptr) return {fmt::format("{}/{}.toml", kind, part.id), 0, 0};
        const auto found = place->at.find(std::string(key));
        return found == place->at.end() ? Place{place->file, 0, 0} : found->second;
    }

    /// Whether the part's file has faults already, which its fields may be missing for.
    template <class Part>
    bool faulty(std::string_view kind, const Part& part) const {
        const PartPlace* place = place_of(kind, part);
        return place != nullptr && !place->sound;
    }

    /// An empty name means none.
    template <class Part, class Named>
    void check(std::string_view kind, const Part& part, std::string_view key,
               const std::string& name, const std::vector<Named>& among) {
        if (name.empty() || find_part(among, name) != nullptr) return;
        faults.push_back({at(kind, part, key),
                          fmt::format("'{}' names '{}', which the catalog lacks", key, name),
                          told(name, kind_of<Named>().name, ids(among))});
    }

    /// The same where there must be one.
    template <class Part, class Named>
    void need(std::string_view kind, const Part& part, std::string_view key,
              const std::string& name, const std::vector<Named>& among) {
        check(kind, part, key, name, among);
        if (!name.empty() || faulty(kind, part)) return;
        faults.push_back(
            {at(kind, part, key), fmt::format("lacks '{}'", key),
             fmt::format("`millwright list {}` shows what there is", kind_of<Named>().name)});
    }

    /// The nearest names, and all of them where they are few.
    static std::string told(const std::string& name, std::string_view kinds,
                            const std::vector<std::string>& known) {
        constexpr std::size_t few = 20;
        const std::string near = did_you_mean(name, known);
        const std::string all = known.size() <= few
                                    ? "there are " + join(known, ", ")
                                    : fmt::format("`millwright list {}` shows all", kinds);
        return near.empty() ? all : near + " " + all;
    }
};

/// An encoder of images has all its sizes, or a model has none.
void check_models(PartChecks& checks);

/// Ratios of price items are what they may be (catalog/price_ranges.h).
void check_prices(PartChecks& checks);

/// A band of rates holds the rate between its ends; lemons have a share and a factor; slow causes
/// say how slow, and slow and silent ones for how long.
void check_fleets(PartChecks& checks);

}  // namespace millwright
