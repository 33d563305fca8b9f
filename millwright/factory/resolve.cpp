#include "millwright/factory/resolve.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/intake/rule_query.h"

namespace millwright {
namespace {

struct Resolving {
    const ScenarioText& text;
    const Catalog& catalog;
    Scenario out;
    Faults faults;

    void fault(const Place& at, std::string message, std::string hint) {
        faults.push_back({at, std::move(message), std::move(hint)});
    }

    void stood_in(std::string what) { out.defaults.push_back(std::move(what)); }

    template <class T, class U>
    void take(const Written<T>& written, U& into, std::string_view what, std::string_view shown) {
        if (written.given) {
            into = static_cast<U>(written.value);
        } else {
            stood_in(fmt::format("{} {}", what, shown));
        }
    }

    template <class Part>
    const Part* look_up(const std::vector<Part>& parts, const Written<std::string>& name,
                        std::string_view kind) {
        if (!name.given) return nullptr;  // told when it was read
        const Part* part = find_part(parts, name.value);
        if (part == nullptr) {
            fault(name.at, fmt::format("no {} '{}' in the catalog", kind, name.value),
                  name_hint(parts, name.value, fmt::format("{}s", kind)));
        }
        return part;
    }
};

void resolve_rules(Resolving& r) {
    auto book = resolve_rulebook(r.catalog);
    if (book) {
        r.out.rulebook = std::move(*book);
    } else {
        r.faults.insert(r.faults.end(), book.error().begin(), book.error().end());
    }
}

bool check_country(Resolving& r, const Written<std::string>& code) {
    if (!code.given) return false;
    if (is_place(r.out.rulebook, code.value)) return true;
    r.fault(code.at, fmt::format("'{}' is not a country code", code.value),
            place_hint(r.out.rulebook));
    return false;
}

void resolve_costs(Resolving& r) {
    SiteCosts& c = r.out.costs;
    c = site_costs(r.catalog, r.out.site);
    if (r.text.site.energy_price.given) c.energy = r.text.site.energy_price.value;
    if (r.text.site.pue.given) c.pue = r.text.site.pue.value;
    r.stood_in(fmt::format(
        "depreciation over {:.0f} years, buildings {:.0f}; cost of capital "
        "{:.0f} %; staff {:.0f} % of IT capital a year",
        c.equipment_years, c.building_years, 100 * c.cost_of_capital, 100 * c.staff_share));
}

void resolve_site(Resolving& r) {
    const bool known = check_country(r, r.text.site.country);
    if (!known && !r.text.site.region.given) return;
    const Written<std::string>& named =
        r.text.site.region.given ? r.text.site.region : r.text.site.country;
    const Site* site = find_part(r.catalog.sites, named.value);
    if (site == nullptr) {
        r.fault(named.at, fmt::format("no site '{}' in the catalog", named.value),
                "choose a region = one of " + join(ids(r.catalog.sites), ", "));
        return;
    }
    r.out.country = r.text.site.country.value;
    r.out.site = *site;
    r.out.power_limit = r.text.site.power_limit.value;
    r.out.buyer.to = r.out.country;
    r.out.buyer.hall_m3 = r.text.site.hall_volume.value.in(unit::m3);
    if (!r.text.site.hall_volume.given) {
        r.stood_in("no hall volume: the supercomputer density test is not made");
    }
    resolve_costs(r);
}

void resolve_buyer(Resolving& r) {
    check_country(r, r.text.buyer.headquarters);
    r.out.buyer.headquarters = r.text.buyer.headquarters.value;
    r.out.buyer.end_use = r.text.buyer.end_use.value;
    r.out.buyer.entity_listed = r.text.buyer.entity_listed.value;
    r.out.buyer.affiliate = r.text.buyer.affiliate.value;
    const Written<bool>& funds = r.text.buyer.state_funded;
    if (funds.given) r.out.buyer.state_funded = truth_of(funds.value);
    if (!r.text.buyer.end_use.given) r.stood_in("end use commercial");
}

void resolve_assumptions(Resolving& r) {
    const AssumeText& a = r.text.assume;
    Scenario& s = r.out;
    r.take(r.text.useful_share, s.useful_share, "useful share of time", "0.9");
    r.take(r.text.serving.prompt_tokens, s.prompt_tokens, "served prompts of", "4096 tokens");
    r.take(r.text.serving.output_tokens, s.output_tokens, "served answers of", "1024 tokens");
    r.take(r.text.serving.time_per_token, s.time_per_token, "time per output token at most",
           "50 ms");
    const auto given = [](const Written<double>& w) {
        return w.given ? std::optional(w.value) : std::nullopt;
    };
    s.tensor_overlap = given(a.tensor_overlap);
    s.data_overlap = given(a.data_overlap);
    s.pipeline_overlap = given(a.pipeline_overlap);
    s.expert_overlap = given(a.expert_overlap);
    s.context_overlap = given(a.context_overlap);
    r.stood_in("tokens cross to each scale-up domain once and are forwarded there");
}

void check_compounds(Resolving& r) {
    const Written<std::vector<std::int64_t>>& compounds = r.text.site.compounds;
    if (!compounds.given) return;
    std::int64_t sum = 0;
    for (const std::int64_t chips : compounds.value) sum += chips;
    for (const FactoryText& factory : r.text.factories) {
        if (factory.chips.value <= sum) continue;
        r.fault(factory.chips.at,
                fmt::format("{} chips do not fit the compounds, which hold {}", factory.chips.value,
                            sum),
                "raise site.compounds or lower chips");
    }
}

std::optional<FabricSource> look_up_fabric(Resolving& r, const Written<std::string>& name) {
    if (!name.given) return std::nullopt;  // told when it was read
    auto found = fabric_source(r.catalog, name.value, name.at);
    if (found) return std::move(*found);
    r.faults.insert(r.faults.end(), found.error().begin(), found.error().end());
    return std::nullopt;
}

void resolve_factories(Resolving& r) {
    check_compounds(r);
    for (const FactoryText& text : r.text.factories) {
        const Server* server = r.look_up(r.catalog.servers, text.server, "server");
        const std::optional<FabricSource> fabric = look_up_fabric(r, text.fabric);
        if (server == nullptr || !fabric || !text.chips.given) continue;
        const auto chips = static_cast<double>(text.chips.value);
        const std::vector<std::int64_t>& compounds = r.text.site.compounds.value;
        Faults wrong = fabric_faults(*fabric, *server, chips, text.fabric.at);
        r.faults.insert(r.faults.end(), wrong.begin(), wrong.end());
        if (!wrong.empty()) continue;
        Factory factory = resolve_factory(r.catalog, *server, *fabric, chips, compounds);
        factory.name = text.name.value;
        r.out.factories.push_back(std::move(factory));
    }
}

void resolve_job(Resolving& r, const JobText& text) {
    if (!text.model.given) return;
    auto model = resolve_model(r.catalog, text.model.value, text.model.at);
    if (!model) {
        r.faults.insert(r.faults.end(), model.error().begin(), model.error().end());
        return;
    }
    if (extra_parameters(*model) > 0) {
        r.stood_in(fmt::format("job {} trains {}", text.name.value, weights_text(*model)));
    }
    for (const std::string& what : model->caveats) {
        r.stood_in(fmt::format("model of job {}: {}", text.name.value, what));
    }
    if (text.max_global_batch.given && text.global_batch.given &&
        text.max_global_batch.value < text.global_batch.value) {
        r.fault(text.max_global_batch.at, "max_global_batch is under global_batch",
                "leave it out to keep the batch fixed");
    }
    const double step =
        static_cast<double>(text.global_batch.value) * static_cast<double>(text.sequence.value);
    if (text.tokens.given && text.tokens.value < step * unit::token) {
        r.fault(
            text.tokens.at,
            fmt::format("{} are less than the one step of {} that global_batch x sequence makes",
                        to_text(text.tokens.value), to_text(step * unit::token)),
            "train on more tokens, or in smaller steps");
    }
    if (!text.precision.given) r.stood_in("precision bf16 for job " + text.name.value);
    Job job{.name = text.name.value, .model = std::move(*model), .tokens = text.tokens.value};
    job.sequence = static_cast<double>(text.sequence.value);
    job.global_batch = text.global_batch.value;
    job.max_global_batch = std::max(text.max_global_batch.value, job.global_batch);
    job.precision = text.precision.value;
    if (text.framework.given) {
        const Framework* found = r.look_up(r.catalog.frameworks, text.framework, "framework");
        if (found == nullptr) return;
        job.framework = *found;
    }
    r.out.jobs.push_back(std::move(job));
}

/// What stands in for a job that names no framework, once for each vendor.
void tell_frameworks(Resolving& r) {
    const bool all_named = std::all_of(r.text.jobs.begin(), r.text.jobs.end(),
                                       [](const JobText& job) { return job.framework.given; });
    std::set<std::string> told;
    for (const Factory& factory : r.out.factories) {
        if (all_named || !told.insert(factory.chip.vendor).second) continue;
        r.stood_in(
            fmt::format("framework {} on chips of {}", factory.framework.id, factory.chip.vendor));
    }
}

void resolve_deadline(Resolving& r) {
    r.out.deadline = r.text.deadline.value;
    if (r.text.objective.value != Objective::cost || r.text.deadline.given) return;
    r.fault(r.text.objective.at, "objective cost needs a deadline",
            "the cheapest plan uses a few chips for years: write deadline = \"90 days\"");
}

}  // namespace

SiteCosts site_costs(const Catalog& catalog, const Site& site) {
    const auto ratio = [&](std::string_view id) {
        return part_named(catalog.prices, id).ratio.value;
    };
    return {.energy = site.energy.value,
            .pue = site.pue.value,
            .building = site.building.value,
            .power_load = ratio("power-load"),
            .storage_share = ratio("storage-share"),
            .staff_share = ratio("staff-share"),
            .equipment_years = ratio("depreciation-years"),
            .building_years = ratio("building-years"),
            .cost_of_capital = ratio("cost-of-capital")};
}

Result<Scenario> resolve(const ScenarioText& text, const Catalog& catalog) {
    Resolving r{text, catalog, {}, text.faults};
    r.out.name = text.name.value;
    r.out.date = text.date.value;
    r.out.objective = text.objective.value;
    r.out.rank_unlawful = text.rank_unlawful.value;
    if (!text.objective.given) r.stood_in("objective time");
    if (text.date.given && !may_be_asked(text.date.value)) {
        r.faults.push_back(outside_asked(text.date.at, "date"));
    }
    resolve_deadline(r);
    resolve_rules(r);
    resolve_site(r);
    resolve_buyer(r);
    resolve_assumptions(r);
    resolve_factories(r);
    for (const JobText& job : text.jobs) resolve_job(r, job);
    tell_frameworks(r);
    if (!r.faults.empty()) return failure(in_order(std::move(r.faults)));
    return std::move(r.out);
}

}  // namespace millwright
