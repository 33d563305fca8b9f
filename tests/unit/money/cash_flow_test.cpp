// Months of small ventures worked by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "millwright/base/require.h"
#include "millwright/money/cash_flow.h"
#include "tests/unit/money/ventures.h"

namespace millwright {
namespace TEST_FILE {

Dollars sum_of(const std::vector<MonthFlow>& flows, Dollars MonthFlow::*column) {
    Dollars sum;
    for (const MonthFlow& flow : flows) sum += flow.*column;
    return sum;
}

/// Ready in month 2, powered in 3; a kilowatt; sells a unit a month.
Venture small_venture() {
    Venture v;
    v.equipment = 1200 * unit::USD;
    v.construction_months = 2;
    v.power_delay_months = 1;
    v.months = 24;
    v.equipment_years = 1;
    v.it_power = 1 * unit::kW;
    v.products = {{"unit", 1, 300 * unit::USD, 0, 0}};
    return v;
}

TEST(CashFlow, AMachineWorksFromPowerToTheEndOfItsLife) {
    Venture v = small_venture();
    v.salvage = 0.25;
    const std::vector<MonthFlow> flows = cash_flows(v);
    ASSERT_EQ(flows.size(), 24U);
    EXPECT_EQ(flows[0].capital.si(), 1200);
    for (std::size_t t = 0; t < flows.size(); ++t) {
        EXPECT_EQ(flows[t].standing, t >= 2 && t < 14 ? 1 : 0) << t;
        EXPECT_EQ(flows[t].working, t >= 3 && t < 14 ? 1 : 0) << t;
        EXPECT_NEAR(flows[t].depreciation.si(), t >= 2 && t < 14 ? 75 : 0, 1e-9) << t;
        EXPECT_NEAR(flows[t].revenue.si(), t >= 3 && t < 14 ? 300 : 0, 1e-9) << t;
        EXPECT_NEAR(flows[t].resale.si(), t == 13 ? 300 : 0, 1e-9) << t;
    }
    v.construction_months = 30;  // never ready: bought and sold
    EXPECT_NEAR(free_cash(cash_flows(v).back()).si(), 1200, 1e-9);
    v.phases = {{24, 1}};
    EXPECT_THROW(cash_flows(v), BrokenContract);
}

TEST(CashFlow, EnergyIsChargedByMonthAndPUE) {
    Venture v = small_venture();
    v.load = 0.5;
    v.start_month_of_year = 11;
    v.pue[2] = 1.2;  // March, the fifth month
    v.tariff.fill(0.1 * unit::USD / unit::kWh);
    v.tariff[0] = 0.34 * unit::USD / unit::kWh;  // 0.11 in the mean
    v.own_share = 0.25;
    v.own_energy = 0.03 * unit::USD / unit::kWh;
    v.demand_charge = 12 * unit::USD / unit::kW;
    v.carbon = 0.8;
    v.own_carbon = 0.4;
    v.carbon_price = 50 * unit::USD;
    v.water = 2;
    v.water_price = 3 * unit::USD;
    const MonthFlow march = cash_flows(v)[4];
    const double kwh = 0.5 * 730.5;
    EXPECT_NEAR(march.energy.in(unit::kWh), 1.2 * kwh, 1e-9);
    EXPECT_NEAR(march.electricity.si(), 1.2 * kwh * (0.75 * 0.11 + 0.25 * 0.03), 1e-9);
    EXPECT_NEAR(march.demand.si(), 1.2 * 0.75 * 12, 1e-9);
    EXPECT_NEAR(march.carbon.si(), 1.2 * kwh * 0.7 / 1000 * 50, 1e-9);
    EXPECT_NEAR(march.water.si(), kwh * 0.002 * 3, 1e-9);  // of IT energy
    EXPECT_NEAR(cash_flows(v)[3].demand.si(), 0.75 * 12, 1e-9);
}

TEST(CashFlow, PricesMoveWithTheMonths) {
    Venture v = small_venture();
    v.staff = 1200 * unit::USD;
    v.licences = 240 * unit::USD;
    v.network = 120 * unit::USD;
    v.maintenance = 0.05;
    v.spares = 0.02;
    v.inflation = 0.21;
    v.availability = 0.9;
    v.utilisation = 0.5;
    v.products[0].decline = 0.36;
    v.products[0].revenue_share = 0.15;
    v.next_generation_month = 12;
    v.next_generation_drop = 0.5;
    const std::vector<MonthFlow> flows = cash_flows(v);
    EXPECT_NEAR(flows[2].staff.si(), 100 * std::pow(1.21, 2.0 / 12), 1e-9);
    EXPECT_NEAR(flows[6].staff.si(), 110, 1e-9);
    EXPECT_NEAR(flows[6].licences.si(), 22, 1e-9);
    EXPECT_NEAR(flows[6].network.si(), 11, 1e-9);
    EXPECT_NEAR(flows[6].maintenance.si(), 5.5, 1e-9);
    EXPECT_NEAR(flows[6].spares.si(), 2.2, 1e-9);
    EXPECT_NEAR(flows[6].revenue.si(), 300 * 0.45 * 0.8, 1e-9);
    EXPECT_NEAR(flows[6].revenue_share.si(), 0.15 * 108, 1e-9);
    EXPECT_NEAR(flows[12].revenue.si(), 300 * 0.45 * 0.64 * 0.5, 1e-9);
}

TEST(CashFlow, ALossIsCarriedIntoLaterProfits) {
    Venture v = small_venture();
    v.equipment = {};
    v.construction_months = 0;
    v.power_delay_months = 3;
    v.staff = 1200 * unit::USD;
    v.products[0].price = 250 * unit::USD;
    v.tax = 0.2;
    const std::vector<MonthFlow> flows = cash_flows(v);
    // three months lose 100 each, each later one earns 150
    for (const std::size_t t : {0U, 1U, 2U, 3U, 4U}) EXPECT_NEAR(flows[t].tax.si(), 0, 1e-9);
    EXPECT_NEAR(flows[5].tax.si(), 30, 1e-9);
    EXPECT_NEAR(free_cash(flows[5]).si(), 120, 1e-9);
    // half a month's loss left: 2.4 months
    v.staff = 960 * unit::USD;
    EXPECT_NEAR(cash_flows(v)[4].tax.si(), 0.2 * (2 * 170 - 3 * 80), 1e-9);
}

TEST(CashFlow, ALoanPaysForItsConstructionAndIsRepaid) {
    Venture v = small_venture();
    v.construction_months = 3;
    v.debt_share = 0.5;
    v.interest = std::pow(1.01, 12) - 1;
    v.debt_months = 6;
    const std::vector<MonthFlow> flows = cash_flows(v);
    EXPECT_NEAR(flows[0].drawdown.si(), 600, 1e-9);
    EXPECT_NEAR(flows[1].drawdown.si(), 6, 1e-9);
    EXPECT_NEAR(flows[2].interest.si(), 6.06, 1e-9);
    EXPECT_NEAR(financing(flows[2]).si(), 0, 1e-9);
    const double payment = 612.06 * 0.01 / (1 - std::pow(1.01, -6));
    EXPECT_NEAR(flows[3].interest.si(), 6.1206, 1e-9);
    for (const std::size_t t : {3U, 5U, 8U}) EXPECT_NEAR(financing(flows[t]).si(), -payment, 1e-9);
    EXPECT_NEAR(financing(flows[9]).si(), 0, 1e-9);
    EXPECT_NEAR(sum_of(flows, &MonthFlow::principal).si(), 612.06, 1e-9);
    v.debt_months = 60;  // the rest is due at the horizon
    EXPECT_NEAR(sum_of(cash_flows(v), &MonthFlow::principal).si(), 612.06, 1e-9);
    v.debt_months = 1;
    v.construction_months = 0;
    EXPECT_NEAR(financing(cash_flows(v)[1]).si(), -606, 1e-9);
}

TEST(CashFlow, InterestSavesTaxAndFreeCashDoesNotKnow) {
    Venture v = small_venture();
    v.construction_months = 0;
    v.power_delay_months = 0;
    v.tax = 0.25;
    const Dollars without = free_cash(cash_flows(v)[6]);
    EXPECT_NEAR(without.si(), 300 - 0.25 * 200, 1e-9);
    v.debt_share = 1;
    v.interest = std::pow(1.01, 12) - 1;
    v.debt_months = 20;
    const MonthFlow flow = cash_flows(v)[6];
    EXPECT_NEAR(flow.tax_saved.si(), 0.25 * flow.interest.si(), 1e-9);
    EXPECT_NEAR(free_cash(flow).si(), without.si(), 1e-9);
    const double paid = flow.interest.si() + flow.principal.si();
    EXPECT_NEAR(equity_cash(flow).si(), 300 - flow.tax.si() - paid, 1e-9);
}

TEST(CashFlow, BuildingsGoForWhatIsNotWrittenOff) {
    Venture v = small_venture();
    v.equipment = {};
    v.building = 600 * unit::USD;
    v.own_capital = 600 * unit::USD;
    v.building_years = 10;
    const std::vector<MonthFlow> flows = cash_flows(v);
    EXPECT_NEAR(flows[1].depreciation.si(), 0, 1e-9);
    EXPECT_NEAR(flows[2].depreciation.si(), 10, 1e-9);
    EXPECT_NEAR(flows[23].resale.si(), 1200 - 22 * 10, 1e-9);
    v.building_years = 1;
    EXPECT_NEAR(cash_flows(v)[23].resale.si(), 0, 1e-9);
    EXPECT_NEAR(cash_flows(v)[14].depreciation.si(), 0, 1e-9);
}

TEST(CashFlow, PhasesAddUp) {
    const std::vector<MonthFlow> flows = cash_flows(rich_venture());
    EXPECT_NEAR(flows[12].working, 0.4, 1e-12);
    EXPECT_NEAR(flows[15].standing, 0.75, 1e-12);
    EXPECT_NEAR(flows[18].working, 0.75, 1e-12);
    EXPECT_NEAR(flows[30].working, 1, 1e-12);
    EXPECT_NEAR(flows[6].capital.si(), 0.35 * (1e9 * std::sqrt(0.8) + 2.4e8), 1);
}

}  // namespace TEST_FILE
}  // namespace millwright
