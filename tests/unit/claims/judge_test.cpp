// Verdicts on claims, readings and figures of the catalog.
#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/claims/judge.h"
#include "tests/unit/claims/networks.h"

namespace millwright {
namespace TEST_FILE {

JudgedClaims judged(const std::string& text) {
    const auto network = network_of(text);
    EXPECT_TRUE(network) << to_text(network.error());
    return judge_claims(network.value());
}

TEST(Claims, AnUnknownJoinsWhatIsSaidOfItInSeveralWays) {
    const std::string text = claim_table("cap", "4 TUSD") + claim_table("shares", "25e9") +
                             claim_table("target", "1000 USD") + claim_table("rise", "30 %") +
                             "[[unknown]]\nid = \"price\"\nrange = \">0 USD\"\n" +
                             constraint_table("k1", "cap == price * shares", "within = \"5 %\"") +
                             constraint_table("k3", "target == price * (1 + rise)");
    const JudgedClaims found = judged(text);
    ASSERT_EQ(found.contradictions.size(), 1U);
    EXPECT_EQ(found.contradictions[0].set,
              (std::vector<std::string>{"cap", "shares", "target", "rise"}));
    EXPECT_EQ(found.contradictions[0].constraints, (std::vector<std::string>{"k1", "k3"}));
}

TEST(Claims, APeriodWithoutAYearOfItsOwnIsAmbiguous) {
    const std::string text = "[[calendar]]\nid = \"n\"\nyear_ends = \"last Sunday of January\"\n" +
                             claim_table("loss", "8 GUSD", "period = \"Q2 2025\"") +
                             constraint_table("k", "end(loss) > 2025-04-09");
    const JudgedClaims found = judged(text);
    EXPECT_EQ(found.claims[0].verdict, ClaimVerdict::contradicts_itself);
    EXPECT_TRUE(contains(found.contradictions[0].reason, "ambiguous period"));
    const JudgedClaims plain = judged(claim_table("loss", "8 GUSD", "period = \"CY2025Q2\"") +
                                      constraint_table("k", "end(loss) > 2025-04-09"));
    EXPECT_EQ(plain.claims[0].verdict, ClaimVerdict::holds);
}

TEST(Claims, UnlikeBasesAreNotCompared) {
    const std::string second = claim_table("b", "5 GUSD", "basis = \"charge\"");
    const std::string k = constraint_table("k", "a == b");
    const JudgedClaims open =
        judged(claim_table("a", "5 GUSD", "basis = \"revenue\"") + second + k);
    EXPECT_EQ(open.claims[0].verdict, ClaimVerdict::cannot_decide);
    EXPECT_TRUE(contains(open.claims[0].reasons[0], "mixes"));
    const std::string reading = "[[claim.reading]]\nbasis = \"charge\"\nis = \"3 GUSD\"";
    const JudgedClaims mixed =
        judged(claim_table("a", "5 GUSD", "basis = \"revenue\"\n" + reading) + second + k);
    EXPECT_EQ(mixed.claims[0].verdict, ClaimVerdict::contradicts_itself);
    EXPECT_TRUE(contains(mixed.contradictions[0].reason, "mixed basis"));
}

TEST(Claims, TheCatalogIsTheRecord) {
    const std::string k = constraint_table("k", "a == part(\"chips/h20\", \"memory.capacity\")");
    EXPECT_EQ(judged(claim_table("a", "96 GB") + k).claims[0].verdict, ClaimVerdict::holds);
    const JudgedClaims wrong = judged(claim_table("a", "80 GB") + k);
    EXPECT_EQ(wrong.claims[0].verdict, ClaimVerdict::contradicts_record);
    EXPECT_EQ(wrong.claims[0].conflict_set[1], "chips/h20 memory.capacity");
}

TEST(Claims, DivisionByWhatMayBeZeroIsOpen) {
    const JudgedClaims found =
        judged(claim_table("a", "-1..1") + constraint_table("k", "1 / a == 5"));
    EXPECT_EQ(found.claims[0].verdict, ClaimVerdict::cannot_decide);
}

TEST(Claims, ConstraintsThatNeverHoldAreTold) {
    const JudgedClaims found = judged(claim_table("a", "1") + constraint_table("k", "1 == 2") +
                                      constraint_table("l", "a == 1"));
    ASSERT_EQ(found.contradictions.size(), 1U);
    EXPECT_TRUE(found.contradictions[0].set.empty());
    EXPECT_EQ(found.claims[0].verdict, ClaimVerdict::holds);
}

// as a reader has them before the eyes: neither turned about nor those of a part
TEST(Claims, SidesStandAsTheyAreWritten) {
    const auto reason = [](const char* require) {
        return judged(claim_table("a", "3 USD") + claim_table("b", "5 USD") +
                      claim_table("c", "true") + constraint_table("k", require))
            .contradictions.at(0)
            .reason;
    };
    EXPECT_TRUE(contains(reason("a > b"), ": 3 USD against 5 USD, 1.67 times")) << reason("a > b");
    EXPECT_TRUE(contains(reason("a >= b"), ": 3 USD against 5 USD")) << reason("a >= b");
    EXPECT_TRUE(contains(reason("b < a"), ": 5 USD against 3 USD")) << reason("b < a");
    EXPECT_TRUE(contains(reason("c == (a > b)"), ": true against false")) << reason("c == (a > b)");
}

TEST(Claims, TheRecordIsToldWithItsSources) {
    const std::string fact =
        "[[fact]]\nid = \"f\"\nis = \"5 USD\"\nsource = \"a filing\"\ngrade = \"filing\"\n"
        "[[fact]]\nid = \"g\"\nis = \"9 USD\"\n";
    const JudgedClaims found =
        judged(claim_table("a", "3 USD") + fact + constraint_table("k", "a == f") +
               constraint_table("l", "a < g"));
    ASSERT_EQ(found.record.size(), 1U) << "g contradicts nothing";
    EXPECT_EQ(found.record[0].id, "f");
    EXPECT_EQ(found.record[0].is, "5 USD");
    EXPECT_EQ(found.record[0].source, "a filing");
    EXPECT_EQ(found.record[0].grade, "filing");
}

TEST(Claims, OnlyWhatMattersIsInASet) {
    const JudgedClaims found = judged(claim_table("a", "3") + claim_table("b", "2") +
                                      claim_table("c", "9") + constraint_table("k", "a < b < c"));
    ASSERT_EQ(found.contradictions.size(), 1U);
    EXPECT_EQ(found.contradictions[0].set, (std::vector<std::string>{"a", "b"}));
}

}  // namespace TEST_FILE
}  // namespace millwright
