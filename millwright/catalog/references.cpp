// What shows only when all parts are there: names of parts, codes of authorities, words that must
// be of a kind. Faults stand where the user's file says the name; parts that came with the program
// have no places, and a fault of theirs is a bug that load_embedded() throws.
#include "millwright/catalog/references.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "millwright/base/faults.h"
#include "millwright/base/text.h"
#include "millwright/catalog/part_checks.h"
#include "millwright/parts/framework.h"
#include "millwright/parts/plan.h"

namespace millwright {
namespace {

/// Digits alone, so many of them.
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
    // texts of one length compare as the years do
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

/// Countries and dates of launch: texts in form, whose words no table lists.
void check_words(PartChecks& c) {
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

/// Every name is the name of a part.
void check_names(PartChecks& c) {
    for_each_reference([&]<class Part, class Named>(const Reference<Part, Named>& reference) {
        const std::string_view kind = kind_of<Part>().name;
        for (const Part& part : c.catalog.*kind_of<Part>().parts) {
            const std::string& name = part.*reference.member;
            if (reference.need == Need::required) {
                c.need(kind, part, reference.key, name, c.catalog.*reference.among);
            } else {
                c.check(kind, part, reference.key, name, c.catalog.*reference.among);
            }
        }
    });
}

/// Chips of a server can talk to each other.
/// Links may be two: the scale-up link, or the host link where chips talk over PCIe.
void check_links(PartChecks& c) {
    for (const Server& server : c.catalog.servers) {
        const Chip* chip = find_part(c.catalog.chips, server.chip);
        if (chip == nullptr || !chip->host_link.empty()) continue;
        const bool rated = chip->scale_up_per_direction.known();
        if ((rated && !chip->scale_up_link.empty()) || c.faulty("chips", *chip)) continue;
        // the user's server is to blame for its choice, else the user's chip for its lack
        const bool own = c.place_of("servers", server) != nullptr;
        c.faults.push_back(
            {own ? c.at("servers", server, "chip") : c.at("chips", *chip, ""),
             fmt::format("chip '{}' of server '{}' has neither {} nor host.link", chip->id,
                         server.id,
                         chip->scale_up_link.empty() ? "scale_up.link" : "scale_up.per_direction"),
             "give the chip a link, or its chips could not talk to each other"});
    }
}

/// Figures of a family are of a chip that was measured, its own or that of the family it is like:
/// what is carried over to other chips is held against that chip's rate and processors.
void check_kernels(PartChecks& c) {
    for (const KernelFamily& family : c.catalog.kernels) {
        if (c.faulty("kernels", family)) continue;
        if (family.like.empty()) {
            if (!family.measured_on.empty() && family.processors.known()) continue;
            c.faults.push_back(
                {c.at("kernels", family, ""),
                 fmt::format("lacks '{}'",
                             family.measured_on.empty() ? "measured_on" : "processors"),
                 "name the chip that was measured and its processors, or the family it is like"});
            continue;
        }
        const KernelFamily* other = find_part(c.catalog.kernels, family.like);
        if (other == nullptr || other->like.empty()) continue;
        c.faults.push_back({c.at("kernels", family, "like"),
                            fmt::format("'like' names '{}', which was not measured either: it is "
                                        "like '{}'",
                                        family.like, other->like),
                            "name a family that was measured"});
    }
}

/// Words of a list that name a row of an enumeration.
template <class E>
void check_words(PartChecks& c, const Framework& framework, std::string_view key,
                 const std::vector<std::string>& words) {
    const std::vector<std::string> known(EnumNames<E>::names.begin(), EnumNames<E>::names.end());
    for (const std::string& word : words) {
        if (enum_named<E>(word)) continue;
        c.faults.push_back({c.at("frameworks", framework, key),
                            fmt::format("'{}' names '{}'", key, word),
                            "choose of " + join(known, ", ")});
    }
}

/// Schedules there are, makers of chips, and each maker in one framework: which one stands in where
/// a job names none must not hang on the order of files.
void check_frameworks(PartChecks& c) {
    std::vector<std::string> makers;
    for (const Chip& chip : c.catalog.chips) makers.push_back(chip.vendor);
    std::map<std::string, std::string> taken;
    for (const Framework& framework : c.catalog.frameworks) {
        const Place at = c.at("frameworks", framework, "");
        check_words<Schedule>(c, framework, "schedules", framework.schedules);
        check_words<Repeat>(c, framework, "selective", framework.selective);
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

/// A name that must be one of an enumeration.
template <class E, class Part>
void check_named(PartChecks& c, const Part& part, std::string_view key, const std::string& name) {
    if (name.empty() || enum_named<E>(name)) return;
    const std::vector<std::string> names(EnumNames<E>::names.begin(), EnumNames<E>::names.end());
    c.faults.push_back({c.at(kind_of<Part>().name, part, key),
                        fmt::format("'{}' cannot be '{}'", key, name),
                        "choose of " + join(names, ", ")});
}

/// Whether fallbacks from here come back to where they were.
bool in_circle(const Catalog& catalog, const Software& from) {
    const Software* next = find_part(catalog.software, from.fallback);
    for (std::size_t i = 0; next != nullptr && i < catalog.software.size(); ++i) {
        if (next == &from) return true;
        next = find_part(catalog.software, next->fallback);
    }
    return false;
}

/// A release serves chips that there are, and its fallbacks end.
void check_software(PartChecks& c) {
    constexpr std::string_view kind = "software";
    for (const Software& software : c.catalog.software) {
        const auto check_all = [&](const auto& names, std::string_view key, const auto& among) {
            for (const std::string& name : names) c.check(kind, software, key, name, among);
        };
        check_all(software.families, "families", c.catalog.kernels);
        check_all(software.chips, "chips", c.catalog.chips);
        check_all(software.frameworks, "frameworks", c.catalog.frameworks);
        check_named<AttentionLibrary>(c, software, "timed_as", software.timed_as);
        for (const std::string& precision : software.precisions) {
            check_named<Precision>(c, software, "precisions", precision);
        }
        const bool serves = !software.families.empty() || !software.chips.empty();
        if (!serves && !c.faulty(kind, software)) {
            c.faults.push_back({c.at(kind, software, ""), "has neither 'families' nor 'chips'",
                                "name the kernel families or the chips that have it"});
        }
        if (in_circle(c.catalog, software)) {
            c.faults.push_back({c.at(kind, software, "fallback"),
                                fmt::format("'fallback' leads back to '{}'", software.id),
                                "let the last of them have none"});
        }
    }
}

/// Limits by memory come one for each memory, and memories grow.
void check_limits(PartChecks& c, const Engine& engine) {
    const std::vector<Bytes>& from = engine.memory_from.value;
    const auto check = [&](const Cited<std::vector<std::int64_t>>& list, std::string_view key) {
        if (!list.known() || list.value.size() == from.size()) return;
        c.faults.push_back({c.at("engines", engine, key),
                            fmt::format("'{}' is too long or short", key),
                            "write one for each memory of 'by_memory.from'"});
    };
    check(engine.tokens_from, "by_memory.max_batched_tokens");
    check(engine.sequences_from, "by_memory.max_sequences");
    check(engine.graphs_from, "by_memory.largest_graph");
    if (std::ranges::is_sorted(from)) return;
    c.faults.push_back({c.at("engines", engine, "by_memory.from"), "'by_memory.from' does not grow",
                        "write the least memory first"});
}

/// Marks as they are compared, chips that there are, each maker in one engine.
void check_engines(PartChecks& c) {
    constexpr std::string_view kind = "engines";
    std::map<std::string, std::string> taken;
    for (const Engine& engine : c.catalog.engines) {
        check_limits(c, engine);
        for (const std::string& mark : engine.marks) {
            if (!mark.empty() && lower(mark) == mark) continue;
            c.faults.push_back({c.at(kind, engine, "marks"),
                                fmt::format("'{}' in 'marks' is never found", mark),
                                "write marks in lower case"});
        }
        for (const std::string& maker : engine.vendors) {
            const auto [other, first] = taken.emplace(maker, engine.id);
            if (first) continue;
            c.faults.push_back({c.at(kind, engine, "vendors"),
                                fmt::format("'{}' stands in for {} already", other->second, maker),
                                "name each maker in one engine"});
        }
    }
}

template <class Part, class Named>
void check_each(PartChecks& c, std::string_view key, std::vector<std::string> Part::*names,
                const std::vector<Named>& among) {
    for (const Part& part : c.catalog.*kind_of<Part>().parts)
        for (const auto& n : part.*names) c.check(kind_of<Part>().name, part, key, n, among);
}

/// A name that must be one of an enumeration.
template <class E>
void check_named(PartChecks& c, const Word& word, std::string_view key, const std::string& name) {
    if (name.empty() || enum_named<E>(name)) return;
    const std::vector<std::string> names(EnumNames<E>::names.begin(), EnumNames<E>::names.end());
    c.faults.push_back({c.at("words", word, key), fmt::format("'{}' cannot be '{}'", key, name),
                        "choose of " + join(names, ", ")});
}

/// Words of tables of runs: phrases as they are compared, and what they say is known.
void check_row_words(PartChecks& c) {
    for (const Word& word : c.catalog.words) {
        check_named<Precision>(c, word, "says.precision", word.precision);
        check_named<Format>(c, word, "says.format", word.format);
        check_named<Recompute>(c, word, "says.recompute", word.recompute);
        check_named<Sharding>(c, word, "says.sharding", word.sharding);
        check_named<Schedule>(c, word, "says.schedule", word.schedule);
        check_named<FlopConvention>(c, word, "says.flops", word.flops);
        check_named<AttentionLibrary>(c, word, "says.attention", word.attention);
        for (const std::string& part : word.repeats) {
            check_named<Repeat>(c, word, "says.repeats", part);
        }
        for (const std::string& name : word.frameworks) {
            c.check("words", word, "frameworks", name, c.catalog.frameworks);
        }
        for (const std::string& phrase : word.words) {
            if (!phrase.empty() && lower(phrase) == phrase) continue;
            c.faults.push_back({c.at("words", word, "words"),
                                fmt::format("'{}' in 'words' is never found", phrase),
                                "write phrases in lower case"});
        }
    }
}

/// Codes of verdicts and classes. A faulty authority has said what is wrong; its codes may be
/// missing for it.
void check_rules(PartChecks& c) {
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
    PartChecks checking{catalog, places};
    check_rules(checking);
    check_words(checking);
    check_names(checking);
    check_links(checking);
    check_kernels(checking);
    check_frameworks(checking);
    check_software(checking);
    check_models(checking);
    check_prices(checking);
    check_fleets(checking);
    check_engines(checking);
    check_each(checking, "small_chips", &Engine::small_chips, catalog.chips);
    check_each(checking, "models", &Dataset::models, catalog.models);
    check_each(checking, "engines", &Stack::engines, catalog.engines);
    check_each(checking, "see_also", &Term::see_also, catalog.terms);
    check_row_words(checking);
    return std::move(checking.faults);
}

}  // namespace millwright
