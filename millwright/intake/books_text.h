// What a scenario says of money and of how sure its numbers are, as written: [books], [[phase]],
// [[sale]], [[uncertain]], [[correlation]].
#pragma once

#include <string>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"
#include "millwright/base/units.h"

namespace millwright {

/// How uncertain numbers hang together beyond their ranks.
enum class Dependences { gaussian, student, iman_conover };

template <>
struct EnumNames<Dependences> {
    static constexpr std::array<std::string_view, 3> names{"gaussian", "student", "iman-conover"};
};

/// [books]: the factory as an investment. Amounts are of the whole factory and of a year where
/// nothing else is said; what is left out has a default that the answer tells.
struct BooksText {
    Written<Seconds> horizon, construction, power_delay;
    Written<double> salvage, equipment_decline;
    Written<Seconds> next_generation;
    Written<double> next_generation_drop;
    Written<std::vector<double>> pue_by_month;
    Written<std::vector<EnergyPrice>> energy_price_by_hour;
    Written<Dollars> demand_charge;
    Written<double> own_share;
    Written<EnergyPrice> own_energy_price;
    Written<Dollars> own_capital;
    Written<CarbonIntensity> own_carbon;
    Written<Dollars> carbon_price;
    Written<double> water_use;
    Written<Dollars> water_price;
    Written<Dollars> staff;
    Written<double> maintenance, spares;
    Written<Dollars> licences, network;
    Written<double> inflation;
    Written<double> availability, utilisation;
    Written<DollarRate> price_per_chip_hour;
    Written<double> chip_hour_decline, token_decline, revenue_share;
    Written<double> debt_share, interest;
    Written<Seconds> debt_term;
    Written<double> tax, discount;
    Written<bool> grade_widths;
    Written<Dependences> dependence;
    Written<double> freedom;
};

inline constexpr Range years_to_come{0, 50 * 366 * 86400.0};
inline constexpr Range dollars_at_most{0, 1e13};

template <std::same_as<BooksText> B>
struct Fields<B> {
    static constexpr auto table = std::tuple{
        Field{"horizon", &B::horizon, "time from the first order until all is sold; 5 years",
              Need::optional, Range{31 * 86400.0, 50 * 366 * 86400.0}},
        Field{"construction", &B::construction,
              "time from an order until it stands; construction-months of the catalog",
              Need::optional, years_to_come},
        Field{"power_delay", &B::power_delay, "time from standing until there is power; none",
              Need::optional, years_to_come},
        Field{"salvage", &B::salvage,
              "share of its price that equipment brings at the end; salvage-share of the catalog",
              Need::optional, fraction},
        Field{"equipment_decline", &B::equipment_decline,
              "share of its price that like equipment loses a year; the catalog's", Need::optional,
              Range{0, 0.99}},
        Field{"next_generation", &B::next_generation,
              "time until chips come that make these worth less; none", Need::optional,
              years_to_come},
        Field{"next_generation_drop", &B::next_generation_drop,
              "share of their value and of prices that goes then; generation-drop of the catalog",
              Need::optional, Range{0, 0.99}},
        Field{"pue_by_month", &B::pue_by_month,
              "power usage effectiveness from January to December; the site's all year",
              Need::optional, Range{1, 5}},
        Field{"energy_price_by_hour", &B::energy_price_by_hour,
              "price of electricity in each of 24 hours; the site's all day", Need::optional,
              Range{0, 2 / 3.6e6}},
        Field{"demand_charge", &B::demand_charge, "a month for each kW of the peak; none",
              Need::optional, Range{0, 1e4}},
        Field{"own_share", &B::own_share, "share of energy from own generation; none",
              Need::optional, fraction},
        Field{"own_energy_price", &B::own_energy_price, "fuel and upkeep of own generation",
              Need::optional, Range{0, 2 / 3.6e6}},
        Field{"own_capital", &B::own_capital, "what own generation costs to build", Need::optional,
              dollars_at_most},
        Field{"own_carbon", &B::own_carbon,
              "greenhouse gases of own generation; own-carbon of the catalog, a kg a kWh",
              Need::optional, Range{0, 2 / 3.6e6}},
        Field{"carbon_price", &B::carbon_price, "of a tonne of CO2; none", Need::optional,
              Range{0, 1e5}},
        Field{"water_use", &B::water_use, "litres a kWh of IT energy; water-use of the catalog",
              Need::optional, Range{0, 100}},
        Field{"water_price", &B::water_price, "of a cubic metre; none", Need::optional,
              Range{0, 1e4}},
        Field{"staff", &B::staff, "people, a year; within maintenance, which it needs beside it",
              Need::optional, dollars_at_most},
        Field{"maintenance", &B::maintenance,
              "share of what equipment cost, a year; staff-share of the catalog", Need::optional,
              fraction},
        Field{"spares", &B::spares, "the same for spares; none", Need::optional, fraction},
        Field{"licences", &B::licences, "software, a year; none", Need::optional, dollars_at_most},
        Field{"network", &B::network, "lines to the world, a year; none", Need::optional,
              dollars_at_most},
        Field{"inflation", &B::inflation, "of running costs, a year; none", Need::optional,
              Range{0, 1}},
        Field{"availability", &B::availability,
              "share of time that a chip can be sold; what failures and repair-days leave",
              Need::optional, Range{0.01, 1}},
        Field{"utilisation", &B::utilisation, "share of it that is sold; the catalog's",
              Need::optional, Range{0.01, 1}},
        Field{"price_per_chip_hour", &B::price_per_chip_hour,
              "what an hour of a chip is sold for; the chip's rental in the catalog",
              Need::optional, Range{0, 1e3 / 3600}},
        Field{"chip_hour_decline", &B::chip_hour_decline,
              "share of that price lost a year; the catalog's", Need::optional, Range{0, 0.99}},
        Field{"token_decline", &B::token_decline,
              "share of prices of tokens lost a year; the catalog's", Need::optional,
              Range{0, 0.99}},
        Field{"revenue_share", &B::revenue_share,
              "share of revenue owed to a government or licensor; none", Need::optional, fraction},
        Field{"debt_share", &B::debt_share, "share of capital that is lent; none", Need::optional,
              fraction},
        Field{"interest", &B::interest, "on it, a year; interest-rate of the catalog",
              Need::optional, Range{0, 1}},
        Field{"debt_term", &B::debt_term, "from standing until it is repaid; 5 years",
              Need::optional, years_to_come},
        Field{"tax", &B::tax, "on profit; none", Need::optional, Range{0, 0.9}},
        Field{"discount", &B::discount,
              "at which money to come is worth less, a year; cost-of-capital of the catalog",
              Need::optional, Range{0, 1}},
        Field{"grade_widths", &B::grade_widths,
              "whether figures nobody gave a range have that of their grade; true"},
        Field{"dependence", &B::dependence,
              "gaussian, student or iman-conover; gaussian if left out"},
        Field{"freedom", &B::freedom, "degrees of freedom of student; 4", Need::optional,
              Range{1, 1000}},
    };
};

/// A part of the factory that is ordered later than the rest.
struct PhaseText {
    Place at;
    Written<Seconds> after;
    Written<double> share;
};

template <std::same_as<PhaseText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"after", &P::after, "time from the first order", Need::required, years_to_come},
        Field{"share", &P::share, "of capital and of chips", Need::required, Range{1e-6, 1}},
    };
};

