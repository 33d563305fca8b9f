// A factory as an investment: what is built when, what it sells, what running it costs, how it is
// financed and taxed. Plain numbers; cash_flow.h makes months of them.
//
// Time is counted in months from the first order: month t is the t-th after it, and what a month
// earns and costs is dated t/12 of a year after the first day. Prices are those of the first day
// and move from there: those of products and of equipment fall, running costs inflate.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "millwright/base/quantity.h"

namespace millwright {

/// A part of the factory that is ordered, and paid for, in one month.
struct VenturePhase {
    int month = 0;
    double share = 1;  // of capital and of capacity
};

/// Something that the factory sells.
struct VentureProduct {
    std::string name;
    double a_month = 0;        // units in a month of the whole factory, all available and used
    Dollars price;             // of a unit on the first day
    double decline = 0;        // share of the price lost a year, compounded
    double revenue_share = 0;  // of this revenue, owed to a government or a licensor
};

/// A factory from its first order to the horizon, at which all is sold.
///
/// A phase is ready `construction_months` after its order and powered `power_delay_months` later.
/// From ready on it is written off, ages and costs staff, maintenance, spares, licences and lines;
/// from powered on it sells and draws power, until its equipment ends its life. Nothing is renewed.
///
/// Like equipment, new, loses `equipment_decline` of its price a year and `next_generation_drop` in
/// `next_generation_month`, where the prices of products drop by the same share. A later phase pays
/// the price of its month. Equipment is written off in a straight line to `salvage` of what was
/// paid (IAS 16, residual value), buildings and own generation to nothing. A used machine sells for
/// its book value times the fall of the price of like equipment since its order, and never for less
/// than its salvage; buildings and own generation for their book value, at the horizon.
struct Venture {
    Dollars equipment;                 // of all phases, at prices of the first day
    Dollars building;                  // of all phases
    std::vector<VenturePhase> phases;  // in order of months; none: all in month 0
    int construction_months = 0;       // order to ready
    int power_delay_months = 0;        // ready to powered
    int months = 60;                   // horizon
    double equipment_years = 5;        // life, from ready
    double building_years = 20;
    double salvage = 0;  // share of what the equipment cost that it brings at the end of its life
    double equipment_decline = 0;
    int next_generation_month = 0;  // 0: none within the horizon
    double next_generation_drop = 0;

    Watts it_power;   // of all phases, at the most
    double load = 1;  // mean over most power, the same at all hours
    std::array<double, 12> pue{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};  // January to December
    int start_month_of_year = 1;           // of the first order; 1 is January
    std::array<EnergyPrice, 24> tariff{};  // by hour of the day
    PowerPrice demand_charge;              // a month, of the peak of what is bought
    double own_share = 0;                  // of energy and of the peak, from own generation
    EnergyPrice own_energy;                // fuel and upkeep
    Dollars own_capital;                   // of all phases, written off as the building is
    double carbon = 0;                     // kg of CO2 per kWh bought
    double own_carbon = 0;                 // kg of CO2 per kWh of own generation
    Dollars carbon_price;                  // of a tonne
    double water = 0;                      // litres per kWh of IT energy: WUE, ISO/IEC 30134-9
    Dollars water_price;                   // of a cubic metre

    Dollars staff;           // a year, as are all of these; the whole factory's
    double maintenance = 0;  // share of what the equipment cost
    double spares = 0;       // share of what the equipment cost
    Dollars licences;
    Dollars network;       // lines to the world
    double inflation = 0;  // of all running costs, energy and charges too

    double availability = 1;  // of the capacity that is powered
    double utilisation = 1;   // of what is available

    double debt_share = 0;  // of capital, drawn as it is paid
    double interest = 0;    // effective, a year
    int debt_months = 0;    // equal payments, the first after the phase's construction
    double tax = 0;         // on profit after depreciation and interest, losses carried forward
    double discount = 0;    // effective, a year: WACC after tax for the project, and for equity

    std::vector<VentureProduct> products;
};

/// What does not make sense, each in a sentence; none where the venture can be reckoned. Shares lie
/// between 0 and 1, phases are in order, sum to 1 and are ordered before the horizon, which lies
/// behind construction; a loan has a length; no number is infinite or NaN.
std::vector<std::string> faults_of(const Venture& venture);

}  // namespace millwright
