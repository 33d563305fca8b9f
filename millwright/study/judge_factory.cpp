#include "millwright/study/judge_factory.h"

namespace millwright {

Verdict judge_factory(const Scenario& scenario, const Factory& factory) {
    RuleQuery query{
        .chip = factory.facts, .date = scenario.date, .party = site_of(scenario, factory).buyer};
    query.party.quantity = factory.chips;
    return judge(scenario.rulebook, query);
}

Dollars import_charge(const Catalog& catalog, const Factory& factory, const Verdict& verdict) {
    const Dollars chips = factory.chip.price.value * factory.server.chips.value;
    Dollars sum;
    for (const Charge& charge : verdict.charges) {
        sum += stated_ratio(catalog, charge.price) * chips;
    }
    return sum;
}

}  // namespace millwright
