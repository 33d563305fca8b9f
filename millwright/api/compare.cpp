// Both scenarios are run whole, then compared figure by figure. Numbers are compared bit by bit:
// the same question gives the same bits, so whatever differs has a cause in the scenarios. Ledgers
// are compared by their leaves alone, because sums of what is told already would say everything
// twice.
#include "millwright/api/compare.h"

#include <algorithm>
#include <map>

#include "millwright/base/faults.h"
#include "millwright/factory/overrides.h"
#include "millwright/serve/layouts.h"

namespace millwright {
namespace {

/// Where differences of one factory, or of a job on it, are put. The names go with each.
struct Terms {
    CompareAnswer& answer;
    std::string factory, job;

    /// Keeps what differs; a number that is not one differs from itself, and is told.
    void add(std::string term, Term a, Term b, const Dimension& dimension = {}) {
        if (a == b) return;
        answer.differences.push_back(
            {factory, job, std::move(term), std::move(a), std::move(b), dimension});
    }
    void figure(std::string term, double a, double b) { add(std::move(term), Term(a), Term(b)); }
    template <Dimension D>
    void figure(std::string term, Quantity<D> a, Quantity<D> b) {
        add(std::move(term), Term(a.si()), Term(b.si()), D);
    }
    void words(std::string term, std::string_view a, std::string_view b) {
        add(std::move(term), std::string(a), std::string(b));
    }
    void in_scenario(bool a, bool b) { words("in the scenario", yes_no(a), yes_no(b)); }

    static std::string_view yes_no(bool truth) { return truth ? "yes" : "no"; }
};

/// Leaves of a ledger by path; `path` is that of the ledger itself, empty for one whose parts need
/// no name before theirs.
template <class Q>
void leaves(const Ledger<Q>& ledger, const std::string& path, std::map<std::string, Q>& out) {
    for (const Ledger<Q>& part : ledger.parts) {
        const std::string here = path.empty() ? part.name : path + ": " + part.name;
        if (part.parts.empty()) out[here] = part.value;
        leaves(part, here, out);
    }
}

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
    leaves(a, short_name(a.name), of_a);
    leaves(b, short_name(a.name), of_b);
    for (const auto& [path, value] : of_a) of_b.try_emplace(path, Q{});
    for (const auto& [path, value] : of_b) {
        terms.figure(path, of_a.contains(path) ? of_a[path] : Q{}, value);
    }
}

void compare_reports(Terms& terms, const TrainReport& a, const TrainReport& b) {
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
}

}  // namespace

std::optional<double> change_of(const Difference& d) {
    const auto* a = std::get_if<double>(&d.a);
    const auto* b = std::get_if<double>(&d.b);
    if (a == nullptr || b == nullptr || *a == 0) return std::nullopt;
    return *b / *a - 1;
}

CompareAnswer compare(const Study& a, const Study& b) {
    CompareAnswer answer{{"", a.name, a.date}, {"", b.name, b.date}, {}};
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

Result<CompareAnswer> compare(const CompareQuestion& question, const Setting& setting) {
    const auto a = resolve_with_overrides(question.a, setting.catalog);
    const auto b = resolve_with_overrides(question.b, setting.catalog);
    Faults faults;
    for (const auto* side : {&a, &b}) {
        if (!*side) append(faults, side->error());
    }
    if (!faults.empty()) return failure(std::move(faults));
    const RunOptions options{.threads = setting.threads, .progress = setting.progress};
    CompareAnswer answer =
        compare(run(a->scenario, *a->catalog, options), run(b->scenario, *b->catalog, options));
    answer.a.file = question.a.file;
    answer.b.file = question.b.file;
    return answer;
}

}  // namespace millwright
