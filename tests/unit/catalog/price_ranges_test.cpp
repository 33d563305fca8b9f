// Ratios of price items lie within what they may be.
#include "millwright/catalog/price_ranges.h"

#include <gtest/gtest.h>

#include "millwright/catalog/references.h"

namespace millwright {
namespace TEST_FILE {

TEST(PriceRanges, EveryRatioOfTheCatalogHasOneAndLiesWithin) {
    for (const PriceItem& item : built_in_catalog().prices) {
        if (!item.ratio.known()) continue;
        const Range range = price_range(item.id);
        EXPECT_LT(range.high, 1000) << item.id << " has no range";
        EXPECT_GE(item.ratio.value, range.low) << item.id;
        EXPECT_LE(item.ratio.value, range.high) << item.id;
    }
    for (const auto& [id, range] : price_ranges) {
        EXPECT_NE(find_part(built_in_catalog().prices, id), nullptr) << id;
    }
}

TEST(PriceRanges, ARatioOutsideIsAFaultOfItsFile) {
    Catalog catalog = built_in_catalog();
    for (PriceItem& item : catalog.prices) {
        if (item.id == "depreciation-years") item.ratio.value = 0;
    }
    const Faults faults = reference_faults(catalog);
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_EQ(faults[0].message, "the ratio cannot be 0");
    EXPECT_EQ(faults[0].hint, "0.5 to 50");
}

}  // namespace TEST_FILE
}  // namespace millwright
