// Helpers for names and files, worked by hand.
#include "millwright/base/text.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "millwright/base/paths.h"
#include "tests/folder.h"

namespace millwright {
namespace TEST_FILE {

namespace fs = std::filesystem;

using Names = std::vector<std::string>;

// A third of the name's letters may be wrong, two at least.
TEST(TextByHand, NearIsAThirdOfTheNameAndTwoAtLeast) {
    EXPECT_EQ(nearest("abc", {"axy"}), Names{"axy"});
    EXPECT_EQ(nearest("abc", {"xyz"}), Names{});
    EXPECT_EQ(nearest("abcdefghi", {"abcdefxyz"}), Names{"abcdefxyz"});
    EXPECT_EQ(nearest("abcdefghi", {"abcdexyzw"}), Names{});
    EXPECT_EQ(nearest("kitten", {"sitting"}), Names{});  // three edits, two allowed
    EXPECT_EQ(nearest("sitting!", {"kitten"}), Names{});
    EXPECT_EQ(nearest("a", {"abc", "abcd"}), Names{"abc"});
}

TEST(TextByHand, NearestComeFirstThenInOrderOfTheirNames) {
    EXPECT_EQ(nearest("chip", {"ship", "chips", "chip", "clips"}),
              (Names{"chip", "chips", "ship"}));  // 0, inside, 1
    EXPECT_EQ(nearest("chip", {"ship", "chips", "chip", "clips"}, 1), Names{"chip"});
    EXPECT_EQ(nearest("chip", {"ship"}, 0), Names{});
    EXPECT_EQ(nearest("aaaa", {"aabb", "aaab", "bbaa"}), (Names{"aaab", "aabb", "bbaa"}));
}

// "h100" for "h100-sxm" is a name cut short; of less than three letters that is said of anything.
TEST(TextByHand, NamesThatHoldTheNameAreNear) {
    EXPECT_EQ(nearest("h100", {"nvidia-h100-sxm5-80gb"}), Names{"nvidia-h100-sxm5-80gb"});
    EXPECT_EQ(nearest("h1", {"nvidia-h100-sxm5-80gb"}), Names{});
    EXPECT_EQ(nearest("H100 SXM", {"h100-sxm"}), Names{"h100-sxm"});  // as slugs
}

TEST(TextByHand, HintsNameFewOrTheFirstOfMany) {
    EXPECT_EQ(did_you_mean("chip", {"chip", "ship"}), "did you mean 'chip' or 'ship'?");
    Names many;
    for (int i = 10; i < 40; ++i) many.push_back("n" + std::to_string(i));
    const std::string hint = hint_from("something else", many, "things");
    EXPECT_TRUE(hint.starts_with("things: n10, n11, ")) << hint;
    EXPECT_TRUE(hint.ends_with("n33, ...")) << hint;
    many.resize(24);
    EXPECT_TRUE(hint_from("something else", many, "things").ends_with(", n33"));
    EXPECT_EQ(hint_from("x", {}, "things"), "there are no things");
    EXPECT_EQ(join_hints({}), "");
    EXPECT_EQ(join_hints({"", ""}), "");
    EXPECT_EQ(join_hints({"a", "b", "c?", "d"}), "a; b; c? d");
    EXPECT_EQ(join({}, ", "), "");
    EXPECT_EQ(join({"a"}, ", "), "a");
    EXPECT_EQ(join({"a", "", "b"}, "-"), "a--b");
}

TEST(TextByHand, SlugsAreLowerCaseWithSingleDashes) {
    for (const auto& [text, made] :
         std::vector<std::pair<const char*, const char*>>{{"H100 SXM5", "h100-sxm5"},
                                                          {"  a  b  ", "a-b"},
                                                          {"--a--", "a"},
                                                          {"A/B_C", "a-b-c"},
                                                          {"Llama 3.1 (405B)", "llama-3.1-405b"},
                                                          {"...", "..."},
                                                          {"", ""},
                                                          {"!!!", ""},
                                                          {"caf\u00e9", "caf"},
                                                          {"\u667a\u80fd", ""}}) {
        EXPECT_EQ(slug(text), made) << text;
    }
}

TEST(TextLaw, ASlugIsItsOwnSlug) {
    EXPECT_TRUE(rc::check([](const std::string& text) {
        const std::string once = slug(text);
        RC_ASSERT(slug(once) == once);
        RC_ASSERT(slug(lower(text)) == once);
        RC_ASSERT(!contains(once, "--"));
    }));
}

TEST(TextByHand, SpacesAtTheEndsAreTrimmedAndNoOthers) {
    EXPECT_EQ(trimmed("  a b  "), "a b");
    EXPECT_EQ(trimmed("   "), "");
    EXPECT_EQ(trimmed(""), "");
    EXPECT_EQ(trimmed("\ta\n"), "\ta\n");
    EXPECT_EQ(lower("\u00c4Bc-9Z"), "\u00c4bc-9z");  // letters of ASCII alone
}

// 60 bytes; a character that the sixtieth byte cuts goes as a whole.
TEST(TextByHand, ExcerptsAreShortAndWhole) {
    EXPECT_EQ(excerpt("a\nb\tc\x7f"), "a b c ");
    EXPECT_EQ(excerpt(std::string(60, 'a')), std::string(60, 'a'));
    EXPECT_EQ(excerpt(std::string(61, 'a')), std::string(60, 'a') + "...");
    std::string cut = std::string(59, 'a') + "\u00e9" + "b";
    EXPECT_EQ(excerpt(cut), std::string(59, 'a') + "...");
    cut = std::string(58, 'a') + "\u00e9" + "b";
    EXPECT_EQ(excerpt(cut), std::string(58, 'a') + "\u00e9...");
    cut = std::string(58, 'a') + "\u667a" + "b";
    EXPECT_EQ(excerpt(cut), std::string(58, 'a') + "...");
}

TEST(TextByHand, NumbersAreWholeTextsAndFinite) {
    for (const auto& [text, number] :
         std::vector<std::pair<const char*, double>>{{"0", 0},
                                                     {"-0", 0},
                                                     {"1.5", 1.5},
                                                     {".5", 0.5},
                                                     {"5.", 5},
                                                     {"-2e3", -2000},
                                                     {"1E2", 100},
                                                     {"9007199254740993", 9007199254740992.0}}) {
        ASSERT_TRUE(number_of(text)) << text;
        EXPECT_EQ(*number_of(text), number) << text;
    }
    for (const char* text :
         {"",       " 1",       "1 ", "+1", "1,000", "1_000",  "0x10",   "nan", "inf",   "-inf",
          "nan(1)", "infinity", "1e", "e1", "1e999", "-1e999", "1e-999", "--1", "1.2.3", "."}) {
        EXPECT_FALSE(number_of(text)) << text;
    }
}

TEST(Files, AreReadUpToTheLimitAndNotBeyond) {
    const TestFolder folder;
    for (const std::size_t size : {0UL, 1UL, 65'535UL, 65'536UL, 65'537UL, 200'000UL}) {
        const std::string text(size, 'a');
        const std::string path = folder.put("f", text);
        EXPECT_EQ(read_file(path, size).text, text) << size;
        EXPECT_EQ(read_file(path, 10'000'000).text, text) << size;
        if (size == 0) continue;
        const FileText over = read_file(path, size - 1);
        EXPECT_FALSE(over.ok) << size;
        EXPECT_EQ(over.text, "");
        EXPECT_TRUE(contains(over.why, "is larger than")) << over.why;
    }
    std::string bytes("a\0b\r\n\xff", 6);
    EXPECT_EQ(read_file(folder.put("bytes", bytes), 100).text, bytes);
}

TEST(Files, ThatCannotBeReadSayWhy) {
    const TestFolder folder;
    EXPECT_EQ(read_file((folder.path / "absent").string(), 100).why, "does not exist");
    EXPECT_EQ(read_file(folder.path.string(), 100).why, "is a folder, not a file");
    EXPECT_FALSE(read_file("", 100).ok);
}

// Reading one's own memory from address zero fails, though the file opens: half a file is no file.
TEST(Files, WhoseReadingBreaksOffAreFaulty) {
    if (!fs::exists("/proc/self/mem")) GTEST_SKIP();
    const FileText broken = read_file("/proc/self/mem", 1'000'000);
    EXPECT_FALSE(broken.ok);
    EXPECT_TRUE(contains(broken.why, "cannot be read")) << broken.why;
}

TEST(Files, RelativePathsAreBesideTheFileThatNamesThem) {
    const TestFolder folder;
    const std::string table = folder.put("table.csv", "a\n");
    const std::string scenario = (folder.path / "scenario.toml").string();
    EXPECT_EQ(beside(scenario, "table.csv"), table);
    EXPECT_EQ(beside(scenario, "absent.csv"), "absent.csv");
    EXPECT_EQ(beside("elsewhere/scenario.toml", table), table);
}

}  // namespace TEST_FILE
}  // namespace millwright
