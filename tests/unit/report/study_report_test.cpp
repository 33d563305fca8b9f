// A study as a sentence, as tables and as JSON, against its own members.
#include <cmath>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "millwright/base/names.h"
#include "millwright/base/text.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/read.h"
#include "millwright/report/answer_text.h"
#include "millwright/report/job_text.h"
#include "millwright/report/json.h"
#include "millwright/report/json_text.h"
#include "millwright/report/study_text.h"
#include "millwright/report/table.h"
#include "tests/unit/report/made.h"

namespace millwright {
namespace TEST_FILE {

using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

Json parsed(const Study& study) { return Json::parse(json_text(study_json(study))); }

TEST(RankedJobs, AreOfOneKindInRankedOrderAndOnlyTheFirstHasARank) {
    Study study = made_study();
    for (FactoryReport& f : study.factories) f.jobs.push_back(made_impossible("other", "no"));
    const auto told = [&](JobKind kind) {
        Words words;
        for (const RankedJob& r : ranked_jobs(study, kind)) {
            words.push_back(std::to_string(r.rank) + " " + r.factory.name + " " + r.job.job);
        }
        return words;
    };
    EXPECT_EQ(told(JobKind::train),
              (Words{"1 free train", "0 free other", "2 denied train", "0 denied other"}));
    EXPECT_EQ(told(JobKind::serve), (Words{"1 free serve", "2 denied serve"}));
}

TEST(SensitivityText, HasTenthsOfAPercentAndNoZeroWithASign) {
    JobReport job;
    job.sensitivities = {{"a", -0.0271, ""}, {"b", -0.0004, ""},        {"c", 0.03, ""},
                         {"d", 0, ""},       {"e", -0.2, "leaps here"}, {"f", -0.0006, ""}};
    EXPECT_EQ(sensitivity_text(job),
              "a -2.7 %, b no change, c +3.0 %, d no change, e -20.0 % (leaps here), f -0.1 %");
}

/// The words of the first line that begins with these.
Words line_with(const std::string& text, const Words& begin) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream in(line);
        Words words;
        for (std::string word; in >> word;) words.push_back(word);
        if (words.size() >= begin.size() && std::equal(begin.begin(), begin.end(), words.begin())) {
            return words;
        }
    }
    return {};
}

TEST(StudyText, HasALineAFactoryAndJobInATableOfTheKind) {
    const std::string text = study_text(made_study());
    EXPECT_EQ(line_with(text, {"#", "factory", "US"}),
              (Words{"#", "factory", "US", "job", "days", "chips", "train", "$/Mtok", "whole", "kW",
                     "M$"}));
    EXPECT_EQ(line_with(text, {"1", "free", "NLR"}),
              (Words{"1", "free", "NLR", "train", "60.0", "8", "10", "20", "20", "3.00"}));
    EXPECT_EQ(line_with(text, {"(2)", "denied", "DENIED"}),
              (Words{"(2)", "denied", "DENIED", "train", "40.0", "8", "10", "20", "20", "3.00"}));
    EXPECT_EQ(line_with(text, {"1", "free", "serve"}),
              (Words{"1", "free", "serve", "3.2", "200", "125", "20", "0.25", "2.5"}));
    EXPECT_EQ(line_with(text, {"denied", "train", "fp8"}),
              (Words{"denied", "train", "fp8", "4", "400", "40.0", "20.0", "8192", "60.0"}));
}

TEST(StudyText, HasAParagraphAFactoryBestFirst) {
    const std::string text = study_text(made_study());
    const std::size_t first = text.find("\n1. free (16 chips, a-server)\n  score      1.5\n");
    const std::size_t second = text.find("\n(2). denied (16 chips, a-server)\n  score      1\n");
    ASSERT_NE(first, std::string::npos);
    ASSERT_NE(second, std::string::npos);
    EXPECT_LT(first, second);
    for (const char* words :
         {"  rests on   rate.bf16 of chips/a-chip (0.75, estimate), and 0 lighter figures; 25 % of",
          "  power      20 kW: servers 100.0 %\n",
          "  bound by   compute; with 10 % more: FLOP rate "
          "-5.0 %, memory capacity no change\n",
          "  by flows   not run: too many flows; --flows",
          "  lost       99 plans too slow, such as tensor 8\n",
          "\n1 source, listed in study.json; 0 % of the weight rests on estimates.\n",
          "Not legal advice; groups as of 2025.\n"}) {
        EXPECT_TRUE(contains(text, words)) << words;
    }
    EXPECT_FALSE(contains(text, "No factory here is free"));
}

