// Folders of client windows: what files tell, and faults with their lines.
#include "millwright/intake/client_windows.h"

#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "tests/folder.h"

namespace millwright {
namespace TEST_FILE {

const std::string lengths =
    R"({"0": {"input_tokens": "{45: 0.25, 100: 0.75}", "output_tokens": "{7: 1.0}"},
        "600": {"input_tokens": "{}", "output_tokens": "{}"}})";

std::string told(const TestFolder& folder) {
    const auto found = read_client_windows(folder.path.string());
    return found ? "" : to_text(found.error());
}

TEST(ClientWindows, AFolderIsClientsWithWindowsAndLengths) {
    const TestFolder folder;
    EXPECT_FALSE(holds_client_windows(folder.path.string()));
    folder.put("chunk-10-trace.csv", "0,0,0,,0,0\n600,0.5,1.2,Weibull,0.8,1.9\n");
    folder.put("chunk-2-trace.csv", "0,0.25,1,Gamma,1,4\r\n600,0,0,,0,0\r\n");
    folder.put("chunk-2-dataset.json", lengths);
    folder.put("chunk-x-trace.csv", "not one of them");
    EXPECT_TRUE(holds_client_windows(folder.path.string()));
    const auto found = read_client_windows(folder.path.string());
    ASSERT_TRUE(found) << to_text(found.error());
    ASSERT_EQ(found->clients.size(), 2U);
    const ClientHistory& second = found->clients[0];
    const ClientHistory& tenth = found->clients[1];
    EXPECT_EQ(found->window.in(unit::minute), 10);
    EXPECT_EQ(second.windows[0].rate.si(), 0.25);
    EXPECT_EQ(second.windows[0].law, GapLaw::gamma);
    EXPECT_EQ(tenth.windows[1].law, GapLaw::weibull);
    EXPECT_EQ(tenth.windows[1].shape, 0.8);
    // a window whose lengths nobody saw tells none
    ASSERT_EQ(second.lengths.size(), 1U);
    EXPECT_EQ(second.lengths[0].prompt.tokens, (std::vector<std::int64_t>{45, 100}));
    EXPECT_EQ(second.lengths[0].prompt.weights, (std::vector<double>{0.25, 0.75}));
    EXPECT_TRUE(tenth.lengths.empty());
    ASSERT_EQ(found->notes.size(), 1U);
    EXPECT_EQ(found->notes[0], "lengths of 1 of 2 clients are not told");
}

TEST(ClientWindows, FaultsHaveFileAndLine) {
    const TestFolder folder;
    EXPECT_TRUE(contains(told(folder), "holds 0 files"));
    folder.put("chunk-1-trace.csv", "0,x,0,,0,0\n600,0.5,1,,1,1\n1200,0.5,1,Gauss,1,1\n");
    folder.put("chunk-2-trace.csv", "0,1,1,,0,0\n600,1,1,Gamma,0,1\n500,1,1,Gamma,nan,1\n");
    folder.put("chunk-3-trace.csv", "0,1,1\n");
    folder.put("chunk-1-dataset.json", "{");
    folder.put("chunk-2-dataset.json",
               R"({"x": {}, "0": {"input_tokens": "{0: 1}", "output_tokens": "{1: 1}"},
                   "5": {"input_tokens": 7}, "6": {"input_tokens": "{1}"}})");
    const std::string text = told(folder);
    for (const char* part :
         {"chunk-1-trace.csv:1:3: error: 'x' in rate is no number", "chunk-1-trace.csv:3:12:",
          "chunk-2-trace.csv:3:15:", "chunk-3-trace.csv:1:1: error: 3 cells",
          "chunk-1-dataset.json: error: this is no JSON object", "window 'x' is none",
          "'input_tokens' has a length of 0 tokens", "window '5' lacks 'input_tokens'",
          "window '6' 'input_tokens' has a pair without a colon"}) {
        EXPECT_TRUE(contains(text, part)) << part << "\n" << text;
    }
}

TEST(ClientWindows, WindowsAreEvenAndInOrderAndHaveLaws) {
    const TestFolder folder;
    folder.put("chunk-1-dataset.json", lengths);
    folder.put("chunk-1-trace.csv", "0,1,1,,0,0\n600,1,1,Gamma,0,1\n500,0,0,,0,0\n");
    const std::string text = told(folder);
    EXPECT_TRUE(contains(text, ":1:7: error: a rate without a law")) << text;
    EXPECT_TRUE(contains(text, ":2:9: error: a rate without a law")) << text;
    EXPECT_TRUE(contains(text, ":3:1: error: windows go back")) << text;
    folder.put("chunk-1-trace.csv", "0,0,0,,0,0\n600,0,0,,0,0\n1300,0,0,,0,0\n");
    EXPECT_TRUE(contains(told(folder), ":3:1: error: a window of 700 s")) << told(folder);
    folder.put("chunk-1-trace.csv", "0,0,0,,0,0\n");
    EXPECT_TRUE(contains(told(folder), "how long it is"));
    std::filesystem::remove(folder.path / "chunk-1-dataset.json");
    folder.put("chunk-1-trace.csv", "0,0,0,,0,0\n600,0,0,,0,0\n");
    EXPECT_TRUE(contains(told(folder), "no client's lengths are told"));
}

}  // namespace TEST_FILE
}  // namespace millwright
