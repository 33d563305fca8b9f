// Folders of traces: which files are ranks, which groups, and what is wrong with them.
#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/trace/chakra.h"

namespace millwright {
namespace TEST_FILE {

/// A rank's file with one node of that id.
std::string rank_bytes(std::uint64_t id) {
    ChakraTrace trace;
    trace.ranks = {{{.id = id, .name = "w", .type = ChakraType::compute}}};
    return chakra_files(trace, "t")[0].bytes;
}

ChakraTrace read(const std::vector<ChakraFile>& files) {
    const auto trace = parse_chakra(files, "folder");
    EXPECT_TRUE(trace) << to_text(trace.error());
    return trace.value_or(ChakraTrace{});
}

std::string fault_of(const std::vector<ChakraFile>& files) {
    const auto trace = parse_chakra(files, "folder");
    return trace ? "" : to_text(trace.error());
}

TEST(ChakraFolder, RanksAreNumbersNotWords) {
    std::vector<ChakraFile> files;
    for (const int rank : {10, 2, 0, 1, 11, 9, 8, 7, 6, 5, 4, 3}) {
        files.push_back({"a.b." + std::to_string(rank) + ".et",
                         rank_bytes(static_cast<std::uint64_t>(100 + rank))});
    }
    const ChakraTrace trace = read(files);
    ASSERT_EQ(trace.ranks.size(), 12U);
    for (std::size_t rank = 0; rank < 12; ++rank) EXPECT_EQ(trace.ranks[rank][0].id, 100 + rank);
}

TEST(ChakraFolder, OtherFilesDoNoHarm) {
    const ChakraTrace trace = read({{"README", "x"},
                                    {"t.0.et", rank_bytes(5)},
                                    {"t.0.json", "not read"},
                                    {"t.et", "x"},
                                    {"t.x.et", "x"},
                                    {"t.-1.et", "x"},
                                    {"t.123456789.et", "x"},  // beyond any rank
                                    {".et", "x"},
                                    {"0.csv", "x"}});
    ASSERT_EQ(trace.ranks.size(), 1U);
    EXPECT_EQ(trace.ranks[0][0].id, 5U);
    EXPECT_EQ(read({{"0.et", rank_bytes(6)}}).ranks[0][0].id, 6U);  // a number is name enough
}

TEST(ChakraFolder, RanksMustBeWholeAndOnce) {
    const std::string one = rank_bytes(1);
    EXPECT_TRUE(contains(fault_of({{"t.0.et", one}, {"t.2.et", one}}),
                         "folder: error: some ranks have no file, such as 1"));
    EXPECT_TRUE(contains(fault_of({{"t.1.et", one}}), "such as 0"));
    EXPECT_TRUE(contains(fault_of({{"t.0.et", one}, {"u.0.et", one}}),
                         "folder/u.0.et: error: a second file of rank 0"));
    EXPECT_TRUE(contains(fault_of({{"t.0.et", one}, {"t.00.et", one}}), "a second file of rank 0"));
    EXPECT_TRUE(contains(fault_of({}), "folder: error: no files NAME.RANK.et"));
    EXPECT_TRUE(contains(fault_of({{"notes.txt", "x"}}), "no files NAME.RANK.et"));
}

TEST(ChakraFolder, GroupsMayBeInSeveralFiles) {
    const std::string one = rank_bytes(1);
    const ChakraTrace trace = read({{"t.0.et", one},
                                    {"comm_group.json", R"({"a":[0,1],"b":[]})"},
                                    {"comm_group.1.json", R"({"c":[9999999]})"}});
    EXPECT_EQ(trace.groups.size(), 3U);
    EXPECT_EQ(trace.groups.at("c"), std::vector<std::uint32_t>{9'999'999});
    const std::string twice = fault_of({{"t.0.et", one},
                                        {"comm_group.json", R"({"a":[0]})"},
                                        {"comm_group_2.json", R"({"a":[1]})"}});
    EXPECT_TRUE(contains(twice, "folder/comm_group_2.json: error: group 'a' is in two files"));
    for (const auto& [json, said] : std::vector<std::pair<const char*, const char*>>{
             {"", "not a JSON object of groups"},
             {"[1]", "not a JSON object of groups"},
             {R"({"a":1})", "group 'a' is no list of ranks"},
             {R"({"a":[0,true]})", "group 'a' has true, which is no rank"},
             {R"({"a":[10000000]})", "group 'a' has 10000000, which is no rank"},
             {R"({"a":[[0]]})", "group 'a' has a list, which is no rank"},
             {R"({"a":[2,1,2]})", "group 'a' has rank 2 twice"}}) {
        const std::string text = fault_of({{"t.0.et", one}, {"comm_group.json", json}});
        EXPECT_TRUE(contains(text, said)) << json << text;
    }
}

// Faults of all files stand together, those of a rank with its file.
TEST(ChakraFolder, AllFilesAreRead) {
    const std::string text = fault_of({{"t.0.et", "\x80"},
                                       {"t.1.et", rank_bytes(1)},
                                       {"t.2.et", "\x80"},
                                       {"comm_group.json", "?"}});
    for (const char* said :
         {"folder/t.0.et: error", "folder/t.2.et: error", "folder/comm_group.json: error"}) {
        EXPECT_TRUE(contains(text, said)) << text;
    }
    EXPECT_FALSE(contains(text, "t.1.et"));
}

TEST(ChakraFolder, AFileThatCannotBeFetchedIsAFault) {
    const auto trace = parse_chakra(
        {"t.0.et"},
        [](const std::string& name) -> Result<std::string> {
            return failure({{name, 0, 0}, "is gone", ""});
        },
        "folder");
    ASSERT_FALSE(trace);
    EXPECT_EQ(to_text(trace.error()), "t.0.et: error: is gone\n");
    EXPECT_TRUE(contains(to_text(read_chakra("/no such folder").error()), "no files NAME.RANK.et"));
}

}  // namespace TEST_FILE
}  // namespace millwright