/// What a million tokens of a serving job are sold for.
struct SaleText {
    Place at;
    Written<std::string> job;
    Written<Dollars> input, cached, output;
};

template <std::same_as<SaleText> S>
struct Fields<S> {
    static constexpr auto table = std::tuple{
        Field{"job", &S::job, "serving job whose tokens are sold", Need::required},
        Field{"input", &S::input, "price of a million prompt tokens; 0 USD if left out",
              Need::optional, Range{0, 1e6}},
        Field{"cached", &S::cached,
              "of a million prompt tokens found in a cache; that of input if left out",
              Need::optional, Range{0, 1e6}},
        Field{"output", &S::output, "price of a million output tokens", Need::required,
              Range{0, 1e6}},
    };
};

/// How an uncertain number is spread.
enum class SpreadKind { uniform, triangular, pert, normal, lognormal, beta, discrete, empirical };

template <>
struct EnumNames<SpreadKind> {
    static constexpr std::array<std::string_view, 8> names{
        "uniform", "triangular", "pert", "normal", "lognormal", "beta", "discrete", "empirical"};
};

/// A number of the scenario or of the catalog that nobody knows exactly. Amounts have the unit of
/// what they stand for.
struct UncertainText {
    Place at;
    Written<std::string> of;
    Written<SpreadKind> spread;
    Written<ParsedQuantity> low, typical, high, deviation, least, most;
    Written<double> factor, a, b;
    Written<std::vector<ParsedQuantity>> values;
    Written<std::vector<double>> weights;
    Written<std::string> driver;
    Written<double> follows;
    Written<std::string> source;
};

template <std::same_as<UncertainText> U>
struct Fields<U> {
    static constexpr auto table = std::tuple{
        Field{"of", &U::of, "number, such as sites/us.energy_price or books.utilisation",
              Need::required},
        Field{"spread", &U::spread,
              "uniform, triangular, pert, normal, lognormal, beta, discrete or empirical; by what "
              "is given if left out"},
        Field{"low", &U::low, "lowest value"},
        Field{"typical", &U::typical, "most likely value; mean of normal, median of lognormal"},
        Field{"high", &U::high, "highest value"},
        Field{"deviation", &U::deviation, "standard deviation of normal"},
        Field{"least", &U::least, "below which it is never, though the spread would be"},
        Field{"most", &U::most, "above which it is never"},
        Field{"factor", &U::factor, "lognormal: four in five lie within it, up and down",
              Need::optional, Range{1, 1e6}},
        Field{"a", &U::a, "first shape of beta", Need::optional, positive},
        Field{"b", &U::b, "second shape of beta", Need::optional, positive},
        Field{"values", &U::values, "discrete or empirical: its values"},
        Field{"weights", &U::weights, "discrete: of each value; alike if left out", Need::optional,
              Range{0, 1e12}},
        Field{"driver", &U::driver, "what it moves with, as do others of that driver"},
        Field{"follows", &U::follows, "how closely it does, as a rank correlation; 0.9",
              Need::optional, Range{-0.999, 0.999}},
        Field{"source", &U::source, "where the range is from"},
    };
};

/// A rank correlation of two uncertain numbers.
struct CorrelationText {
    Place at;
    Written<std::vector<std::string>> between;
    Written<double> rank;
};

template <std::same_as<CorrelationText> C>
struct Fields<C> {
    static constexpr auto table = std::tuple{
        Field{"between", &C::between, "pair of uncertain numbers", Need::required},
        Field{"rank", &C::rank, "rank correlation (Spearman)", Need::required,
              Range{-0.999, 0.999}},
    };
};

}  // namespace millwright
