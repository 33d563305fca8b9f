// What training has on a day: by hand over invented parts, and of shipped ones as published.
#include "millwright/factory/training_software.h"

#include <gtest/gtest.h>

namespace millwright {
namespace TEST_FILE {

Software release(const std::string& id, const Date& since, const std::string& fallback = "") {
    Software made{.id = id, .name = id, .families = {"new"}, .fallback = fallback};
    made.since = {since, SourceId(0)};
    return made;
}

/// A family with three libraries, one of which has no figures, and two formats, one for serving;
/// a chip on sale from the first, one from later on.
Catalog invented() {
    Catalog catalog;
    catalog.sources.emplace_back();
    catalog.kernels = {{.id = "new", .name = "new"}, {.id = "dark", .name = "dark"}};
    catalog.chips = {{.id = "early", .name = "early", .generation = "new", .launch = "2020-01"},
                     {.id = "late", .name = "late", .generation = "new", .launch = "2023-H2"},
                     {.id = "unknown", .name = "unknown", .generation = "dark"}};
    Software unfused = release("unfused", on(2017, 1, 1));
    unfused.families.push_back("dark");
    unfused.timed_as = "unfused";
    Software second = release("second", on(2023, 7, 17), "unfused");
    second.timed_as = "flash-attention-2";
    Software best = release("best", on(2024, 7, 11), "second");
    best.timed_as = "fastest";
    Software alias = release("alias", on(2022, 5, 1), "second");
    Software fp8 = release("fp8", on(2023, 12, 1)), fp4 = release("fp4", on(2023, 1, 1), "fp8");
    fp8.kind = fp4.kind = SoftwareKind::format;
    fp8.precisions = {"fp8"};
    fp4.precisions = {"fp4"};
    fp4.training = false;
    catalog.software = {unfused, second, best, alias, fp8, fp4};
    return catalog;
}

TEST(TrainingSoftware, AttendsByTheFastestLibraryThatIsOut) {
    const Catalog catalog = invented();
    const auto library = [&](const char* chip, int year, unsigned month) {
        const Chip& part = part_named(catalog.chips, chip);
        return training_software(catalog, part, on(year, month, 20)).attention;
    };
    using enum AttentionLibrary;
    EXPECT_EQ(library("early", 2021, 1), unfused);
    // without figures of its own a library is timed as its fallback
    EXPECT_EQ(library("early", 2022, 5), flash_attention_2);
    EXPECT_EQ(library("early", 2024, 6), flash_attention_2);
    EXPECT_EQ(library("early", 2024, 7), fastest);
    // nobody trains on a chip before the last day of the half year of its launch
    EXPECT_EQ(library("late", 2021, 1), flash_attention_2);
    // where none but the unfused is listed nothing is known
    EXPECT_EQ(library("unknown", 2021, 1), fastest);
}

TEST(TrainingSoftware, HasTheFormatsThatAReleaseTrainsIn) {
    const Catalog catalog = invented();
    const Chip& early = part_named(catalog.chips, "early");
    const auto had = training_software(catalog, early, on(2023, 11, 30));
    EXPECT_TRUE(had.has(Precision::bf16));
    EXPECT_FALSE(had.has(Precision::fp8));
    EXPECT_TRUE(had.has(Precision::fp8_block));  // no release is listed
    const auto has = training_software(catalog, early, on(2023, 12, 1));
    EXPECT_TRUE(has.has(Precision::fp8));
    EXPECT_FALSE(has.has(Precision::fp4));  // served alone
    EXPECT_TRUE(training_software(catalog, part_named(catalog.chips, "late"), on(2020, 1, 1))
                    .has(Precision::fp8));
    EXPECT_EQ(no_format_text(catalog, early, Precision::fp8, on(2023, 1, 2)),
              "no software trains in fp8 on early on 2023-01-02; fp8 is of 2023-12-01");
    EXPECT_EQ(no_format_text(catalog, early, Precision::fp4, on(2024, 1, 2)),
              "no software trains in fp4 on early on 2024-01-02; fp4 is for serving");
}

TEST(TrainingSoftware, NamesWhatDoesTheWorkUntilThen) {
    const Catalog& catalog = built_in_catalog();
    const Chip& chip = part_named(catalog.chips, "h100-sxm");
    EXPECT_FALSE(training_software(catalog, chip, on(2024, 3, 1)).has(Precision::fp8_block));
    EXPECT_EQ(no_format_text(catalog, chip, Precision::fp8_block, on(2024, 3, 1)),
              "no software trains in fp8-block on h100-sxm on 2024-03-01; FP8 by blocks, "
              "Transformer Engine is of 2025-05-31, until then FP8 by Transformer Engine");
}

}  // namespace TEST_FILE
}  // namespace millwright