TEST(StudyText, MarksWhatIsOverThePowerOpenOrCannotBeDone) {
    Study study = made_study();
    study.sites[0].power_limit = 15 * unit::kW;
    study.factories[0].over_power = true;
    study.factories[0].verdict.would_decide = {"a letter would ask"};
    study.factories[1].jobs[0] = made_impossible("train", "memory: too little");
    study.ranking = {0, 1};
    const std::string text = study_text(study);
    EXPECT_EQ(line_with(text, {"(1)", "denied"}),
              (Words{"(1)", "denied", "DENIED?", "train", "40.0", "8", "10", "20", "20!", "3.00"}));
    EXPECT_EQ(line_with(text, {"2", "free"}),
              (Words{"2", "free", "NLR", "train", "cannot", "20", "3.00"}));
    EXPECT_TRUE(contains(text, "15 kW that the site has."));
    EXPECT_TRUE(contains(text, "? an open point"));
    EXPECT_TRUE(contains(text, "  cannot     memory: too little\n"));
    EXPECT_TRUE(contains(text, "\nNo factory here is free of a denial or an open question.\n"));
}

// 10 MW and a billion dollars are where the larger units begin
TEST(StudyText, UnitsOfTheSiteAreThoseOfItsLargestFactory) {
    Study study = made_study();
    const auto head = [&](Watts power, Dollars capital) {
        study.factories[0].power = Ledger<Watts>{.name = "power"}.add("servers", power);
        study.factories[0].capital = Ledger<Dollars>{.name = "capital"}.add("servers", capital);
        const Words words = line_with(study_text(study), {"#", "factory", "US"});
        return words[words.size() - 2] + " " + words.back();
    };
    EXPECT_EQ(head(9.9 * unit::MW, 0.99e9 * unit::USD), "kW M$");
    EXPECT_EQ(head(10 * unit::MW, 1e9 * unit::USD), "MW G$");
    EXPECT_EQ(line_with(study_text(study), {"(2)", "denied"}).back(), "1.00");
    EXPECT_EQ(line_with(study_text(study), {"1", "free"}).back(), "0.003");
    EXPECT_EQ(line_with(study_text(study), {"1", "free"})[8], "0.02");
}

Words keys_of(const Json& json) {
    Words keys;
    for (const auto& [key, value] : json.items()) keys.push_back(key);
    return keys;
}

// docs/reference/json.md
TEST(StudyJson, HasTheKeysOfTheReferenceInItsOrder) {
    const Json json = parsed(made_study());
    EXPECT_EQ(keys_of(json),
              (Words{"schema", "answer", "name", "date", "sites", "stated", "objective",
                     "deadline_s", "useful_share", "assumed", "country_groups", "factories",
                     "ranking", "score_means", "sources", "estimate_share"}));
    EXPECT_EQ(keys_of(json["factories"][0]), (Words{"name",
                                                    "server",
                                                    "chip",
                                                    "site",
                                                    "chips",
                                                    "chips_in_largest_compound",
                                                    "fabric",
                                                    "wiring",
                                                    "power_w",
                                                    "power_ledger",
                                                    "capital_usd",
                                                    "capital_ledger",
                                                    "yearly_usd",
                                                    "yearly_ledger",
                                                    "notes",
                                                    "measured",
                                                    "over_power_limit",
                                                    "rests_on",
                                                    "estimate_share",
                                                    "score",
                                                    "lawful",
                                                    "verdict",
                                                    "jobs"}));
}

TEST(StudyJson, SaysOfTheStudyWhatItsMembersSay) {
    Study study = made_study();
    study.deadline = 90 * unit::day;
    study.sites[0].power_limit = 2 * unit::MW;
    study.factories[0].score = 0;
    study.factories[0].over_power = true;
    const Json json = parsed(study);
    EXPECT_EQ(json["answer"], answer_text(study));
    EXPECT_EQ(json["ranking"], (Words{"free", "denied"}));
    EXPECT_EQ(json["deadline_s"], 90 * 86400.0);
    EXPECT_EQ(json["sites"][0]["power_limit_w"], 2e6);
    EXPECT_EQ(json["sources"][0]["weight"], 0.75);
    EXPECT_EQ(json["sources"][0]["publisher"], "p");
    const Json& denied = json["factories"][0];
    EXPECT_TRUE(denied["score"].is_null());
    EXPECT_EQ(denied["lawful"], false);
    EXPECT_EQ(denied["over_power_limit"], true);
    EXPECT_EQ(denied["chips"], 16);
    EXPECT_EQ(denied["power_w"], 20e3);
    EXPECT_EQ(denied["capital_ledger"]["parts"][0]["value"], 3e6);
    EXPECT_EQ(denied["verdict"]["us"], "DENIED");
    EXPECT_EQ(denied["rests_on"][0]["source"], "chips/a/s");
    EXPECT_EQ(json["factories"][1]["score"], 1.5);
    EXPECT_EQ(json["factories"][1]["lawful"], true);
    const Json none = parsed(made_study());
    EXPECT_TRUE(none["deadline_s"].is_null());
    EXPECT_TRUE(none["sites"][0]["power_limit_w"].is_null());
}

