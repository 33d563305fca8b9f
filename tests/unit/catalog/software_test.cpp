// Which software a chip has on a day: by hand over invented parts, and what was published of the
// releases that are shipped with the program.
#include "millwright/catalog/software.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "millwright/base/text.h"
#include "millwright/catalog/references.h"

namespace millwright {
namespace TEST_FILE {

Cited<Date> day(int year, unsigned month, unsigned of) {
    return {on(year, month, of), SourceId(0)};
}

Software release(const std::string& id, Cited<Date> since, const std::string& fallback = "") {
    Software made{.id = id, .name = id, .families = {"old", "new"}};
    made.since = since;
    made.fallback = fallback;
    return made;
}

/// Two families; of the newer one a chip by itself has more than its sister.
Catalog invented() {
    Catalog catalog;
    catalog.sources.emplace_back();
    for (const char* id : {"old", "new"}) catalog.kernels.push_back({.id = id, .name = id});
    for (const char* id : {"plain", "special"}) {
        catalog.chips.push_back({.id = id, .name = id, .generation = "new"});
    }
    catalog.software = {release("slow", day(2020, 1, 1)), release("fast", day(2023, 7, 17), "slow"),
                        release("faster", day(2024, 7, 11), "fast"),
                        release("own", day(2025, 2, 26), "faster")};
    catalog.software[2].families = {"new"};
    catalog.software[3].families = {};
    catalog.software[3].chips = {"special"};
    return catalog;
}

std::string text_of(const std::vector<const Software*>& found) {
    std::vector<std::string> names;
    for (const Software* software : found) names.push_back(software->id);
    return join(names, " ");
}

TEST(Software, IsThereFromItsDayOn) {
    const Catalog catalog = invented();
    const Chip& plain = part_named(catalog.chips, "plain");
    EXPECT_EQ(text_of(software_on(catalog, plain, on(2019, 12, 31))), "");
    EXPECT_EQ(text_of(software_on(catalog, plain, on(2023, 7, 16))), "slow");
    EXPECT_EQ(text_of(software_on(catalog, plain, on(2023, 7, 17))), "slow fast");
    EXPECT_EQ(text_of(software_on(catalog, plain, on(2024, 7, 11))), "slow fast faster");
    // a chip of one's own has what its family has
    const Chip mine{.id = "mine", .generation = "Old"}, other{.id = "other", .generation = "none"};
    EXPECT_EQ(text_of(software_on(catalog, mine, on(2026, 1, 1))), "slow fast");
    EXPECT_EQ(text_of(software_on(catalog, other, on(2026, 1, 1))), "");
}

TEST(Software, OfAChipIsItsFamilysAndItsOwn) {
    const Catalog catalog = invented();
    const Chip& special = part_named(catalog.chips, "special");
    EXPECT_EQ(text_of(software_on(catalog, part_named(catalog.chips, "plain"), on(2026, 1, 1))),
              "slow fast faster");
    EXPECT_EQ(text_of(software_on(catalog, special, on(2026, 1, 1))), "slow fast faster own");
    EXPECT_EQ(text_of(software_on(catalog, special, on(2025, 2, 25))), "slow fast faster");
}

TEST(Software, WhatIsMissingIsDoneByItsFallback) {
    const Catalog catalog = invented();
    const Chip& plain = part_named(catalog.chips, "plain");
    const Chip& special = part_named(catalog.chips, "special");
    const Software& own = part_named(catalog.software, "own");
    const auto does = [&](const Chip& chip, const Date& date) {
        const Software* found = software_for(catalog, own, chip, date);
        return found == nullptr ? "nothing" : found->id;
    };
    EXPECT_EQ(does(special, on(2025, 2, 26)), "own");
    EXPECT_EQ(does(special, on(2025, 2, 25)), "faster");
    EXPECT_EQ(does(plain, on(2026, 1, 1)), "faster");
    EXPECT_EQ(does(plain, on(2024, 1, 1)), "fast");
    EXPECT_EQ(does(plain, on(2021, 1, 1)), "slow");
    EXPECT_EQ(does(plain, on(2019, 1, 1)), "nothing");
}

/// Faults of the built-in catalog with one more release.
std::string faults_with(Software software) {
    Catalog mine = built_in_catalog();
    mine.software.push_back(std::move(software));
    return to_text(reference_faults(mine));
}

TEST(Software, NamesPartsAndEnds) {
    Software mine = release("mine", day(2026, 1, 1), "flash-attention-2");
    mine.families = {"Hopper (H100)"};
    EXPECT_EQ(faults_with(mine), "");
    mine.families = {"hoper"};
    EXPECT_TRUE(contains(faults_with(mine), "'families' names 'hoper', which the catalog lacks"));
    mine.families = {};
    EXPECT_TRUE(contains(faults_with(mine), "has neither 'families' nor 'chips'"));
    mine.chips = {"h100-sxm"};
    EXPECT_EQ(faults_with(mine), "");
    mine.frameworks = {"no-framework"};
    EXPECT_TRUE(contains(faults_with(mine), "'frameworks' names 'no-framework'"));
    mine.frameworks = {};
    mine.timed_as = "flash-attention-9";
    mine.precisions = {"fp8", "fp9"};
    EXPECT_TRUE(contains(faults_with(mine), "'timed_as' cannot be 'flash-attention-9'"));
    EXPECT_TRUE(contains(faults_with(mine), "'precisions' cannot be 'fp9'"));
    mine.timed_as = "";
    mine.precisions = {};
    mine.fallback = "mine";
    EXPECT_TRUE(contains(faults_with(mine), "'fallback' leads back to 'mine'"));
}

/// As their makers dated and limited them.
TEST(Software, OfTheCatalogIsAsPublished) {
    const Catalog& catalog = built_in_catalog();
    const auto has = [&](const char* chip, const char* id, const Date& date) {
        const auto found = software_on(catalog, part_named(catalog.chips, chip), date);
        return std::ranges::any_of(found, [&](const Software* s) { return s->id == id; });
    };
    // FlashAttention-3 is of 2024-07-11, and for Hopper alone
    EXPECT_FALSE(has("h100-sxm", "flash-attention-3", on(2024, 7, 10)));
    EXPECT_TRUE(has("h100-sxm", "flash-attention-3", on(2024, 7, 11)));
    EXPECT_FALSE(has("a100-80gb-sxm", "flash-attention-3", on(2026, 1, 1)));
    EXPECT_FALSE(has("b200-sxm", "flash-attention-3", on(2026, 1, 1)));
    EXPECT_TRUE(has("a100-80gb-sxm", "flash-attention-2", on(2023, 7, 17)));
    // DeepGEMM met Blackwell five months after Hopper, and of Ascend the 950 alone
    EXPECT_TRUE(has("h800-sxm", "deep-gemm", on(2025, 2, 26)));
    EXPECT_FALSE(has("b200-sxm", "deep-gemm-blackwell", on(2025, 7, 19)));
    EXPECT_TRUE(has("b200-sxm", "deep-gemm-blackwell", on(2025, 7, 20)));
    EXPECT_TRUE(has("ascend-950dt", "deep-gemm-ascend", on(2026, 9, 30)));
    EXPECT_FALSE(has("ascend-910c", "deep-gemm-ascend", on(2026, 9, 30)));
    // NCCL 2.32.3 runs on Rubin, 2.32.6 knows it
    EXPECT_TRUE(has("vr200", "nccl-rubin", on(2026, 9, 17)));
    EXPECT_FALSE(has("vr200", "nccl-rubin-tuned", on(2026, 11, 8)));
    EXPECT_TRUE(has("vr200", "nccl-rubin-tuned", on(2026, 11, 9)));
}

/// A chip can always attend and do the products of experts: what is missing has a fallback.
TEST(Software, EveryFamilyHasAttentionAndProductsOfExperts) {
    const Catalog& catalog = built_in_catalog();
    for (const Chip& chip : catalog.chips) {
        for (const Software& wanted : catalog.software) {
            const bool needed = wanted.kind == SoftwareKind::attention_library ||
                                wanted.kind == SoftwareKind::grouped_kernel;
            if (!needed) continue;
            const Software* found = software_for(catalog, wanted, chip, on(2022, 1, 1));
            ASSERT_NE(found, nullptr) << chip.id << ": " << wanted.id;
            EXPECT_EQ(found->kind, wanted.kind) << chip.id << ": " << wanted.id;
        }
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
