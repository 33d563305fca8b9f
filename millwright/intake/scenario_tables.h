// The tables of a scenario by the names that paths have for them: "books", "factory/NAME".
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "millwright/intake/text.h"

namespace millwright {

namespace tables_detail {

/// A job's keys are a table of its kind beside those that every job has.
template <class Table, class Visit>
void visit_one(Table& table, Visit& visit) {
    visit(table);
    if constexpr (std::is_same_v<Table, JobText>) {
        std::visit([&](auto& keys) { visit(keys); }, table.keys);
    }
}

}  // namespace tables_detail

/// Calls `visit` with the list of tables of that kind and the member that names each: site, buyer,
/// factory, job, or sale, which has the name of its job. False of any other kind.
template <class Visit>
bool with_tables(ScenarioText& text, std::string_view kind, Visit&& visit) {
    if (kind == "site") {
        visit(text.sites, &SiteText::name);
    } else if (kind == "buyer") {
        visit(text.buyers, &BuyerText::name);
    } else if (kind == "factory") {
        visit(text.factories, &FactoryText::name);
    } else if (kind == "job") {
        visit(text.jobs, &JobText::name);
    } else if (kind == "sale") {
        visit(text.sales, &SaleText::job);
    } else {
        return false;
    }
    return true;
}

/// The kinds that `with_tables` knows.
inline constexpr std::array<std::string_view, 5> table_kinds{"site", "buyer", "factory", "job",
                                                             "sale"};

/// Calls `visit` with each table of that kind whose name `matches`; false where there is none.
template <class Matches, class Visit>
bool visit_tables(ScenarioText& text, std::string_view kind, Matches&& matches, Visit&& visit) {
    bool any = false;
    with_tables(text, kind, [&](auto& tables, auto name) {
        for (auto& table : tables) {
            if (!matches((table.*name).value)) continue;
            any = true;
            tables_detail::visit_one(table, visit);
        }
    });
    return any;
}

/// Calls `visit` with the table of that name that a scenario has once: its root, whose name is
/// empty, a section, or the only one of a kind. False where there is none, or not one alone.
template <class Visit>
bool visit_section(ScenarioText& text, std::string_view section, Visit&& visit) {
    if (section.empty()) {
        visit(text);
    } else if (section == "assume") {
        visit(text.assume);
    } else if (section == "reliability") {
        visit(text.reliability);
    } else if (section == "books") {
        visit(text.books);
    } else {
        bool only = false;
        with_tables(text, section, [&](auto& tables, auto) {
            only = tables.size() == 1;
            if (only) tables_detail::visit_one(tables.front(), visit);
        });
        return only;
    }
    return true;
}

}  // namespace millwright
