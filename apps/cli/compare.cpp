// millwright compare: why two scenarios differ, term by term.
#include <algorithm>
#include <iostream>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/commands.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/read.h"
#include "millwright/report/json.h"
#include "millwright/report/json_text.h"
#include "millwright/report/table.h"

namespace millwright::app {
namespace {

struct Side {
    Scenario scenario;
    Study study;
};

Side side_of(const std::string& path, const Common& common) {
    const ScenarioText text = value_or_throw(read_scenario(path));
    Side side{value_or_throw(resolve(text, catalog(common))), {}};
    side.study =
        run(side.scenario, catalog(common), {.threads = common.threads, .progress = show_progress});
    show_progress("", 1);
    return side;
}

using Json = nlohmann::ordered_json;

/// One figure of both sides: numbers or words.
struct Term {
    std::string factory, job, term;
    Json a, b;
};

/// b / a - 1 where both are numbers and that says something.
std::optional<double> change_of(const Term& t) {
    if (!t.a.is_number() || !t.b.is_number() || t.a == 0) return std::nullopt;
    return t.b.get<double>() / t.a.get<double>() - 1;
}

void add_number(std::vector<Term>& terms, Term term, double a, double b) {
    if (a == b) return;
    term.a = number_json(a);
    term.b = number_json(b);
    terms.push_back(std::move(term));
}

void add_text(std::vector<Term>& terms, Term term, const std::string& a, const std::string& b) {
    if (a == b) return;
    term.a = a;
    term.b = b;
    terms.push_back(std::move(term));
}

/// Leaves of a ledger by path.
template <class Q>
void leaves(const Ledger<Q>& ledger, const std::string& path, std::map<std::string, double>& out) {
    for (const Ledger<Q>& part : ledger.parts) {
        const std::string here = path.empty() ? part.name : path + ": " + part.name;
        if (part.parts.empty()) out[here] = part.value.si();
        leaves(part, here, out);
    }
}

/// Root of a path: the ledger's name, but for steps, whose parts speak for themselves.
std::string short_name(const std::string& ledger) {
    if (ledger == "step") return "";
    return ledger == "memory per chip" ? "memory" : ledger;
}

template <class Q>
void add_ledger(std::vector<Term>& terms, const Term& term, const Ledger<Q>& a,
                const Ledger<Q>& b) {
    std::map<std::string, double> of_a;
    std::map<std::string, double> of_b;
    leaves(a, short_name(a.name), of_a);
    leaves(b, short_name(a.name), of_b);
    for (const auto& [path, value] : of_a) of_b.try_emplace(path, 0);
    for (const auto& [path, value] : of_b) {
        Term leaf = term;
        leaf.term = path;
        add_number(terms, leaf, of_a.contains(path) ? of_a[path] : 0, value);
    }
}

void compare_jobs(std::vector<Term>& terms, const std::string& factory, const JobReport& a,
                  const JobReport& b) {
    const auto term = [&](const char* name) { return Term{factory, a.job, name, {}, {}}; };
    add_text(terms, term("feasible"), a.feasible ? "yes" : "no", b.feasible ? "yes" : "no");
    if (!a.feasible || !b.feasible) return;
    add_text(terms, term("plan"), abbreviate(a.plan), abbreviate(b.plan));
    add_number(terms, term("chips used"), static_cast<double>(chips_used(a.plan)),
               static_cast<double>(chips_used(b.plan)));
    add_number(terms, term("days"), a.days, b.days);
    add_number(terms, term("$ per million tokens"), a.per_million_tokens.si(),
               b.per_million_tokens.si());
    add_number(terms, term("step, s"), a.step.value.si(), b.step.value.si());
    add_ledger(terms, term(""), a.step, b.step);
    add_ledger(terms, term(""), a.memory, b.memory);
}

/// Jobs by name; one that only one side has is told.
void compare_all_jobs(std::vector<Term>& terms, const FactoryReport& a, const FactoryReport& b) {
    const auto named = [](const FactoryReport& f, const std::string& name) {
        return std::ranges::find(f.jobs, name, &JobReport::job);
    };
    for (const JobReport& job : a.jobs) {
        const auto other = named(b, job.job);
        if (other != b.jobs.end()) {
            compare_jobs(terms, a.name, job, *other);
        } else {
            terms.push_back({a.name, job.job, "in the scenario", "yes", "no"});
        }
    }
    for (const JobReport& job : b.jobs) {
        if (named(a, job.job) == a.jobs.end()) {
            terms.push_back({a.name, job.job, "in the scenario", "no", "yes"});
        }
    }
}

/// Both were judged by the same authorities.
void add_verdicts(std::vector<Term>& terms, Term term, const Verdict& a, const Verdict& b) {
    for (std::size_t i = 0; i < a.outcomes.size(); ++i) {
        const Outcome& o = a.outcomes[i];
        term.term = o.asks == AsksAbout::sending ? o.label + " verdict" : o.label;
        add_text(terms, term, o.code, b.outcomes[i].code);
    }
}

std::vector<Term> compare_studies(const Study& a, const Study& b) {
    std::vector<Term> terms;
    for (std::size_t i = 0; i < a.factories.size(); ++i) {
        const FactoryReport& left = a.factories[i];
        const FactoryReport* right = nullptr;
        for (const FactoryReport& f : b.factories) {
            if (f.name == left.name) right = &f;
        }
        if (right == nullptr && a.factories.size() == 1 && b.factories.size() == 1) {
            right = &b.factories[0];
        }
        if (right == nullptr) {
            terms.push_back({left.name, "", "in the scenario", "yes", "no"});
            continue;
        }
        const auto term = [&](const char* name) { return Term{left.name, "", name, {}, {}}; };
        add_text(terms, term("chip"), left.chip, right->chip);
        add_verdicts(terms, term(""), left.verdict, right->verdict);
        add_ledger(terms, term(""), left.power, right->power);
        add_ledger(terms, term(""), left.capital, right->capital);
        add_ledger(terms, term(""), left.yearly, right->yearly);
        compare_all_jobs(terms, left, *right);
    }
    for (const FactoryReport& right : b.factories) {
        const bool alone = a.factories.size() == 1 && b.factories.size() == 1;
        const bool matched =
            alone || std::ranges::any_of(a.factories, [&](const FactoryReport& left) {
                return left.name == right.name;
            });
        if (!matched) terms.push_back({right.name, "", "in the scenario", "no", "yes"});
    }
    return terms;
}

Json json_of(const Term& t) {
    const auto change = change_of(t);
    return {{"factory", t.factory},
            {"job", t.job},
            {"term", t.term},
            {"a", t.a},
            {"b", t.b},
            {"change", change ? Json(*change) : Json(nullptr)}};
}

std::string cell_of(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    return value.is_number() ? fmt::format("{:.4g}", value.get<double>()) : "unknown";
}

}  // namespace

int compare_command(const CompareArguments& arguments, const Common& common) {
    const Side a = side_of(arguments.a, common);
    const Side b = side_of(arguments.b, common);
    const std::vector<Term> terms = compare_studies(a.study, b.study);
    if (common.json) {
        Json list = Json::array();
        for (const Term& t : terms) list.push_back(json_of(t));
        std::cout << json_text(Json{{"differences", list}}) << "\n";
        return exit_done;
    }
    std::vector<std::vector<std::string>> rows;
    for (const Term& t : terms) {
        const auto change = change_of(t);
        rows.push_back({t.factory, t.job, t.term, cell_of(t.a), cell_of(t.b),
                        change ? fmt::format("{:+.1f} %", 100 * *change) : ""});
    }
    if (rows.empty()) std::cout << "no difference in what both have\n";
    if (!rows.empty()) {
        std::cout << format_table({"factory", "job", "term", "A", "B", "change"}, rows, "lllrrr");
    }
    return exit_done;
}

}  // namespace millwright::app
