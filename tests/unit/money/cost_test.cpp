// Costs of a small bill and a bound of serving, worked by hand; tables of reports.
#include <gtest/gtest.h>

#include "millwright/money/cost.h"
#include "millwright/report/study_text.h"
#include "millwright/report/table.h"
#include "millwright/serve/roofline.h"
#include "tests/fixtures.h"

namespace millwright {
namespace TEST_FILE {

BillOfMaterials small_bill() {
    BillOfMaterials bill;
    bill.servers = 10;
    bill.server_price = 100'000 * unit::USD;
    bill.server_power = 10 * unit::kW;
    bill.switches = 4;
    bill.switch_price = 10'000 * unit::USD;
    bill.switch_power = 1 * unit::kW;
    bill.transceivers = 100;
    bill.transceiver_price = 500 * unit::USD;
    bill.transceiver_power = 10 * unit::W;
    return bill;
}

SiteCosts plain_site() {
    SiteCosts site;
    site.energy = 0.1 * unit::USD / unit::kWh;
    site.pue = 1.25;
    site.building = 10 * unit::USD / unit::W;
    site.power_load = 0.8;
    site.staff_share = 0.05;
    site.equipment_years = 5;
    site.building_years = 20;
    site.cost_of_capital = 0.1;
    return site;
}

TEST(Money, CapitalIsTheBill) {
    const Ledger<Dollars> ledger = capital(small_bill(), plain_site());
    // 1,000,000 + 40,000 + 50,000 + 105 kW x 10 USD/W
    EXPECT_NEAR(ledger.value.in(unit::USD), 2'140'000, 1e-6);
}

TEST(Money, YearlyCostAddsUpByHand) {
    const Ledger<Dollars> ledger = yearly_cost(small_bill(), plain_site());
    const double equipment = 1'090'000;
    const double building = 1'050'000;
    const double kilowatts = 105 * 0.8 * 1.25;
    const double expected = equipment / 5 + building / 20 + 0.1 * (equipment + building) / 2 +
                            kilowatts * 8766 * 0.1 + 0.05 * equipment;
    EXPECT_NEAR(ledger.value.in(unit::USD), expected, 1e-3);
}

TEST(Money, PowerCountsTheOverhead) {
    EXPECT_NEAR(facility_power(small_bill(), plain_site()).value.in(unit::kW), 131.25, 1e-9);
}

TEST(Money, TokensArePricedByTheChipsUsed) {
    const TokenRate rate = 1e6 * unit::token / unit::s;
    const Dollars year = 365.25 * 86400 * unit::USD;  // a dollar a second
    EXPECT_NEAR(per_million_tokens(year, 0.5, rate).in(unit::USD), 0.5, 1e-12);
}

TEST(Serve, CacheIsWhatTheLayersKeep) {
    const Catalog& catalog = built_in_catalog();
    // Llama 3 8B: 32 layers x 2 x 8 heads x 128 x 2 bytes
    EXPECT_EQ(sequence_cache(part_named(catalog.models, "llama-3.1-8b"), 1).held.si(), 131072);
    // DeepSeek-V3: 61 layers x 576 x 2 bytes
    EXPECT_EQ(sequence_cache(part_named(catalog.models, "deepseek-v3"), 1).held.si(), 70272);
}

TEST(Serve, DecodeIsBoundByMemory) {
    const TrainContext c = context_on("llama-3.1-8b", "hgx-h100", 8);
    const ServeContext context{c.model, Precision::bf16, c.chip, c.network};
    const Served served = best_replica(context, {});
    ASSERT_TRUE(served.feasible);
    const Bytes sequence = served.cache_per_sequence;
    EXPECT_LE((served.weights + static_cast<double>(served.batch) * sequence).si(),
              static_cast<double>(served.chips) * c.chip.memory_capacity.si());
    const double floor = served.weights.si() / (static_cast<double>(served.chips) * 3.35e12);
    EXPECT_GT(served.token_time.total().si(), floor);
    EXPECT_LE(served.token_time.total().si(), 0.05);
    EXPECT_GT(served.prefill, served.decode);
}

TEST(Table, KeepsTo100Columns) {
    const std::string wide(150, 'x');
    const std::string text = format_table({"a", "b"}, {{wide, "1"}, {"short", "22"}}, "lr");
    std::size_t start = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos;
         start = end + 1, end = text.find('\n', start)) {
        EXPECT_LE(end - start, report_width);
    }
    EXPECT_NE(text.find('~'), std::string::npos);
}

TEST(Table, WrapsAtWords) {
    const std::string text =
        wrapped("  head  ", std::string(60, 'a') + " " + std::string(60, 'b'), 8);
    EXPECT_EQ(text, "  head  " + std::string(60, 'a') + "\n        " + std::string(60, 'b') + "\n");
}

}  // namespace TEST_FILE
}  // namespace millwright
