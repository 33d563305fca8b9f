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
        const double context = request_.prompt + request_.output / 2;
        StepLoad load{.running = running, .cached = real(running) * context, .sequences = running};
        const Seconds plain = cost_.step(load);
        const double computed = request_.prompt - request_.found;
        if (computed <= 0) return plain / r_.engine.speculation.tokens_a_step();
        // a piece of a prompt beside them, in the middle of its prompt
        const double room = real(r_.engine.max_batched_tokens) - real(running);
        const double queries = std::clamp(computed, 1.0, std::max(1.0, room));
        const double keys = request_.found + (computed + queries) / 2;
        const std::array chunks{PromptChunk{queries, keys}};
        load.chunks = chunks;
        load.prompts_ended = 1;
        const Seconds more = max(cost_.step(load) - plain, Seconds{});
        const Seconds prompt = more * (computed / queries);
        return (plain / r_.engine.speculation.tokens_a_step()) +
               prompt * (real(running - 1) / request_.output);
    }

    Seconds alone() {
        const double context = request_.prompt + request_.output / 2;
        return cost_.step({.running = 1, .cached = context, .sequences = 1}) /
               r_.engine.speculation.tokens_a_step();
    }

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
    const Replica& r_;
    const MeanRequest& request_;
    StepCost cost_;
};

}  // namespace

Seconds fastest_token(const Replica& replica, const MeanRequest& request) {
    return Lane(replica, request).alone();
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
    require(request.prompt >= 1 && request.output >= 1 && request.found <= request.prompt,
            "requests have tokens, of which some are found");
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
