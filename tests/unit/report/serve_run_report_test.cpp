// A simulated deployment: text begins with the answer, and JSON has the same keys whatever it is.
#include <cmath>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "millwright/report/json_text.h"
#include "millwright/report/serve_run_json.h"
#include "millwright/report/serve_run_text.h"
#include "millwright/report/table.h"

namespace millwright {
namespace TEST_FILE {

ServeAnswer answer_with_curves() {
    ServeQuestion q{.model = "llama-3.2-1b", .server = "hgx-h100", .chips = 2};
    q.load.rate = 20;
    q.load.requests = 300;
    q.load.prompt = FixedLength{256};
    q.load.output = FixedLength{32};
    q.limits.max_sequences = 32;
    q.curves = true;
    return serve(q, {}).value();
}

ServeAnswer answer(double rate, std::int64_t chips = 1, const char* model = "llama-3.2-1b") {
    ServeQuestion q{.model = model, .server = "hgx-h100", .chips = chips};
    q.load.rate = rate;
    q.load.requests = rate > 1000 ? 2000 : 300;
    q.load.prompt = FixedLength{256};
    q.load.output = FixedLength{32};
    q.keep_requests = true;
    return serve(q, {}).value();
}

std::vector<std::string> keys(const nlohmann::ordered_json& json) {
    std::vector<std::string> names;
    for (const auto& [key, value] : json.items()) names.push_back(key);
    return names;
}

bool begins(const std::string& text, const std::string& with) { return text.starts_with(with); }

TEST(ServeRunText, TheFirstSentenceIsTheAnswer) {
    const std::string met = serve_answer_text(answer(20));
    EXPECT_NE(met.substr(0, met.find("\n\n")).find("requests/s"), std::string::npos) << met;
    EXPECT_NE(met.find("first token (TTFT)"), std::string::npos);
    EXPECT_NE(met.find("$/M input, cached, output"), std::string::npos);
    const std::string beyond = serve_answer_text(answer(20000));
    EXPECT_TRUE(begins(beyond, "It cannot keep up with the load of 2e+04 requests/s")) << beyond;
    const std::string none = serve_answer_text(answer(1, 2, "llama-3.1-405b"));
    EXPECT_TRUE(begins(none,
                       "2 chips of hgx-h100 hold no request of llama-3.1-405b; the fewest "
                       "that would are 8"))
        << none;
}

TEST(ServeRunText, RejectedRequestsAreInSentenceAndShare) {
    ServeQuestion q{.model = "llama-3.2-1b", .server = "hgx-h100", .chips = 1};
    q.load.rate = 500;
    q.load.requests = 300;
    q.load.prompt = FixedLength{256};
    q.load.output = FixedLength{32};
    q.objectives.first_token = 1 * unit::s;
    q.cluster.router.most_each = 2;
    const ServeAnswer a = serve(q, {}).value();
    const double answered = static_cast<double>(a.outcome.completed) / 300;
    EXPECT_LT(answered, 0.9);
    EXPECT_NEAR(a.good_share(), answered, 1e-9);
    const std::string text = serve_answer_sentence(a);
    EXPECT_NE(text.find(fmt::format("{:.1f} % of the requests are rejected", 100 * (1 - answered))),
              std::string::npos)
        << text;
    q.load.requests = 298;
    q.load.warm_up = 297;  // the last is rejected
    const std::string warm = serve_answer_sentence(serve(q, {}).value());
    EXPECT_EQ(warm.find("0 s (p50)"), std::string::npos) << warm;
    EXPECT_NE(warm.find("of the warm-up"), std::string::npos) << warm;
}

TEST(ServeRunText, BothServersOfPoolsAreNamed) {
    ServeQuestion q{.model = "llama-3.2-1b", .server = "hgx-h100", .chips = 3};
    q.prefill = 1;
    q.decode = 2;
    q.decode_server = "hgx-h200";
    q.load.rate = 5;
    q.load.requests = 50;
    const std::string text = serve_answer_text(serve(q, {}).value());
    EXPECT_NE(text.find("1 chip of hgx-h100 and 2 of hgx-h200"), std::string::npos) << text;
    q.model = "llama-3.1-405b";
    const std::string none = serve_answer_sentence(serve(q, {}).value());
    EXPECT_EQ(none.find("no number of them"), std::string::npos) << none;
}

TEST(ServeRunText, FitsATerminal) {
    for (const std::string& text :
         {serve_answer_text(answer(20)), serve_answer_text(answer(1, 2, "llama-3.1-405b"))}) {
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), report_width);
    }
}

