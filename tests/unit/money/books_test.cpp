// What ventures come to: closed forms, and a day that was published.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "millwright/money/cash_flow.h"
#include "tests/unit/money/ventures.h"

namespace millwright {
namespace TEST_FILE {

/// Rented by the hour: nothing is built, all costs are a price a year.
Venture rented(Dollars yearly) {
    Venture v;
    v.months = 12;
    v.licences = yearly;
    return v;
}

// DeepSeek, "DeepSeek-V3/R1 Inference System Overview", 2025-03-01: a day of 226.75 nodes of eight
// H800 at 2 USD an hour; revenue as if all were sold at R1's prices.
TEST(Books, DeepSeeksDayIsReproducedFromItsInputs) {
    const double days = 365.25;
    Venture v = rented(226.75 * 8 * 24 * 2 * days * unit::USD);
    const double month = 365.25 / 12;
    v.products = {{"input, cached", 342e3 * month, 0.14 * unit::USD, 0, 0},
                  {"input", (608e3 - 342e3) * month, 0.55 * unit::USD, 0, 0},
                  {"output", 168e3 * month, 2.19 * unit::USD, 0, 0}};
    const Books books = books_of(v);
    EXPECT_NEAR(books.yearly_cost.si() / days, 87'072, 0.5);
    EXPECT_NEAR(books.revenue_a_year.si() / days / 562'027, 1, 1e-3);
    // 545 % of cost
    EXPECT_NEAR(books.margin / (1 - books.margin) / ((562'027.0 - 87'072) / 87'072), 1, 1e-3);
    // costs go by revenue, so each product costs the same share of its price
    EXPECT_NEAR(books.unit_cost[0].si() / 0.14, 1 - books.margin, 1e-12);
    EXPECT_NEAR(books.unit_cost[2].si() / 2.19, 1 - books.margin, 1e-12);
}

TEST(Books, AMillionTokensCostAnHourOverItsTokens) {
    EXPECT_TRUE(rc::check([] {
        const double hour = 0.01 * *rc::gen::inRange(1, 2000);
        const double rate = *rc::gen::inRange(1, 100'000);  // tokens a second
        Venture v = rented(hour * 8766 * unit::USD);
        v.discount = 0.01 * *rc::gen::inRange(0, 40);
        v.products = {{"million tokens", rate * unit::month.si() / 1e6, {}, 0, 0}};
        const double cost = books_of(v).unit_cost[0].si();
        RC_ASSERT(std::abs(cost / (hour / (3.6e-3 * rate)) - 1) < 1e-12);
    }));
}

TEST(Books, AYearsCostIsThePaymentOfAnAnnuityDue) {
    Venture v;
    v.equipment = 1000 * unit::USD;
    v.months = 24;
    v.equipment_years = 2;
    v.discount = std::pow(1.01, 12) - 1;
    const Books books = books_of(v);
    // 24 payments at the beginning of each month
    const double month = 1000 * 0.01 / (1 - std::pow(1.01, -24)) / 1.01;
    EXPECT_NEAR(books.yearly_cost.si(), 12 * month, 1e-9);
    EXPECT_NEAR(books.npv.si(), -1000, 1e-9);
    EXPECT_NEAR(books.capital.si(), 1000, 1e-9);
    EXPECT_FALSE(books.irr);
    EXPECT_FALSE(books.payback_years);
    EXPECT_EQ(books.margin, 0);
}

TEST(Books, ReturnsAreThoseOfTheFreeCash) {
    Venture v;
    v.equipment = 1000 * unit::USD;
    v.construction_months = 1;
    v.months = 25;
    v.equipment_years = 2;
    v.products = {{"unit", 1, 50 * unit::USD, 0, 0.1}};  // 45 a month for 24 months
    const Books books = books_of(v);
    EXPECT_NEAR(books.npv.si(), 80, 1e-9);
    EXPECT_NEAR(books.margin, 80.0 / 1200, 1e-12);
    EXPECT_NEAR(books.payback_years.value(), 1000.0 / 45 / 12, 1e-12);
    EXPECT_NEAR(books.revenue_a_year.si(), 600, 1e-9);
    EXPECT_EQ(books.irr_roots, 1);
    v.discount = books.irr.value();
    EXPECT_NEAR(books_of(v).npv.si(), 0, 1e-9);
    EXPECT_NEAR(books_of(v).equity_npv.si(), 0, 1e-9);
}

TEST(Books, FiguresAYearAreOfTheWholeFactoryAtWork) {
    Venture v = rich_venture();
    v.pue.fill(1.2);
    const Books books = books_of(v);
    const double it = 40'000 * 8766;  // kWh
    EXPECT_NEAR(books.energy_a_year.in(unit::kWh) / (1.2 * it), 1, 1e-12);
    EXPECT_NEAR(books.carbon_a_year / (1.2 * it * (0.7 * 0.55 + 0.3 * 0.4) / 1000), 1, 1e-12);
    EXPECT_NEAR(books.water_a_year.si() / (it * 1.8 / 1000), 1, 1e-12);
}

TEST(Books, WhatIsStrandedIsBookLessResale) {
    Venture v;
    v.equipment = 1000 * unit::USD;
    v.phases = {{0, 0.5}, {12, 0.5}};
    v.months = 48;
    v.equipment_years = 4;
    v.next_generation_month = 12;
    v.next_generation_drop = 0.3;
    // the first phase has a book value of 375; the second is bought at the new price
    EXPECT_NEAR(books_of(v).stranded.si(), 375 * 0.3, 1e-9);
    v.next_generation_month = 0;
    EXPECT_EQ(books_of(v).stranded.si(), 0);
    v.next_generation_month = 49;
    EXPECT_EQ(books_of(v).stranded.si(), 0);
    v.equipment_years = 0.5;  // sold before
    v.next_generation_month = 8;
    EXPECT_EQ(books_of(v).stranded.si(), 0);
}

TEST(Books, ProductsCarryCostsByTheirRevenue) {
    const Venture v = rich_venture();
    const Books books = books_of(v);
    Venture dearer = v;
    dearer.products[1].price = 1.5 * v.products[1].price;
    EXPECT_GT(books_of(dearer).unit_cost[1], books.unit_cost[1]);
    EXPECT_LT(books_of(dearer).unit_cost[0], books.unit_cost[0]);
    // all of the cost is carried
    const double used = 0.97 * 0.7 * 12;
    const Dollars carried = used * (11e6 * books.unit_cost[0] + 2e6 * books.unit_cost[1]);
    EXPECT_NEAR(carried / books.yearly_cost, 1, 1e-12);
    Venture given = v;
    for (VentureProduct& product : given.products) product.price = {};
    const Books free = books_of(given);
    EXPECT_NEAR(11e6 * free.unit_cost[0] / (2e6 * free.unit_cost[1]), 1, 1e-12);
}

}  // namespace TEST_FILE
}  // namespace millwright
