// All checks go on after a fault, so that all are told. NaN fails every comparison and is asked
// for first. Bounds are wide on purpose: they keep sums and powers finite, not opinions out; the
// most months are those that rates of return are found for (irr.cpp). Tariffs may be below zero,
// and so may declines, which are rises then.
#include "millwright/money/venture.h"

#include <cmath>
#include <string_view>

#include <fmt/format.h>

namespace millwright {
namespace {

/// Collects what is wrong with numbers, by name.
struct NumberCheck {
    std::vector<std::string> faults;

    void within(std::string_view name, double value, double low, double high) {
        if (!std::isfinite(value)) {
            faults.push_back(fmt::format("{} is not a number", name));
        } else if (value < low || value > high) {
            faults.push_back(
                fmt::format("{} is {:g}; it lies between {:g} and {:g}", name, value, low, high));
        }
    }
    void share(std::string_view name, double value) { within(name, value, 0, 1); }
    // what is lost a year is never all: the price would be gone on the first day
    void decline(std::string_view name, double value) { within(name, value, -1, 0.999); }
    template <Dimension D>
    void amount(std::string_view name, Quantity<D> value) {
        amount(name, value.si());
    }
    void amount(std::string_view name, double value) { within(name, value, 0, 1e30); }
};

constexpr int most_months = 1200;

void check_times(NumberCheck& check, const Venture& v) {
    check.within("the horizon in months", v.months, 1, most_months);
    check.within("months of construction", v.construction_months, 0, most_months);
    check.within("months of delay of power", v.power_delay_months, 0, most_months);
    check.within("the month of the next generation", v.next_generation_month, 0, most_months);
    check.within("the first month of the year", v.start_month_of_year, 1, 12);
    check.within("the life of equipment in years", v.equipment_years, 1.0 / 12, 100);
    check.within("the life of buildings in years", v.building_years, 1.0 / 12, 100);
    if (v.months <= v.construction_months) {
        check.faults.push_back(
            fmt::format("construction takes {} months and the horizon is {}: nothing is ever ready",
                        v.construction_months, v.months));
    }
}

void check_phases(NumberCheck& check, const Venture& v) {
    double sum = 0;
    int before = 0;
    for (const VenturePhase& phase : v.phases) {
        check.share("the share of a phase", phase.share);
        if (phase.month < before) {
            check.faults.push_back(
                fmt::format("a phase in month {} stands after one in month {}; phases are in order "
                            "and begin with month 0 or later",
                            phase.month, before));
        } else if (phase.month >= v.months) {
            check.faults.push_back(fmt::format("a phase is ordered in month {}; the horizon is {}",
                                               phase.month, v.months));
        }
        before = phase.month;
        sum += phase.share;
    }
    // shares are written with some digits
    if (!v.phases.empty() && std::isfinite(sum) && std::abs(sum - 1) > 1e-6) {
        check.faults.push_back(fmt::format("shares of phases sum to {:g}, not 1", sum));
    }
}

void check_capital(NumberCheck& check, const Venture& v) {
    check.amount("the price of equipment", v.equipment);
    check.amount("the price of buildings", v.building);
    check.amount("the price of own generation", v.own_capital);
    check.share("the salvage value", v.salvage);
    check.decline("the decline of the price of equipment", v.equipment_decline);
    check.share("the drop at the next generation", v.next_generation_drop);
    check.share("availability", v.availability);
    check.share("utilisation", v.utilisation);
}

void check_running_costs(NumberCheck& check, const Venture& v) {
    check.amount("IT power", v.it_power);
    check.share("load", v.load);
    for (const double pue : v.pue) check.within("PUE", pue, 1, 10);
    for (const EnergyPrice hour : v.tariff) check.within("the tariff", hour.si(), -1, 1);
    check.amount("the demand charge", v.demand_charge);
    check.share("the share of own generation", v.own_share);
    check.amount("the cost of own energy", v.own_energy);
    check.amount("carbon per kWh bought", v.carbon);
    check.amount("carbon per kWh of own generation", v.own_carbon);
    check.amount("the price of carbon", v.carbon_price);
    check.amount("water per kWh", v.water);
    check.amount("the price of water", v.water_price);
    check.amount("staff", v.staff);
    check.share("maintenance", v.maintenance);
    check.share("spares", v.spares);
    check.amount("licences", v.licences);
    check.amount("network", v.network);
    check.within("inflation", v.inflation, -0.5, 10);
}

void check_money(NumberCheck& check, const Venture& v) {
    check.share("the share of debt", v.debt_share);
    check.within("interest", v.interest, 0, 10);
    check.share("tax", v.tax);
    check.within("the discount rate", v.discount, -0.5, 10);
    check.within("months of debt", v.debt_months, 0, most_months);
    if (v.debt_share > 0 && v.debt_months < 1) {
        check.faults.push_back("there is debt and no months to repay it in");
    }
}

void check_products(NumberCheck& check, const Venture& v) {
    for (const VentureProduct& product : v.products) {
        const auto of = [&](std::string_view what) {
            return product.name.empty() ? fmt::format("{} of a product", what)
                                        : fmt::format("{} of '{}'", what, product.name);
        };
        check.amount(of("units a month"), product.a_month);
        check.amount(of("the price"), product.price);
        check.decline(of("the decline of the price"), product.decline);
        check.share(of("the share of revenue owed"), product.revenue_share);
    }
}

}  // namespace

std::vector<std::string> faults_of(const Venture& venture) {
    NumberCheck check;
    check_times(check, venture);
    check_phases(check, venture);
    check_capital(check, venture);
    check_running_costs(check, venture);
    check_money(check, venture);
    check_products(check, venture);
    return check.faults;
}

}  // namespace millwright
