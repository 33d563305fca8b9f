// Laws of a serving replica: nothing is lost, caches hold no more than they have, queues keep
// Little's law, and what a step or a prefix costs is what plain rules give.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <set>

#include "millwright/base/whole.h"
#include "millwright/serve/lane.h"
#include "millwright/serve/step_cost.h"
#include "millwright/serve/traffic.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

template <class T>
T one_of(std::initializer_list<T> values) {
    return *rc::gen::elementOf(std::vector<T>(values));
}
std::int64_t whole(std::int64_t low, std::int64_t high) { return *rc::gen::inRange(low, high + 1); }
bool coin() { return *rc::gen::inRange(0, 2) == 1; }

Model drawn_model() {
    Model m = one_of({0, 1, 2}) == 0 ? tiny_states() : tiny_model();
    if (m.delta_heads.value == 0 && coin()) {
        m.window.value = one_of({4, 64});
        m.full_every.value = one_of({0, 2});
    }
    return m;
}

/// Any engine on any few blocks; steps of a millisecond and more, or of kernels.
Replica drawn_replica() {
    Replica r = coin() ? steady_replica(1 * unit::ms, 10 * unit::us) : plain_replica();
    r.model = drawn_model();
    EngineSettings& e = r.engine;
    e.batching = one_of({Batching::mixed, Batching::prefill_first, Batching::fixed});
    e.reservation = one_of({Reservation::growing, Reservation::whole});
    e.preemption = one_of({Preemption::last, Preemption::fewest_answered});
    e.chunked = coin();
    e.prefix_cache = coin();
    e.block_size = one_of<std::int64_t>({1, 4, 16});
    e.max_batched_tokens = whole(8, 300);
    r.ways.pipeline = one_of({1.0, 1.0, 2.0, 4.0});
    r.ways.attention_data = one_of({1.0, 1.0, 3.0});
    e.max_sequences = whole(4, 40);
    e.figures.request = Seconds::from_si(one_of({0.0, 2e-3}));
    e.figures.reply = Seconds::from_si(one_of({0.0, 3e-4}));
    if (*rc::gen::inRange(0, 4) == 0) e.speculation = {.depth = 2, .acceptance = 0.6};
    return with_blocks(r, whole(20, 300));
}

/// In order of arrival; conversations, prefixes of groups, priorities.
std::vector<Request> drawn_requests() {
    std::vector<Request> all;
    Seconds at;
    const std::int64_t count = whole(1, 120);
    const double gap = one_of({0.0, 1e-3, 2e-2});
    for (std::int64_t i = 0; i < count; ++i) {
        Request r = request_at(at, whole(1, 200), whole(1, 60));
        r.priority = whole(0, 2);
        if (coin()) r.session = static_cast<std::uint64_t>(whole(1, 8));
        r.follows = r.session != 0 && coin();
        if (r.follows) r.delay = Seconds::from_si(one_of({0.0, 5e-3}));
        if (coin()) {
            const std::int64_t group = whole(1, 3);
            r.prefix_tokens = 13 * group;
            for (std::int64_t k = whole(0, 9); k > 0; --k) {
                r.prefix.push_back(static_cast<std::uint64_t>(1000 * group) + r.prefix.size());
            }
        }
        all.push_back(r);
        at += Seconds::from_si(gap * real(whole(0, 100)) / 100);
    }
    return all;
}

void expect_one_of_each(const ServedRequests& run, const std::vector<Request>& requests) {
    const ServeOutcome& o = run.outcome;
    RC_ASSERT(o.requests == requests.size());
    RC_ASSERT(o.completed + o.dropped == o.requests);
    RC_ASSERT(run.all.size() == o.completed);
    double input = 0, output = 0;
    for (std::size_t i = 0; i < run.all.size(); ++i) {
        const ServedRequest& one = run.all[i];
        // in one more pair of brackets: rapidcheck's own || looks at both sides
        RC_ASSERT((i == 0 || run.all[i - 1].index < one.index));
        const Request& asked = requests.at(one.index);
        RC_ASSERT(one.prompt == asked.prompt && one.output == asked.output);
        RC_ASSERT(one.arrival <= one.scheduled && one.scheduled < one.first_token);
        RC_ASSERT(one.first_token <= one.end && one.end <= o.seconds);
        RC_ASSERT(one.cached >= 0 && one.cached < one.prompt);
        input += real(one.prompt);
        output += real(one.output);
    }
    RC_ASSERT(o.input_tokens == input && o.output_tokens == output);
    RC_ASSERT(o.latency.count() == real(o.completed));
}

TEST(ServingLaw, RequestsAndTokensAreConserved) {
    EXPECT_TRUE(rc::check([] {
        const auto requests = drawn_requests();
        const ServeLoad load{.concurrency = coin() ? 0 : whole(1, 12)};
        expect_one_of_each(served(drawn_replica(), load, requests), requests);
    }));
}

