// What a factory of a scenario comes to as an investment: its bill, site and jobs made a venture
// (money/venture.h), and what that earns.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/result.h"
#include "millwright/intake/text.h"
#include "millwright/money/cash_flow.h"
#include "millwright/study/rent_or_buy.h"
#include "millwright/study/study.h"

namespace millwright {

/// A scenario as written and as resolved in a catalog, of which the factories are reckoned. Figures
/// of all three may be other ones than those that a report was made with.
struct BooksSite {
    const ScenarioText& text;
    const Scenario& scenario;
    const Catalog& catalog;
};

/// What a million tokens of a feasible job cost, of its output where it serves.
struct JobCost {
    std::string job;
    Dollars per_million;
};

/// A factory reckoned once.
struct FactoryBooks {
    Venture venture;
    Books books;
    Dollars yearly;     // straight-line, as in `run`: what tokens are charged
    Dollars chip_hour;  // levelised cost of an hour of a chip that is sold
    RentOrBuy rent;     // by contract, at the chip's rental in the catalog, if any
    std::vector<JobCost> jobs;
    bool priced = true;  // whether what it sells has a price
};

/// The factory `report` is of, its plans and layouts as there, resolved anew: none is searched.
/// `slower` multiplies the time that training takes, as its prediction may be off. The reason, in
/// words, where it cannot be built on these figures, or would work only behind the horizon.
tl::expected<FactoryBooks, std::string> factory_books(const BooksSite& site, std::size_t factory,
                                                      const FactoryReport& report, double slower);

/// Paths of figures of the catalog that stand in for what [books] leaves out and gives no range.
std::vector<std::string> books_figures(const ScenarioText& text, const Catalog& catalog,
                                       const Study& study);

/// What stands in for what [books] leaves out, in words.
std::vector<std::string> books_defaults(const BooksSite& site);

}  // namespace millwright
