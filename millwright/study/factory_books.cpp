// Plans are kept and only timed and priced again, so a sample takes no search. A served job's
// requests are taken back from what one costs and what the factory costs a year, and so follow
// its new times. A ratio of the catalog that stands in for a key is named in `books_figures` too,
// or its uncertainty would not be sampled.
#include "millwright/study/factory_books.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/catalog/defaults.h"
#include "millwright/reliability/fleet_causes.h"
#include "millwright/study/judge_factory.h"
#include "millwright/study/useful_time.h"

namespace millwright {
namespace {

template <class T>
T given_or(const Written<T>& written, T otherwise) {
    return written.given ? written.value : otherwise;
}

/// What the catalog says where the scenario says nothing.
double given_or(const Written<double>& written, const BooksSite& site, std::string_view id) {
    return written.given ? written.value : stated_ratio(site.catalog, id);
}

int months_of(Seconds time) { return static_cast<int>(std::lround(time / unit::month)); }

/// What failures that take a server out, and their repairs, leave of its time, whatever its job.
double availability(const BooksSite& site, const Factory& factory) {
    const ReliabilityAsked& asked = site.scenario.reliability;
    const MeasuredFleet& fleet = fleet_of(site.catalog, asked.fleet, factory.chip);
    const double rate = asked.rate_per_1000_nodes_day.value_or(fleet.rate.value);
    const EventRate failures = rate_of_nodes(rate, factory.server.chips.value);
    const Seconds repair = stated_ratio(site.catalog, "repair-days") * unit::day;
    return 1 / (1 + stopping_share(fleet) * (failures * repair));
}

/// Tokens of a served job that are sold, in millions a month of the whole factory.
void add_tokens(const SaleText& sale, const BooksSite& site, const ServeReport& report,
                double requests, double sold_share, std::vector<VentureProduct>& products) {
    const BooksText& books = site.text.books;
    const ServeOutcome& run = report.outcome;
    const double completed = std::max<double>(1, static_cast<double>(run.completed));
    const double month = unit::month.si() * report.hours / hours_of_day;
    // what is asked is sold whole; what could be asked, as far as it is used and chips are there
    const double used = report.asked.rate > 0 ? 1 / sold_share : 1;
    const double decline = given_or(books.token_decline, site, "token-decline");
    const auto add = [&](const char* what, double tokens, Dollars price) {
        if (tokens <= 0) return;
        products.push_back({.name = fmt::format("{}: {}", sale.job.value, what),
                            .a_month = requests * used * month * tokens / completed / 1e6,
                            .price = price,
                            .decline = decline,
                            .revenue_share = books.revenue_share.value});
    };
    const Dollars cached = given_or(sale.cached, sale.input.value);
    add("input", run.input_tokens - run.cached_tokens, sale.input.value);
    add("cached input", run.cached_tokens, cached);
    add("output", run.output_tokens, sale.output.value);
}

/// Requests a second that a served job answers while it serves: as many as are asked, or else from
/// what one costs.
double requests_of(const ServeReport& report, Dollars yearly, double per_request) {
    if (report.asked.rate > 0) return report.asked.rate;
    return report.asked.share * (yearly / unit::year).si() / per_request;
}

VentureProduct chip_hours(const BooksSite& site, const Factory& factory) {
    const BooksText& books = site.text.books;
    return {.name = "chip hours",
            .a_month = factory.chips * (unit::month / unit::hour),
            .price = given_or(books.price_per_chip_hour, factory.chip.rental.value) * unit::hour,
            .decline = given_or(books.chip_hour_decline, site, "chip-hour-decline"),
            .revenue_share = books.revenue_share.value};
}

void set_times(const BooksSite& site, Venture& v) {
    const BooksText& b = site.text.books;
    for (const PhaseText& phase : site.text.phases) {
        v.phases.push_back({months_of(phase.after.value), phase.share.value});
    }
    v.months = std::max(1, months_of(given_or(b.horizon, default_horizon)));
    v.construction_months = months_of(
        given_or(b.construction, stated_ratio(site.catalog, "construction-months") * unit::month));
    v.power_delay_months = months_of(b.power_delay.value);
    v.next_generation_month = b.next_generation.given ? months_of(b.next_generation.value) : 0;
    v.next_generation_drop = given_or(b.next_generation_drop, site, "generation-drop");
    v.start_month_of_year = static_cast<int>(unsigned{site.scenario.date.month()});
}

void set_energy(const BooksSite& site, const Factory& factory, const SiteCosts& costs, Venture& v) {
    const BooksText& b = site.text.books;
    v.load = costs.power_load;
    v.pue.fill(costs.pue);
    if (b.pue_by_month.given) std::ranges::copy(b.pue_by_month.value, v.pue.begin());
    v.tariff.fill(costs.energy);
    if (b.energy_price_by_hour.given) {
        std::ranges::copy(b.energy_price_by_hour.value, v.tariff.begin());
    }
    v.demand_charge = b.demand_charge.value / unit::kW;
    v.own_share = b.own_share.value;
    v.own_energy = b.own_energy_price.value;
    v.own_capital = b.own_capital.value;
    v.carbon = site_of(site.scenario, factory).site.carbon.value.in(unit::kg / unit::kWh);
    v.own_carbon = b.own_carbon.given ? b.own_carbon.value.in(unit::kg / unit::kWh)
                                      : stated_ratio(site.catalog, "own-carbon");
    v.carbon_price = b.carbon_price.value;
    v.water = given_or(b.water_use, site, "water-use");
    v.water_price = b.water_price.value;
}

void set_money(const BooksSite& site, const SiteCosts& costs, Venture& v) {
    const BooksText& b = site.text.books;
    v.equipment_years = costs.equipment_years;
    v.building_years = costs.building_years;
    v.salvage = given_or(b.salvage, site, "salvage-share");
    v.equipment_decline = given_or(b.equipment_decline, site, "equipment-decline");
    v.staff = b.staff.value;
    v.maintenance = given_or(b.maintenance, costs.staff_share);
    v.spares = b.spares.value;
    v.licences = b.licences.value;
    v.network = b.network.value;
    v.inflation = b.inflation.value;
    v.debt_share = b.debt_share.value;
    v.interest = given_or(b.interest, site, "interest-rate");
    v.debt_months = std::max(1, months_of(given_or(b.debt_term, default_debt_term)));
    v.tax = b.tax.value;
    v.discount = given_or(b.discount, costs.cost_of_capital);
}

/// What the bill comes to on this site.
struct Bill {
    SiteCosts costs;
    Dollars yearly;
};

Bill bill_of(const BooksSite& site, const Factory& factory, Venture& v) {
    BillOfMaterials bill = factory.bill;
    bill.import_charge =
        import_charge(site.catalog, factory, judge_factory(site.scenario, factory));
    const SiteCosts& costs = site_of(site.scenario, factory).costs;
    const Ledger<Dollars> all = capital(bill, costs);
    const Ledger<Watts> power = facility_power(bill, costs);
    v.it_power = 1 / costs.pue * power.value;
    v.building = v.it_power * costs.building;
    v.equipment = all.value - v.building;
    return {costs, yearly_cost(bill, costs).value};
}

/// Costs of the jobs, and of those whose tokens are sold how many these are.
void reckon_jobs(const BooksSite& site, const JobSite& at, const FactoryReport& report,
                 double slower, FactoryBooks& out) {
    for (std::size_t k = 0; k < report.jobs.size(); ++k) {
        const JobReport& job = report.jobs[k];
        if (!job.feasible) continue;
        const auto* served = std::get_if<ServeReport>(&job.of);
        // the band is of steps of training
        const double factor = served == nullptr ? slower : 1;
        const double price = factor * priced_again(at, site.scenario.jobs[k], job).front();
        if (served == nullptr) {
            out.jobs.push_back({job.job, price * unit::USD});
            continue;
        }
        out.jobs.push_back(
            {job.job, price / served->per_request.in(unit::USD)*served->prices.output});
        const double requests = requests_of(*served, at.yearly, price);
        for (const SaleText& sale : site.text.sales) {
            if (sale.job.value != job.job) continue;
            add_tokens(sale, site, *served, requests,
                       out.venture.availability * out.venture.utilisation, out.venture.products);
        }
    }
}

Dollars chip_hour_cost(const FactoryBooks& out, double chips) {
    const double sold =
        chips * (unit::year / unit::hour) * out.venture.availability * out.venture.utilisation;
    return out.books.yearly_cost / sold;
}

}  // namespace

tl::expected<FactoryBooks, std::string> factory_books(const BooksSite& site, std::size_t factory,
                                                      const FactoryReport& report, double slower) {
    const Factory& built = site.scenario.factories[factory];
    if (!built.cannot.empty()) return tl::make_unexpected(built.cannot);
    FactoryBooks out;
    Venture& v = out.venture;
    const auto [costs, yearly] = bill_of(site, built, v);
    out.yearly = yearly;
    set_times(site, v);
    set_energy(site, built, costs, v);
    set_money(site, costs, v);
    v.availability = given_or(site.text.books.availability, availability(site, built));
    v.utilisation = given_or(site.text.books.utilisation, site, "utilisation");
    const JobSite at{site.scenario, site.catalog, built, yearly, 1};
    reckon_jobs(site, at, report, slower, out);
    if (site.text.sales.empty()) {
        v.products.push_back(chip_hours(site, built));
        out.priced = v.products.front().price > Dollars{};
    } else {
        out.priced = !v.products.empty();
    }
    // a sample may leave no month to work in
    if (const auto faults = faults_of(v); !faults.empty()) {
        return tl::make_unexpected(join(faults, "; "));
    }
    out.books = books_of(v);
    out.chip_hour = chip_hour_cost(out, built.chips);
    out.rent = rent_or_buy(v, built.chips, built.chip.rental.value * unit::hour,
                           given_or(site.text.books.chip_hour_decline, site, "chip-hour-decline"));
    return out;
}

namespace {

/// A key of [books] that may be left out, and what stands in for it then.
struct StandIn {
    std::string_view key, id;  // a price item of the catalog; empty: a constant
    bool needed = true;        // whether the scenario asks for it at all
    bool given = false;
    std::string words;  // of what stands in
};

/// Whether [[uncertain]] gives the key a range, so that every sample has a value of its own.
bool ranged(const ScenarioText& text, std::string_view key) {
    return std::ranges::any_of(text.uncertain, [&](const UncertainText& u) {
        return u.of.value == fmt::format("books.{}", key);
    });
}

/// All of them, in the order in which they are told.
std::vector<StandIn> stand_ins(const ScenarioText& text, const Catalog& catalog) {
    const BooksText& b = text.books;
    const auto ratio = [&](std::string_view id) { return stated_ratio(catalog, id); };
    const auto percent = [&](std::string_view id) {
        return fmt::format("{:g} %", 100 * ratio(id));
    };
    const bool lets = text.sales.empty();
    const bool own = b.own_share.value > 0 && b.carbon_price.value > Dollars{};
    return {
        {"horizon", "", true, b.horizon.given,
         "horizon 5 years from the first order, when all is sold"},
        {"construction", "construction-months", true, b.construction.given,
         fmt::format("{:g} months from an order until it stands", ratio("construction-months"))},
        {"equipment_decline", "equipment-decline", true, b.equipment_decline.given,
         fmt::format("like equipment loses {} of its price a year", percent("equipment-decline"))},
        {"salvage", "salvage-share", true, b.salvage.given,
         fmt::format("it never brings less than {} of it", percent("salvage-share"))},
        {"next_generation_drop", "generation-drop", b.next_generation.given,
         b.next_generation_drop.given,
         fmt::format("{} of value and of prices goes when the next generation comes",
                     percent("generation-drop"))},
        {"utilisation", "utilisation", true, b.utilisation.given,
         fmt::format("{} of what is available is sold", percent("utilisation"))},
        {"availability", "repair-days", true, b.availability.given,
         fmt::format("a server that fails works again after {:g} d", ratio("repair-days"))},
        {"price_per_chip_hour", "", lets, b.price_per_chip_hour.given,
         "chips are let by the hour at the catalog's rental"},
        {"chip_hour_decline", "chip-hour-decline", true, b.chip_hour_decline.given,
         fmt::format("rents of chips fall by {} a year", percent("chip-hour-decline"))},
        {"token_decline", "token-decline", !lets, b.token_decline.given,
         fmt::format("prices of tokens fall by {} a year", percent("token-decline"))},
        {"maintenance", "staff-share", true, b.maintenance.given,
         fmt::format("staff and maintenance {} of equipment a year", percent("staff-share"))},
        {"water_use", "water-use", b.water_price.value > Dollars{}, b.water_use.given,
         fmt::format("{:g} litres of water a kWh", ratio("water-use"))},
        {"own_carbon", "own-carbon", own, b.own_carbon.given,
         fmt::format("own generation has {:g} kg of CO2 a kWh", ratio("own-carbon"))},
        {"discount", "cost-of-capital", true, b.discount.given,
         fmt::format("money to come is discounted by {} a year", percent("cost-of-capital"))},
        {"interest", "interest-rate", b.debt_share.value > 0, b.interest.given,
         fmt::format("interest on debt is {} a year", percent("interest-rate"))},
        {"debt_term", "", b.debt_share.value > 0, b.debt_term.given, "debt is repaid in 5 years"},
        {"debt_share", "", true, b.debt_share.given, "no debt"},
        {"tax", "", true, b.tax.given, "no tax"}};
}

}  // namespace

std::vector<std::string> books_figures(const ScenarioText& text, const Catalog& catalog,
                                       const Study& study) {
    std::vector<std::string> paths;
    const auto add = [&](std::string path) {
        if (std::ranges::find(paths, path) == paths.end()) paths.push_back(std::move(path));
    };
    for (const StandIn& one : stand_ins(text, catalog)) {
        if (!one.needed || one.given || ranged(text, one.key)) continue;
        if (!one.id.empty()) add(fmt::format("prices/{}.ratio", one.id));
        if (one.key != "price_per_chip_hour") continue;
        for (const FactoryReport& factory : study.factories) {
            add(fmt::format("chips/{}.price.rental", factory.chip));
        }
    }
    return paths;
}

std::vector<std::string> books_defaults(const BooksSite& site) {
    std::vector<std::string> told;
    for (StandIn& one : stand_ins(site.text, site.catalog)) {
        if (one.needed && !one.given && !ranged(site.text, one.key)) {
            told.push_back(std::move(one.words));
        }
    }
    return told;
}

}  // namespace millwright
