// Files of an answer of `goodput`: the page holds the JSON, the table its progress; names are text.
#include "millwright/report/goodput_files.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/report/goodput_json.h"
#include "millwright/report/html.h"

namespace millwright {
namespace TEST_FILE {

using Json = nlohmann::ordered_json;

GoodputAnswer answered(const std::string& more = "") {
    const std::string text =
        "[job]\nchips = 1024\ndays = 6\n[failures]\nmtbf = \"9 h\"\n[recovery]\n"
        "restart = \"10 min\"\n[checkpoint]\ncost = \"10 s\"\n[run]\nreplications = 5\n";
    return goodput({parse_goodput(more + text, "a.toml").value()}, {}).value();
}

std::string data_of(const std::string& page) {
    const std::string begin = "id=\"data\">";
    const std::size_t at = page.find(begin);
    if (at == std::string::npos) return "";
    return page.substr(at + begin.size(), page.find("</script>", at) - at - begin.size());
}

TEST(GoodputFiles, AreThoseWhoseNamesAreTold) {
    std::vector<std::string> names;
    for (const auto& [name, text] : goodput_files(answered())) {
        names.push_back(name);
        EXPECT_TRUE(text.ends_with("\n")) << name;
    }
    EXPECT_EQ(names, goodput_file_names());
}

TEST(GoodputFiles, ProgressIsOneInTheTableAndInJson) {
    const GoodputAnswer answer = answered();
    const Json rows = goodput_json(answer)["progress"];
    ASSERT_EQ(rows.size(), progress_samples);
    EXPECT_EQ(rows.back()["day"], 6);
    EXPECT_NEAR(rows.back()["mean"].get<double>(), 6 * answer.simulated.useful_share.mean, 1e-9);
    const std::string csv = progress_csv(answer.simulated.progress);
    EXPECT_EQ(csv.substr(0, csv.find('\n')), "day,mean,p5,p25,p50,p75,p95");
    EXPECT_EQ(std::ranges::count(csv, '\n'), 61);
    std::string last;
    for (const auto& [key, value] : rows.back().items())
        last += (last.empty() ? "" : ",") + value.dump();
    EXPECT_TRUE(csv.ends_with("\n" + last + "\n")) << last;
}

TEST(GoodputFiles, ThePageHoldsTheJsonAndNamesAreTextInIt) {
    const GoodputAnswer answer = answered("name = \"</script><b>a & b\"\n");
    const std::string page = goodput_html(answer);
    EXPECT_EQ(Json::parse(data_of(page)), Json::parse(goodput_json(answer).dump()));
    EXPECT_TRUE(contains(page, "<h1>&lt;/script&gt;&lt;b&gt;a &amp; b</h1>"));
    EXPECT_FALSE(contains(page, "<b>a"));
    EXPECT_TRUE(contains(goodput_html(answered()), "<h1>How much of the time a job works</h1>"));
}

TEST(GoodputFiles, TheAnswerIsOneLine) {
    const std::string sentence = goodput_json(answered())["answer"];
    EXPECT_TRUE(sentence.starts_with("A job on 1024 chips works ")) << sentence;
    EXPECT_FALSE(contains(sentence, "\n"));
}

}  // namespace TEST_FILE
}  // namespace millwright
