// Months of a venture: what comes in and goes out, by cause; and what they come to.
#pragma once

#include <optional>
#include <vector>

#include "millwright/base/quantity.h"
#include "millwright/money/venture.h"

namespace millwright {

/// One month. All amounts are as large as they are named: costs are positive.
struct MonthFlow {
    Dollars revenue, revenue_share;
    Dollars electricity, demand, carbon, water;
    Dollars staff, maintenance, spares, licences, network;
    Dollars capital, resale;
    Dollars depreciation, book_sold;  // no cash: written off; book value of what was sold
    Dollars drawdown, interest, principal;
    Dollars tax;          // paid, after interest
    Dollars tax_saved;    // by interest: what it would have been without debt, less `tax`
    Joules energy;        // of the whole facility
    double standing = 0;  // share of capacity that is ready and not at the end of its life
    double working = 0;   // share of capacity that is powered as well
};

/// Month by month to the horizon. The venture has no faults.
///
/// Each phase has a loan of its own. While it is built its interest is lent too (`drawdown` holds
/// it); equal payments follow, and what is left at the horizon is repaid there. Interest is paid at
/// the month's end, at (1 + yearly)^(1/12) - 1 a month.
///
/// Tax is reckoned month by month on revenue less all running costs, depreciation, interest and
/// what sales brought below book value; losses are carried forward without limit of time.
std::vector<MonthFlow> cash_flows(const Venture& venture);

/// What is left of a first day's price in each month to the horizon, as a share: it falls by
/// `decline` a year and by the venture's drop when the next generation comes.
std::vector<double> price_path(const Venture& venture, double decline);

/// Energy, its charges, and staff to network: all that running costs but the share of revenue.
inline Dollars running_cost(const MonthFlow& flow) {
    return flow.electricity + flow.demand + flow.carbon + flow.water + flow.staff +
           flow.maintenance + flow.spares + flow.licences + flow.network;
}

/// Cash before financing: tax as if there were no debt, whose shield is in an after-tax discount
/// (Brealey, Myers, Allen: Principles of Corporate Finance, on the after-tax WACC).
inline Dollars free_cash(const MonthFlow& flow) {
    return flow.revenue - flow.revenue_share - running_cost(flow) - flow.capital + flow.resale -
           flow.tax - flow.tax_saved;
}

/// What lenders bring: drawdown less interest and principal, with the tax that interest saves.
inline Dollars financing(const MonthFlow& flow) {
    return flow.drawdown - flow.interest - flow.principal + flow.tax_saved;
}

/// What is left to the owners: free_cash() + financing().
inline Dollars equity_cash(const MonthFlow& flow) { return free_cash(flow) + financing(flow); }

/// What a venture comes to. A year of operation is one of the whole capacity, powered: half of it
/// for two years is one. Figures a year are zero where nothing ever works.
struct Books {
    Dollars capital;
    /// Levelised: present value of capital, running costs and shares of revenue less resale, before
    /// tax, over the present value of years of operation.
    Dollars yearly_cost;
    Dollars npv;                // of free cash
    Dollars equity_npv;         // of the owners' cash
    std::optional<double> irr;  // a year, of free cash; where exactly one rate is one (irr.h)
    int irr_roots = 0;
    std::optional<double> payback_years;  // of free cash; none: not within the horizon
    /// Book value less resale value of equipment when the next generation comes.
    Dollars stranded;
    /// Of revenue, what capital (less resale), running costs and shares of revenue leave, before
    /// interest and tax; zero without revenue.
    double margin = 0;
    Dollars revenue_a_year;  // of operation, as the next three
    Joules energy_a_year;
    double carbon_a_year = 0;  // tonnes of CO2
    Volume water_a_year;
    /// Of each product: its part of the costs of `yearly_cost`, by present value of revenue (in
    /// equal parts without any), over the present value of units sold; zero where none are.
    std::vector<Dollars> unit_cost;
};

/// The venture has no faults.
Books books_of(const Venture& venture);

}  // namespace millwright
