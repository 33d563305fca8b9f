// Both scenarios are run whole, then compared figure by figure. Numbers are compared bit by bit:
// the same question gives the same bits, so whatever differs has a cause in the scenarios. Ledgers
// are compared by their leaves alone, because sums of what is told already would say everything
// twice.
#include "millwright/api/compare.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "millwright/base/faults.h"
#include "millwright/base/ledger_leaves.h"
#include "millwright/base/text.h"
#include "millwright/compute/adapter_weights.h"
#include "millwright/factory/overrides.h"
#include "millwright/serve/layouts.h"

namespace millwright {
namespace {

/// Where differences of one factory, or of a job on it, are put. The names go with each.
struct Terms {
    CompareAnswer& answer;
    std::string factory, job;

    /// Keeps what differs; a number that is not one differs from itself, and is told.
    void add(std::string term, TermValue a, TermValue b, const Dimension& dimension = {}) {
        if (a == b) return;
        answer.differences.push_back(
            {factory, job, std::move(term), std::move(a), std::move(b), dimension});
    }
    void figure(std::string term, double a, double b) {
        add(std::move(term), TermValue(a), TermValue(b));
    }
    template <Dimension D>
    void figure(std::string term, Quantity<D> a, Quantity<D> b) {
        add(std::move(term), TermValue(a.si()), TermValue(b.si()), D);
    }
    void words(std::string term, std::string_view a, std::string_view b) {
        add(std::move(term), std::string(a), std::string(b));
    }
    void in_scenario(bool a, bool b) { words("in the scenario", yes_no(a), yes_no(b)); }

    static std::string_view yes_no(bool truth) { return truth ? "yes" : "no"; }
};

/// Root of a path: the ledger's name, but for steps, whose parts speak for themselves.
std::string short_name(const std::string& ledger) {
    if (ledger == "step") return "";
    return ledger == "memory per chip" ? "memory" : ledger;
}

/// Ledgers leave zero parts out, so one that a side lacks is zero there. Both sides have the path
/// of A's ledger, or like leaves would not meet.
template <class Q>
void add_ledger(Terms& terms, const Ledger<Q>& a, const Ledger<Q>& b) {
    std::map<std::string, Q> of_a, of_b;
    add_leaves(a, short_name(a.name), of_a);
    add_leaves(b, short_name(a.name), of_b);
    for (const auto& [path, value] : of_a) of_b.try_emplace(path, Q{});
    for (const auto& [path, value] : of_b) {
        terms.figure(path, of_a.contains(path) ? of_a[path] : Q{}, value);
    }
}

std::string trained_text(const TrainReport& report) {
    return report.low_rank.any() ? low_rank_text(report.low_rank) : "all weights";
}

void compare_reports(Terms& terms, const TrainReport& a, const TrainReport& b) {
    terms.words("trains", trained_text(a), trained_text(b));
    terms.words("plan", abbreviate(a.plan), abbreviate(b.plan));
    terms.figure("chips used", static_cast<double>(chips_used(a.plan)),
                 static_cast<double>(chips_used(b.plan)));
    terms.figure("days", a.days, b.days);
    terms.figure("hours a day", a.hours, b.hours);
    terms.figure("per million tokens", a.per_million_tokens, b.per_million_tokens);
    terms.figure("step", a.best.step.value, b.best.step.value);
    add_ledger(terms, a.best.step, b.best.step);
    add_ledger(terms, a.best.memory, b.best.memory);
}

void compare_reports(Terms& terms, const ServeReport& a, const ServeReport& b) {
    terms.words("engine", a.engine, b.engine);
    terms.words("weights", a.forms, b.forms);
    terms.words("layout", ways_text(a.layout.replica.ways, a.layout.replicas),
                ways_text(b.layout.replica.ways, b.layout.replicas));
    terms.figure("hours a day", a.hours, b.hours);
    terms.figure("requests/s", a.requests, b.requests);
    terms.figure("most requests/s", a.most, b.most);
    terms.figure("most possible requests/s", a.most_possible, b.most_possible);
    terms.figure("output tokens/s", a.output.si(), b.output.si());
    terms.figure("first token", a.outcome.first_token.mean(), b.outcome.first_token.mean());
    terms.figure("per token", a.outcome.per_token.mean(), b.outcome.per_token.mean());
    terms.figure("per million input tokens", a.prices.input, b.prices.input);
    terms.figure("per million cached tokens", a.prices.cached, b.prices.cached);
    terms.figure("per million output tokens", a.prices.output, b.prices.output);
    add_ledger(terms, a.token, b.token);
    add_ledger(terms, a.memory, b.memory);
}

/// Figures of two feasible jobs of one kind; else what each is, and why one cannot be done.
void compare_jobs(Terms terms, const JobReport& a, const JobReport& b) {
    terms.job = a.job;
    terms.words("kind", name_of(kind_of(a)), name_of(kind_of(b)));
    terms.words("feasible", Terms::yes_no(a.feasible), Terms::yes_no(b.feasible));
    terms.words("because", a.infeasible, b.infeasible);
    if (!a.feasible || !b.feasible) return;
    std::visit(
        [&]<class A, class B>(const A& left, const B& right) {
            if constexpr (A::kind == B::kind) compare_reports(terms, left, right);
        },
        a.of, b.of);
}

/// Jobs by name; one that only one side has is told.
void compare_all_jobs(const Terms& terms, const FactoryReport& a, const FactoryReport& b) {
    const auto named = [](const FactoryReport& f, const std::string& name) {
        return std::ranges::find(f.jobs, name, &JobReport::job);
    };
    const auto only = [&](const std::string& job, bool of_a) {
        Terms{terms.answer, terms.factory, job}.in_scenario(of_a, !of_a);
    };
    for (const JobReport& job : a.jobs) {
        const auto other = named(b, job.job);
        if (other == b.jobs.end()) {
            only(job.job, true);
        } else {
            compare_jobs(terms, job, *other);
        }
    }
    for (const JobReport& job : b.jobs) {
        if (named(a, job.job) == a.jobs.end()) only(job.job, false);
    }
}

/// Both were judged by the same authorities.
void compare_verdicts(Terms& terms, const Verdict& a, const Verdict& b) {
    for (std::size_t i = 0; i < a.outcomes.size(); ++i) {
        const Outcome& o = a.outcomes[i];
        terms.words(o.asks == AsksAbout::sending ? o.label + " verdict" : o.label, o.code,
                    b.outcomes[i].code);
        terms.words(o.label + " class", o.cls, b.outcomes[i].cls);
    }
}

/// A factory and its study.
struct Ranked {
    const Study& study;
    const FactoryReport& factory;

