// Words of tables: found whole, the longer before the shorter, the heavier before the lighter, and
// every file of data/words says what it says in each of its columns.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "millwright/base/text.h"
#include "millwright/catalog/references.h"
#include "millwright/evidence/phrases.h"
#include "millwright/evidence/row_words.h"

namespace millwright {
namespace TEST_FILE {

using Row = std::map<std::string, std::string>;

const Catalog& catalog() { return built_in_catalog(); }

CsvTable table_of(const Row& row) {
    CsvTable table{.file = "t.csv"};
    table.rows.emplace_back();
    table.lines = {2};
    for (const auto& [name, text] : row) {
        table.columns.push_back(name);
        table.rows[0].push_back(text);
    }
    return table;
}

Word said(const Row& row, const std::string& framework = "nemo",
          const Date& release = on(2025, 6, 1)) {
    const CsvTable table = table_of(row);
    return said_in({table, 0}, catalog(), framework, release);
}

std::string framework_of(const Row& row, const char* chip = "h100-sxm") {
    const CsvTable table = table_of(row);
    return framework_of_row({table, 0}, catalog(), part_named(catalog().chips, chip));
}

TEST(Phrases, AreWholeWordsWhateverStandsBetweenThem) {
    EXPECT_TRUE(has_phrase("CUDA_graph on", "cuda graph"));
    EXPECT_TRUE(has_phrase("selective: MLA-up_proj+mlp", "mla up proj"));
    EXPECT_FALSE(has_phrase("read from the output", "tpu"));
    EXPECT_FALSE(has_phrase("tp, comm overlap", "tp comm overlap"));
    EXPECT_FALSE(has_phrase("cuda graphs", "cuda graph"));
    EXPECT_FALSE(has_phrase("anything", ""));
    EXPECT_EQ(words_of("v25.04. Next; B"), (std::vector<std::string>{"v25.04", "next", ";", "b"}));
}

TEST(RowWords, ALongerPhraseTakesItsPartsAway) {
    EXPECT_EQ(said({{"flags", "CUDA graph"}}).host_share.value, 0);
    EXPECT_TRUE(said({{"flags", "CUDA graph"}}).host_share.known());
    EXPECT_EQ(said({{"flags", "cuda graphs"}}).host_share.value, 0);
    EXPECT_EQ(said({{"flags", "no CUDA graph"}}).host_share.value, 1);
    EXPECT_EQ(said({{"flags", "cuda_graph none full_iteration"}}).host_share.value, 1);
    EXPECT_EQ(said({{"flags", "cuda graph attn+moe_router"}}).host_share.value, 0.5);
    EXPECT_FALSE(said({{"flags", "graph of losses"}}).host_share.known());
    EXPECT_EQ(said({{"flags", "EP overlap off"}}).expert_overlap.value, 0);
    EXPECT_EQ(said({{"flags", "EP overlap on"}}).expert_overlap.value, 0.8);
}

TEST(RowWords, DualPipeIsAScheduleAndHidesNothing) {
    const Word word = said({{"flags", "DualPipe"}});
    EXPECT_EQ(word.schedule, "dualpipe");
    EXPECT_FALSE(word.expert_overlap.known());
}

TEST(RowWords, OfWordsThatDisagreeTheHeaviestCounts) {
    EXPECT_EQ(said({{"precision", "fp8 (tile/block scaling) with bf16 attention core"}}).precision,
              "fp8-block");
    EXPECT_EQ(said({{"precision", "bf16"}}).precision, "bf16");
    EXPECT_EQ(said({{"precision", "int8 matmul (AQT) + bf16"}}).format, "int8");
    EXPECT_EQ(said({{"scaleout_net", "Ethernet, Infiniband"}}).collectives, "infiniband");
    EXPECT_EQ(said({{"scaleout_net", "8x400G RoCE per node"}}).collectives, "ethernet");
    EXPECT_EQ(said({{"system", "H100-80GB SXM (HF cluster, EFA)"}}).collectives, "efa");
    EXPECT_EQ(said({{"recompute", "none"}}).recompute, "none");
}

TEST(RowWords, GradientsFollowTheFormatOfTheRecipe) {
    EXPECT_EQ(said({{"precision", "fp16"}}).gradient_bytes.value, 2);
    EXPECT_FALSE(said({{"precision", "bf16"}}).gradient_bytes.known());
    EXPECT_FALSE(said({{"precision", "bf16/fp16 amp"}}).gradient_bytes.known());
    EXPECT_EQ(said({{"precision", "bf16 (fp32 gradient accumulation)"}}).gradient_bytes.value, 4);
    // two of BF16 and four of the sums, in its own optimizer
    EXPECT_EQ(said({{"precision", "bf16"}}, "megatron-deepspeed").gradient_bytes.value, 6);
    EXPECT_EQ(said({{"precision", "fp16"}}, "megatron-deepspeed").gradient_bytes.value, 2);
}

TEST(RowWords, DatesAndFrameworksNarrowThem) {
    const Row row{{"source", "NVIDIA/Megatron-LM README"}};
    EXPECT_EQ(said(row, "megatron-core", on(2024, 7, 1)).flops, "");
    EXPECT_EQ(said(row, "megatron-core", on(2025, 1, 1)).flops, "causal-attention");
    EXPECT_EQ(said({}, "nemo", on(2024, 12, 31)).forwarded_dispatch, Said::no);
    EXPECT_EQ(said({}, "nemo", on(2025, 1, 1)).forwarded_dispatch, Said::open);
    EXPECT_EQ(said({{"flags", "alltoall dispatcher"}}).forwarded_dispatch, Said::no);
    EXPECT_EQ(said({{"flags", "dispatcher hybridep"}}, "nemo", on(2024, 1, 1)).forwarded_dispatch,
              Said::yes);
}

/// Every phrase is found where its file says, unless a heavier word of the same text overrules it.
TEST(RowWords, EveryFileIsHeardInEachOfItsColumns) {
    for (const Word& word : catalog().words) {
        const std::string framework = word.frameworks.empty() ? "nemo" : word.frameworks.front();
        for (const std::string& column : word.columns) {
            for (const std::string& phrase : word.words) {
                const Date release = word.from.ok()    ? word.from
                                     : word.until.ok() ? word.until
                                                       : on(2025, 6, 1);
                const Word heard = said({{column, phrase}}, framework, release);
                const Word silent = said({}, framework, release);
                bool changed = false;
                for_each_field<Word>([&](const auto& field) {
                    if (!field.key.starts_with("says.")) return;
                    const auto &a = heard.*field.member, &b = silent.*field.member;
                    if constexpr (requires { a.source; }) {
                        changed = changed || a.source != b.source || a.value != b.value;
                    } else {
                        changed = changed || a != b;
                    }
                });
                EXPECT_TRUE(changed) << word.id << " in " << column << ": " << phrase;
            }
        }
    }
}

/// What a file cannot say is told with its names, and so is a phrase that is never found.
TEST(RowWords, FaultsOfAFileAreTold) {
    Catalog mine;
    mine.words.push_back({.id = "odd", .words = {"Upper"}, .precision = "fp7"});
    mine.words.push_back({.id = "far", .frameworks = {"nobody"}, .repeats = {"everything"}});
    const std::string told = to_text(reference_faults(mine));
    EXPECT_TRUE(contains(told, "'says.precision' cannot be 'fp7'")) << told;
    EXPECT_TRUE(contains(told, "choose of bf16, fp8, fp8-block, fp4")) << told;
    EXPECT_TRUE(contains(told, "'Upper' in 'words' is never found")) << told;
    EXPECT_TRUE(contains(told, "'frameworks' names 'nobody'")) << told;
    EXPECT_TRUE(contains(told, "'says.repeats' cannot be 'everything'")) << told;
}

TEST(Releases, AreReadFromVersionsAndMonths) {
    EXPECT_EQ(release_in("docs at v24.11.1"), on(2024, 11, 1));
    EXPECT_EQ(release_in("section 26.08"), on(2026, 8, 1));
    EXPECT_EQ(release_in("carina_ngpu1024_ngc25.04_nemo"), on(2025, 4, 1));
    EXPECT_EQ(release_in("llama3_h100_202412_torchtitan"), on(2024, 12, 1));
    EXPECT_EQ(release_in("h100_2025-06"), on(2025, 6, 1));
    EXPECT_EQ(release_in("cases_april2021.png"), on(2021, 4, 1));
    EXPECT_FALSE(release_in("version 2.13, line 1912").ok());
    EXPECT_FALSE(release_in("1024.05 tokens, 25.41 s").ok());
    const auto of = [](const Row& row) {
        const CsvTable table = table_of(row);
        return release_of({table, 0}, catalog());
    };
    EXPECT_EQ(of({{"source", "mlcommons/training_results_v5.0 NVIDIA"}}), on(2025, 6, 4));
    EXPECT_EQ(of({{"source", "a paper"}, {"year", "2023"}}), on(2023, 7, 1));
    EXPECT_FALSE(of({{"source", "a paper"}}).ok());
}

TEST(Frameworks, AreNamedByWholeWordsAndOnTheirMakersChips) {
    EXPECT_EQ(framework_of({{"source", "own"}, {"notes", "read from the output log"}}),
              "megatron-core");
    EXPECT_EQ(framework_of({{"source", "mlcommons/training_results_v5.0 NVIDIA"}}),
              "mlperf-nvidia");
    EXPECT_EQ(framework_of({{"source", "mlcommons/training_results_v5.0 AMD"}}, "mi300x"),
              "megatron-rocm");
    EXPECT_EQ(framework_of({{"source", "mlcommons"}, {"system", "TPU v5p"}}, "tpu-v5p"), "jax");
    EXPECT_EQ(framework_of({{"flags", "Megatron-DeepSpeed; 1F1B"}}), "megatron-deepspeed");
}

}  // namespace TEST_FILE
}  // namespace millwright