TEST(ServingLaw, CachesHoldNoMoreThanTheyHave) {
    EXPECT_TRUE(rc::check([] {
        const ServeLoad load{.concurrency = coin() ? 0 : whole(1, 40)};
        const ServeOutcome o = served(drawn_replica(), load, drawn_requests()).outcome;
        RC_ASSERT(o.most_cache <= 1 + 1e-9);
        RC_ASSERT(o.mean_cache <= o.most_cache + 1e-9);
        RC_ASSERT(o.most_cache > 0 || o.completed == 0);
        RC_ASSERT(o.busy.si() <= o.lanes * o.seconds.si() * (1 + 1e-9));
    }));
}

// Sequences that run, over time, are the sum of their stays; one that gave way is away meanwhile.
TEST(ServingLaw, LittlesLawHoldsForThoseThatRun) {
    EXPECT_TRUE(rc::check([] {
        const Replica r = drawn_replica();
        const auto run = served(r, {}, drawn_requests());
        double stays = 0;
        for (const ServedRequest& one : run.all) {
            stays += (one.end - r.engine.figures.reply - one.scheduled).si();
        }
        const double running = run.outcome.mean_running * run.outcome.seconds.si();
        RC_ASSERT(running <= stays * (1 + 1e-9));
        if (run.outcome.preemptions == 0) RC_ASSERT(running >= stays * (1 - 1e-9));
    }));
}

TEST(ServingLaw, LittlesLawHoldsForThoseThatWait) {
    EXPECT_TRUE(rc::check([] {
        Replica r = drawn_replica();
        r.engine.figures.request = Seconds{};
        r.engine.reservation = Reservation::whole;
        r = with_blocks(r, 300);
        std::vector<ServedRequest> ended;
        StepCost cost(r);
        ServeLane lane(r, cost,
                       [&](const ServedRequest& one, const Request&) { ended.push_back(one); });
        const auto requests = drawn_requests();
        std::size_t next = 0;
        double waited = 0, area = 0;
        while (next < requests.size() || lane.there() > 0) {
            while (next < requests.size() &&
                   (lane.there() == 0 || requests[next].arrival <= lane.now())) {
                lane.take({requests[next], next, {}}, requests[next].arrival);
                if (lane.there() > 0 && requests[next].arrival > lane.now()) lane.advance();
                ++next;
            }
            if (lane.there() == 0) continue;
            const Seconds began = lane.now();
            lane.advance();
            area += real(lane.waiting()) * (lane.now() - began).si();
            for (auto i = next; i < requests.size() && requests[i].arrival <= lane.now(); ++i) {
                area += (lane.now() - requests[i].arrival).si();
            }
        }
        for (const ServedRequest& one : ended) waited += (one.scheduled - one.arrival).si();
        RC_PRE(lane.dropped == 0U);
        RC_ASSERT(std::abs(area - waited) <= 1e-9 * (1 + waited));
    }));
}

// Gaps between tokens, as they are counted step by step, are what requests saw.
TEST(ServingLaw, GapsOfTokensSumToTheAnswers) {
    EXPECT_TRUE(rc::check([] {
        Replica r = drawn_replica();
        r.engine.speculation = {};
        const auto run = served(r, {}, drawn_requests());
        double answers = 0, tokens = 0;
        for (const ServedRequest& one : run.all) {
            answers += (one.end - one.first_token).si();
            tokens += real(one.output - 1);
        }
        const LatencyCounts& gaps = run.outcome.between_tokens;
        RC_PRE(run.outcome.preemptions == 0U);
        RC_ASSERT(gaps.count() == tokens);
        RC_ASSERT(std::abs(gaps.mean().si() * tokens - answers) <= 1e-9 * (1 + answers));
    }));
}

/// The steps of one request that nothing is beside, by the cost of each.
void expect_sum_of_steps(const Replica& r, std::int64_t prompt, std::int64_t output) {
    const auto run = served(r, {}, {request_at({}, prompt, output)});
    StepCost cost(r);
    Seconds first = r.engine.figures.request + r.engine.figures.reply, rest;
    const double budget = real(r.engine.max_batched_tokens);
    for (double done = 0; done < real(prompt);) {
        const double queries =
            r.engine.chunked ? std::min(budget, real(prompt) - done) : real(prompt);
        done += queries;
        const PromptChunk chunk{queries, done};
        const std::int64_t ends = done >= real(prompt) ? 1 : 0;
        first += cost.step({.chunks = {&chunk, 1}, .prompts_ended = ends, .sequences = 1});
    }
    for (std::int64_t k = 1; k < output; ++k) {
        rest += cost.step({.running = 1, .cached = real(prompt + k), .sequences = 1});
    }
    ASSERT_EQ(run.all.size(), 1U);
    const ServedRequest& one = run.all[0];
    EXPECT_NEAR((one.first_token - one.arrival) / first, 1, 1e-12);
    EXPECT_NEAR((one.end - one.first_token).si(), rest.si(), 1e-12 * rest.si());
}

