// The timeline of a replica: events in order, slices that do not overlap, requests that nest.
#include "millwright/report/serve_trace.h"

#include <gtest/gtest.h>

#include <map>

#include <nlohmann/json.hpp>

namespace millwright {
namespace TEST_FILE {

ServeAnswer answer(std::int64_t requests, std::int64_t output) {
    ServeQuestion q{.model = "llama-3.2-1b", .server = "hgx-h100", .chips = 2};
    q.load.rate = 20;
    q.load.requests = requests;
    q.load.prompt = FixedLength{256};
    q.load.output = FixedLength{output};
    q.keep_requests = true;
    return serve(q, {}).value();
}

std::vector<nlohmann::json> events_of(const ServeAnswer& a) {
    return nlohmann::json::parse(serve_trace_json(a))["traceEvents"];
}

TEST(ServeTrace, EventsAreInOrderAndStepsDoNotOverlap) {
    double last = 0, free = 0;
    std::size_t steps = 0;
    const ServeAnswer a = answer(100, 32);
    for (const auto& e : events_of(a)) {
        if (e["ph"] == "M") continue;
        EXPECT_GE(e["ts"], last);
        last = e["ts"];
        if (e["ph"] != "X") continue;
        ++steps;
        EXPECT_GE(last, free - 1e-6);
        free = last + e["dur"].get<double>();
        EXPECT_GE(e["args"]["prompt_tokens"], 0);
    }
    EXPECT_EQ(steps, a.record.first.steps.size());
}

TEST(ServeTrace, EachRequestIsQueuedPrefilledAndAnswered) {
    std::map<std::uint64_t, std::string> told;
    for (const auto& e : events_of(answer(100, 32))) {
        if (!e.contains("id")) continue;
        told[e["id"]] += e["ph"].get<std::string>() + e["name"].get<std::string>() + " ";
    }
    EXPECT_EQ(told.size(), 50U);
    for (const auto& [id, events] : told) {
        EXPECT_EQ(events, "brequest bqueue equeue bprefill eprefill banswer eanswer erequest ");
    }
}

TEST(ServeTrace, AStepIsNamedByWhatItHolds) {
    std::map<std::string, int> kinds;
    for (const auto& e : events_of(answer(100, 32))) {
        if (e["ph"] == "X") ++kinds[e["name"]];
    }
    EXPECT_GT(kinds["prefill 1"], 0);
    EXPECT_GT(kinds["decode 1"], 0);
    EXPECT_GT(kinds["prefill 1 + decode 1"], 0);
}

TEST(ServeTrace, LongRunsAreCutAndSaySo) {
    EXPECT_EQ(traced_text(answer(100, 32)), "replica 1 of 2, the whole run");
    const ServeAnswer a = answer(3000, 256);
    ASSERT_FALSE(a.record.first.whole);
    EXPECT_NE(traced_text(a).find("its first "), std::string::npos);
    const std::string text = serve_trace_json(a);
    EXPECT_NE(text.find(traced_text(a)), std::string::npos);
    EXPECT_LT(text.size(), 20'000'000U);
    const double until = a.record.first.until.in(unit::us) + 0.001;
    for (const auto& e : events_of(a)) {
        if (e["ph"] == "M") continue;
        EXPECT_LE(e["ts"], until);
        EXPECT_LE(e["ts"].get<double>() + e.value("dur", 0.0), until);
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
