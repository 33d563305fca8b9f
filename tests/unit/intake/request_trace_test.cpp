// Traces of every known format, made up: what each becomes, and how streams are read.
#include "millwright/intake/request_trace.h"

#include <gtest/gtest.h>

#include "millwright/base/require.h"
#include "millwright/base/text.h"
#include "millwright/intake/request_formats.h"
#include "tests/folder.h"

namespace millwright {
namespace TEST_FILE {

RequestTrace read(const std::string& text) {
    auto trace = parse_trace(text, "t");
    EXPECT_TRUE(trace) << text.substr(0, 200) << (trace ? "" : to_text(trace.error()));
    return trace ? *trace : RequestTrace{};
}

std::vector<Request> requests_in(const RequestTrace& trace) {
    std::vector<Request> all;
    if (!trace.start) return all;
    const RequestSource source = trace.start();
    while (auto request = source()) all.push_back(std::move(*request));
    return all;
}

std::vector<double> arrivals_of(const std::vector<Request>& all) {
    std::vector<double> arrivals;
    for (const Request& request : all) arrivals.push_back(request.arrival.in(unit::s));
    return arrivals;
}

TEST(RequestTraces, PlainOnesHaveAllThatARequestHas) {
    const RequestTrace trace = read(
        "arrival_s,prompt,output,session,delay_s,priority,tenant\n"
        "5,100,10,a,,,x\n"
        ",150,20,a,2.5,3,y\n"
        "7.5,30,5,,,-1,x\n");
    EXPECT_EQ(trace.format, "plain");
    EXPECT_EQ(trace.requests, 3);
    EXPECT_DOUBLE_EQ(trace.mean_prompt, 280.0 / 3);
    EXPECT_DOUBLE_EQ(trace.mean_output, 35.0 / 3);
    EXPECT_EQ(trace.span.in(unit::s), 2.5);
    const auto all = requests_in(trace);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(arrivals_of(all), (std::vector<double>{0, 0, 2.5}));
    EXPECT_FALSE(all[0].follows);
    EXPECT_TRUE(all[1].follows);
    EXPECT_EQ(all[1].delay.in(unit::s), 2.5);
    EXPECT_EQ(all[1].session, all[0].session);
    EXPECT_NE(all[0].session, 0U);
    EXPECT_EQ(all[2].session, 0U);
    EXPECT_EQ(all[1].priority, 3);
    EXPECT_EQ(all[2].priority, -1);
    EXPECT_EQ(all[0].tenant, all[2].tenant);
    EXPECT_NE(all[0].tenant, all[1].tenant);
    // and again from the beginning
    EXPECT_EQ(requests_in(trace).size(), 3U);
}

TEST(RequestTraces, AzureTellsTheTimeOfDay) {
    const auto all =
        requests_in(read("TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
                         "2023-12-31 23:59:59.5000000,4808,10\r\n"
                         "2024-01-01 00:00:00.2500000,3180,8\r\n"
                         "2024-01-01 02:00:01+02:00,3,1"));
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(arrivals_of(all), (std::vector<double>{0, 0.75, 1.5}));
    EXPECT_EQ(all[0].prompt, 4808);
    EXPECT_EQ(all[1].output, 8);
}

TEST(RequestTraces, MooncakeSharesBlocksOf512AndWaitsInMilliseconds) {
    const auto all =
        requests_in(read(R"({"timestamp": 500, "input_length": 1100, "output_length": 5, )"
                         R"("hash_ids": [7, 8, 9], "session_id": "s"})"
                         "\n\n"
                         R"({"delay": 1500, "input_length": 1024, "output_length": 5, )"
                         R"("hash_ids": [7, 8], "session_id": "s"})"
                         "\n"
                         R"({"timestamp": 2500.5, "input_length": 10, "output_length": 5})"));
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(arrivals_of(all), (std::vector<double>{0, 0, 2.0005}));
    // the third block is not full: its tokens are the request's own
    EXPECT_EQ(all[0].prefix, (std::vector<std::uint64_t>{7, 8}));
    EXPECT_EQ(all[1].prefix, (std::vector<std::uint64_t>{7, 8}));
    EXPECT_EQ(all[0].prefix_tokens, 512);
    EXPECT_TRUE(all[1].follows);
    EXPECT_EQ(all[1].delay.in(unit::s), 1.5);
    EXPECT_TRUE(all[2].prefix.empty());
}

TEST(RequestTraces, BailianChainsTurnsAndSharesBlocksOf16) {
    const auto turn = [](const std::string& chat, const std::string& rest) {
        return "{\"chat_id\": " + chat +
               R"(, "type": "text", "turn": 1, "output_length": 2, "parent_chat_id": )" + rest +
               "}\n";
    };
    const auto all = requests_in(
        read(turn("4", R"(-1, "timestamp": 1.25, "input_length": 33, "hash_ids": [1, 2, 3])") +
             turn("9", R"(-1, "timestamp": 2, "input_length": 16, "hash_ids": [4])") +
             turn("5", R"(4, "timestamp": 3.25, "input_length": 48, "hash_ids": [1, 2, 6])") +
             turn("6", R"(5, "timestamp": 4, "input_length": 48, "hash_ids": [1, 2, 6])")));
    ASSERT_EQ(all.size(), 4U);
    EXPECT_EQ(arrivals_of(all), (std::vector<double>{0, 0.75, 2, 2.75}));
    EXPECT_EQ(all[0].prefix_tokens, 16);
    EXPECT_EQ(all[0].prefix.size(), 2U);
    EXPECT_EQ(all[2].session, all[0].session);
    EXPECT_EQ(all[3].session, all[0].session);
    EXPECT_NE(all[1].session, all[0].session);
    EXPECT_FALSE(all[2].follows);  // its own time is told
}

TEST(RequestTraces, FailuresOfBurstGptAreToldAndLeftOut) {
    const RequestTrace trace = read(
        "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
        "5,ChatGPT,472,18,490,Conversation log\n"
        "45,GPT-4,1087,0,1087,API log\n"
        "46,GPT-4,0,0,0,API log\n"
        "118,GPT-4,417,276,693,API log\n");
    EXPECT_EQ(trace.format, "burstgpt");
    EXPECT_EQ(trace.requests, 2);
    ASSERT_EQ(trace.notes.size(), 1U);
    EXPECT_TRUE(contains(trace.notes[0], "2 requests failed and are left out, the first at line 3"))
        << trace.notes[0];
    EXPECT_EQ(arrivals_of(requests_in(trace)), (std::vector<double>{0, 113}));
}

/// Logs are written as requests end; their arrivals are sorted here.
TEST(RequestTraces, LogsOfEnginesComeInAnyOrder) {
    const std::string lines =
        R"({"request_id": "b", "input_toks": 3, "output_toks": 4, "queued_ts": 1, )"
        R"("arrival_time": 1787267980.5})"
        "\n"
        R"({"request_id": "a", "input_toks": 1, "output_toks": 2, )"
        R"("arrival_time": 1787267980.25})";
    const auto all = requests_in(read(lines));
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].prompt, 1);
    EXPECT_EQ(arrivals_of(all), (std::vector<double>{0, 0.25}));
    const auto table =
        requests_in(read("request_id,input_toks,output_toks,arrival_time\n"
                         "b,3,4,2.5\na,1,2,2\n"));
    EXPECT_EQ(arrivals_of(table), (std::vector<double>{0, 0.5}));
}

