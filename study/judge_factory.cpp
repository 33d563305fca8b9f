#include "study/judge_factory.h"

#include "base/text.h"

namespace millwright {

Verdict judge_factory(const Scenario& scenario, const Factory& factory) {
    RuleQuery query;
    query.chip = factory.facts;
    query.date = scenario.date;
    query.to = scenario.country;
    query.headquarters = scenario.buyer.headquarters;
    query.end_use = scenario.buyer.end_use;
    query.entity_listed = scenario.buyer.entity_listed;
    query.quantity = factory.chips;
    query.hall_m3 = scenario.hall_volume.in(unit::m3);
    return judge(query);
}

Dollars import_charge(const Catalog& catalog, const Factory& factory, const Verdict& verdict) {
    const auto ratio = [&](std::string_view id) {
        return part_named(catalog.prices, id).ratio.value;
    };
    const Dollars chips = factory.chip.price.value * factory.server.chips.value;
    if (contains(verdict.conditions, "tariff")) return ratio("tariff-lane") * chips;
    if (contains(verdict.conditions, "share of sales")) return ratio("revenue-share") * chips;
    return {};
}

}  // namespace millwright