TEST(ServingLaw, ZeroLoadIsTheSumOfItsSteps) {
    for (const Batching batching : {Batching::mixed, Batching::prefill_first}) {
        for (const bool chunked : {true, false}) {
            for (const std::int64_t prompt : {1, 100, 512, 513, 3000}) {
                Replica r = plain_replica();
                r.engine.batching = batching;
                r.engine.chunked = chunked;
                r.engine.figures.request = 2 * unit::ms;
                r.engine.figures.reply = 1 * unit::ms;
                r.engine.figures.step = 100 * unit::us;
                expect_sum_of_steps(r, prompt, 40);
                expect_sum_of_steps(r, prompt, 1);
            }
        }
    }
}

TEST(ServingLaw, LaterRequestsOfNoHigherPriorityNeverOvertake) {
    EXPECT_TRUE(rc::check([] {
        Replica r = drawn_replica();
        r.ways.pipeline = r.ways.attention_data = 1;
        r = with_blocks(r, whole(20, 300));
        const auto requests = drawn_requests();
        const auto run = served(r, {}, requests);
        for (const ServedRequest& a : run.all) {
            for (const ServedRequest& b : run.all) {
                if (a.arrival >= b.arrival) continue;
                if (requests[a.index].priority < requests[b.index].priority) continue;
                RC_ASSERT(a.scheduled <= b.scheduled);
            }
        }
    }));
}

// Where nothing is ever forgotten a prompt finds what those admitted before it brought.
TEST(ServingLaw, PrefixHitsAreThoseOfAPlainSet) {
    EXPECT_TRUE(rc::check([] {
        Replica r = drawn_replica();
        r.ways.pipeline = r.ways.attention_data = 1;
        r.engine.prefix_cache = true;
        r = with_blocks(r, 1'000'000);
        const auto requests = drawn_requests();
        auto run = served(r, {}, requests);
        std::ranges::stable_sort(run.all, {}, [&](const ServedRequest& one) {
            return std::tuple(one.scheduled.si(), -requests[one.index].priority, one.arrival.si());
        });
        std::set<std::uint64_t> known;
        for (const ServedRequest& one : run.all) {
            const Request& asked = requests[one.index];
            std::int64_t found = 0, pieces = 0;
            for (const std::uint64_t id : asked.prefix) {
                if (++pieces * asked.prefix_tokens > asked.prompt) break;
                if (known.contains(id) && found == pieces - 1) ++found;
            }
            for (std::int64_t i = 0; i < asked.prompt; ++i) {
                if (i >= std::ssize(asked.prefix) || (i + 1) * asked.prefix_tokens > asked.prompt)
                    break;
                known.insert(asked.prefix[static_cast<std::size_t>(i)]);
            }
            const std::int64_t tokens = std::min(found * asked.prefix_tokens, asked.prompt - 1);
            const std::int64_t block = r.engine.block_size;
            RC_ASSERT(one.cached == tokens / block * block);
        }
    }));
}

TEST(ServingLaw, TwoRunsAreTheSameToTheBit) {
    EXPECT_TRUE(rc::check([] {
        const Replica r = drawn_replica();
        const auto requests = drawn_requests();
        const ServeLoad load{.concurrency = coin() ? 0 : whole(1, 12)};
        const auto a = served(r, load, requests), b = served(r, load, requests);
        RC_ASSERT(a.all.size() == b.all.size());
        for (std::size_t i = 0; i < a.all.size(); ++i) {
            RC_ASSERT(a.all[i].first_token == b.all[i].first_token);
            RC_ASSERT(a.all[i].end == b.all[i].end);
        }
        RC_ASSERT(a.outcome.latency.quantile(0.9) == b.outcome.latency.quantile(0.9));
        RC_ASSERT(a.outcome.mean_cache == b.outcome.mean_cache);
    }));
}

// At each moment before the last request has come as many are there as the loop holds.
TEST(ServingLaw, AClosedLoopKeepsItsPlacesTaken) {
    EXPECT_TRUE(rc::check([] {
        auto requests = drawn_requests();
        for (Request& one : requests) one.session = 0, one.follows = false;
        const std::int64_t places = whole(1, 12);
        Replica r = drawn_replica();
        r = with_blocks(r, 2000);
        const auto run = served(r, {.concurrency = places}, requests);
        RC_ASSERT(run.outcome.dropped == 0U);
        std::multiset<double> ends;
        for (const ServedRequest& one : run.all) {  // in the order in which they came
            if (one.index >= static_cast<std::uint64_t>(places)) {
                const auto ended = ends.find(one.arrival.si());
                RC_ASSERT(ended != ends.end());
                ends.erase(ended);
            } else {
                RC_ASSERT(one.arrival == Seconds{});
            }
            ends.insert(one.end.si());
        }
        RC_ASSERT(ends.size() == std::min(requests.size(), static_cast<std::size_t>(places)));
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