TEST(RequestTraces, ResultsOfBenchmarksAreListsSideBySide) {
    const RequestTrace trace = read(
        R"({"date": "x", "request_rate": 5.0, "input_lens": [10, 20, 30],
            "output_lens": [1, 0, 3], "ttfts": [0.1, 0.0, 0.2], "itls": [[0.1], [], [0.2, 0.3]],
            "start_times": [7.5, 7.0, 7.25], "errors": ["", "broken pipe", ""],
            "generated_texts": ["NaN \" Infinity", "", "c"]})");
    EXPECT_EQ(trace.format, "vllm-bench");
    EXPECT_TRUE(contains(trace.notes.at(0),
                         "1 requests failed and are left out, the first at "
                         "request 2"));
    const auto all = requests_in(trace);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].prompt, 30);
    EXPECT_EQ(arrivals_of(all), (std::vector<double>{0, 0.25}));
    // without arrivals all came at once, if they did
    const auto at_once = requests_in(read(
        R"({"request_rate": Infinity, "input_lens": [1, 2], "output_lens": [3, 4], "mean": NaN})"));
    EXPECT_EQ(arrivals_of(at_once), (std::vector<double>{0, 0}));
}

TEST(RequestTraces, AiPerfIsALineARequestWithNanoseconds) {
    const auto line = [](const char* start, const char* rest) {
        return std::string(R"({"metadata": {"x_correlation_id": "s", "request_start_ns": )") +
               start + R"(, "benchmark_phase": ")" + rest;
    };
    const std::string metrics =
        R"("metrics": {"input_sequence_length": {"value": 550, "unit": "tokens"}, )"
        R"("output_sequence_length": {"value": 9, "unit": "tokens"}})";
    const RequestTrace trace =
        read(line("1759813207532900364", "profiling\"}, ") + metrics + ", \"error\": null}\n" +
             line("1759813207532900363", "profiling\"}, ") + metrics + "}\n" +
             line("1759813207532900362", "warmup\"}, ") + metrics + "}\n" +
             line("1759813207532900361", "profiling\"}, ") +
             R"("metrics": {"error_isl": {"value": 5}}, "error": {"code": 499}})" + "\n");
    EXPECT_EQ(trace.format, "aiperf");
    const auto all = requests_in(trace);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_DOUBLE_EQ(all[1].arrival.in(unit::ns), 1);  // more than a double of the epoch holds
    EXPECT_EQ(all[1].prompt, 550);
    EXPECT_EQ(all[1].output, 9);
    EXPECT_EQ(trace.notes.size(), 2U);
}