TEST(StudyJson, SaysOfATrainingJobWhatItsReportSays) {
    const Json job = parsed(made_study())["factories"][0]["jobs"][0];
    EXPECT_EQ(job["job"], "train");
    EXPECT_EQ(job["kind"], "train");
    EXPECT_EQ(job["feasible"], true);
    EXPECT_TRUE(job["infeasible"].is_null());
    EXPECT_EQ(job["precision"], "fp8");
    EXPECT_EQ(job["plan"]["tensor"], 4);
    EXPECT_EQ(job["plan"]["chips_used"], 8);
    EXPECT_EQ(job["plan"]["number"], 77);
    for (const auto& [key, value] :
         std::vector<std::pair<const char*, double>>{{"step_s", 4},
                                                     {"low", 3},
                                                     {"high", 5},
                                                     {"mfu", 0.4},
                                                     {"mfu_of_precision", 0.2},
                                                     {"tflops_per_chip", 400},
                                                     {"tokens_per_s_per_chip", 8192},
                                                     {"memory_bytes", 60e9},
                                                     {"memory_usable_bytes", 72e9},
                                                     {"days", 40},
                                                     {"usd_per_million_tokens", 10},
                                                     {"usd_per_million_tokens_of_site", 20},
                                                     {"chips_of_site", 0.5}}) {
        EXPECT_EQ(job[key].get<double>(), value) << key;
    }
    EXPECT_EQ(job["step_ledger"]["parts"][1]["name"], "bubble");
    EXPECT_EQ(job["search"]["plans_in_space"], 100);
    EXPECT_EQ(job["search"]["plans_pruned"], 40);
    EXPECT_EQ(job["search"]["lost"][0]["count"], 99);
    EXPECT_EQ(job["by_flows"]["done"], false);
    EXPECT_EQ(job["by_flows"]["why_not"], "too many flows");
    EXPECT_EQ(job["with_ten_percent_more"]["FLOP rate"], -0.05);
}

TEST(StudyJson, SaysOfAServingJobWhatItsReportSays) {
    const Json job = parsed(made_study())["factories"][0]["jobs"][1];
    EXPECT_EQ(job["kind"], "serve");
    EXPECT_EQ(job["engine"], "an-engine");
    EXPECT_EQ(job["layout"]["tensor"], 4);
    EXPECT_EQ(job["layout"]["replicas"], 3);
    EXPECT_EQ(job["layout"]["chips"], 12);
    EXPECT_EQ(job["requests_per_s"], 32.0);
    EXPECT_EQ(job["most_requests_per_s"], 48.0);
    EXPECT_EQ(job["hours_a_day"], 16.0);
    EXPECT_EQ(job["asked"]["hours"], "08:00..24:00");
    EXPECT_EQ(job["asked"]["busiest_requests_per_s"], 40.0);
    EXPECT_TRUE(job["asked"]["time_to_first_token_s"].is_null());
    EXPECT_EQ(job["output_tokens_per_s"], 3200.0);
    EXPECT_EQ(job["ttft_ms"]["mean"], 125.0);
    EXPECT_NEAR(job["tpot_ms"]["p99"].get<double>(), 20, 1e-9);
    EXPECT_EQ(job["asked"]["prompt_tokens"], 1000);
    EXPECT_EQ(job["usd_per_million_output_tokens"], 2.5);
    EXPECT_TRUE(job["usd_per_million_cached_tokens"].is_null());
    EXPECT_EQ(job["bound"]["requests_per_s"], 64.0);
    EXPECT_EQ(job["bound"]["output_tokens_per_s"], 6400.0);
    EXPECT_EQ(job["bound"]["limited_by"], "products");
    // 32 a second for 16 hours of 365.25 days
    EXPECT_NEAR(job["yearly"]["requests"].get<double>(), 32.0 * 16 * 3600 * 365.25, 1e-3);
    EXPECT_NEAR(job["yearly"]["output_tokens"].get<double>(), 3200.0 * 16 * 3600 * 365.25, 1);
    EXPECT_EQ(job["yearly"]["usd"], 1e6);
    EXPECT_EQ(job["with_ten_percent_more_since"]["FLOP rate"],
              "12 sequences at once of a lane, not 9");
}

