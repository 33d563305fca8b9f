// Factors are chosen so that parts of a ledger mean the same on both sides: time of chips for one
// token, not of a step, so that other batches and other numbers of chips are no waste of the parts.
#include "millwright/api/explain.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include <fmt/format.h>

#include "millwright/base/units.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

/// A job of one kind on its factory.
template <class Report>
struct OnFactory {
    const FactoryReport& factory;
    const Report& report;
};

ProductFactor plain_factor(std::string name, double a, double b, bool divides = false) {
    return {.name = name, .parts = {{name, a, b}}, .divides = divides};
}

double seconds_of_year() { return unit::year.in(unit::s); }

using Trained = OnFactory<TrainReport>;
using Answered = OnFactory<ServeReport>;

ProductFactor tokens_factor(const Trained& a, const Trained& b) {
    const auto tokens = [](const TrainReport& r) { return r.steps * r.tokens_of_step; };
    ProductFactor factor =
        plain_factor("tokens of whole steps", tokens(a.report), tokens(b.report));
    factor.dimension = Tokens::dimension;
    return factor;
}

ProductFactor chip_time_factor(const Trained& a, const Trained& b) {
    const auto chips = [](const TrainReport& r) {
        return real(chips_used(r.plan)) / r.tokens_of_step;
    };
    return factor_of("chip time of a token", a.report.best.step, chips(a.report),
                     b.report.best.step, chips(b.report));
}

ProductFactor useful_factor(const Trained& a, const Trained& b) {
    return plain_factor("share of time that counts", a.report.useful.share, b.report.useful.share,
                        true);
}

TwoProducts training_cost(const Trained& a, const Trained& b) {
    return {1 / seconds_of_year(),
            {tokens_factor(a, b), chip_time_factor(a, b),
             factor_of("yearly cost of a chip", a.factory.yearly, 1 / a.factory.chips,
                       b.factory.yearly, 1 / b.factory.chips),
             useful_factor(a, b)}};
}

TwoProducts training_time(const Trained& a, const Trained& b) {
    return {
        hours_of_day / unit::day.in(unit::s),
        {tokens_factor(a, b), chip_time_factor(a, b),
         plain_factor("chips used", real(chips_used(a.report.plan)),
                      real(chips_used(b.report.plan)), true),
         useful_factor(a, b), plain_factor("hours a day", a.report.hours, b.report.hours, true)}};
}

/// By Little's law: those in the mean whose tokens take the time of the ledger.
double sequences_of_chip(const ServeReport& r) {
    return r.output.si() * r.token.value.si() / r.asked.chips;
}

ProductFactor sequences_factor(const Answered& a, const Answered& b, bool divides) {
    return plain_factor("sequences at once of a chip", sequences_of_chip(a.report),
                        sequences_of_chip(b.report), divides);
}

ProductFactor token_factor(const Answered& a, const Answered& b) {
    return factor_of("time of an output token", a.report.token, 1, b.report.token, 1);
}

/// Prompts bear the rest.
double share_of_output(const ServeReport& r) {
    const double all = r.per_request.si() * r.requests;  // dollars a second
    return r.prices.output.si() * 1e-6 * r.output.si() / all;
}

TwoProducts output_price(const Answered& a, const Answered& b) {
    const auto of_chip = [](const ServeReport& r) { return r.asked.share / r.asked.chips; };
    return {1e6 / seconds_of_year(),
            {token_factor(a, b), sequences_factor(a, b, true),
             factor_of("yearly cost of a chip", a.factory.yearly, of_chip(a.report),
                       b.factory.yearly, of_chip(b.report)),
             plain_factor("share that output tokens bear", share_of_output(a.report),
                          share_of_output(b.report))}};
}

TwoProducts output_rate(const Answered& a, const Answered& b) {
    ProductFactor token = token_factor(a, b);
    token.divides = true;
    return {1,
            {plain_factor("chips", a.report.asked.chips, b.report.asked.chips),
             sequences_factor(a, b, false), std::move(token)}};
}

Explanation explained(Explained figure, const TwoProducts& products) {
    Explanation explanation{figure, products.a(), products.b(), split_difference(products)};
    std::ranges::stable_sort(explanation.terms, std::ranges::greater{},
                             [](const SplitTerm& term) { return std::abs(term.difference); });
    return explanation;
}

using Asked = std::vector<std::pair<Explained, TwoProducts>>;

Asked figures_of(const Trained& a, const Trained& b) {
    return {{Explained::training_cost, training_cost(a, b)},
            {Explained::training_time, training_time(a, b)}};
}

Asked figures_of(const Answered& a, const Answered& b) {
    return {{Explained::output_price, output_price(a, b)},
            {Explained::output_rate, output_rate(a, b)}};
}

/// What keeps two factories' jobs from being explained; empty where nothing does.
std::string why_not(const FactoryReport& a, const JobReport& left, const FactoryReport& b,
                    const JobReport& right) {
    std::string why;
    for (const auto& [factory, job] : {std::tie(a, left), std::tie(b, right)}) {
        if (job.feasible) continue;
        why += fmt::format("{}{} cannot do it: {}", why.empty() ? "" : "; ", factory.name,
                           job.infeasible);
    }
    if (!why.empty() || kind_of(left) == kind_of(right)) return why;
    return fmt::format("{} is to {} it, {} to {} it", a.name, name_of(kind_of(left)), b.name,
                       name_of(kind_of(right)));
}

JobExplanation explain_job(const FactoryReport& a, const JobReport& left, const FactoryReport& b,
                           const JobReport& right) {
    JobExplanation out{a.name, b.name, left.job, why_not(a, left, b, right), {}};
    if (!out.why_not.empty()) return out;
    const auto explain = [&]<class A, class B>(const A& of_a, const B& of_b) {
        if constexpr (A::kind == B::kind) {
            for (const auto& [figure, products] :
                 figures_of(OnFactory<A>{a, of_a}, OnFactory<B>{b, of_b})) {
                // a site without prices has no shares of cost
                if (can_be_split(products)) out.figures.push_back(explained(figure, products));
            }
        }
    };
    std::visit(explain, left.of, right.of);
    if (out.figures.empty()) out.why_not = "its time and its cost are not known";
    return out;
}

}  // namespace

bool is_alike(const Explanation& e) {
    constexpr double rounding = 1e-12;
    return std::abs(e.b - e.a) <= rounding * std::max(e.a, e.b);
}

std::vector<JobExplanation> explain_jobs(const FactoryReport& a, const FactoryReport& b) {
    std::vector<JobExplanation> all;
    for (const JobReport& job : a.jobs) {
        const auto other = std::ranges::find(b.jobs, job.job, &JobReport::job);
        if (other != b.jobs.end()) all.push_back(explain_job(a, job, b, *other));
    }
    return all;
}

}  // namespace millwright
