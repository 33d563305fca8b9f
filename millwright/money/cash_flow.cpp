// The order counts: phases set what stands and works and what upkeep costs at the first day's
// prices; running costs scale that by inflation and are assigned, not added; sales follow what
// works; tax comes last, as it needs all. Tax is reckoned twice side by side, with debt and
// without, each with losses of its own. Every step is linear in the months.
#include "millwright/money/cash_flow.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "millwright/base/require.h"
#include "millwright/money/phase.h"
#include "millwright/money/returns.h"

namespace millwright {
namespace {

std::span<MonthFlow> months_between(std::vector<MonthFlow>& flows, int first, int end) {
    const auto most = static_cast<int>(flows.size());
    first = std::min(first, most);
    end = std::clamp(end, first, most);
    return std::span(flows).subspan(static_cast<std::size_t>(first),
                                    static_cast<std::size_t>(end - first));
}

MonthFlow& month_of(std::vector<MonthFlow>& flows, int month) {
    return flows[static_cast<std::size_t>(month)];
}

void add_equipment(std::vector<MonthFlow>& flows, const Venture& v, const PhaseTimes& times,
                   const VenturePhase& phase) {
    const Dollars paid = equipment_paid(v, phase);
    const Dollars written_off = paid * (1 - v.salvage) / times.life;
    month_of(flows, phase.month).capital += paid;
    for (MonthFlow& flow : months_between(flows, times.ready, times.sold + 1)) {
        flow.standing += phase.share;
        flow.depreciation += written_off;
        flow.maintenance += paid * (v.maintenance / 12);
        flow.spares += paid * (v.spares / 12);
    }
    for (MonthFlow& flow : months_between(flows, times.powered, times.sold + 1)) {
        flow.working += phase.share;
    }
    const EquipmentValue left = equipment_value(v, phase, times.sold + 1);
    month_of(flows, times.sold).resale += left.resale;
    month_of(flows, times.sold).book_sold += left.book;
}

/// Buildings and own generation, which go at the horizon for their book value.
void add_building(std::vector<MonthFlow>& flows, const Venture& v, const PhaseTimes& times,
                  const VenturePhase& phase) {
    const Dollars paid = phase.share * (v.building + v.own_capital);
    const int life = life_months(v.building_years);
    month_of(flows, phase.month).capital += paid;
    const std::span<MonthFlow> used = months_between(flows, times.ready, times.ready + life);
    for (MonthFlow& flow : used) flow.depreciation += paid / life;
    const Dollars left = paid * (1 - static_cast<double>(used.size()) / life);
    flows.back().resale += left;
    flows.back().book_sold += left;
}

void add_loan(std::vector<MonthFlow>& flows, const Venture& v, const VenturePhase& phase,
              Dollars paid) {
    Dollars owed = v.debt_share * paid;
    if (owed <= Dollars{}) return;
    month_of(flows, phase.month).drawdown += owed;
    const double rate = 1 / month_discount(v.interest) - 1;
    const int first = phase.month + std::max(v.construction_months, 1);
    for (MonthFlow& flow : months_between(flows, phase.month + 1, first)) {
        flow.interest += owed * rate;
        flow.drawdown += owed * rate;
        owed += owed * rate;
    }
    const Dollars payment = annuity(owed, v.interest, v.debt_months);
    for (MonthFlow& flow : months_between(flows, first, first + v.debt_months)) {
        const Dollars interest = owed * rate;
        flow.interest += interest;
        flow.principal += payment - interest;
        owed += interest - payment;
    }
    flows.back().principal += owed;  // past the horizon, or what rounding left
}

void add_phase(std::vector<MonthFlow>& flows, const Venture& v, const VenturePhase& phase) {
    require(phase.month >= 0 && phase.month < v.months, "a phase is ordered before the horizon");
    const PhaseTimes times = phase_times(v, phase);
    add_equipment(flows, v, times, phase);
    add_building(flows, v, times, phase);
    const Dollars building = phase.share * (v.building + v.own_capital);
    add_loan(flows, v, phase, equipment_paid(v, phase) + building);
}

/// Charges of a month in which all works, at prices of the first day and at a PUE of one.
struct MonthRates {
    Joules it_energy;
    Dollars electricity, demand, carbon;  // times PUE
    Dollars water;
    double inflation = 1;  // a month
};

MonthRates month_rates(const Venture& v) {
    EnergyPrice tariff;
    for (const EnergyPrice hour : v.tariff) tariff += hour / 24;
    const double bought = 1 - v.own_share;
    MonthRates rates;
    rates.it_energy = v.it_power * v.load * unit::month;
    const double kwh = rates.it_energy.in(unit::kWh);
    rates.electricity = rates.it_energy * (bought * tariff + v.own_share * v.own_energy);
    rates.demand = v.it_power * bought * v.demand_charge;
    const double tonnes = kwh * (bought * v.carbon + v.own_share * v.own_carbon) / 1000;
    rates.carbon = tonnes * v.carbon_price;
    rates.water = kwh * v.water / 1000 * v.water_price;
    rates.inflation = std::pow(1 + v.inflation, 1.0 / 12);
    return rates;
}

void add_running_costs(std::vector<MonthFlow>& flows, const Venture& v) {
    const MonthRates rates = month_rates(v);
    double prices = 1;
    std::size_t of_year = static_cast<std::size_t>(v.start_month_of_year - 1);
    for (MonthFlow& flow : flows) {
        const double pue = v.pue[of_year];
        const double drawn = flow.working * pue * prices;
        flow.energy = rates.it_energy * (flow.working * pue);
        flow.electricity = rates.electricity * drawn;
        flow.demand = rates.demand * drawn;
        flow.carbon = rates.carbon * drawn;
        flow.water = rates.water * (flow.working * prices);
        const double standing = flow.standing * prices / 12;
        flow.staff = v.staff * standing;
        flow.licences = v.licences * standing;
        flow.network = v.network * standing;
        flow.maintenance = flow.maintenance * prices;
        flow.spares = flow.spares * prices;
        prices *= rates.inflation;
        of_year = of_year == 11 ? 0 : of_year + 1;
    }
}

void add_sales(std::vector<MonthFlow>& flows, const Venture& v, const VentureProduct& product) {
    const Dollars whole = product.a_month * v.availability * v.utilisation * product.price;
    const std::vector<double> prices = price_path(v, product.decline);
    for (std::size_t t = 0; t < flows.size(); ++t) {
        const Dollars revenue = whole * prices[t] * flows[t].working;
        flows[t].revenue += revenue;
        flows[t].revenue_share += revenue * product.revenue_share;
    }
}

/// Tax of a month's profit after the losses carried into it, which are updated.
Dollars taxed(Dollars profit, double tax, Dollars& losses) {
    const Dollars base = profit - losses;
    losses = max(-base, Dollars{});
    return tax * max(base, Dollars{});
}

void add_tax(std::vector<MonthFlow>& flows, double tax) {
    Dollars losses;
    Dollars losses_without_debt;
    for (MonthFlow& flow : flows) {
        const Dollars profit = flow.revenue - flow.revenue_share - running_cost(flow) -
                               flow.depreciation + flow.resale - flow.book_sold;
        flow.tax = taxed(profit - flow.interest, tax, losses);
        flow.tax_saved = taxed(profit, tax, losses_without_debt) - flow.tax;
    }
}

}  // namespace

std::vector<double> price_path(const Venture& venture, double decline) {
    const double month = std::pow(1 - decline, 1.0 / 12);
    std::vector<double> prices;
    double price = 1;
    for (int t = 0; t < venture.months; ++t) {
        if (t > 0 && t == venture.next_generation_month) price *= 1 - venture.next_generation_drop;
        prices.push_back(price);
        price *= month;
    }
    return prices;
}

std::vector<MonthFlow> cash_flows(const Venture& venture) {
    require(venture.months > 0, "a venture has months");
    require(venture.start_month_of_year >= 1 && venture.start_month_of_year <= 12,
            "a year has twelve months");
    std::vector<MonthFlow> flows(static_cast<std::size_t>(venture.months));
    for (const VenturePhase& phase : phases_of(venture)) add_phase(flows, venture, phase);
    add_running_costs(flows, venture);
    for (const VentureProduct& product : venture.products) add_sales(flows, venture, product);
    add_tax(flows, venture.tax);
    return flows;
}

}  // namespace millwright
