// Month by month, the best factory of each line.
//
// How a server trains depends neither on the month nor on the rules nor on who buys, so its plans
// are searched once for each size, for all buyers. Sizes differ by what is charged on top of the
// price, which leaves less of the budget. Most searches are saved: nothing trains faster than
// `upper_bound`, so servers contend in that order, and one whose bound is not over the best so far
// is never searched.
#include "millwright/lawful/frontier.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/compute/weights.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/rule_query.h"
#include "millwright/study/judge_factory.h"

namespace millwright {
namespace {

// a power of two: its halves add up to every smaller count
constexpr double most_servers = 1 << 20;

/// Dollars a server, as the bill has it; the charge is on its chips alone.
Dollars charged(const Factory& factory, double charge_ratio) {
    return charge_ratio * factory.chip.price.value * factory.server.chips.value;
}

/// A bound of zero was not stated.
bool fits(const Catalog& catalog, const Server& server, const Frontier& frontier,
          const SiteCosts& costs, double chips, double charge_ratio) {
    if (!fabric_faults(frontier.fabric, server, chips, {}).empty()) return false;
    Factory factory = resolve_factory(catalog, server, frontier.fabric, chips, {});
    if (!factory.cannot.empty()) return false;
    factory.bill.import_charge = charged(factory, charge_ratio);
    const bool rich =
        frontier.budget == Dollars{} || capital(factory.bill, costs).value <= frontier.budget;
    const bool cool = frontier.power_limit == Watts{} ||
                      facility_power(factory.bill, costs).value <= frontier.power_limit;
    return rich && cool;
}

/// What the best plan of a server at one size makes, the site and its prices aside.
struct Trained {
    bool runs = false;
    TrainReport report;
    double tokens = 0;  // of a step
    double slow_end = 1;
    Served replica;  // of the same model
};

/// Plans of servers by size, shared by all buyers: the months and the rules do not matter to them.
using TrainedBySize = std::map<std::pair<std::string, double>, Trained>;

/// Chips that lack the job's format train in BF16, so that all can contend.
TrainJob job_on(const Scenario& party, const ChipRates& rates) {
    TrainJob job = std::get<TrainJob>(party.jobs.front().work);
    if (rates.rate(job.precision) <= FlopRate{}) job.precision = Precision::bf16;
    return job;
}

/// By server and size alone: all parties have the same job, assumptions and failures.
const Trained& trained(const Scenario& party, const Catalog& catalog, const Factory& factory,
                       const RunOptions& options, TrainedBySize& known) {
    const auto key = std::pair(factory.server.id, factory.chips);
    if (const auto found = known.find(key); found != known.end()) return found->second;
    const TrainJob job = job_on(party, factory.rates);
    const JobReport report = report_job(
        {party, catalog, factory, {}, options.threads, /*best_only=*/true, options.optimistic},
        Job{.name = "", .work = job});
    Trained one{.runs = report.feasible, .report = std::get<TrainReport>(report.of)};
    one.slow_end = report.slow_end;
    one.tokens = static_cast<double>(one.report.plan.global_batch) * job.sequence;
    one.replica = replica_on(factory, ServeJob{.model = job.model});
    return known[key] = std::move(one);
}

void fill(const Scenario& party, const Factory& factory, const Trained& one, FrontierFactory& f) {
    const TrainReport& report = one.report;
    f.trained = one.tokens * unit::token / report.best.step.value * report.useful.share;
    f.ranked = f.trained / one.slow_end;
    f.days = report.days;
    const Dollars yearly = yearly_cost(factory.bill, site_of(party, factory).costs).value;
    f.per_million_tokens = per_million_tokens(yearly, report.chips_of_site, f.trained);
    f.prefill = one.replica.prefill;
    f.decode = one.replica.decode;
    f.plan = describe(report.plan);
}

/// No plan trains faster than the peak of all chips over the products of a token, forward and
/// backward; the input embedding is looked up, not multiplied.
/// A multiply and an add for each weight forward, twice as many backward: six operations a token.
TokenRate upper_bound(const Scenario& party, const Factory& factory) {
    const TrainJob job = job_on(party, factory.rates);
    const double looked_up =
        static_cast<double>(job.model.vocab.value) * static_cast<double>(job.model.hidden.value);
    constexpr double flops_per_weight = 6;
    const WeightCount weights = weights_of(job.model);
    const double flops = flops_per_weight * (weights.active + weights.active_extra - looked_up);
    const double peak = factory.chips * factory.rates.rate(job.precision).si();
    return peak / flops * (unit::token / unit::s);
}

/// Parts made for one market are not offered elsewhere, and cloud parts are not for sale.
/// Hong Kong and Macau are the same market here.
bool offered(const Chip& chip, const Party& buyer) {
    const auto chinese = [](const std::string& code) {
        return code == "CN" || code == "HK" || code == "MO";
    };
    if (chip.market == Market::cloud) return false;
    return chip.market != Market::china || chinese(buyer.to) || chinese(buyer.headquarters);
}

/// Still made: a chip is offered for so many years from its launch.
/// A chip whose launch is not known never goes.
bool still_offered(const Chip& chip, const Date& month, double years) {
    const auto launch = parse_date(launch_month(chip.launch) + "-01");
    if (!launch) return true;
    const auto age = std::chrono::sys_days(month) - std::chrono::sys_days(*launch);
    constexpr double days_a_year = 365.25;
    return static_cast<double>(age.count()) <= years * days_a_year;
}

bool on_line(FrontierLine line, const Verdict& v) {
    const auto unasked = [](const Outcome& o) { return o.had == Having::yes; };
    switch (line) {
        case FrontierLine::unrestricted: return true;
        case FrontierLine::licensed: return may_have(v);
        case FrontierLine::free: return std::ranges::all_of(v.outcomes, unasked);
        case FrontierLine::domestic: return std::ranges::any_of(v.outcomes, &Outcome::domestic);
    }
    return false;
}

/// A server at the size that fits, before any plan is searched.
struct BuiltServer {
    const Server* server = nullptr;
    Factory factory;
    TokenRate bound;
    std::size_t built = 0;  // place in FrontierReport::factories, once it is there
    bool is_built = false;
};

struct MonthWalk {
    const Frontier& frontier;
    const FrontierParty& party;
    const Catalog& catalog;
    const RunOptions& options;
    TrainedBySize& known;
    double sale_years;
    FrontierReport report{};
    std::map<std::pair<std::string, double>, BuiltServer> candidates{};  // server and charge
    std::vector<bool> runs{};
};

/// The server at the size that a charge leaves, made once. Without a chip in it, its bound is zero
/// and it never contends.
BuiltServer& candidate_of(MonthWalk& w, const Server& server, double charge_ratio) {
    const auto key = std::pair(server.id, charge_ratio);
    if (const auto found = w.candidates.find(key); found != w.candidates.end()) {
        return found->second;
    }
    BuiltServer one{.server = &server};
    const double chips = chips_within(w.catalog, server, w.frontier,
                                      w.party.scenario.sites.front().costs, charge_ratio);
    if (chips > 0) {
        one.factory = resolve_factory(w.catalog, server, w.frontier.fabric, chips, {});
        one.factory.bill.import_charge = charged(one.factory, charge_ratio);
        one.bound = upper_bound(w.party.scenario, one.factory);
    }
    return w.candidates[key] = std::move(one);
}

/// Searches the candidate's plans if that was not done yet.
std::size_t built(MonthWalk& w, BuiltServer& one) {
    if (one.is_built) return one.built;
    const Trained& plans = trained(w.party.scenario, w.catalog, one.factory, w.options, w.known);
    FrontierFactory figures{.server = one.server->id, .chip = one.server->chip};
    figures.chips = one.factory.chips;
    figures.measured = nearness_of(w.catalog, one.factory.chip) != Nearness::foreign;
    if (plans.runs) fill(w.party.scenario, one.factory, plans, figures);
    w.report.factories.push_back(std::move(figures));
    w.runs.push_back(plans.runs);
    one.is_built = true;
    return one.built = w.report.factories.size() - 1;
}

/// As of the month's first day, of one chip: the size of a factory is not asked about.
Verdict judged(const MonthWalk& w, const Chip& chip, const Date& month) {
    RuleQuery query{.chip = chip_facts(w.catalog, chip), .date = month};
    query.party = w.party.scenario.sites.front().buyer;
    return judge(w.party.scenario.rulebook, query);
}

bool sold(const MonthWalk& w, const Chip& chip, const Verdict& v, const Date& month) {
    return v.supply < Supply::announced && still_offered(chip, month, w.sale_years);
}

double charge_of(const Catalog& catalog, const Verdict& verdict) {
    double sum = 0;
    for (const Charge& c : verdict.charges) {
        sum += stated_ratio(catalog, c.price);
    }
    return sum;
}

/// Takes the candidate where it beats the best so far; its plans are searched only if they
/// might.
void contend(MonthWalk& w, BuiltServer& one, const Verdict& verdict,
             std::optional<FrontierBest>& best) {
    const TokenRate to_beat = best ? w.report.factories[best->factory].ranked : TokenRate{};
    if (one.bound <= to_beat) return;
    const std::size_t at = built(w, one);
    if (w.runs[at] && w.report.factories[at].ranked > to_beat) best = FrontierBest{at, verdict};
}

/// A server on sale in a month, and what the rules say of it.
struct Entrant {
    const Server* server;
    const Chip* chip;
    Verdict verdict;
    TokenRate bound;
};

/// What is on sale in a month, whatever the rules say, the highest bound without charges first.
std::vector<Entrant> entrants(MonthWalk& w, const Date& month) {
    std::vector<Entrant> list;
    for (const Server& server : w.catalog.servers) {
        const Chip& chip = part_named(w.catalog.chips, server.chip);
        if (!offered(chip, w.party.scenario.sites.front().buyer)) continue;
        Verdict verdict = judged(w, chip, month);
        if (!sold(w, chip, verdict, month)) continue;
        list.push_back({&server, &chip, std::move(verdict), candidate_of(w, server, 0).bound});
    }
    std::stable_sort(list.begin(), list.end(),
                     [](const Entrant& a, const Entrant& b) { return a.bound > b.bound; });
    return list;
}

FrontierMonth best_of(MonthWalk& w, const Date& day) {
    FrontierMonth month{.month = day};
    const std::vector<Entrant> list = entrants(w, day);
    for (std::size_t line = 0; line < month.best.size(); ++line) {
        const auto kind = static_cast<FrontierLine>(line);
        for (const Entrant& e : list) {
            if (!on_line(kind, e.verdict)) continue;
            const bool free_of_rules = kind == FrontierLine::unrestricted;
            const double charge = free_of_rules ? 0 : charge_of(w.catalog, e.verdict);
            contend(w, candidate_of(w, *e.server, charge), e.verdict, month.best[line]);
        }
    }
    return month;
}

/// What took a chip away: a hold where it is used, told first, or the answer of an export.
std::string closed(const Chip& chip, const Verdict& now) {
    const auto shut = [&](AsksAbout asks) {
        return std::ranges::find_if(
            now.outcomes, [asks](const Outcome& o) { return o.asks == asks && !lets_have(o); });
    };
    if (const auto held = shut(AsksAbout::use); held != now.outcomes.end()) {
        return fmt::format("a {} measure holds {} ({})", held->adjective, chip.id, held->reason);
    }
    const Outcome& denied = *shut(AsksAbout::sending);
    return fmt::format("{} closes {} ({})", denied.rule, chip.id, denied.code);
}

/// Of whose answer the part may be had now: the first that did not let it be had then; who leads,
/// where all did.
const Outcome& opening(const Verdict& then, const Verdict& now) {
    for (std::size_t i = 0; i < now.outcomes.size(); ++i) {
        if (!lets_have(then.outcomes[i])) return now.outcomes[i];
    }
    return now.lead();
}

/// What took the former best away or brought the new one in.
std::string why(const MonthWalk& w, const FrontierMonth& before, const FrontierMonth& after) {
    const auto line = static_cast<std::size_t>(FrontierLine::licensed);
    const auto& was = before.best[line];
    const auto& is = after.best[line];
    if (was) {
        const FrontierFactory& f = w.report.factories[was->factory];
        const Chip& chip = part_named(w.catalog.chips, f.chip);
        const Verdict now = judged(w, chip, after.month);
        if (!on_line(FrontierLine::licensed, now)) return closed(chip, now);
        if (!sold(w, chip, now, after.month)) return fmt::format("{} is sold no more", f.chip);
        // lawful and sold as before: a charge has moved it out of the budget, or behind another
        if (!is || w.report.factories[is->factory].server == f.server) {
            return "what is paid on top of its price";
        }
    }
    const FrontierFactory& f = w.report.factories[is->factory];
    const Verdict then = judged(w, part_named(w.catalog.chips, f.chip), before.month);
    if (!sold(w, part_named(w.catalog.chips, f.chip), then, before.month))
        return fmt::format("{} comes on sale", f.chip);
    const Outcome& opener = opening(then, is->verdict);
    const std::string licences = opener.licences ? ", licences are issued" : "";
    return fmt::format("{} opens {} ({}{})", opener.rule.empty() ? opener.label : opener.rule,
                       f.chip, opener.code, licences);
}

void note_changes(MonthWalk& w) {
    const auto line = static_cast<std::size_t>(FrontierLine::licensed);
    for (std::size_t i = 1; i < w.report.months.size(); ++i) {
        const auto& was = w.report.months[i - 1].best[line];
        const auto& is = w.report.months[i].best[line];
        if (was.has_value() == is.has_value() && (!was || was->factory == is->factory)) {
            continue;
        }
        FrontierChange change{.month = w.report.months[i].month};
        if (was) change.before = w.report.factories[was->factory].server;
        if (is) change.after = w.report.factories[is->factory].server;
        if (was && is) {
            change.ratio =
                w.report.factories[is->factory].trained / w.report.factories[was->factory].trained;
        }
        change.why = why(w, w.report.months[i - 1], w.report.months[i]);
        w.report.changes.push_back(std::move(change));
    }
}

void walk(MonthWalk& w) {
    w.report.party = w.party.name;
    w.report.country = w.party.scenario.sites.front().country;
    w.report.headquarters = w.party.scenario.sites.front().buyer.headquarters;
    for (const Date& day : w.frontier.months) w.report.months.push_back(best_of(w, day));
    note_changes(w);
}

/// What the replicas of every server are asked.
std::string served_by_default() {
    const ServeJob job;
    return fmt::format(
        "a replica serves prompts of {:.0f} tokens and answers of {:.0f}, {} for each output token "
        "at most",
        job.prompt_tokens, job.output_tokens, to_text(job.time_per_token));
}

std::string bounds_of(const Frontier& frontier) {
    std::vector<std::string> words;
    if (frontier.budget > Dollars{}) words.push_back(to_text(frontier.budget) + " of capital");
    if (frontier.power_limit > Watts{}) words.push_back(to_text(frontier.power_limit));
    return join(words, " and ");
}

}  // namespace

double chips_within(const Catalog& catalog, const Server& server, const Frontier& frontier,
                    const SiteCosts& costs, double charge_ratio) {
    const auto holds = [&](double servers) {
        return fits(catalog, server, frontier, costs, servers * server.chips.value, charge_ratio);
    };
    double most = 0;
    for (double step = most_servers; step >= 1; step /= 2) {
        if (holds(most + step)) most += step;
    }
    return most * server.chips.value;
}

FrontierStudy run(const Frontier& frontier, const Catalog& catalog, const RunOptions& options) {
    FrontierStudy study{.name = frontier.name, .bounds = bounds_of(frontier)};
    const Scenario& first = frontier.parties.front().scenario;
    study.job = first.jobs.front().name;
    study.country_groups = groups_note(first.rulebook);
    for (const Authority& a : first.rulebook.authorities) {
        study.authorities.push_back(a.label);
        if (a.asks == AsksAbout::use) study.holds.push_back(a.adjective);
    }
    study.assumed = {
        "rules and launches as of the first day of each month; prices of the catalog in all months",
        "a chip launched in a year, half or quarter counts from its last month",
        "parts made for China are offered to Chinese sites and buyers alone; cloud parts to none",
        "BF16 where a chip lacks the job's precision",
        "all software that a chip has by now, in all months",
        served_by_default()};
    study.assumed.insert(study.assumed.end(), first.defaults.begin(), first.defaults.end());
    const double sale_years = stated_ratio(catalog, "sale-years");
    study.assumed.push_back(fmt::format("a chip is offered for {:.0f} years", sale_years));
    TrainedBySize known;
    double done = 0;
    for (const FrontierParty& party : frontier.parties) {
        const auto count = static_cast<double>(frontier.parties.size());
        if (options.progress) options.progress(party.name, done++ / count);
        MonthWalk walking{frontier, party, catalog, options, known, sale_years};
        walk(walking);
        study.parties.push_back(std::move(walking.report));
    }
    return study;
}

}  // namespace millwright