TEST(StudyText, TellsHoursOfJobsThatShareADay) {
    Study study = made_study();
    EXPECT_FALSE(contains(study_text(study), "trains "));
    for (FactoryReport& f : study.factories) std::get<TrainReport>(f.jobs[0].of).hours = 8;
    const std::string text = study_text(study);
    for (const char* words :
         {"  hours      trains 8 of 24 each day, in which nothing is served\n",
          "  layout     3 replicas of tensor 4 on 12 chips by an-engine, fp8, 8192 tokens a step; "
          "4 ",
          "  a year     08:00..24:00, 16 of 24 each day; 0.6732 billion requests, 0.06732 trillion",
          "  bound      no engine serves more than 64 requests/s here (products), or for less "
          "than"}) {
        EXPECT_TRUE(contains(text, words)) << words << "\n" << text;
    }
}

TEST(StudyJson, OfWhatCannotBeDoneFiguresAreNullAndTheReasonIsThere) {
    Study study = made_study();
    study.factories[0].jobs[0] = made_impossible("train", "memory: too little");
    std::get<TrainReport>(study.factories[0].jobs[0].of).fewest_chips = 24;
    const Json job = parsed(study)["factories"][0]["jobs"][0];
    EXPECT_EQ(job["feasible"], false);
    EXPECT_EQ(job["infeasible"], "memory: too little");
    EXPECT_EQ(job["fewest_chips"], 24);
    for (const char* key : {"plan", "step_s", "step_ledger", "days", "low", "high"}) {
        EXPECT_TRUE(job.contains(key) && job[key].is_null()) << key;
    }
    EXPECT_FALSE(job.contains("with_ten_percent_more"));
}

// null would read as unknown: a bug is told instead, with its place
TEST(StudyJson, AFigureThatIsNoNumberIsRefusedAndNotUnknown) {
    const auto refused = [](const auto& spoil) {
        Study study = made_study();
        spoil(study);
        try {
            return json_text(study_json(study));
        } catch (const std::logic_error& error) {
            return std::string(error.what());
        }
    };
    EXPECT_EQ(refused([](Study& s) { s.factories[1].capital.value = NAN * unit::USD; }),
              "an amount of money of the result is nan");  // the answer says it first
    EXPECT_EQ(
        refused([](Study& s) { std::get<TrainReport>(s.factories[0].jobs[0].of).days = NAN; }),
        "/factories/0/jobs/0/days of the result is nan");
    EXPECT_EQ(refused([](Study& s) {
                  std::get<ServeReport>(s.factories[0].jobs[1].of).requests = HUGE_VAL;
              }),
              "/factories/0/jobs/1/requests_per_s of the result is inf");
    EXPECT_EQ(refused([](Study& s) { s.estimate_share = NAN; }),
              "/estimate_share of the result is nan");
}

/// Parts of each ledger sum to it, wherever in the answer it stands; how many ledgers there are.
std::size_t check_ledgers(const Json& json) {
    std::size_t count = 0;
    if (json.is_object() && json.contains("parts") && json.contains("value")) {
        ++count;
        double sum = 0;
        for (const Json& part : json["parts"]) sum += part["value"].get<double>();
        if (!json["parts"].empty()) {
            EXPECT_NEAR(sum / json["value"].get<double>(), 1, 1e-9) << json["name"];
        }
    }
    if (json.is_structured()) {
        for (const Json& part : json) count += check_ledgers(part);
    }
    return count;
}

TEST(StudyReport, OfARealSiteItsTextAndItsJsonSayTheSame) {
    const auto read = parse_scenario(
        "name = \"r\"\ndate = 2026-02-01\n[site]\ncountry = \"US\"\n[buyer]\n"
        "headquarters = \"US\"\n[[factory]]\nname = \"a\"\nserver = \"hgx-h100\"\nchips = 16\n"
        "fabric = \"rail-fat-tree\"\n[[job]]\nname = \"t\"\nkind = \"train\"\n"
        "model = \"llama-3.2-1b\"\ntokens = \"1T\"\nsequence = 4096\nglobal_batch = 64\n"
        "[[job]]\nname = \"s\"\nkind = \"serve\"\nmodel = \"llama-3.2-1b\"\n",
        "r.toml");
    ASSERT_TRUE(read);
    const auto scenario = resolve(*read, built_in_catalog());
    ASSERT_TRUE(scenario) << to_text(scenario.error());
    const Study study = run(*scenario, built_in_catalog(), {.flow_factories = 0});
    const Json json = parsed(study);
    EXPECT_GT(check_ledgers(json), 30U);
    const std::string text = study_text(study);
    const Json& train = json["factories"][0]["jobs"][0];
    EXPECT_EQ(line_with(text, {"1", "a", "NLR"})[4],
              fmt::format("{:.1f}", train["days"].get<double>()));
    EXPECT_TRUE(contains(text, json["answer"].get<std::string>().substr(0, 60)));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(line.size(), report_width) << line;
        EXPECT_TRUE(line.empty() || line.back() != ' ') << line;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
