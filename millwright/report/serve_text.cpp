// Every figure of a serving job here is a bound by roofline, best for throughput, time and price at
// once; legend, phrase and paragraph each say so, since each may be read without the others.
#include "millwright/report/serve_text.h"

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/ledger_text.h"
#include "millwright/report/verdict_text.h"

namespace millwright {
namespace {

/// Three digits, and no exponent where they are more.
std::string figure(double value) {
    return value < 1000 ? fmt::format("{:.3g}", value) : fmt::format("{:.0f}", value);
}

std::vector<std::string> cells(const JobReport& job) {
    const auto& report = std::get<ServeReport>(job.of);
    return {figure(report.output.si() / 1000),
            figure(report.output_per_chip),
            figure(report.prefill.prompt_time.in(unit::ms)),
            figure(report.token.value.in(unit::ms)),
            fmt::format("{:.3g}", report.per_million_input.in(unit::USD)),
            fmt::format("{:.3g}", report.per_million_output.in(unit::USD))};
}

/// For the sentence on top of a study.
std::string phrase(const JobReport& job) {
    const auto& report = std::get<ServeReport>(job.of);
    return fmt::format("{} gets at most {} k output tokens/s, at {:.3g} $ per million", job.job,
                       figure(report.output.si() / 1000), report.per_million_output.in(unit::USD));
}

std::string paragraph(const FactoryReport& factory, const JobReport& job) {
    const auto& report = std::get<ServeReport>(job.of);
    std::string text =
        labelled("replicas",
                 fmt::format("to decode, {} ({}) at batch {}: {:.0f} tokens/s; to "
                             "prefill, {}: {:.0f} tokens/s; each alone",
                             counted(report.decode.chips, "chip"), name_of(report.precision),
                             report.decode.batch, report.decode.decode.si(),
                             counted(report.prefill.chips, "chip"), report.prefill.prefill.si()));
    text += labelled("serves",
                     fmt::format("{} requests/s of {:.0f} and {:.0f} tokens at most, {} output "
                                 "tokens/s on {} (a bound by roofline)",
                                 figure(report.requests), report.asked.prompt, report.asked.output,
                                 figure(report.output.si()), counted(factory.chips, "chip")));
    text += labelled("time",
                     fmt::format("first token after {}, then one in {} of {} allowed: {}",
                                 to_text(report.prefill.prompt_time), to_text(report.token.value),
                                 to_text(report.asked.per_token), parts_text(report.token)));
    text += labelled("memory", fmt::format("{} of {} usable: {}", to_text(report.memory.value),
                                           to_text(report.usable), parts_text(report.memory)));
    text += labelled("price", fmt::format("{:.3g} $ per million served output tokens, {:.3g} per "
                                          "million of prompts; at least {:.3g} for a thousand "
                                          "requests",
                                          report.per_million_output.in(unit::USD),
                                          report.per_million_input.in(unit::USD),
                                          1000 * report.per_request.in(unit::USD)));
    return text + labelled("bound by", report.bound_by + "; with 10 % more, time of a request: " +
                                           sensitivity_text(job));
}

}  // namespace

JobPrinter serve_printer() {
    return {.kind = JobKind::serve,
            .columns = {"ktok/s", "a chip", "ttft ms", "tpot ms", "$/Mtok in", "out"},
            .alignment = "rrrrrr",
            .legend =
                "ktok/s: output tokens that the whole site serves, in thousands a second; a "
                "chip: tokens a second. ttft: time to the first token of a prompt that waits "
                "for none; tpot: between output tokens. $/Mtok: a million tokens of prompts, "
                "of answers, at the yearly cost of the chips for the time each takes alone. "
                "By roofline: no site serves more, sooner or for less; prefill and decode hide "
                "behind each other, batches are always full.",
            .cells = cells,
            .phrase = phrase,
            .tables = [](const Study&) { return std::string(); },
            .paragraph = paragraph};
}

}  // namespace millwright
