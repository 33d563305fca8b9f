// Rents fall and the cost of owning does not, so hours are weighed by what is left of the rent: an
// hour of the last year is worth less to whoever could rent it then.
#include "millwright/study/rent_or_buy.h"

#include <vector>

#include "millwright/base/units.h"
#include "millwright/money/cash_flow.h"

namespace millwright {

RentOrBuy rent_or_buy(const Venture& venture, double chips, Dollars hour, double decline) {
    const std::vector<MonthFlow> flows = cash_flows(venture);
    const std::vector<double> rents = price_path(venture, decline);
    const double month =
        chips * (unit::month / unit::hour) * venture.availability * venture.utilisation;
    std::vector<Dollars> owning;
    std::vector<double> hours;
    for (std::size_t t = 0; t < flows.size(); ++t) {
        owning.push_back(flows[t].capital + running_cost(flows[t]) - flows[t].resale);
        hours.push_back(month * flows[t].working * rents[t]);
    }
    return rent_or_buy(owning, hours, hour, venture.discount);
}

}  // namespace millwright
