// A question is resolved in two rounds of faults, names and load at once, then what the named
// things cannot do together; requests are read once before any is served, as the longest decides
// the layout.
#include "millwright/api/serve.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/api/serve_curves.h"
#include "millwright/api/serve_notes.h"
#include "millwright/api/serve_steps.h"
#include "millwright/base/faults.h"
#include "millwright/base/plural.h"
#include "millwright/base/units.h"
#include "millwright/base/whole.h"
#include "millwright/catalog/bands.h"
#include "millwright/compute/mixers.h"

namespace millwright {
namespace {

/// Layouts of so many chips and less, and of any size.
struct Tried {
    // the smallest with room for a few of the longest request, else that with most room a chip
    std::optional<ServeWays> holds_all;
    std::optional<ServeWays> holds_some;  // the smallest that holds the shortest
    std::string why_not;                  // of the largest
};

Tried tried(const Replica& replica, const std::vector<ServeWays>& layouts, double chips,
            const RequestSpan& span) {
    Tried found;
    double most = 0;
    for (const ServeWays& ways : layouts) {
        if (ways.chips() > chips) continue;
        const Replica r = with_ways(replica, ways);
        const std::string why = why_not(r, span.longest);
        if (why.empty()) {
            const double room = held_beside(r, span.longest);
            if (room / ways.chips() > most) found.holds_all = ways;
            most = std::max(most, room / ways.chips());
            if (room >= few_sequences) return found;
        } else if (!found.holds_all) {
            found.why_not = why;
            if (!found.holds_some && why_not(r, span.shortest).empty()) found.holds_some = ways;
        }
    }
    return found;
}

std::int64_t replicas_of(const ServeQuestion& q, const ServeWays& ways) {
    const auto fit = static_cast<std::int64_t>(real(q.chips) / (ways.chips() * real(q.data)));
    return q.data * (q.replicas > 0 ? q.replicas : std::max<std::int64_t>(1, fit));
}

/// Sets the pool, or why there is none and how many chips would do.
void choose_layout(const Catalog& catalog, const Replica& replica, ServeAnswer& answer) {
    const ServeQuestion& q = answer.asked;
    const double domain = answer.factory.server.domain.value;
    const auto each = q.data * std::max<std::int64_t>(1, q.replicas);
    const std::vector<ServeWays> layouts = layouts_of(replica.model, q.layout, domain);
    const Tried here = tried(replica, layouts, real(q.chips) / real(each), answer.span);
    if (!here.holds_all && !here.holds_some) {
        answer.infeasible = here.why_not.empty() ? "no layout of these ways fits" : here.why_not;
        LayoutPins open = q.layout;
        open.tensor = open.pipeline = 0;
        const Tried any = tried(replica, layouts_of(replica.model, open, domain), 1e9, answer.span);
        const auto enough = any.holds_all ? any.holds_all : any.holds_some;
        if (enough) answer.fewest = each * std::llround(enough->chips());
        return;
    }
    const ServeWays ways = here.holds_all ? *here.holds_all : *here.holds_some;
    answer.pools.push_back(pool_of(catalog, answer, replica, ways, replicas_of(q, ways)));
    if (!here.holds_all) {
        answer.notes.push_back(
            fmt::format("requests longer than the cache are dropped: {}", here.why_not));
    }
}

/// A pool on so many chips, or none and why; `fewest` is then how many would do (zero: none).
std::optional<ServePool> pool_on(const Catalog& catalog, const Replica& replica, const char* role,
                                 std::int64_t chips, ServeAnswer& answer) {
    const double domain = answer.factory.server.domain.value;
    const LayoutPins& pins = answer.asked.layout;
    const Tried here =
        tried(replica, layouts_of(replica.model, pins, domain), real(chips), answer.span);
    if (!here.holds_all) {
        answer.infeasible =
            fmt::format("pool of {}: {}", role,
                        here.why_not.empty() ? "no layout of these ways fits" : here.why_not);
        return std::nullopt;
    }
    const auto replicas = static_cast<std::int64_t>(real(chips) / here.holds_all->chips());
    ServePool pool = pool_of(catalog, answer, replica, *here.holds_all, replicas);
    pool.role = role;
    return pool;
}

/// The pool of answers; where that has another server, on that one's chips.
Result<std::optional<ServePool>> answers_pool(const Catalog& catalog, const Replica& replica,
                                              ServeAnswer& answer) {
    const ServeQuestion& q = answer.asked;
    if (q.decode_server.empty() || q.decode_server == q.server) {
        return pool_on(catalog, replica, "answers", q.decode, answer);
    }
    ServeAnswer base;
    const auto parts = decode_parts(catalog, answer, base);
    if (!parts) return failure(parts.error());
    auto pool = pool_on(catalog, parts->replica, "answers", q.decode, base);
    if (pool) pool->factory = std::move(base.factory);
    if (!pool) answer.infeasible = base.infeasible;
    return pool;
}

Faults choose_pools(const Catalog& catalog, const Replica& replica, ServeAnswer& answer) {
    const ServeQuestion& q = answer.asked;
    auto prompts = pool_on(catalog, replica, "prompts", q.prefill, answer);
    auto answers_or = answers_pool(catalog, replica, answer);
    if (!answers_or) return std::move(answers_or.error());
    std::optional<ServePool>& answers = *answers_or;
    if (prompts && answers) {
        answer.pools = {std::move(*prompts), std::move(*answers)};
        return {};
    }
    if (!q.decode_server.empty()) return {};
    LayoutPins open = q.layout;
    open.tensor = open.pipeline = 0;
    const double domain = answer.factory.server.domain.value;
    const Tried any = tried(replica, layouts_of(replica.model, open, domain), 1e9, answer.span);
    if (!any.holds_all) return {};
    const std::int64_t enough = std::llround(any.holds_all->chips());
    answer.fewest = (prompts ? q.prefill : enough) + (answers ? q.decode : enough);
    return {};
}

}  // namespace

double ServePool::busy_share() const {
    const double lanes = outcome.lanes * outcome.seconds.si();
    return lanes > 0 ? std::min(1.0, outcome.busy.si() / lanes) : 0;
}

double ServeAnswer::chips() const {
    double sum = 0;
    for (const ServePool& pool : pools) sum += pool.chips();
    return sum;
}

double ServeAnswer::good_share() const {
    // what was dropped got no answer in time
    const double all = outcome.first_token.count() + real(outcome.dropped);
    return all > 0 ? outcome.good / all : 0;
}

double ServeAnswer::good_per_s() const {
    const double counted = outcome.first_token.count();
    return counted > 0 ? outcome.good / counted * outcome.requests_per_s() : 0;
}

double ServeAnswer::hit_share() const {
    if (outcome.input_tokens <= 0) return 0;
    return outcome.cached_tokens / outcome.input_tokens;
}

Result<ServeAnswer> serve(const ServeQuestion& question, const Setting& setting) {
    ServeAnswer answer{.asked = question};
    const auto parts = serve_parts(setting.catalog, answer);
    if (!parts) return failure(parts.error());
    const bool apart = question.prefill > 0;
    Faults faults;
    if (apart) {
        faults = choose_pools(setting.catalog, parts->replica, answer);
    } else {
        choose_layout(setting.catalog, parts->replica, answer);
    }
    if (faults.empty() && answer.feasible()) faults = set_cluster(setting.catalog, answer);
    if (!faults.empty()) return failure(std::move(faults));
    if (answer.feasible()) {
        (apart ? serve_pools : serve_pool)(parts->requests, setting, answer);
    }
    add_notes(setting.catalog, answer);
    if (answer.feasible() && question.curves && answer.outcome.completed > 0) {
        answer.curves = curves_of(answer, parts->requests, setting.threads);
        answer.notes.push_back(text_of_counts(*answer.curves));
    }
    return answer;
}

}  // namespace millwright
