// Sequences stand in the middle of their answers. Beside each token some of the others' prompts
// come, (running - 1) / output of them, cut into pieces, each of which lengthens a step by what a
// step with such a piece takes more. Tokens slow down and rates rise with the sequences that run,
// so that both searches halve their number.
#include "millwright/serve/steady.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "millwright/base/require.h"
#include "millwright/base/whole.h"
#include "millwright/serve/step_cost.h"

namespace millwright {
namespace {

/// One lane, with `running` sequences in the middle of their answers.
class Lane {
public:
    Lane(const Replica& replica, const MeanRequest& request)
        : r_(replica), request_(request), cost_(replica) {}

    Seconds per_token(std::int64_t running) {
        const Seconds plain = cost_.step(plain_load(running));
        const Seconds prompts = request_.prefilled ? Seconds{} : of_prompts(running, plain);
        return (plain / r_.engine.speculation.tokens_a_step()) + prompts;
    }

    TokenParts parts(std::int64_t running) {
        const StepLoad load = plain_load(running);
        const double each = 1 / r_.engine.speculation.tokens_a_step();
        const double drafted = 1 + r_.engine.speculation.depth;
        const Seconds plain = cost_.step(load), kernels = cost_.kernels(load).time;
        TokenParts p;
        p.caches = each * cache_time(r_, real(running), context(), drafted).time;
        p.logits = each * sample_time(r_, real(running) * drafted).time;
        p.host = each * max(plain - kernels, Seconds{});
        p.layers = each * plain - p.host - p.caches - p.logits;
        p.prompts = of_prompts(running, plain);
        return p;
    }

    Seconds alone() { return cost_.step(plain_load(1)) / r_.engine.speculation.tokens_a_step(); }

    /// That the cache and the engine let run.
    std::int64_t most() const {
        const ReplicaMemory memory = memory_of(r_);
        const bool whole = r_.engine.reservation == Reservation::whole;
        const double tokens = request_.prompt + request_.output * (whole ? 1 : 0.5);
        const double each =
            memory.blocks_of(static_cast<std::int64_t>(std::ceil(tokens)), r_.engine.block_size);
        const double limit = real(r_.engine.max_sequences) / r_.ways.pipeline;
        return static_cast<std::int64_t>(
            std::min(std::max(1.0, limit), real(memory.blocks) / each));
    }

private:
    /// Of a sequence in the middle of its answer.
    double context() const { return request_.found + request_.prompt + request_.output / 2; }

    StepLoad plain_load(std::int64_t running) const {
        return {.running = running, .cached = real(running) * context(), .sequences = running};
    }

    /// Of the other sequences' prompts, the time for each token.
    Seconds of_prompts(std::int64_t running, Seconds plain) {
        StepLoad load = plain_load(running);
        // a piece of a prompt beside them, in the middle of its prompt
        const double room = real(r_.engine.max_batched_tokens) - real(running);
        const double queries = std::clamp(request_.prompt, 1.0, std::max(1.0, room));
        const std::array chunks{
            PromptChunk{queries, request_.found + (request_.prompt + queries) / 2}};
        load.chunks = chunks;
        load.prompts_ended = 1;
        const Seconds more = max(cost_.step(load) - plain, Seconds{});
        return more * (request_.prompt / queries) * (real(running - 1) / request_.output);
    }

    const Replica& r_;
    const MeanRequest& request_;
    StepCost cost_;
};

}  // namespace

Seconds fastest_token(const Replica& replica, const MeanRequest& request) {
    return Lane(replica, request).alone();
}

TokenParts token_parts(const Replica& replica, const MeanRequest& request, std::int64_t running) {
    require(running >= 1, "a token is of a sequence that runs");
    return Lane(replica, request).parts(running);
}

Seconds token_at_rate(const Replica& replica, const MeanRequest& request, RequestRate rate) {
    Lane lane(replica, request);
    const double each = rate.si() / (replica.ways.attention_data * replica.ways.pipeline);
    const auto does = [&](std::int64_t running) {
        return real(running) / (request.output * lane.per_token(running).si());
    };
    std::int64_t low = 0, high = std::max<std::int64_t>(1, lane.most());  // too few, and enough
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        (does(middle) < each ? low : high) = middle;
    }
    return high > 1 ? lane.per_token(low) : lane.alone();
}

SteadyState steady_state(const Replica& replica, const MeanRequest& request, Seconds per_token) {
    require(request.prompt >= 1 && request.output >= 1 && request.found >= 0,
            "requests have tokens to compute and to answer");
    Lane lane(replica, request);
    const auto in_time = [&](std::int64_t running) {
        return per_token <= Seconds{} || lane.per_token(running) <= per_token;
    };
    std::int64_t low = 0, high = lane.most() + 1;  // in time, and one too many
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        (in_time(middle) ? low : high) = middle;
    }
    if (low == 0) return {};
    const Seconds token = lane.per_token(low);
    const double lanes = replica.ways.attention_data * replica.ways.pipeline;
    return {low, RequestRate::from_si(lanes * real(low) / (request.output * token.si())), token};
}

}  // namespace millwright
