// A value is a lambda without captures: its type alone says what it reads, so that it can be made
// anew within the function that a metric points to.
#include "millwright/api/sweep_metrics.h"

#include <cmath>
#include <vector>

#include "millwright/base/units.h"

namespace millwright {
namespace {

/// Of a factory that can be built.
template <auto member>
std::optional<double> of_factory(const FactoryReport& factory, const JobReport&) {
    if (!factory.cannot.empty()) return std::nullopt;
    return (factory.*member).value.si();
}

/// What `Value` reads of the report of a feasible job of that kind, if it is a number.
template <class Report, class Value>
std::optional<double> of_job(const FactoryReport&, const JobReport& job) {
    const auto* report = std::get_if<Report>(&job.of);
    if (!job.feasible || report == nullptr) return std::nullopt;
    const double number = Value{}(*report);
    if (!std::isfinite(number)) return std::nullopt;
    return number;
}

/// What is better, and how figures are told.
struct SweptForm {
    bool more = false, share = false;
    Dimension dimension{};
};
constexpr SweptForm least_best{}, most_best{.more = true}, most_share{.more = true, .share = true};

template <class Report, class Value>
SweepMetric job_metric(std::string_view name, std::string_view doc, const SweptForm& form, Value) {
    return {name, doc, Report::kind, form.more, form.share, form.dimension, of_job<Report, Value>};
}

template <auto member, class Amount>
SweepMetric factory_metric(std::string_view name, std::string_view doc, Amount) {
    return {name, doc, std::nullopt, false, false, Amount::dimension, of_factory<member>};
}

/// Nothing where there were no such tokens.
double price_or_none(Dollars dollars) {
    return dollars > Dollars{} ? dollars.in(unit::USD) : std::nan("");
}

std::vector<SweepMetric> train_metrics() {
    const auto of = [](std::string_view name, std::string_view doc, const SweptForm& form,
                       auto value) { return job_metric<TrainReport>(name, doc, form, value); };
    return {
        of("days", "days for all tokens, failures and all", least_best,
           [](const TrainReport& r) { return r.days; }),
        of("step_s", "seconds of a step", least_best,
           [](const TrainReport& r) { return r.best.step.value.si(); }),
        of("mfu", "share of the BF16 peak that does useful work", most_share,
           [](const TrainReport& r) { return r.best.mfu; }),
        of("mfu_of_precision", "the same of the job's own precision", most_share,
           [](const TrainReport& r) { return r.best.mfu_of_precision; }),
        of("tokens_per_s_per_chip", "tokens trained a second by a chip of the plan", most_best,
           [](const TrainReport& r) { return r.best.tokens_per_chip; }),
        of("tflops_per_chip", "useful FLOPs of a second and chip, in 10^12", most_best,
           [](const TrainReport& r) { return r.best.achieved_tflops; }),
        of("memory_bytes", "bytes in the fullest chip", {.dimension = Bytes::dimension},
           [](const TrainReport& r) { return r.best.memory.value.si(); }),
        of("chips_used", "chips of the plan", least_best,
           [](const TrainReport& r) { return static_cast<double>(chips_used(r.plan)); }),
        of("useful_share", "share of the time that is steps which count", most_share,
           [](const TrainReport& r) { return r.useful.share; }),
        of("usd_per_million_tokens", "dollars for a million tokens trained", least_best,
           [](const TrainReport& r) { return r.per_million_tokens.in(unit::USD); }),
        of("usd_per_million_tokens_of_site", "the same with idle chips paid too", least_best,
           [](const TrainReport& r) { return r.per_million_tokens_of_site.in(unit::USD); }),
    };
}

std::vector<SweepMetric> serve_metrics() {
    const auto of = [](std::string_view name, std::string_view doc, const SweptForm& form,
                       auto value) { return job_metric<ServeReport>(name, doc, form, value); };
    return {
        of("requests_per_s", "requests of a second, of the whole site", most_best,
           [](const ServeReport& r) { return r.requests; }),
        of("output_tokens_per_s", "tokens answered in a second, by the whole site", most_best,
           [](const ServeReport& r) { return r.output.si(); }),
        of("output_tokens_per_s_per_chip", "the same by a chip of the site", most_best,
           [](const ServeReport& r) { return r.output_per_chip; }),
        of("usd_per_million_output_tokens", "dollars for a million tokens answered", least_best,
           [](const ServeReport& r) { return price_or_none(r.prices.output); }),
        of("usd_per_million_input_tokens", "dollars for a million tokens of prompts", least_best,
           [](const ServeReport& r) { return price_or_none(r.prices.input); }),
        of("usd_per_request", "dollars for a request", least_best,
           [](const ServeReport& r) { return r.per_request.in(unit::USD); }),
    };
}

std::vector<SweepMetric> all_metrics() {
    std::vector<SweepMetric> metrics = train_metrics();
    for (const SweepMetric& metric : serve_metrics()) metrics.push_back(metric);
    using F = FactoryReport;
    metrics.push_back(factory_metric<&F::power>("power_w", "watts at the meter", Watts{}));
    metrics.push_back(
        factory_metric<&F::capital>("capital_usd", "dollars to buy and build it", Dollars{}));
    metrics.push_back(factory_metric<&F::yearly>(
        "yearly_usd", "dollars to own and run it for a year", Dollars{}));
    return metrics;
}

}  // namespace

std::span<const SweepMetric> sweep_metrics() {
    static const std::vector<SweepMetric> metrics = all_metrics();
    return metrics;
}

}  // namespace millwright
