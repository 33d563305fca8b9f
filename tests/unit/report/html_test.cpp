// The page: names are text in it everywhere, its data is study.json, its policy allows its scripts.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "millwright/base/sha256.h"
#include "millwright/base/text.h"
#include "millwright/report/html.h"
#include "millwright/report/json.h"
#include "millwright/report/serve_run_json.h"
#include "tests/unit/report/made.h"

namespace millwright {
namespace TEST_FILE {

using Json = nlohmann::ordered_json;

const std::string hostile =
    "</script><script>alert(1)</script><!-- & \"quoted\" \u2028\u2029 \x1b[31m \u4e49";

std::string between(const std::string& page, const std::string& begin, const std::string& end) {
    const std::size_t from = page.find(begin);
    if (from == std::string::npos) return "";
    const std::size_t start = from + begin.size();
    return page.substr(start, page.find(end, start) - start);
}

std::size_t count(const std::string& page, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = page.find(part); at != std::string::npos; at = page.find(part, at + 1)) {
        ++found;
    }
    return found;
}

Study hostile_study() {
    Study study = made_study();
    study.name = study.sites[0].name = study.sites[0].buyer = study.factories[0].name = hostile;
    study.factories[1].jobs[0].job = hostile;
    return study;
}

std::string data_of(const std::string& page) {
    return between(page, "<script type=\"application/json\" id=\"data\">", "</script>");
}

TEST(Html, NamesAreTextInTitleAndHeading) {
    const std::string page = study_html(hostile_study());
    const std::string shown =
        "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;!-- &amp; &quot;quoted&quot; "
        "\\u2028\\u2029 \\u001b[31m \u4e49";
    EXPECT_EQ(between(page, "<title>", "</title>"), shown);
    EXPECT_EQ(between(page, "<h1>", "</h1>"), shown);
    EXPECT_EQ(between(page, "<header><h1>" + shown + "</h1><p>", "</p>"),
              "rules of 2026-02-01 · site " + shown + " · buyer " + shown);
}

TEST(Html, ADeploymentsNamesAreTextTooAndItsDataIsServeJson) {
    ServeQuestion q{.model = "llama-3.2-1b", .server = "hgx-h100", .chips = 1};
    q.load.rate = 20;
    q.load.requests = 50;
    q.keep_requests = true;
    ServeAnswer answer = serve(q, {}).value();
    answer.asked.model = hostile;
    const std::string page = serve_html(answer);
    EXPECT_EQ(count(page, "alert(1)</script>"), 0U);
    EXPECT_EQ(Json::parse(data_of(page)), Json::parse(serve_answer_json(answer).dump()));
}

TEST(Html, TheDataIsStudyJsonAndNothingInItIsMarkup) {
    const Study study = hostile_study();
    const std::string data = data_of(study_html(study));
    EXPECT_EQ(Json::parse(data), Json::parse(study_json(study).dump()));
    EXPECT_EQ(data.find_first_of("<>&\n"), std::string::npos);
    EXPECT_FALSE(contains(data, "\u2028"));
    EXPECT_FALSE(contains(data, "\u2029"));
    EXPECT_TRUE(contains(data, "\u4e49"));
}

TEST(Html, APageHasItsThreeScriptsWhateverIsNamed) {
    for (const Study& study : {made_study(), hostile_study()}) {
        const std::string page = study_html(study);
        const std::string body = page.substr(page.find("<body>"));
        const std::string own = body.substr(0, body.find("<script>"));
        EXPECT_EQ(count(own, "<script"), 1U);
        EXPECT_EQ(count(own, "</script>"), 1U);
        EXPECT_TRUE(page.ends_with("</script>\n</body>\n</html>\n"));
        EXPECT_FALSE(contains(own, "<!--"));
    }
}

// what a browser hashes is what stands between the tags
TEST(Html, ThePolicyAllowsTheScriptsAndTheStyleByTheirHashes) {
    const std::string page = study_html(made_study());
    const std::string policy = between(page, "content=\"default-src 'none'; ", "\">");
    const auto hash = [](const std::string& text) {
        return "'sha256-" + base64(sha256(text)) + "'";
    };
    const std::size_t first = page.find("\n<script>");
    const std::size_t second = page.find("\n<script>", first + 1);
    ASSERT_NE(second, std::string::npos);
    const std::string library = between(page.substr(first), "<script>", "</script>\n<script>");
    const std::string code = between(page.substr(second), "<script>", "</script>\n</body>");
    const std::string style = between(page, "<style>", "</style>");
    EXPECT_EQ(policy, "script-src " + hash(library) + " " + hash(code) + "; style-src " +
                          hash(style) + "; base-uri 'none'; form-action 'none'");
}

TEST(Html, APageOnRulesHoldsItsDataAndItsWords) {
    const Json data{{"entries", {{{"from", "2022-10-07"}}}}, {"note", hostile}};
    const std::string page = rules_html("a <title>", "under & over", data);
    EXPECT_EQ(Json::parse(data_of(page)), data);
    EXPECT_TRUE(contains(page, "<title>a &lt;title&gt;</title>"));
    EXPECT_TRUE(contains(page, "<p>under &amp; over</p>"));
}

}  // namespace TEST_FILE
}  // namespace millwright
