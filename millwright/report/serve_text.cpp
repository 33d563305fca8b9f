// Figures are of simulated requests; the line `bound` says what no engine gets around.
#include "millwright/report/serve_text.h"

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/ledger_text.h"
#include "millwright/report/verdict_text.h"
#include "millwright/serve/layouts.h"

namespace millwright {
namespace {

/// Three digits, and no exponent where they are more.
std::string figure(double value) {
    return value < 1000 ? fmt::format("{:.3g}", value) : fmt::format("{:.0f}", value);
}

std::vector<std::string> serve_cells(const JobReport& job) {
    const auto& report = std::get<ServeReport>(job.of);
    const ServeOutcome& o = report.outcome;
    return {figure(report.output.si() / 1000),
            figure(report.output_per_chip),
            figure(o.first_token.quantile(0.99).in(unit::ms)),
            figure(o.per_token.quantile(0.99).in(unit::ms)),
            fmt::format("{:.3g}", report.prices.input.in(unit::USD)),
            fmt::format("{:.3g}", report.prices.output.in(unit::USD))};
}

/// For the sentence on top of a study.
std::string serve_phrase(const JobReport& job) {
    const auto& report = std::get<ServeReport>(job.of);
    const std::string hours =
        report.asked.hours ? fmt::format(" at {}", to_text(*report.asked.hours)) : "";
    const ServeOutcome& o = report.outcome;
    return fmt::format(
        "{} gets {} k output tokens/s{}, at {:.3g} USD per million, in p99 {} to the first token "
        "and "
        "{} a token",
        job.job, figure(report.output.si() / 1000), hours, report.prices.output.in(unit::USD),
        to_text(o.first_token.quantile(0.99)), to_text(o.per_token.quantile(0.99)));
}

std::string layout_line(const ServeReport& report) {
    const BestLayout& best = report.layout;
    std::string text =
        fmt::format("{} on {} by {}, {}, {} tokens a step",
                    ways_text(best.replica.ways, best.replicas), counted(best.chips(), "chip"),
                    report.engine, report.forms, best.replica.engine.max_batched_tokens);
    const double idle = report.asked.chips - best.chips();
    if (idle > 0) text += fmt::format("; {} idle", counted(idle, "chip"));
    if (report.asked.share < 1) {
        text += fmt::format("; {:.4g} % of all chips", 100 * report.asked.share);
    }
    return labelled("layout", text);
}

std::string hours_line(const ServeReport& report) {
    std::string text;
    if (report.asked.hours) {
        text =
            fmt::format("{}, {:.4g} of 24 each day; ", to_text(*report.asked.hours), report.hours);
    }
    const double tokens =
        report.requests_a_year() * static_cast<double>(report.asked.requests.output);
    return labelled("a year", text + fmt::format("{:.4g} billion requests, {:.4g} trillion output "
                                                 "tokens, for {} of the yearly cost",
                                                 report.requests_a_year() / 1e9, tokens / 1e12,
                                                 to_text(report.yearly)));
}

std::string waits_line(const ServeReport& report) {
    const auto told = [](const LatencyCounts& waits) {
        return fmt::format("{} in the mean, {} of 99 in a hundred", to_text(waits.mean()),
                           to_text(waits.quantile(0.99)));
    };
    const ServicePromise& promise = report.asked.promise;
    const auto allowed = [](Seconds time) {
        return time > Seconds{} ? fmt::format(" ({} allowed)", to_text(time)) : std::string();
    };
    return labelled("waits",
                    fmt::format("first token {}{}; each later one {}{}",
                                told(report.outcome.first_token), allowed(promise.first_token),
                                told(report.outcome.per_token), allowed(promise.per_token)));
}

std::string price_line(const ServeReport& report) {
    const auto price = [](Dollars dollars) { return dollars.in(unit::USD); };
    std::string text = fmt::format("{:.3g} $ per million output tokens, {:.3g} of prompts",
                                   price(report.prices.output), price(report.prices.input));
    if (report.prices.cached > Dollars{}) {
        text += fmt::format(", {:.3g} found in the cache", price(report.prices.cached));
    }
    return labelled("price", text + fmt::format("; {:.3g} for a thousand requests",
                                                1000 * price(report.per_request)));
}

std::string serve_paragraph(const FactoryReport&, const JobReport& job) {
    const auto& report = std::get<ServeReport>(job.of);
    const LikeRequests& asked = report.asked.requests;
    std::string text = layout_line(report);
    text += labelled("serves", fmt::format("{} requests/s of {} and {} tokens, {} output tokens/s; "
                                           "{} requests/s are kept in time",
                                           figure(report.requests), asked.prompt, asked.output,
                                           figure(report.output.si()), figure(report.most)));
    text += waits_line(report);
    text += hours_line(report);
    text += labelled("time", fmt::format("one output token in {} in the mean: {}",
                                         to_text(report.token.value), parts_text(report.token)));
    text += labelled("memory", fmt::format("{} of {} usable: {}", to_text(report.memory.value),
                                           to_text(report.usable), parts_text(report.memory)));
    text += price_line(report);
    text += labelled("bound", fmt::format("no engine serves more than {} requests/s here ({}), or "
                                          "for less than {:.3g} $ a thousand",
                                          figure(report.most_possible), report.bound.limited_by,
                                          1000 * report.least_per_request.in(unit::USD)));
    return text + labelled("bound by", report.bound_by + "; with 10 % more, time of a request: " +
                                           sensitivity_text(job));
}

}  // namespace

JobPrinter serve_printer() {
    return {.kind = JobKind::serve,
            .columns = {"ktok/s", "a chip", "ttft ms", "tpot ms", "$/Mtok in", "out"},
            .alignment = "rrrrrr",
            .legend =
                "ktok/s: output tokens that the whole site serves in its hours, in thousands a "
                "second; a chip: tokens a second. ttft, tpot: time to the first token and between "
                "later ones, of 99 requests in a hundred at most. $/Mtok: a million tokens of "
                "prompts, of answers, at the whole site's cost in its hours, by the time that each "
                "takes alone. Requests are simulated.",
            .cells = serve_cells,
            .phrase = serve_phrase,
            .tables = [](const Study&) { return std::string(); },
            .paragraph = serve_paragraph};
}

}  // namespace millwright