    /// From one; factories of a study are told apart by where they stand in it.
    double rank() const {
        const auto index = static_cast<std::size_t>(&factory - study.factories.data());
        const auto found = std::ranges::find(study.ranking, index);
        return 1.0 + static_cast<double>(found - study.ranking.begin());
    }
};

/// What it is, where it ranks and what all of it costs; then of what that is made.
void compare_factories(Terms terms, const Ranked& left, const Ranked& right) {
    const FactoryReport& a = left.factory;
    const FactoryReport& b = right.factory;
    terms.figure("rank", left.rank(), right.rank());
    terms.figure("capital", a.capital.value, b.capital.value);
    terms.figure("yearly", a.yearly.value, b.yearly.value);
    terms.figure("power", a.power.value, b.power.value);
    compare_verdicts(terms, a.verdict, b.verdict);
    terms.words("site", a.site, b.site);
    terms.words("server", a.server, b.server);
    terms.words("chip", a.chip, b.chip);
    terms.figure("chips", a.chips, b.chips);
    terms.words("fabric", a.fabric, b.fabric);
    terms.words("wiring", a.wiring, b.wiring);
    add_ledger(terms, a.power, b.power);
    add_ledger(terms, a.capital, b.capital);
    add_ledger(terms, a.yearly, b.yearly);
    compare_all_jobs(terms, a, b);
    for (JobExplanation& job : explain_jobs(a, b)) {
        terms.answer.explanations.push_back(std::move(job));
    }
}

/// Tells what authorities say against a factory that is not to be had.
void note_denial(const FactoryReport& factory, CompareAnswer& answer) {
    if (is_lawful(factory.verdict)) return;
    std::vector<std::string> codes;
    bool open = false;
    for (const Outcome& o : factory.verdict.outcomes) {
        if (!o.ranks || restriction(o) < restriction(factory.verdict)) continue;
        codes.push_back(o.label + " " + o.code);
        open |= o.open;
    }
    answer.notes.push_back(fmt::format("{} is {} to this buyer: {}", factory.name,
                                       open ? "open" : "denied", join(codes, ", ")));
}

/// The one place of that name among the scenario's factories; a fault where there is none.
std::size_t place_of(const ScenarioText& scenario, const std::string& name, Faults& faults) {
    std::vector<std::string> names;
    for (const FactoryText& factory : scenario.factories) names.push_back(factory.name.value);
    const auto at = [&](auto found) { return static_cast<std::size_t>(found - names.begin()); };
    const auto exact = std::ranges::find(names, name);
    if (exact != names.end()) return at(exact);
    const auto alike = [&](const std::string& known) { return slug(known) == slug(name); };
    if (std::ranges::count_if(names, alike) == 1) return at(std::ranges::find_if(names, alike));
    faults.push_back({{scenario.file, 0, 0},
                      fmt::format("no factory '{}' in the scenario", excerpt(name)),
                      hint_from(name, names, "factories")});
    return 0;
}

}  // namespace

std::optional<double> change_of(const Difference& d) {
    const auto* a = std::get_if<double>(&d.a);
    const auto* b = std::get_if<double>(&d.b);
    if (a == nullptr || b == nullptr || *a == 0) return std::nullopt;
    return *b / *a - 1;
}

CompareAnswer compare(const Study& a, const Study& b) {
    CompareAnswer answer{{"", a.name, a.date, ""}, {"", b.name, b.date, ""}, {}, {}, {}};
    // two scenarios of one factory each are compared, whatever the factories are called
    const bool alone = a.factories.size() == 1 && b.factories.size() == 1;
    const auto match = [&](const FactoryReport& one, const Study& other) -> const FactoryReport* {
        const auto found = std::ranges::find(other.factories, one.name, &FactoryReport::name);
        if (found != other.factories.end()) return &*found;
        return alone ? &other.factories.front() : nullptr;
    };
    for (const FactoryReport& left : a.factories) {
        Terms terms{answer, left.name, ""};
        const FactoryReport* right = match(left, b);
        if (right == nullptr) {
            terms.in_scenario(true, false);
        } else {
            compare_factories(terms, {a, left}, {b, *right});
        }
    }
    for (const FactoryReport& right : b.factories) {
        if (match(right, a) == nullptr) Terms{answer, right.name, ""}.in_scenario(false, true);
    }
    return answer;
}

CompareAnswer compare(const Study& a, std::size_t factory_a, const Study& b,
                      std::size_t factory_b) {
    const FactoryReport& left = a.factories[factory_a];
    const FactoryReport& right = b.factories[factory_b];
    CompareAnswer answer{
        {"", a.name, a.date, left.name}, {"", b.name, b.date, right.name}, {}, {}, {}};
    compare_factories({answer, left.name, ""}, {a, left}, {b, right});
    note_denial(left, answer);
    if (&left != &right) note_denial(right, answer);
    return answer;
}

Result<CompareAnswer> compare(const CompareQuestion& question, const Setting& setting) {
    const ScenarioText& text_b = question.b ? *question.b : question.a;
    Faults faults;
    const auto a = resolve_with_overrides(question.a, setting.catalog);
    if (!a) append(faults, a.error());
    // a scenario that is both sides is read and run once
    std::optional<Result<Resolved>> other;
    if (question.b) other = resolve_with_overrides(text_b, setting.catalog);
    if (other && !*other) append(faults, other->error());
    if (!question.b && !question.factories) {
        faults.push_back({{question.a.file, 0, 0},
                          "one scenario is compared with none",
                          "give a second one, or two of its factories: --factories X Y"});
    }
    std::size_t factory_a = 0, factory_b = 0;
    if (question.factories) {
        factory_a = place_of(question.a, question.factories->a, faults);
        factory_b = place_of(text_b, question.factories->b, faults);
    }
    if (!faults.empty()) return failure(std::move(faults));
    const RunOptions options{.threads = setting.threads, .progress = setting.progress};
    const Study of_a = run(a->scenario, *a->catalog, options);
    std::optional<Study> of_other;
    if (other) of_other = run((*other)->scenario, *(*other)->catalog, options);
    const Study& of_b = of_other ? *of_other : of_a;
    CompareAnswer answer =
        question.factories ? compare(of_a, factory_a, of_b, factory_b) : compare(of_a, of_b);
    answer.a.file = question.a.file;
    answer.b.file = text_b.file;
    return answer;
}

}  // namespace millwright
