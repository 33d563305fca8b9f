// Ventures that tests share.
#pragma once

#include <cstddef>

#include "millwright/money/venture.h"

namespace millwright {

/// Everything that a venture can have, all with an effect.
inline Venture rich_venture() {
    Venture v;
    v.equipment = 1e9 * unit::USD;
    v.building = 2e8 * unit::USD;
    v.phases = {{0, 0.4}, {6, 0.35}, {18, 0.25}};
    v.construction_months = 9;
    v.power_delay_months = 3;
    v.months = 84;
    v.equipment_years = 4.5;
    v.salvage = 0.06;
    v.equipment_decline = 0.2;
    v.next_generation_month = 30;
    v.next_generation_drop = 0.25;
    v.it_power = 50 * unit::MW;
    v.load = 0.8;
    v.pue = {1.1, 1.1, 1.15, 1.2, 1.25, 1.3, 1.35, 1.35, 1.25, 1.2, 1.15, 1.1};
    v.start_month_of_year = 10;
    for (std::size_t i = 0; i < v.tariff.size(); ++i) {
        v.tariff[i] = (i < 8 ? 0.05 : 0.11) * unit::USD / unit::kWh;
    }
    v.demand_charge = 8 * unit::USD / unit::kW;
    v.own_share = 0.3;
    v.own_energy = 0.04 * unit::USD / unit::kWh;
    v.own_capital = 4e7 * unit::USD;
    v.carbon = 0.55;
    v.own_carbon = 0.4;
    v.carbon_price = 12 * unit::USD;
    v.water = 1.8;
    v.water_price = 0.7 * unit::USD;
    v.staff = 9e6 * unit::USD;
    v.maintenance = 0.02;
    v.spares = 0.015;
    v.licences = 3e6 * unit::USD;
    v.network = 2e6 * unit::USD;
    v.inflation = 0.02;
    v.availability = 0.97;
    v.utilisation = 0.7;
    v.debt_share = 0.6;
    v.interest = 0.06;
    v.debt_months = 48;
    v.tax = 0.25;
    v.discount = 0.1;
    v.products = {{"hours", 11e6, 4 * unit::USD, 0.15, 0.1},
                  {"tokens", 2e6, 3 * unit::USD, 0.3, 0}};
    return v;
}

}  // namespace millwright
