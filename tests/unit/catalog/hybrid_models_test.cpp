// Hybrids whose layers the catalog says by counts are those of their published configurations.
#include <gtest/gtest.h>

#include <fstream>

#include <nlohmann/json.hpp>

#include "millwright/base/text.h"
#include "millwright/catalog/hugging_face.h"
#include "tests/root.h"

namespace millwright {
namespace TEST_FILE {

TEST(HybridModels, AreThoseOfTheirConfigurations) {
    std::ifstream file(repository_root() + "/tests/configs/models.json");
    std::size_t compared = 0;
    for (const auto& row : nlohmann::ordered_json::parse(file)) {
        const Model* model = find_part(built_in_catalog().models, row["name"].get<std::string>());
        if (model == nullptr || model->delta_heads.value == 0) continue;
        const auto read = model_from_config(row["config"].dump(), "config.json");
        ASSERT_TRUE(read) << model->id;
        const Pattern counted = pattern_of(*model), published = pattern_of(*read);
        EXPECT_EQ(counted.kinds, published.kinds) << model->id;
        EXPECT_EQ(counted.order, published.order) << model->id;
        for (const auto member : {&Model::hidden, &Model::layers, &Model::vocab, &Model::experts,
                                  &Model::top_k, &Model::expert_ffn, &Model::shared_ffn}) {
            EXPECT_EQ((model->*member).value, (*read.*member).value) << model->id;
        }
        EXPECT_EQ(model->tied_embeddings, read->tied_embeddings) << model->id;
        ++compared;
    }
    EXPECT_EQ(compared, 2U);
}

}  // namespace TEST_FILE
}  // namespace millwright
