// The lawful frontier and chips designed under a rule.
#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/factory/resolve.h"
#include "millwright/lawful/design.h"
#include "millwright/lawful/frontier.h"

namespace millwright {
namespace TEST_FILE {

const char* const two_buyers = R"(name = "two"
from = 2023-09-01
until = 2024-03-01
budget = "60 MUSD"
[[party]]
name = "China"
country = "CN"
[[party]]
name = "Germany"
country = "DE"
[[job]]
name = "8B"
kind = "train"
model = "llama-3.1-8b"
tokens = "1T"
sequence = 8192
global_batch = 512
)";

Frontier resolved(const std::string& text) {
    return resolve(parse_frontier(text, "f.toml").value(), built_in_catalog()).value();
}

constexpr auto licensed = static_cast<std::size_t>(FrontierLine::licensed);
constexpr auto unrestricted = static_cast<std::size_t>(FrontierLine::unrestricted);
constexpr auto without = static_cast<std::size_t>(FrontierLine::free);

TEST(Frontier, LawNeverBeatsMoneyAndEveryWinnerMayBeHad) {
    const Frontier frontier = resolved(two_buyers);
    const FrontierStudy study = run(frontier, built_in_catalog());
    ASSERT_EQ(study.parties.size(), 2U);
    for (const FrontierReport& party : study.parties) {
        ASSERT_EQ(party.months.size(), 7U);
        for (const FrontierMonth& month : party.months) {
            ASSERT_TRUE(month.best[unrestricted]);
            const auto trained = [&](std::size_t line) {
                return month.best[line] ? party.factories[month.best[line]->factory].trained
                                        : TokenRate{};
            };
            EXPECT_LE(trained(licensed), trained(unrestricted));
            EXPECT_LE(trained(without), trained(licensed));
            const auto& best = month.best[licensed];
            EXPECT_TRUE(!best || may_have(best->verdict));
        }
    }
}

TEST(Frontier, ARuleIsNamedWhereItTurnsTheBest) {
    const FrontierStudy study = run(resolved(two_buyers), built_in_catalog());
    const FrontierReport& china = study.parties[0];
    std::string why;
    for (const FrontierChange& change : china.changes) why += change.why + "; ";
    EXPECT_TRUE(contains(why, "closes h800-sxm")) << why;
    EXPECT_TRUE(contains(why, "h20 comes on sale")) << why;
    for (const FrontierChange& change : study.parties[1].changes) {
        EXPECT_FALSE(contains(change.why, "closes")) << change.why;
    }
}

TEST(Frontier, SizeFillsTheBudgetAndNoMore) {
    const Frontier frontier = resolved(two_buyers);
    const Catalog& catalog = built_in_catalog();
    const Server& server = part_named(catalog.servers, "hgx-h100");
    const SiteCosts& costs = frontier.parties[0].scenario.sites.at(0).costs;
    const double chips = chips_within(catalog, server, frontier, costs, 0);
    const auto cost_of = [&](double count) {
        return capital(resolve_factory(catalog, server, frontier.fabric, count, {}).bill, costs)
            .value;
    };
    EXPECT_GT(chips, 0);
    EXPECT_LE(cost_of(chips), frontier.budget);
    EXPECT_GT(cost_of(chips + server.chips.value), frontier.budget);
    EXPECT_LT(chips_within(catalog, server, frontier, costs, 0.25), chips);
}

TEST(Frontier, FaultsAreToldAtOnce) {
    const auto faults_of = [](const std::string& text) {
        const auto parsed = parse_frontier(text, "f.toml");
        if (!parsed) return to_text(parsed.error());
        const auto found = resolve(*parsed, built_in_catalog());
        return found ? std::string() : to_text(found.error());
    };
    std::string text = two_buyers;
    text.replace(text.find("budget = \"60 MUSD\""), 18, "fabrik = \"x\"");
    EXPECT_TRUE(contains(faults_of(text), "f.toml:4:"));
    text = two_buyers;
    text.replace(text.find("until = 2024-03-01"), 18, "until = 2020-03-01");
    EXPECT_TRUE(contains(faults_of(text), "before the first"));
    text = two_buyers;
    text.replace(text.find("\"CN\""), 4, "\"UK\"");
    text.replace(text.find("llama-3.1-8b"), 12, "llama-9.9-8b");
    EXPECT_TRUE(contains(faults_of(text), "'UK' is not a country code"));
    EXPECT_TRUE(contains(faults_of(text), "no model 'llama-9.9-8b'"));
}

const Rulebook& rulebook() {
    static const Rulebook book = resolve_rulebook(built_in_catalog()).value();
    return book;
}

/// A process small enough to time every design of.
DesignQuestion small_question(Date date) {
    const Catalog& catalog = built_in_catalog();
    DesignQuestion q{.process = part_named(catalog.processes, "hopper-4n"),
                     .model = part_named(catalog.models, "llama-3.1-8b")};
    q.process.units.value = 144;
    q.process.yielding.value = 132;
    q.process.stacks.value = 3;
    q.process.links.value = 3;
    q.process.matrix_shares.value = {1.0, 0.25};
    q.rules.date = date;
    q.rules.party.to = q.rules.party.headquarters = "CN";
    q.rules.chip.data_centre = Truth::yes;
    q.rules.chip.us_market = Truth::no;
    q.training_chips = 8;
    q.global_batch = 32;
    return q;
}

bool is_lawful(const DesignQuestion& q, const Chip& chip) {
    RuleQuery query = q.rules;
    query.chip = chip_facts(built_in_catalog(), chip);
    query.chip.us_market = Truth::no;
    return judge(rulebook(), query).of("us").code == "NLR";
}

TEST(Design, IsTheBestOfItsGrid) {
    const Catalog& catalog = built_in_catalog();
    for (const Date date : {on(2024, 6, 1), on(2025, 6, 1)}) {
        const DesignQuestion q = small_question(date);
        const DesignResult found = design(q, rulebook(), catalog);
        std::array<double, 3> best{};
        std::size_t at = 0;
        for (const DesignShape& shape : grid_of(q.process)) {
            if (++at % 7 != 0) continue;  // every seventh, lawful or not, none may beat the best
            const Chip chip = chip_of(q.process, catalog, shape);
            if (!is_lawful(q, chip)) continue;
            for (const DesignJob job : {DesignJob::decode, DesignJob::prefill}) {
                double& most = best[static_cast<std::size_t>(job)];
                most = std::max(most, tokens_of(q, catalog, chip, job));
            }
        }
        for (const DesignJob job : {DesignJob::decode, DesignJob::prefill}) {
            const Design& d = found.best[static_cast<std::size_t>(job)];
            EXPECT_GE(d.tokens, best[static_cast<std::size_t>(job)]) << name_of(job);
            EXPECT_TRUE(is_lawful(q, d.chip));
            EXPECT_EQ(d.verdict.of("us").code, "NLR");
        }
    }
}

// H20 as it was sold: 78 multiprocessors at a quarter of the matrix rate, TPP 2,368, six stacks.
TEST(Design, FindsH20UnderTheRuleOf2023) {
    const Catalog& catalog = built_in_catalog();
    DesignQuestion q = small_question(on(2024, 6, 1));
    q.process = part_named(catalog.processes, "hopper-4n");
    q.model = part_named(catalog.models, "llama-3.1-70b");
    const Design decode = design(q, rulebook(), catalog).best[0];
    EXPECT_NEAR(decode.facts.tpp.low, 2368, 30);
    EXPECT_EQ(decode.shape.stacks, 6);
    EXPECT_NEAR(static_cast<double>(decode.shape.units), 78, 2);
    EXPECT_EQ(decode.shape.matrix_share, 0.25);
}

}  // namespace TEST_FILE
}  // namespace millwright