TEST(ServeRunJson, HasAllKeysWhateverTheAnswer) {
    const auto met = serve_answer_json(answer(20));
    const auto none = serve_answer_json(answer(1, 2, "llama-3.1-405b"));
    EXPECT_EQ(keys(met), keys(none));
    EXPECT_TRUE(none["ttft_ms"].is_null());
    EXPECT_EQ(none["fewest_chips"], 8);
    EXPECT_EQ(met["completed"], 300);
    EXPECT_TRUE(met["usd_per_million_cached_tokens"].is_null());
    for (const char* latency : {"ttft_ms", "tpot_ms", "itl_ms", "latency_ms", "queue_ms"}) {
        EXPECT_EQ(keys(met[latency]),
                  (std::vector<std::string>{"mean", "min", "p5", "p10", "p25", "p50", "p75", "p90",
                                            "p95", "p99", "p999", "max"}));
    }
    EXPECT_FALSE(json_text(met).empty());
}

TEST(ServeRunJson, CurvesAreOfTheWholeDeploymentAndTheirKneeIsOneOfThePoints) {
    const auto json = serve_answer_json(answer_with_curves());
    const auto& curves = json["curves"];
    EXPECT_EQ(curves["throughput_against_interactivity"][0]["concurrency"], 2);  // one a replica
    EXPECT_EQ(curves["throughput_against_interactivity"].back()["concurrency"], 64);
    EXPECT_TRUE(std::ranges::any_of(curves["latency_against_rate"], [&](const auto& point) {
        return std::abs(point["rate"].template get<double>() /
                            curves["knee"].template get<double>() -
                        1) < 1e-12;
    }));
    EXPECT_TRUE(begins(curves["answer"].get<std::string>(), "Waits do not grow up to "));
    EXPECT_TRUE(serve_answer_json(answer(20))["curves"].is_null());
}

TEST(ServeRunJson, TheTimelineCoversTheRun) {
    const auto json = serve_answer_json(answer(20));
    double covered = 0, running = 0;
    for (const auto& slice : json["timeline"]) {
        covered += slice["length_s"].get<double>();
        running += slice["length_s"].get<double>() * slice["running"].get<double>();
    }
    EXPECT_NEAR(covered / json["seconds"].get<double>(), 1, 0.01);  // replies come after steps
    EXPECT_NEAR(
        running / json["seconds"].get<double>() / json["pools"][0]["running_mean"].get<double>(), 1,
        1e-9);
}

TEST(ServeRunText, TheKneeIsToldInWords) {
    const std::string text = serve_answer_text(answer_with_curves());
    EXPECT_NE(text.find("\nWaits do not grow up to "), std::string::npos) << text;
    EXPECT_EQ(serve_answer_text(answer(20)).find("Waits do not grow"), std::string::npos);
}

TEST(ServeRunJson, RequestsAreALineEach) {
    const std::string csv = served_csv(answer(20));
    EXPECT_TRUE(begins(csv,
                       "index,arrival_s,scheduled_s,first_token_s,end_s,prompt,output,cached\n"
                       "0,"));
    EXPECT_EQ(std::ranges::count(csv, '\n'), 301);
}

}  // namespace TEST_FILE
}  // namespace millwright
