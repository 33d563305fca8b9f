// Which framework a row of measurements is of: data of the frameworks, no code by name.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/catalog/toml_writer.h"
#include "millwright/evidence/phrases.h"
#include "millwright/evidence/training_row.h"
#include "tests/root.h"

namespace millwright {
namespace TEST_FILE {

CsvTable published() {
    const std::string path = repository_root() + "/tests/published/training.csv";
    return parse_csv(read_file(path, 64'000'000).text, path).value();
}

/// The table's first row with another source and year.
CsvTable row_of(const std::string& source, const std::string& year) {
    CsvTable table = published();
    table.rows.resize(1);
    const auto set = [&](std::string_view column, const std::string& text) {
        const auto at = std::ranges::find(table.columns, column) - table.columns.begin();
        table.rows[0][static_cast<std::size_t>(at)] = text;
    };
    set("source", source);
    set("year", year);
    set("flags", "");
    return table;
}

std::string framework_of(const std::string& source, const std::string& year,
                         const Catalog& catalog = built_in_catalog()) {
    return resolve_training_row(row_of(source, year), 0, catalog).framework;
}

TEST(FrameworkMarks, NameTheFrameworkOfARow) {
    for (const Framework& f : built_in_catalog().frameworks) {
        for (const std::string& mark : f.marks) {
            EXPECT_EQ(lower(mark), mark) << f.id;
            EXPECT_EQ(framework_of("a page on " + mark, "2025"), f.id);
        }
    }
    EXPECT_EQ(framework_of("NeMo AutoModel", "2025"), "automodel");
    EXPECT_EQ(framework_of("MLCommons, with NeMo", "2025"), "mlperf-nvidia");
    EXPECT_EQ(framework_of("torchtitan, eager", "2025"), "torchtitan-eager");
    EXPECT_EQ(framework_of("a paper", "2022"), "megatron-2021");
    // of one of NVIDIA's chips: its maker's
    EXPECT_EQ(framework_of("a paper", "2023"), "megatron-core");
    EXPECT_EQ(framework_of("a paper", ""), "megatron-core");
}

/// Where a row names several, all but one yield: the order of files never decides.
TEST(FrameworkMarks, NoPublishedRowIsOfTwoFrameworks) {
    const CsvTable table = published();
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        std::string printed;
        for (const char* column : {"source", "flags", "system", "notes"}) {
            printed += lower(cell(table, i, column)) + "; ";
        }
        std::set<std::string> marked, beaten;
        for (const Framework& f : built_in_catalog().frameworks) {
            const bool here = std::ranges::any_of(
                f.marks, [&](const std::string& mark) { return has_phrase(printed, mark); });
            if (!here) continue;
            marked.insert(f.id);
            beaten.insert(f.marked_before.begin(), f.marked_before.end());
        }
        std::erase_if(marked, [&](const std::string& id) { return beaten.contains(id); });
        EXPECT_LE(marked.size(), 1U) << cell(table, i, "id");
    }
}

/// A framework of one's own is one file.
TEST(FrameworkMarks, AFileAddsAFramework) {
    Catalog catalog = built_in_catalog();
    Framework mine = part_named(catalog.frameworks, "nemo");
    mine.id = mine.name = "mine";
    mine.marks = {"millrace"};
    mine.marked_before = {"nemo"};
    mine.row_takes_whole_batch = true;
    mine.row_recomputes = Recompute::selective;
    const std::string text = to_toml(catalog, mine);
    ASSERT_EQ(to_text(add_part(catalog, "frameworks", "mine", text, "mine.toml")), "") << text;
    EXPECT_EQ(framework_of("Millrace on NeMo", "2025", catalog), "mine");
    EXPECT_EQ(framework_of("NeMo", "2025", catalog), "nemo");
    CsvTable table = row_of("Millrace", "2025");
    for (const char* column : {"micro_batch", "recompute"}) {
        const auto at = std::ranges::find(table.columns, column) - table.columns.begin();
        table.rows[0][static_cast<std::size_t>(at)] = "";
    }
    const TrainingRow row = resolve_training_row(table, 0, catalog);
    EXPECT_EQ(row.plan.recompute, Recompute::selective);
    EXPECT_EQ(row.plan.micro_batch, 16);
}

}  // namespace TEST_FILE
}  // namespace millwright
