#include "millwright/serve/token_times.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/whole.h"
#include "millwright/serve/step_cost.h"

namespace millwright {
namespace {

/// A prompt longer than a step is cut: the mean piece then ends in its middle.
Seconds prompt_step(StepCost& cost, double queries, double keys) {
    const std::array chunks{PromptChunk{queries, keys}};
    return cost.step({.chunks = chunks, .prompts_ended = 1, .sequences = 1});
}

double running_of(const ServeOutcome& o) {
    if (o.busy <= Seconds{}) return 1;
    return std::max(1.0, std::round(o.mean_running * o.seconds.si() / o.busy.si()));
}

}  // namespace

TokenTimes token_times(const Replica& replica, const ServeOutcome& o) {
    TokenTimes times;
    if (o.completed == 0) return times;
    StepCost cost(replica);
    const double prompt = o.input_tokens / real(o.completed);
    const double found = o.cached_tokens / real(o.completed);
    const double fresh = std::max(1.0, prompt - found);
    const double queries = std::min(fresh, real(replica.engine.max_batched_tokens));
    const double keys = (fresh + queries) / 2;
    const Seconds plain = prompt_step(cost, queries, keys);
    times.input = plain / queries;
    if (found > 0) {
        const Seconds longer = max(prompt_step(cost, queries, keys + found) - plain, Seconds{});
        times.cached = longer * (fresh / queries) / found;
    }
    const double running = running_of(o);
    const double context = prompt + o.output_tokens / real(o.completed) / 2;
    const auto count = static_cast<std::int64_t>(running);
    const Seconds step =
        cost.step({.running = count, .cached = running * context, .sequences = count});
    times.output = step / (running * replica.engine.speculation.tokens_a_step());
    return times;
}

TokenShares token_shares(const TokenTimes& times, const ServeOutcome& o) {
    const double found = o.cached_tokens;
    const double input = (o.input_tokens - found) * times.input.si();
    const double cached = found * times.cached.si();
    const double output = o.output_tokens * times.output.si();
    const double all = input + cached + output;
    if (all <= 0) return {};
    return {input / all, cached / all, output / all};
}

std::string work_text(const TokenShares& shares) {
    const double answers = 100 * shares.output;
    return answers < 50 ? fmt::format("prompts, {:.0f} % of the work", 100 - answers)
                        : fmt::format("answers, {:.0f} % of the work", answers);
}

}  // namespace millwright
