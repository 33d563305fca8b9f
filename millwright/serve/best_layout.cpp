// The rate in the mean costs no run and is no less than that of any run, so candidates are tried
// in its order until the next one's is no more than what was found, or six were tried. Two are
// tried at a time whatever the threads, or these would decide which are run. A candidate is first
// run nearly without load: if requests that are alone break the promise, no rate keeps it.
#include "millwright/serve/best_layout.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "millwright/base/parallel.h"
#include "millwright/base/require.h"
#include "millwright/base/units.h"
#include "millwright/base/whole.h"
#include "millwright/serve/fleet.h"
#include "millwright/serve/layouts.h"
#include "millwright/serve/traffic.h"

namespace millwright {
namespace {

/// Layouts that are tried side by side, whatever the threads, so that what is found of the ones
/// before decides alike which others need no trial.
constexpr std::size_t at_once = 2;
/// Layouts that are tried at most: of those that follow, none serves more in the mean, and runs
/// keep nearly as much of it.
constexpr std::size_t most_tried = 6;
/// Of a run (`rounds_of_run`), as much as is within these numbers of requests, of answers' tokens
/// and of steps; but what is in flight does change some times, however much it is.
constexpr std::int64_t fewest_requests = 1000, most_requests = 10'000;
constexpr std::int64_t fewest_rounds = 3, fewest = 256, few = 64;
constexpr double most_tokens = 4e6, most_steps = 1e5;

struct TriedLayout {
    Replica replica;
    std::int64_t replicas = 0;
    SteadyState steady;
    Capacity capacity;  // zero: not tried, or none

    double in_the_mean() const { return real(replicas) * steady.rate.si(); }
    double found() const { return real(replicas) * capacity.rate.si(); }
};

std::int64_t run_length(const LikeRequests& like, const TriedLayout& c) {
    const double lanes = c.replica.ways.attention_data * c.replica.ways.pipeline;
    const auto flight = static_cast<std::int64_t>(std::ceil(lanes * real(c.steady.running)));
    const std::int64_t least = std::max(fewest, fewest_rounds * flight);
    const std::int64_t wanted =
        std::max(least, std::clamp(rounds_of_run * flight, fewest_requests, most_requests));
    const double quick =
        std::min(most_tokens, most_steps * real(c.steady.running)) / real(like.output);
    return std::clamp(static_cast<std::int64_t>(quick), least, wanted);
}

/// So many requests that one replica gets at a rate of its own.
RequestSource some_requests(const LikeRequests& like, const TriedLayout& c, RequestRate rate,
                            std::int64_t count) {
    const std::int64_t turns = std::min(most_turns, c.replicas);
    RequestTraffic traffic;
    traffic.requests = turns * count;
    traffic.arrivals.rate = real(turns) * rate;
    Tenant& tenant = traffic.tenants.front();
    tenant.prompt = FixedLength{like.prompt};
    tenant.output = FixedLength{like.output};
    if (like.prefix > 0) tenant.prefix = {.groups = 1, .tokens = like.prefix};
    return share_of_replica(requests_of(traffic).value(), 0, static_cast<std::uint64_t>(turns));
}

RequestSource requests_for(const LikeRequests& like, const TriedLayout& c, RequestRate rate) {
    return some_requests(like, c, rate, run_length(like, c));
}

/// Requests that come so seldom that hardly one waits for another.
ServeOutcome alone(const LayoutQuestion& q, const TriedLayout& c) {
    return simulate(c.replica, {}, {}, some_requests(q.requests, c, 1e-3 * c.steady.rate, few));
}

/// Every layout with each of its token budgets; those without room or time tell why.
class Space {
public:
    explicit Space(const LayoutQuestion& q) : q_(q) {
        for (const ServeWays& ways :
             layouts_within(q.replica.model, {}, std::min(q.chips, q.replica_chips), q.domain)) {
            for (const std::int64_t budget : budgets_of(q.replica.engine)) add(ways, budget);
        }
        std::ranges::stable_sort(candidates, std::greater{}, &TriedLayout::in_the_mean);
    }

    std::vector<TriedLayout> candidates;  // those that serve most in the mean first
    std::int64_t size = 0;

