// What a venture's months come to (cash_flow.h).
#include <cmath>
#include <cstddef>

#include "millwright/money/cash_flow.h"
#include "millwright/money/phase.h"
#include "millwright/money/returns.h"

namespace millwright {
namespace {

/// Sums over the months, as they are and at present value.
struct FlowSums {
    Dollars capital, costs, revenue;
    Dollars present_costs, present_revenue;
    Dollars npv, equity_npv;
    Joules energy;
    double years = 0;  // of operation
    double present_years = 0;
};

FlowSums sums_of(const std::vector<MonthFlow>& flows, double discount) {
    const double month = month_discount(discount);
    double factor = 1;
    FlowSums sums;
    for (const MonthFlow& flow : flows) {
        const Dollars costs = flow.capital - flow.resale + running_cost(flow) + flow.revenue_share;
        const double years = flow.working / 12;
        const Dollars free = flow.revenue - costs - flow.tax - flow.tax_saved;
        sums.capital += flow.capital;
        sums.costs += costs;
        sums.revenue += flow.revenue;
        sums.present_costs += costs * factor;
        sums.present_revenue += flow.revenue * factor;
        sums.npv += free * factor;
        sums.equity_npv += (free + financing(flow)) * factor;
        sums.energy += flow.energy;
        sums.years += years;
        sums.present_years += years * factor;
        factor *= month;
    }
    return sums;
}

/// Equipment that stands when the next generation comes: book value less what it sells for.
Dollars stranded_value(const Venture& v) {
    const int next = v.next_generation_month;
    Dollars stranded;
    if (next <= 0 || next > v.months) return stranded;
    for (const VenturePhase& phase : phases_of(v)) {
        if (phase.month >= next || phase_times(v, phase).sold + 1 < next) continue;
        const EquipmentValue value = equipment_value(v, phase, next);
        stranded += value.book - value.resale;
    }
    return stranded;
}

void add_figures_a_year(Books& books, const Venture& v, const FlowSums& sums) {
    if (sums.years <= 0) return;
    books.yearly_cost = sums.present_costs / sums.present_years;
    books.revenue_a_year = sums.revenue / sums.years;
    books.energy_a_year = sums.energy / sums.years;
    const double kwh = books.energy_a_year.in(unit::kWh);
    const double kg = kwh * ((1 - v.own_share) * v.carbon + v.own_share * v.own_carbon);
    books.carbon_a_year = kg / 1000;
    const Joules it_energy = v.it_power * v.load * unit::year;
    books.water_a_year = it_energy.in(unit::kWh)*v.water / 1000 * unit::m3;
}

/// Present value of one unit a month at a full day's price that declines: of revenue over price.
double present_price(const std::vector<MonthFlow>& flows, const Venture& v,
                     const VentureProduct& product) {
    const double month = month_discount(v.discount) * std::pow(1 - product.decline, 1.0 / 12);
    double factor = 1;
    double sum = 0;
    int t = 0;
    for (const MonthFlow& flow : flows) {
        if (t > 0 && t == v.next_generation_month) factor *= 1 - v.next_generation_drop;
        sum += flow.working * factor;
        factor *= month;
        ++t;
    }
    return sum;
}

std::vector<Dollars> unit_costs(const std::vector<MonthFlow>& flows, const Venture& v,
                                const FlowSums& sums) {
    const double used = v.availability * v.utilisation;
    const auto count = static_cast<double>(v.products.size());
    std::vector<Dollars> costs(v.products.size());
    for (std::size_t i = 0; i < costs.size(); ++i) {
        const VentureProduct& product = v.products[i];
        const double units = product.a_month * used * 12 * sums.present_years;
        if (units <= 0) continue;
        double part = 1 / count;
        if (count > 1 && sums.present_revenue > Dollars{}) {
            const Dollars revenue =
                product.a_month * used * present_price(flows, v, product) * product.price;
            part = revenue / sums.present_revenue;
        }
        costs[i] = sums.present_costs * part / units;
    }
    return costs;
}

void add_returns(Books& books, const std::vector<MonthFlow>& flows) {
    std::vector<Dollars> cash(flows.size());
    for (std::size_t t = 0; t < flows.size(); ++t) cash[t] = free_cash(flows[t]);
    const Irr rates = irr(cash);
    books.irr = rates.rate;
    books.irr_roots = static_cast<int>(rates.roots.size());
    if (const auto months = payback_months(cash)) books.payback_years = *months / 12;
}

}  // namespace

Books books_of(const Venture& venture) {
    const std::vector<MonthFlow> flows = cash_flows(venture);
    const FlowSums sums = sums_of(flows, venture.discount);
    Books books;
    books.capital = sums.capital;
    books.npv = sums.npv;
    books.equity_npv = sums.equity_npv;
    books.stranded = stranded_value(venture);
    if (sums.revenue > Dollars{}) books.margin = 1 - sums.costs / sums.revenue;
    books.unit_cost = unit_costs(flows, venture, sums);
    add_figures_a_year(books, venture, sums);
    add_returns(books, flows);
    return books;
}

}  // namespace millwright
