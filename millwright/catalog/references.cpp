#include "millwright/catalog/references.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "millwright/base/faults.h"
#include "millwright/base/text.h"
#include "millwright/parts/plan.h"

namespace millwright {
namespace {

struct Checking {
    const Catalog& catalog;
    const PartPlaces& places;
    Faults faults{};

    template <class Part>
    const PartPlace* place_of(std::string_view kind, const Part& part) const {
        const auto found = places.find(fmt::format("{}/{}", kind, part.id));
        return found == places.end() ? nullptr : &found->second;
    }

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

bool is_number(std::string_view text, std::size_t digits) {
    return text.size() == digits &&
           std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// 2024, 2024-02, 2024-Q2, 2024-H2 or 2024-2025; nothing where it is not known.
bool is_launch(std::string_view text) {
    if (text.empty()) return true;
    if (!is_number(text.substr(0, 4), 4)) return false;
    if (text.size() == 4) return true;
    if (text[4] != '-') return false;
    const std::string_view rest = text.substr(5);
    if (is_number(rest, 4)) return rest >= text.substr(0, 4);
    if (is_number(rest, 2)) return rest >= "01" && rest <= "12";
    if (rest.size() != 2) return false;
    return (rest[0] == 'Q' && rest[1] >= '1' && rest[1] <= '4') ||
           (rest[0] == 'H' && (rest[1] == '1' || rest[1] == '2'));
}

/// Two capital letters; the rules know which countries there are.
bool is_country(std::string_view code) {
    return code.size() == 2 &&
           std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// A part of a country, by ISO 3166-2.
bool is_region(std::string_view code) {
    constexpr std::size_t shortest = 4, longest = 6;
    return code.size() >= shortest && code.size() <= longest && code[2] == '-' &&
           is_country(code.substr(0, 2));
}

void check_words(Checking& c) {
    const auto country = [&](std::string_view kind, const auto& part, const std::string& code,
                             std::string_view key) {
        if (is_country(code) || (code.empty() && c.faulty(kind, part))) return;
        c.faults.push_back({c.at(kind, part, key),
                            fmt::format("'{}' is no country code in '{}'", excerpt(code), key),
                            "write two capital letters of ISO 3166, such as CN, DE or GB"});
    };
    for (const Chip& chip : c.catalog.chips) {
        country("chips", chip, chip.designed_in, "designed_in");
        if (is_launch(chip.launch)) continue;
        c.faults.push_back({c.at("chips", chip, "launch"),
                            fmt::format("'launch' cannot be '{}'", excerpt(chip.launch)),
                            "write 2024, 2024-02, 2024-Q2, 2024-H2 or 2024-2025"});
    }
    for (const Site& site : c.catalog.sites) country("sites", site, site.country, "country");
    for (const CountryGroup& group : c.catalog.groups) {
        for (const std::string& code : group.countries.value) {
            if (!is_region(code)) country("groups", group, code, "countries");
        }
    }
}

void check_chips(Checking& c) {
    for (const Chip& chip : c.catalog.chips) {
        c.check("chips", chip, "generation", chip.generation, c.catalog.kernels);
        c.check("chips", chip, "scale_up.link", chip.scale_up_link, c.catalog.links);
        c.check("chips", chip, "host.link", chip.host_link, c.catalog.links);
    }
    for (const KernelFamily& family : c.catalog.kernels) {
        c.check("kernels", family, "like", family.like, c.catalog.kernels);
        c.check("kernels", family, "measured_on", family.measured_on, c.catalog.chips);
    }
    for (const Process& process : c.catalog.processes) {
        c.check("processes", process, "chip", process.chip, c.catalog.chips);
        c.check("processes", process, "server", process.server, c.catalog.servers);
    }
}

void check_networks(Checking& c) {
    for (const Link& link : c.catalog.links) {
        c.need("links", link, "efficiency", link.efficiency, c.catalog.collectives);
        c.check("links", link, "optics", link.optics, c.catalog.prices);
    }
    for (const Switch& box : c.catalog.switches) {
        c.check("switches", box, "link", box.link, c.catalog.links);
    }
    for (const Server& server : c.catalog.servers) {
        c.check("servers", server, "chip", server.chip, c.catalog.chips);
        c.check("servers", server, "scale_up.switch", server.scale_up_switch, c.catalog.switches);
        c.need("servers", server, "scale_out.link", server.nic, c.catalog.links);
    }
    for (const Server& server : c.catalog.servers) {
        const Chip* chip = find_part(c.catalog.chips, server.chip);
        if (chip == nullptr || !chip->scale_up_link.empty() || !chip->host_link.empty()) continue;
        if (c.faulty("chips", *chip)) continue;
        const bool own = c.place_of("servers", server) != nullptr;
        c.faults.push_back(
            {own ? c.at("servers", server, "chip") : c.at("chips", *chip, ""),
             fmt::format("chip '{}' of server '{}' has neither scale_up.link nor host.link",
                         chip->id, server.id),
             "give the chip a link, or its chips could not talk to each other"});
    }
    for (const Fabric& fabric : c.catalog.fabrics) {
        c.check("fabrics", fabric, "switch", fabric.switch_box, c.catalog.switches);
        c.check("fabrics", fabric, "optics", fabric.optics, c.catalog.prices);
    }
}

void check_frameworks(Checking& c) {
    std::vector<std::string> makers;
    for (const Chip& chip : c.catalog.chips) makers.push_back(chip.vendor);
    const std::vector<std::string> schedules(EnumNames<Schedule>::names.begin(),
                                             EnumNames<Schedule>::names.end());
    std::map<std::string, std::string> taken;
    for (const Framework& framework : c.catalog.frameworks) {
        const Place at = c.at("frameworks", framework, "");
        for (const std::string& name : framework.schedules) {
            if (enum_named<Schedule>(name)) continue;
            c.faults.push_back({at, fmt::format("'schedules' names '{}'", name),
                                "choose of " + join(schedules, ", ")});
        }
        for (const std::string& other : framework.marked_before) {
            c.check("frameworks", framework, "marked_before", other, c.catalog.frameworks);
        }
        for (const std::string& maker : framework.vendors) {
            if (std::find(makers.begin(), makers.end(), maker) == makers.end()) {
                c.faults.push_back({at,
                                    fmt::format("'vendors' names '{}', who makes no chip of "
                                                "the catalog",
                                                maker),
                                    hint_from(maker, makers, "makers")});
            }
            const auto [other, first] = taken.emplace(maker, framework.id);
            if (first) continue;
            c.faults.push_back({at,
                                fmt::format("'{}' stands in for {} already", other->second, maker),
                                "name each maker in one framework"});
        }
    }
}

/// Codes of verdicts and classes. A faulty authority has said what is wrong; its codes may be
/// missing for it.
void check_rules(Checking& c) {
    const bool sound = std::ranges::none_of(
        c.catalog.authorities, [&](const Authority& a) { return c.faulty("authorities", a); });
    if (!sound) return;
    append(c.faults, authority_faults(c.catalog.authorities));
    for (const Rule& rule : c.catalog.rules) {
        append(c.faults, code_faults(rule, c.catalog.authorities));
    }
}

}  // namespace

Faults reference_faults(const Catalog& catalog, const PartPlaces& places) {
    Checking checking{catalog, places};
    check_rules(checking);
    check_words(checking);
    check_chips(checking);
    check_networks(checking);
    check_frameworks(checking);
    return std::move(checking.faults);
}

}  // namespace millwright