TEST(RequestTraces, GuideLlmAndInferencePerfAreLists) {
    const auto guide = read(
        R"({"metadata": {}, "benchmarks": [{"requests": {"successful": [
            {"request_start_time": 11.5, "prompt_tokens": 256, "output_tokens": 128, "output": "x"},
            {"request_start_time": 11.0, "prompt_tokens": 25, "output_tokens": 12}],
            "errored": []}}]})");
    EXPECT_EQ(guide.format, "guidellm");
    EXPECT_EQ(arrivals_of(requests_in(guide)), (std::vector<double>{0, 0.5}));
    const auto perf = read(
        R"([{"start_time": 1.5, "end_time": 2, "request": "{}", "error": null,
             "info": {"input_tokens": 7, "output_tokens": 8, "output_token_times": [1, 2]}},
            {"start_time": 1.75, "end_time": 2, "error": {"error_type": "x"}, "info": null}])");
    EXPECT_EQ(perf.format, "inference-perf");
    EXPECT_EQ(perf.requests, 1);
    EXPECT_EQ(perf.mean_output, 8);
}

TEST(RequestTraces, AFileIsReadAsAStream) {
    const TestFolder folder;
    std::string text =
        "\xEF\xBB\xBF"
        "arrival_s,prompt,output\n";
    constexpr int count = 10'000;  // more than two parts
    for (int i = 0; i < count; ++i)
        text += std::to_string(i) + "," + std::to_string(i + 1) + ",2\n";
    const std::string path = folder.put("trace.csv", text);
    const auto trace = read_trace(path);
    ASSERT_TRUE(trace) << to_text(trace.error());
    const auto all = requests_in(*trace);
    ASSERT_EQ(all.size(), 10'000U);
    for (int i = 0; i < count; ++i) {
        EXPECT_EQ(all[static_cast<std::size_t>(i)].prompt, i + 1);
        EXPECT_EQ(all[static_cast<std::size_t>(i)].arrival.in(unit::s), i);
    }
    // one that changed after it was checked is no trace any more
    folder.put("trace.csv", "arrival_s,prompt,output\n1,0,2\n");
    EXPECT_THROW(trace->start()(), BrokenContract);
}

TEST(RequestTraces, EveryFormatHasANameAndWhatItNeeds) {
    for (const TraceFormat& format : trace_formats()) {
        EXPECT_FALSE(format.name.empty());
        EXPECT_FALSE(format.about.empty());
        const bool refused = !format.refused.empty();
        EXPECT_EQ(contains(known_traces(), std::string(format.name) + " ("), !refused);
        if (refused) continue;
        const auto states = [&](TraceField field) {
            return std::ranges::any_of(format.columns, [&](auto c) { return c.field == field; });
        };
        EXPECT_TRUE(states(TraceField::prompt) && states(TraceField::output)) << format.name;
        EXPECT_TRUE(states(TraceField::arrival) || states(TraceField::stamp)) << format.name;
        EXPECT_EQ(states(TraceField::ids), format.block > 0) << format.name;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
