// What a factory costs to build and to run, as ledgers.
//
// capital   chips and servers, network, optics, storage, building
// yearly    straight-line depreciation, capital cost on the mean book value (half of capital),
//           electricity at mean load and PUE, staff and maintenance
#pragma once

#include "millwright/base/ledger.h"
#include "millwright/base/quantity.h"

namespace millwright {

/// Counts and unit prices of one factory.
struct BillOfMaterials {
    double servers = 0;
    Dollars server_price;   // chips included
    Dollars import_charge;  // tariff or revenue share, per server
    double switches = 0;
    Dollars switch_price;
    double transceivers = 0;
    Dollars transceiver_price;
    Watts server_power;  // maximum
    Watts switch_power;
    Watts transceiver_power;
};

/// What running costs at a site, and over how many years what is built is written off.
struct SiteCosts {
    EnergyPrice energy;
    double pue = 1;
    PowerPrice building;       // per watt of IT power
    double power_load = 1;     // mean over maximum power
    double storage_share = 0;  // of server capital
    double staff_share = 0;    // of IT capital, a year
    double equipment_years = 1;
    double building_years = 1;
    double cost_of_capital = 0;  // share a year
};

/// IT power at full load, by kind, and the overhead of cooling and conversion.
Ledger<Watts> facility_power(const BillOfMaterials& bill, const SiteCosts& site);

/// Dollars spent once. Storage is a share of servers before charges.
Ledger<Dollars> capital(const BillOfMaterials& bill, const SiteCosts& site);

/// Dollars of one year.
Ledger<Dollars> yearly_cost(const BillOfMaterials& bill, const SiteCosts& site);

/// Price of a million tokens when `rate` tokens a second are made by `share` of a factory that
/// costs `yearly` a year.
Dollars per_million_tokens(Dollars yearly, double share, TokenRate rate);

}  // namespace millwright
