// Public sets of requests: as published, of models that there are.
#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/catalog/references.h"

namespace millwright {
namespace TEST_FILE {

TEST(Datasets, OfTheCatalogAreAsPublished) {
    const Catalog& catalog = built_in_catalog();
    // Kwon 2023, figure 11
    const Dataset& chats = part_named(catalog.datasets, "ShareGPT");
    EXPECT_NEAR(chats.prompt.value, 161.31, 1e-9);
    EXPECT_NEAR(chats.output.value, 337.99, 1e-9);
    EXPECT_NEAR(part_named(catalog.datasets, "alpaca").output.value, 58.45, 1e-9);
    // tokens of a sample by the reference of MLPerf
    EXPECT_NEAR(part_named(catalog.datasets, "open-orca").output.value, 294.45, 1e-9);
    EXPECT_NEAR(part_named(catalog.datasets, "mixtral-mixed").output.value, 144.84, 1e-9);
}

TEST(Datasets, NameModelsThatThereAre) {
    Catalog mine = built_in_catalog();
    Dataset set{.id = "mine", .name = "mine", .models = {"llama-2-70b"}};
    mine.datasets.push_back(set);
    EXPECT_EQ(to_text(reference_faults(mine)), "");
    mine.datasets.back().models = {"no-model"};
    EXPECT_TRUE(contains(to_text(reference_faults(mine)), "'models' names 'no-model'"));
}

}  // namespace TEST_FILE
}  // namespace millwright
