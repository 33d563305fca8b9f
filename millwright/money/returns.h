// What a flow of money is worth: present value, annuity, payback, levelised cost, rent or buy, and
// the input at which an output is what it must be. Rates of return: irr.h.
//
// A flow is an amount a month, the first dated today and the t-th t/12 of a year later. Rates are
// effective, a year: a month's factor is (1 + rate)^(1/12).
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "millwright/base/quantity.h"
#include "millwright/money/irr.h"

namespace millwright {

/// Worth today of a dollar in a month: (1 + yearly)^(-1/12); `yearly` is above -1.
double month_discount(double yearly);

/// Sum of the amounts, each times the discount of its months.
Dollars present_value(std::span<const Dollars> monthly, double yearly);

/// The same of plain numbers: hours, units.
double present_amount(std::span<const double> monthly, double yearly);

/// The equal payment a month, the first a month from now, that pays a loan back in so many months,
/// at least one: loan x i / (1 - (1 + i)^-months), with i the month's rate.
Dollars annuity(Dollars loan, double yearly, int months);

/// Months until the sum of the flow is no more below zero for good, in a straight line within the
/// month; zero where it never is, none where it is at the end.
std::optional<double> payback_months(std::span<const Dollars> monthly);

/// The same of the discounted flow.
std::optional<double> discounted_payback_months(std::span<const Dollars> monthly, double yearly);

/// Modified rate of return, a year: what is paid is financed at one rate, what is earned is
/// invested at the other until the last month (Lin 1976). None for less than two months, and where
/// nothing is paid or nothing is earned.
std::optional<double> modified_irr(std::span<const Dollars> monthly, double finance,
                                   double reinvestment);

/// Dollars a unit at which units and costs are worth the same today; none without units. Both flows
/// are of one length.
std::optional<Dollars> levelised_cost(std::span<const Dollars> costs, std::span<const double> units,
                                      double yearly);

/// Owning against renting by the hour, over the same hours. All are present values but
/// `break_even`, the price of an hour at which both are the same; none without hours.
struct RentOrBuy {
    Dollars owning, renting;
    std::optional<Dollars> break_even;
};

/// `owning` is what owning costs each month, less what is sold; `hours` are those used each month,
/// `hour` is the rent of one. Both flows are of one length.
RentOrBuy rent_or_buy(std::span<const Dollars> owning, std::span<const double> hours, Dollars hour,
                      double yearly);

/// Where a function has a value, and what it is at the ends of where it has any.
struct Solved {
    std::optional<double> at;         // none: the target is not between those values
    std::optional<double> low, high;  // ends, within the range; none where it has no value at all
    double low_value = 0;
    double high_value = 0;
};

/// The input between `low` and `high` at which a monotone function is `target`, by Brent's method
/// (Algorithms for Minimization without Derivatives, 1973, chapter 4), to 1e-12 of the range. The
/// function may have no value in parts of the range: only where it has one on both sides of an
/// input can that be the answer, so where it ends is none. A function that jumps over the target is
/// solved at its jump; one that is not monotone has one of its solutions found where values lie on
/// either side of the target. Its values are finite.
Solved solve(const std::function<std::optional<double>(double)>& f, double low, double high,
             double target);

}  // namespace millwright
