#include <gtest/gtest.h>

#include "catalog/catalog.h"
#include "rules/destinations.h"
#include "rules/verdict.h"

namespace millwright {
namespace {

RuleQuery query_for(const char* chip, Date date, const char* to = "CN", const char* hq = "CN") {
    const Catalog& catalog = built_in_catalog();
    const Chip& part = part_named(catalog.chips, chip);
    const Link* host = find_part(catalog.links, part.host_link);
    RuleQuery query;
    query.chip = facts_of(part, host == nullptr ? Bandwidth{} : host->per_direction.value);
    query.date = date;
    query.to = to;
    query.headquarters = hq;
    return query;
}

struct Case {
    const char* chip;
    Date date;
    const char *to, *hq;
    ExportClass cls;
    UsVerdict us;
};

constexpr Date story = on(2026, 2, 1);
constexpr Date summer = on(2025, 7, 20);

TEST(Verdict, OfTheCatalogsChips) {
    const Case cases[] = {
        {"h100-sxm", story, "CN", "CN", ExportClass::a, UsVerdict::lic_cbc},
        {"h200-sxm", story, "CN", "CN", ExportClass::a, UsVerdict::lic_cbc},
        {"h200-sxm", on(2026, 1, 14), "CN", "CN", ExportClass::a, UsVerdict::lic_pod},
        {"h200-sxm", summer, "CN", "CN", ExportClass::a, UsVerdict::lic_pod},
        {"h200-sxm", story, "RU", "RU", ExportClass::a, UsVerdict::lic_pod},
        {"h200-sxm", story, "SG", "CN", ExportClass::a, UsVerdict::lic_pod},
        {"h200-sxm", story, "SG", "SG", ExportClass::a, UsVerdict::nlr},
        {"h200-sxm", story, "AE", "AE", ExportClass::a, UsVerdict::lic_poa},
        {"h20", story, "CN", "CN", ExportClass::under, UsVerdict::lic_letter},
        {"h20", on(2024, 6, 1), "CN", "CN", ExportClass::under, UsVerdict::nlr},
        {"h20", on(2025, 6, 1), "MY", "CN", ExportClass::under, UsVerdict::lic_letter},
        {"h20", on(2025, 6, 1), "MY", "MY", ExportClass::under, UsVerdict::nlr},
        {"rtx-pro-6000d", story, "CN", "CN", ExportClass::under, UsVerdict::nlr},
        {"rtx-pro-6000", story, "CN", "CN", ExportClass::a, UsVerdict::lic_cbc},
        {"b30a", story, "CN", "CN", ExportClass::a, UsVerdict::lic_pod},
        {"gb200", story, "CN", "CN", ExportClass::a, UsVerdict::lic_pod},
        {"ascend-910c", story, "CN", "CN", ExportClass::a, UsVerdict::gp10},
        {"ascend-910c", story, "MY", "MY", ExportClass::a, UsVerdict::gp10},
        {"ascend-910b2", on(2025, 5, 12), "DE", "DE", ExportClass::a, UsVerdict::nlr},
        {"l40", on(2024, 1, 15), "CN", "CN", ExportClass::b, UsVerdict::nac},
        {"l20", story, "CN", "CN", ExportClass::under, UsVerdict::nlr},
        {"rtx-4090", on(2024, 6, 1), "CN", "CN", ExportClass::a, UsVerdict::nac},
        {"rtx-4090", on(2024, 6, 1), "VN", "VN", ExportClass::a, UsVerdict::aca},
        {"rtx-4090", on(2024, 1, 15), "VN", "VN", ExportClass::a, UsVerdict::nac_nonotice},
        {"rtx-4090-d", on(2024, 6, 1), "CN", "CN", ExportClass::under, UsVerdict::nlr},
        {"a800-80gb-sxm", on(2022, 12, 1), "CN", "CN", ExportClass::under, UsVerdict::nlr},
        {"a800-80gb-sxm", on(2023, 10, 25), "CN", "CN", ExportClass::under, UsVerdict::lic_letter},
        {"a100-80gb-sxm", on(2022, 12, 1), "CN", "CN", ExportClass::of_2022, UsVerdict::lic_pod},
        {"a100-80gb-sxm", on(2022, 12, 1), "MO", "MO", ExportClass::of_2022, UsVerdict::nlr},
        {"a100-80gb-sxm", on(2022, 9, 15), "CN", "CN", ExportClass::none, UsVerdict::lic_letter},
        {"a100-80gb-sxm", on(2022, 8, 1), "CN", "CN", ExportClass::none, UsVerdict::nlr},
    };
    for (const Case& c : cases) {
        const Verdict v = judge(query_for(c.chip, c.date, c.to, c.hq));
        EXPECT_EQ(name_of(v.us), name_of(c.us)) << c.chip << " " << to_text(c.date) << c.to;
        EXPECT_EQ(name_of(v.cls), name_of(c.cls)) << c.chip << " " << to_text(c.date);
        EXPECT_FALSE(v.reason.empty());
        EXPECT_EQ(v.citations.empty(), c.date == on(2022, 8, 1)) << c.chip;
    }
}

ChipFacts invented(double tpp, double area) {
    ChipFacts facts;
    facts.vendor = "Example";
    facts.tpp = tpp;
    facts.tpp_known = true;
    facts.area_mm2 = area;
    facts.area_known = true;
    facts.dram_gbps = 900;
    facts.dram_known = true;
    return facts;
}

ExportClass class_of(double tpp, double area) {
    std::vector<std::string> chain;
    return classify(invented(tpp, area), on(2024, 6, 1), chain);
}

// Each threshold at the line, one below and one above (88 FR 73458: lower limits inclusive).
TEST(Class, ThresholdsAreExact) {
    EXPECT_EQ(class_of(4800, 4000), ExportClass::a);
    EXPECT_EQ(class_of(4799, 4000), ExportClass::under);
    EXPECT_EQ(class_of(1600, 1600 / 5.92), ExportClass::a);
    EXPECT_EQ(class_of(1599, 100), ExportClass::under);
    EXPECT_EQ(class_of(1600, 500), ExportClass::b);  // density 3.2
    EXPECT_EQ(class_of(1600, 500.01), ExportClass::under);
    EXPECT_EQ(class_of(2400, 1500), ExportClass::b);  // density 1.6
    EXPECT_EQ(class_of(2400, 1500.1), ExportClass::under);
    EXPECT_EQ(class_of(2399, 1500), ExportClass::under);
    EXPECT_EQ(class_of(4799, 810.64), ExportClass::a);  // density just over 5.92
    EXPECT_EQ(class_of(4799, 812.02), ExportClass::b);
}

TEST(Class, MissingAreaIsSaidNotGuessed) {
    ChipFacts facts = invented(2500, 0);
    facts.area_known = false;
    std::vector<std::string> chain;
    EXPECT_EQ(classify(facts, story, chain), ExportClass::undecided);
    EXPECT_NE(chain.back().find("needs the applicable die area"), std::string::npos);
    facts.planar = true;
    EXPECT_EQ(classify(facts, story, chain), ExportClass::under);
    facts.tpp = 4800;
    EXPECT_EQ(classify(facts, story, chain), ExportClass::a);
}

TEST(EndUse, ADenseHallIsASupercomputer) {
    RuleQuery query = query_for("h20", on(2024, 8, 1));
    query.quantity = 5000;  // 5000 x 44 TFLOPS FP32 = 220 PFLOPS
    query.hall_m3 = 1000;
    EXPECT_EQ(judge(query).us, UsVerdict::lic_enduse);
    query.quantity = 4000;  // 176 PFLOPS
    EXPECT_EQ(judge(query).us, UsVerdict::nlr);
    query.quantity = 115000;
    query.hall_m3 = 400000;  // 14.9 PFLOPS in 1,178 m3
    EXPECT_EQ(judge(query).us, UsVerdict::nlr);
    query.end_use = "supercomputer";
    EXPECT_EQ(judge(query).us, UsVerdict::lic_enduse);
    query.entity_listed = true;
    EXPECT_EQ(judge(query).us, UsVerdict::lic_entity);
}

TEST(China, MeasuresHaveDates) {
    EXPECT_EQ(judge(query_for("h20", on(2025, 7, 1))).cn, CnVerdict::none);
    EXPECT_EQ(judge(query_for("h20", story)).cn, CnVerdict::discouraged);
    EXPECT_EQ(judge(query_for("h200-sxm", on(2026, 1, 20))).cn, CnVerdict::held);
    EXPECT_EQ(judge(query_for("h200-sxm", story)).cn, CnVerdict::conditional);
    EXPECT_EQ(judge(query_for("rtx-pro-6000d", story)).cn, CnVerdict::discouraged);
    EXPECT_EQ(judge(query_for("ascend-910c", story)).cn, CnVerdict::domestic);
    EXPECT_EQ(judge(query_for("h200-sxm", story, "DE", "DE")).cn, CnVerdict::none);
}

TEST(Supply, KnowsWhatIsNotSold) {
    EXPECT_EQ(judge(query_for("b30a", story)).supply, "never sold");
    EXPECT_NE(judge(query_for("rtx-pro-6000d", summer)).supply.find("not yet sold"),
              std::string::npos);
    EXPECT_EQ(judge(query_for("h20", story)).supply, "on sale");
}

TEST(Destinations, CarveOutsHold) {
    EXPECT_TRUE(needs_licence_scope("CN"));
    EXPECT_TRUE(needs_licence_scope("MO"));
    EXPECT_TRUE(needs_licence_scope("AE"));
    EXPECT_FALSE(needs_licence_scope("IL"));  // D:4 and A:6
    EXPECT_FALSE(needs_licence_scope("CY"));  // D:5 and A:6
    EXPECT_FALSE(needs_licence_scope("MY"));
    EXPECT_TRUE(is_arms_embargoed("HK"));
}

}  // namespace
}  // namespace millwright
