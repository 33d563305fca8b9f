// YAML of trees.
#include "millwright/base/yaml.h"

#include <gtest/gtest.h>

namespace millwright {
namespace TEST_FILE {

using Json = nlohmann::ordered_json;

TEST(Yaml, TablesAndListsAreBlocks) {
    const Json tree{{"kind", "Pod"},
                    {"spec",
                     {{"replicas", 2},
                      {"args", {"a", "b c"}},
                      {"rows", Json::array({{{"name", "x"}, {"on", true}}})},
                      {"none", Json::object()}}}};
    EXPECT_EQ(yaml_text(tree),
              "kind: \"Pod\"\n"
              "spec:\n"
              "  replicas: 2\n"
              "  args:\n"
              "    - \"a\"\n"
              "    - \"b c\"\n"
              "  rows:\n"
              "    - name: \"x\"\n"
              "      \"on\": true\n"
              "  none: {}\n");
}

TEST(Yaml, TextsStayTexts) {
    const Json tree{{"a", "yes"}, {"b", "1: {x}"}, {"c", "\u00e9\n"}, {"d e", "q\"\\"}};
    EXPECT_EQ(yaml_text(tree),
              "a: \"yes\"\nb: \"1: {x}\"\nc: \"\\u00e9\\n\"\n\"d e\": \"q\\\"\\\\\"\n");
}

TEST(Yaml, LinesAreALiteralBlock) {
    const Json tree{{"data", {{"options.yaml", "a:\n  b: 1\n"}}}};
    EXPECT_EQ(yaml_text(tree), "data:\n  options.yaml: |\n    a:\n      b: 1\n");
    const Json indented{{"x", "  a\n"}};
    EXPECT_EQ(yaml_text(indented), "x: \"  a\\n\"\n");
}

}  // namespace TEST_FILE
}  // namespace millwright
