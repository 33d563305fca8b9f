// Bad traces: every fault with its line and column, none mended in silence.
#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/intake/request_readers.h"
#include "millwright/intake/request_trace.h"
#include "tests/folder.h"

namespace millwright {
namespace TEST_FILE {

std::string told(const std::string& text) {
    const auto trace = parse_trace(text, "t");
    return trace ? "" : to_text(trace.error());
}

const std::string header = "arrival_s,prompt,output,session,delay_s\n";

void expect_told(const std::string& text, const std::vector<std::string>& parts) {
    const std::string said = told(text);
    for (const std::string& part : parts) {
        EXPECT_TRUE(contains(said, part)) << "wanted: " << part << "\n" << said;
    }
}

TEST(BadTraces, TablesTellAllFaultsWithLineAndColumn) {
    expect_told(header +
                    "0,5,5,,\n"
                    "1,0,5,,\n"
                    "2,5,-5,,\n"
                    "x,5,5,,\n"
                    "nan,5,5,,\n"
                    "-1,5,5,,\n"
                    "3,1e300,5,,\n"
                    "4,1.5,,,\n",
                {"t:3:3: error: '0' in prompt is out of range", "t:4:5: error: '-5' in output",
                 "t:5:1: error: 'x' in arrival_s is no number", "t:6:1: error: 'nan'",
                 "t:7:1: error: '-1' in arrival_s is out of range", "t:8:3: error: '1e300'",
                 "t:9:3: error: '1.5' in prompt is no whole", "t:9:7: error: output is empty"});
}

TEST(BadTraces, ArrivalsThatGoBackAreTold) {
    expect_told(header + "0,5,5,,\n2,5,5,,\n1.5,5,5,,\n3,5,5,,\n",
                {"t:4:1: error: arrivals go back by 0.5 s", "sort the trace"});
    expect_told(
        "TIMESTAMP,ContextTokens,GeneratedTokens\n"
        "2024-01-01 00:00:01,1,1\n2024-01-01 00:00:00,1,1\n2024-13-01 00:00:00,1,1\n",
        {"t:3:1: error: arrivals go back by 1 s", "t:4:1: error: '2024-13-01 00:00:00'"});
    expect_told(R"({"timestamp": 5, "input_length": 1, "output_length": 1})"
                "\n"
                R"({"input_length": 1, "output_length": 1, "timestamp": 4})",
                {"t:2:41: error: arrivals go back by 0.001 s"});
}

TEST(BadTraces, DelaysNeedATurnBefore) {
    expect_told(header + "0,5,5,,1\n1,5,5,a,\n,5,5,b,2\n,5,5,,\n",
                {"t:2:8: error: a delay without a session",
                 "t:4:8: error: the first turn of session 'b' has no arrival",
                 "error: a request without an arrival"});
}

TEST(BadTraces, ColumnsAreKnownAndThere) {
    expect_told("arrival_s,prompt,out\n0,1,1\n",
                {"t:1:18: error: unknown column 'out'", "lacks column 'output'"});
    expect_told("a,b\n1,2\n", {"t:1:1: error: columns of no known trace", "azure (TIMESTAMP"});
    expect_told("0,0,0,,0,0\n600,0,0,,0,0\n", {"t:1:1: error: the first line is no header"});
    expect_told(header + "0,5,5\n", {"t:2:1: error: 3 cells where the header has 5"});
    expect_told(header + "0,5,5,\"x,\n", {"a quote is not closed"});
    expect_told(header, {"the table has no rows"});
    expect_told("", {"the trace is empty"});
    expect_told("\xEF\xBB\xBF\n\n", {"the trace is empty"});
}

TEST(BadTraces, FaultsFarDownHaveTheirLines) {
    std::string text = header;
    for (int i = 0; i < 9000; ++i) text += std::to_string(i) + ",5,5,,\n";
    expect_told(text + "9000,0,5,,\n", {"t:9002:6: error: '0' in prompt"});
    expect_told("\n\r\n" + text + "9000,5,5,,\n1,5,5,,\n", {"t:9005:1: error: arrivals go back"});
}

TEST(BadTraces, OfVeryManyFaultsAHundredAreTold) {
    std::string text = header, lines;
    for (int i = 0; i < 5000; ++i) text += "x,5,5,,\n";
    const auto table = parse_trace(text, "t");
    ASSERT_FALSE(table);
    EXPECT_LE(table.error().size(), 101U);
    EXPECT_TRUE(contains(to_text(table.error()), "more faults"));
    for (int i = 0; i < 5000; ++i) {
        lines += R"({"timestamp": 5, "input_length": 0, "output_length": 1})"
                 "\n";
    }
    const auto json = parse_trace(lines, "t");
    ASSERT_FALSE(json);
    EXPECT_EQ(json.error().size(), 101U);
}

TEST(BadTraces, LinesOfJsonTellTheKey) {
    const std::string good = R"({"timestamp": 0, "input_length": 9, "output_length": 1})"
                             "\n";
    expect_told(good + R"({"timestamp": 1, "input_length": 0, "output_length": 1})"
                       "\n"
                       R"({"timestamp": 1, "input_length": 2.5, "output_length": -1})"
                       "\n"
                       R"({"timestamp": "1", "input_length": 1e300, "output_length": true})"
                       "\n"
                       R"({"timestamp": NaN, "input_length": 1})"
                       "\n"
                       R"([1])"
                       "\n"
                       R"({"timestamp": 1, "input_length": 1, "output_length": 1, "hash_id": []})"
                       "\n"
                       R"({"timestamp": 1, "input_len)",
                {"t:2:18: error: 0 of 'input_length' is out of range",
                 "t:3:18: error: 2.5 of 'input_length' is no whole number",
                 "t:3:39: error: -1 of 'output_length' is out of range",
                 "t:4:2: error: \"1\" of 'timestamp' is no number",
                 "t:4:20: error: 1e+300 of 'input_length' is out of range",
                 "true of 'output_length' is no number", "t:5:2: error: \"\" of 'timestamp'",
                 "t:5:1: error: 'output_length' is missing",
                 "t:6:1: error: the line is no JSON obj", "t:7:57: error: unknown key 'hash_id'",
                 "'hash_ids'", "t:8:28: error: the JSON ends too early"});
}

TEST(BadTraces, IdsFitThePrompt) {
    const auto line = [](const std::string& ids, int length) {
        return R"({"timestamp": 0, "input_length": )" + std::to_string(length) +
               R"(, "output_length": 1, "hash_ids": )" + ids + "}";
    };
    EXPECT_EQ(told(line("[1, 2]", 1024)), "");
    EXPECT_EQ(told(line("[1, 2]", 1025)), "");  // those of whole blocks alone
    EXPECT_EQ(told(line("[1, 2]", 513)), "");
    EXPECT_EQ(told(line("[]", 511)), "");
    expect_told(line("[1, 2]", 512),
                {"t:1:59: error: 2 ids of 512 tokens do not fit a prompt of 512"});
    expect_told(line("[1]", 1024), {"1 ids of 512 tokens"});
    expect_told(line("[1, -2]", 1024), {"holds what is no whole number"});
    expect_told(line("[1, 2.5]", 1024), {"holds what is no whole number"});
    expect_told(line("7", 1024), {"is no list"});
    EXPECT_EQ(told(line("[18446744073709551615]", 512)), "");
}

TEST(BadTraces, DocumentsTellTheRequest) {
    expect_told(R"({"input_lens": [1, 0, 3], "output_lens": [1, 2], "start_times": [1, 2, -3]})",
                {"'output_lens' has 2 values where others have 3",
                 "request 2: a prompt of no tokens has an answer",
                 "request 3: 'output_lens' is missing", "-3 of 'start_times' is out of range"});
    expect_told(R"({"request_rate": 5, "input_lens": [1], "output_lens": [1]})",
                {"does not say when requests came"});
    expect_told(R"({"input_lens": [], "output_lens": []})", {"holds no requests"});
    expect_told(R"({"input_lens": [1], "output_lens": [1]})"
                "\n"
                R"({"input_lens": [1], "output_lens": [1]})",
                {"holds several runs"});
    expect_told(R"({"benchmarks": [{"requests": {"successful": [{}]}}, {}]})",
                {"the file holds 2 benchmarks"});
    expect_told(R"({"benchmarks": [{"requests": {"successful": [7]}}]})",
                {"'prompt_tokens' is missing"});
    expect_told("{\n  \"a\": 1\n}\n", {"of no known trace"});
    expect_told("[]", {"of no known trace"});
    expect_told(
        "{\"timestamp\": 1, \n{\"timestamp\": 1, \"input_length\": 1, \"output_length\": 1}\n",
        {"t:1:", "ends too early"});
    expect_told("{\n  \"a\": ", {"the JSON ends too early"});
    expect_told(R"({"experiments": [{"requests": [{"timestamp": 1}]}]})",
                {"GenAI-Perf's profile_export.json", "counts no tokens"});
    expect_told(R"({"request_throughput": {}, "input_config": {}})",
                {"holds sums and no requests"});
}

TEST(BadTraces, AFileThatCannotBeReadIsAFault) {
    const TestFolder folder;
    for (const std::string& path : {folder.path.string(), folder.path.string() + "/none"}) {
        const auto trace = read_trace(path);
        ASSERT_FALSE(trace);
        EXPECT_FALSE(trace.error()[0].hint.empty());
    }
}

TEST(TraceTimes, StampsAreDaysTimesAndZones) {
    const auto epoch = stamp_nanoseconds("1970-01-01 00:00:00");
    EXPECT_EQ(epoch, 0);
    EXPECT_EQ(stamp_nanoseconds("1970-01-02T00:00:00.000000001Z"), 86'400'000'000'001);
    EXPECT_EQ(stamp_nanoseconds("2024-05-10 00:00:00.009930+00:00"),
              stamp_nanoseconds("2024-05-10 01:00:00.00993+01:00"));
    for (const char* text :
         {"", "1970-01-01", "1970-01-01 00:00", "1970-01-01 24:00:00", "1970-01-01 00:00:00.",
          "1970-01-01 00:00:00x", "1970-02-30 00:00:00", "1970-01-01 00:00:00+1:00",
          "1970-01-01 0a:00:00", "x", "2300-01-01 00:00:00"}) {
        EXPECT_FALSE(stamp_nanoseconds(text)) << text;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
