// Owning against renting: at the rent that breaks even both cost the same, and a year by hand.
#include "millwright/study/rent_or_buy.h"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "millwright/base/units.h"
#include "millwright/money/cash_flow.h"

namespace millwright {
namespace TEST_FILE {

/// Two years of a thousand dollars' worth of chips, nothing but capital.
Venture plain() {
    Venture v;
    v.equipment = 1000 * unit::USD;
    v.months = 24;
    v.equipment_years = 2;
    v.availability = 0.8;
    v.utilisation = 0.5;
    return v;
}

TEST(RentOrBuy, ByHand) {
    const double hours = 24 * (unit::month / unit::hour) * 3;  // used or not
    const RentOrBuy of = rent_or_buy(plain(), 3, 2 * unit::USD, 0);
    EXPECT_NEAR(of.owning.in(unit::USD), 1000, 1e-9);
    EXPECT_NEAR(of.renting.in(unit::USD), 2 * hours, 1e-6);
    EXPECT_NEAR(of.break_even->in(unit::USD), 1000 / hours, 1e-9);
}

TEST(RentOrBuy, AContractKeepsTheRentOfItsFirstMonth) {
    const RentOrBuy even = rent_or_buy(plain(), 3, 2 * unit::USD, 0);
    const RentOrBuy falling = rent_or_buy(plain(), 3, 2 * unit::USD, 0.5);
    // within a contract they do not
    EXPECT_NEAR(falling.renting / even.renting, 1, 1e-12);
    Venture later = plain();
    later.equipment_years = 4;
    later.months = 48;
    const double fall = std::pow(0.5, 3);
    EXPECT_NEAR(rent_or_buy(later, 3, 2 * unit::USD, 0.5).renting / even.renting,
                (36 + 12 * fall) / 24, 1e-12);
    later.construction_months = 12;
    EXPECT_NEAR(rent_or_buy(later, 3, 2 * unit::USD, 0.5).renting / even.renting, 36 * 0.5 / 24,
                1e-12);
    later.next_generation_month = 6;
    later.next_generation_drop = 0.2;
    EXPECT_NEAR(rent_or_buy(later, 3, 2 * unit::USD, 0.5).renting / even.renting, 36 * 0.4 / 24,
                1e-12);
}

TEST(RentOrBuy, WithoutHoursThereIsNoRent) {
    Venture v = plain();
    v.construction_months = 23;
    v.power_delay_months = 1;
    EXPECT_FALSE(rent_or_buy(v, 3, 2 * unit::USD, 0).break_even);
}

RC_GTEST_PROP(RentOrBuyLaws, AtTheRentThatBreaksEvenBothCostTheSame, ()) {
    Venture v = plain();
    v.construction_months = *rc::gen::inRange(0, 20);
    v.equipment_decline = *rc::gen::inRange(0, 90) / 100.0;
    v.maintenance = *rc::gen::inRange(0, 20) / 100.0;
    v.discount = *rc::gen::inRange(0, 40) / 100.0;
    v.inflation = *rc::gen::inRange(0, 10) / 100.0;
    const double decline = *rc::gen::inRange(0, 90) / 100.0;
    const RentOrBuy first = rent_or_buy(v, 16, 1 * unit::USD, decline);
    RC_ASSERT(first.break_even);
    const RentOrBuy even = rent_or_buy(v, 16, *first.break_even, decline);
    RC_ASSERT(std::abs(even.renting / even.owning - 1) < 1e-9);
}

}  // namespace TEST_FILE
}  // namespace millwright
