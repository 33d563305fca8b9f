// Rents fall while a contract holds them, so hours are weighed by what is left of the first day's
// rent when their contract is made.
#include "millwright/study/rent_or_buy.h"

#include <vector>

#include "millwright/base/units.h"
#include "millwright/money/cash_flow.h"

namespace millwright {
namespace {

/// Of each month the rent of its contract, as a share of the first day's; contracts follow each
/// other from the first month on in which something works.
std::vector<double> contract_rents(const std::vector<MonthFlow>& flows,
                                   const std::vector<double>& rents) {
    std::vector<double> fixed(flows.size());
    std::size_t begun = 0;
    bool any = false;
    for (std::size_t t = 0; t < flows.size(); ++t) {
        if (flows[t].working <= 0) continue;
        if (!any || t >= begun + rent_contract_months) begun = t;
        any = true;
        fixed[t] = rents[begun];
    }
    return fixed;
}

}  // namespace

RentOrBuy rent_or_buy(const Venture& venture, double chips, Dollars hour, double decline) {
    const std::vector<MonthFlow> flows = cash_flows(venture);
    const std::vector<double> rents = contract_rents(flows, price_path(venture, decline));
    std::vector<Dollars> owning;
    std::vector<double> hours;
    for (std::size_t t = 0; t < flows.size(); ++t) {
        owning.push_back(flows[t].capital + running_cost(flows[t]) - flows[t].resale);
        hours.push_back(chips * (unit::month / unit::hour) * flows[t].working * rents[t]);
    }
    return rent_or_buy(owning, hours, hour, venture.discount);
}

}  // namespace millwright
