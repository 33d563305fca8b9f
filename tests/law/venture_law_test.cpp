// Laws of ventures: money is conserved, rates are roots, and what is better is never worth less.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <vector>

#include "millwright/money/cash_flow.h"
#include "millwright/money/returns.h"
#include "tests/unit/money/ventures.h"

namespace millwright {
namespace TEST_FILE {

double share() { return 0.01 * *rc::gen::inRange(0, 101); }

/// One without faults, with other times, shares and prices each time.
Venture any_venture() {
    Venture v = rich_venture();
    v.construction_months = *rc::gen::inRange(0, 24);
    v.power_delay_months = *rc::gen::inRange(0, 12);
    v.months = *rc::gen::inRange(25, 200);
    v.phases.clear();
    const int phases = *rc::gen::inRange(0, 4);
    int month = 0;
    for (int i = 0; i < phases; ++i) {
        v.phases.push_back({month, 1.0 / phases});
        month += *rc::gen::inRange(0, 9);
    }
    v.equipment_years = 0.25 * *rc::gen::inRange(1, 40);
    v.building_years = *rc::gen::inRange(1, 30);
    v.salvage = share();
    v.equipment_decline = 0.9 * share();
    v.next_generation_month = *rc::gen::inRange(0, 220);
    v.next_generation_drop = share();
    v.start_month_of_year = *rc::gen::inRange(1, 13);
    v.debt_share = share();
    v.interest = 0.3 * share();
    v.debt_months = *rc::gen::inRange(1, 250);
    v.tax = share();
    v.discount = 0.4 * share();
    v.products[0].price = *rc::gen::inRange(0, 20) * unit::USD;
    return v;
}

double sum_of(const std::vector<MonthFlow>& flows, Dollars MonthFlow::*column) {
    double sum = 0;
    for (const MonthFlow& flow : flows) sum += (flow.*column).si();
    return sum;
}

TEST(VentureLaw, CashIsConservedByItsColumns) {
    EXPECT_TRUE(rc::check("free cash and financing are what comes in less what goes out", [] {
        const Venture v = any_venture();
        RC_ASSERT(faults_of(v).empty());
        const std::vector<MonthFlow> flows = cash_flows(v);
        double equity = 0;
        for (const MonthFlow& flow : flows) equity += equity_cash(flow).si();
        double columns = 0;
        for (const auto in : {&MonthFlow::revenue, &MonthFlow::resale, &MonthFlow::drawdown}) {
            columns += sum_of(flows, in);
        }
        for (const auto out :
             {&MonthFlow::revenue_share, &MonthFlow::electricity, &MonthFlow::demand,
              &MonthFlow::carbon, &MonthFlow::water, &MonthFlow::staff, &MonthFlow::maintenance,
              &MonthFlow::spares, &MonthFlow::licences, &MonthFlow::network, &MonthFlow::capital,
              &MonthFlow::interest, &MonthFlow::principal, &MonthFlow::tax}) {
            columns -= sum_of(flows, out);
        }
        RC_ASSERT(std::abs(equity - columns) < 1e-3);  // of 1e9
    }));
}

TEST(VentureLaw, AllThatIsPaidIsWrittenOffOrSoldAndAllDebtIsRepaid) {
    EXPECT_TRUE(rc::check([] {
        const Venture v = any_venture();
        const std::vector<MonthFlow> flows = cash_flows(v);
        const double capital = sum_of(flows, &MonthFlow::capital);
        const double written_off = sum_of(flows, &MonthFlow::depreciation);
        const double sold = sum_of(flows, &MonthFlow::book_sold);
        RC_ASSERT(std::abs(written_off + sold - capital) < 1e-9 * capital);
        const double drawn = sum_of(flows, &MonthFlow::drawdown);
        RC_ASSERT(std::abs(sum_of(flows, &MonthFlow::principal) - drawn) <= 1e-9 * capital);
        RC_ASSERT(drawn >= v.debt_share * capital * (1 - 1e-12));
        for (const MonthFlow& flow : flows) {
            RC_ASSERT(flow.working <= flow.standing + 1e-12);
            RC_ASSERT(flow.standing <= 1 + 1e-12);
            RC_ASSERT(flow.tax >= Dollars{});
            RC_ASSERT(flow.resale <= flow.book_sold * (1 + 1e-12));
        }
    }));
}

TEST(VentureLaw, WithoutDiscountValuesAreSums) {
    EXPECT_TRUE(rc::check([] {
        Venture v = any_venture();
        v.discount = 0;
        const Books books = books_of(v);
        double free = 0;
        double equity = 0;
        for (const MonthFlow& flow : cash_flows(v)) {
            free += free_cash(flow).si();
            equity += equity_cash(flow).si();
        }
        RC_ASSERT(std::abs(books.npv.si() - free) < 1e-3);
        RC_ASSERT(std::abs(books.equity_npv.si() - equity) < 1e-3);
    }));
}

TEST(VentureLaw, ARateOfReturnIsARootOfTheValue) {
    EXPECT_TRUE(rc::check([] {
        Venture v = any_venture();
        const Books books = books_of(v);
        if (!books.irr || *books.irr > 10) return;
        v.discount = *books.irr;
        std::vector<Dollars> sizes;
        for (const MonthFlow& flow : cash_flows(v)) {
            sizes.push_back(max(free_cash(flow), -free_cash(flow)));
        }
        const double size = present_value(sizes, v.discount).si();
        RC_ASSERT(std::abs(books_of(v).npv.si()) <= 1e-9 * size);
        // above it an investment is worth less than nothing, below it more
        v.discount = *books.irr + 0.01;
        const double above = books_of(v).npv.si();
        v.discount = *books.irr - 0.01;
        if (books.irr_roots == 1 && v.discount > -0.99) RC_ASSERT(above * books_of(v).npv.si() < 0);
    }));
}

TEST(VentureLaw, ADearerProductIsNeverWorthLess) {
    EXPECT_TRUE(rc::check([] {
        Venture v = any_venture();
        v.tax = 0.9 * v.tax;
        const Books before = books_of(v);
        v.products[0].price += *rc::gen::inRange(1, 20) * unit::USD;
        const Books after = books_of(v);
        RC_ASSERT(after.npv >= before.npv - 1e-3 * unit::USD);
        RC_ASSERT(after.equity_npv >= before.equity_npv - 1e-3 * unit::USD);
        RC_ASSERT(after.margin >= before.margin || before.margin == 0);
    }));
}

TEST(VentureLaw, LaterPowerIsNeverWorthMoreWhereAMonthEarns) {
    EXPECT_TRUE(rc::check([] {
        Venture v = any_venture();
        // 4.6 MUSD of power and water a month, at the most and before inflation
        v.products[0] = {"hours", 11e6, *rc::gen::inRange(4, 30) * unit::USD, 0, 0.1};
        v.next_generation_drop = 0.5 * v.next_generation_drop;
        const Books before = books_of(v);
        v.power_delay_months += *rc::gen::inRange(1, 12);
        const Books after = books_of(v);
        RC_ASSERT(after.npv <= before.npv + 1e-3 * unit::USD);
        RC_ASSERT(after.equity_npv <= before.equity_npv + 1e-3 * unit::USD);
    }));
}

TEST(VentureLaw, DebtMovesTheOwnersCashAlone) {
    EXPECT_TRUE(rc::check([] {
        Venture v = any_venture();
        const Books with = books_of(v);
        v.debt_share = 0;
        const Books without = books_of(v);
        RC_ASSERT(std::abs((with.npv - without.npv).si()) < 1e-3);
        RC_ASSERT(with.irr_roots == without.irr_roots);
        if (with.irr) RC_ASSERT(std::abs(*with.irr - without.irr.value()) < 1e-9 * (1 + *with.irr));
        RC_ASSERT(without.equity_npv == without.npv);
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