    std::string why_not() const {
        if (!candidates.empty()) return "";
        if (fastest_ > Seconds{}) {
            return fmt::format("a token takes {} at best, {} are allowed", to_text(fastest_),
                               to_text(q_.promise.per_token));
        }
        return no_room_.empty() ? "no layout fits the chips" : no_room_;
    }

private:
    void add(const ServeWays& ways, std::int64_t budget) {
        ++size;
        TriedLayout c{.replica = with_ways(q_.replica, ways)};
        c.replica.engine.max_batched_tokens = budget;
        c.replicas = static_cast<std::int64_t>(q_.chips / ways.chips());
        const std::string why =
            millwright::why_not(c.replica, q_.requests.prompt + q_.requests.output);
        if (!why.empty()) {
            no_room_ = why;  // of the largest that was seen
            return;
        }
        const MeanRequest mean = mean_of(q_.requests, c.replica);
        c.steady = steady_state(c.replica, mean, q_.promise.per_token);
        if (c.steady.running > 0) {
            candidates.push_back(std::move(c));
            return;
        }
        const Seconds alone = fastest_token(c.replica, mean);
        fastest_ = fastest_ > Seconds{} ? min(fastest_, alone) : alone;
    }

    const LayoutQuestion& q_;
    std::string no_room_;
    Seconds fastest_;
};

/// The most that the candidate serves; runs are added to `simulated`.
void try_out(const LayoutQuestion& q, TriedLayout& c) {
    c.capacity.simulated = 1;
    if (!keeps(alone(q, c), q.promise)) return;
    const auto requests = [&](RequestRate rate) { return requests_for(q.requests, c, rate); };
    auto most =
        highest_rate(c.replica, q.promise, requests, usually_kept * c.steady.rate, c.steady.rate);
    if (!most) return;
    ++most->simulated;
    c.capacity = std::move(*most);
}

/// What a request has to wait that is alone.
std::string too_late(const LayoutQuestion& q, const TriedLayout& c) {
    const ServeOutcome run = alone(q, c);
    return fmt::format(
        "hardly any request is in time: alone, 99 in a hundred have their first token in {} and "
        "one more each {}",
        to_text(run.first_token.quantile(0.99)), to_text(run.per_token.quantile(0.99)));
}

}  // namespace

MeanRequest mean_of(const LikeRequests& requests, const Replica& replica) {
    const double block = real(replica.engine.block_size);
    const double found =
        replica.engine.prefix_cache ? std::floor(real(requests.prefix) / block) * block : 0;
    return {real(requests.prompt) - found, real(requests.output), found};
}

BestLayout best_layout(const LayoutQuestion& q, int threads) {
    Space space(q);
    BestLayout best{.in_space = space.size, .why_not = space.why_not()};
    std::vector<TriedLayout>& all = space.candidates;
    const TriedLayout* found = nullptr;
    const std::size_t tried = std::min(most_tried, all.size());
    for (std::size_t i = 0; i < tried; i += at_once) {
        if (found != nullptr && all[i].in_the_mean() <= found->found()) break;
        const std::size_t some = std::min(at_once, tried - i);
        parallel_for(some, threads, [&](std::size_t k) { try_out(q, all[i + k]); });
        for (std::size_t k = i; k < i + some; ++k) {
            best.simulated += all[k].capacity.simulated;
            const double now = found == nullptr ? 0 : found->found();
            if (all[k].found() > now) found = &all[k];
        }
    }
    if (found == nullptr) {
        if (!all.empty()) best.why_not = too_late(q, all.front());
        return best;
    }
    best.replica = found->replica;
    best.replicas = found->replicas;
    best.steady = found->steady;
    best.capacity = found->capacity;
    return best;
}

ServeOutcome outcome_at(const LayoutQuestion& q, const BestLayout& layout, RequestRate rate) {
    require(layout.replicas > 0 && rate > RequestRate{}, "a layout serves at a rate");
    const TriedLayout c{layout.replica, layout.replicas, layout.steady, {}};
    return simulate(c.replica, {}, {}, requests_for(q.requests, c, rate / real(layout.replicas)));
}

}  // namespace millwright
