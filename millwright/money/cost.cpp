#include "millwright/money/cost.h"

namespace millwright {
namespace {

Watts it_power(const BillOfMaterials& bill) {
    return bill.servers * bill.server_power + bill.switches * bill.switch_power +
           bill.transceivers * bill.transceiver_power;
}

Dollars it_capital(const BillOfMaterials& bill, const SiteCosts& site) {
    const Dollars servers = bill.servers * (bill.server_price + bill.import_charge);
    return servers + bill.switches * bill.switch_price +
           bill.transceivers * bill.transceiver_price +
           bill.servers * bill.server_price * site.storage_share;
}

}  // namespace

Ledger<Watts> facility_power(const BillOfMaterials& bill, const SiteCosts& site) {
    Ledger<Watts> ledger{.name = "power"};
    ledger.add("servers", bill.servers * bill.server_power);
    ledger.add("switches", bill.switches * bill.switch_power);
    ledger.add("transceivers", bill.transceivers * bill.transceiver_power);
    ledger.add("cooling and conversion", it_power(bill) * (site.pue - 1));
    return ledger;
}

Ledger<Dollars> capital(const BillOfMaterials& bill, const SiteCosts& site) {
    Ledger<Dollars> ledger{.name = "capital"};
    ledger.add("servers with chips", bill.servers * bill.server_price);
    ledger.add("import charge", bill.servers * bill.import_charge);
    ledger.add("switches", bill.switches * bill.switch_price);
    ledger.add("transceivers", bill.transceivers * bill.transceiver_price);
    ledger.add("storage and front end", bill.servers * bill.server_price * site.storage_share);
    ledger.add("building", it_power(bill) * site.building);
    return ledger;
}

Ledger<Dollars> yearly_cost(const BillOfMaterials& bill, const SiteCosts& site) {
    const Dollars equipment = it_capital(bill, site);
    const Dollars building = it_power(bill) * site.building;
    const Joules energy = it_power(bill) * site.power_load * site.pue * unit::year;
    Ledger<Dollars> ledger{.name = "yearly"};
    ledger.add("depreciation of equipment", equipment / site.equipment_years);
    ledger.add("depreciation of building", building / site.building_years);
    // written off in a straight line, half of it is bound in the mean
    ledger.add("cost of capital", site.cost_of_capital * (equipment + building) / 2);
    ledger.add("electricity", energy * site.energy);
    ledger.add("staff and maintenance", site.staff_share * equipment);
    return ledger;
}

Dollars per_million_tokens(Dollars yearly, double share, TokenRate rate) {
    return yearly * share / unit::year / rate * unit::million_tokens;
}

}  // namespace millwright
