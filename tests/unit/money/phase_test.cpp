// Times and values of phases worked by hand.
#include <gtest/gtest.h>

#include "millwright/money/phase.h"

namespace millwright {
namespace TEST_FILE {

Venture falling() {
    Venture v;
    v.equipment = 1000 * unit::USD;
    v.construction_months = 6;
    v.power_delay_months = 4;
    v.months = 60;
    v.equipment_years = 2;
    v.salvage = 0.1;
    v.equipment_decline = 0.19;  // 0.9 in half a year
    return v;
}

TEST(Phase, IsReadyThenPoweredThenSold) {
    Venture v = falling();
    const PhaseTimes first = phase_times(v, {});
    EXPECT_EQ(first.ready, 6);
    EXPECT_EQ(first.powered, 10);
    EXPECT_EQ(first.life, 24);
    EXPECT_EQ(first.sold, 29);
    EXPECT_EQ(phase_times(v, {.month = 50}).sold, 59);
    EXPECT_EQ(life_months(0.01), 1);
    EXPECT_EQ(life_months(5), 60);
    EXPECT_EQ(phases_of(v).size(), 1U);
    EXPECT_EQ(phases_of(v)[0].share, 1);
    v.phases = {{0, 0.5}, {3, 0.5}};
    EXPECT_EQ(phases_of(v).size(), 2U);
}

TEST(Phase, LaterPhasesPayThePriceOfTheirMonth) {
    Venture v = falling();
    EXPECT_NEAR(equipment_paid(v, {.month = 0, .share = 0.5}).si(), 500, 1e-9);
    EXPECT_NEAR(equipment_paid(v, {.month = 6, .share = 0.5}).si(), 450, 1e-9);
    v.next_generation_month = 6;
    v.next_generation_drop = 0.2;
    EXPECT_NEAR(equipment_paid(v, {.month = 6, .share = 0.5}).si(), 360, 1e-9);
    EXPECT_NEAR(equipment_paid(v, {.month = 0, .share = 0.5}).si(), 500, 1e-9);
}

TEST(Phase, AMachineIsWrittenOffToItsSalvage) {
    const Venture v = falling();
    // not ready: whole in the books, though its like has become cheaper
    EXPECT_NEAR(equipment_value(v, {}, 6).book.si(), 1000, 1e-9);
    EXPECT_NEAR(equipment_value(v, {}, 6).resale.si(), 900, 1e-9);
    // half of its life, 18 months after its order
    EXPECT_NEAR(equipment_value(v, {}, 18).book.si(), 550, 1e-9);
    EXPECT_NEAR(equipment_value(v, {}, 18).resale.si(), 550 * 0.9 * 0.81, 1e-9);
    EXPECT_NEAR(equipment_value(v, {}, 30).book.si(), 100, 1e-9);
    EXPECT_NEAR(equipment_value(v, {}, 30).resale.si(), 100, 1e-9);
}

TEST(Phase, TheNextGenerationDropsWhatStandsButNotBelowSalvage) {
    Venture v = falling();
    v.equipment_decline = 0;
    v.next_generation_month = 18;
    v.next_generation_drop = 0.4;
    EXPECT_NEAR(equipment_value(v, {}, 17).resale / equipment_value(v, {}, 17).book, 1, 1e-12);
    EXPECT_NEAR(equipment_value(v, {}, 18).resale.si(), 330, 1e-9);
    // what is bought when it has come does not fall again
    EXPECT_NEAR(equipment_value(v, {.month = 18}, 30).resale.si(), 0.6 * 775, 1e-9);
    v.next_generation_drop = 0.95;
    EXPECT_NEAR(equipment_value(v, {}, 18).resale.si(), 100, 1e-9);
}

}  // namespace TEST_FILE
}  // namespace millwright
