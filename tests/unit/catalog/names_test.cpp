// Look-up by any name of a part, hints for misspelt ones, and folders of one's own.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "millwright/base/text.h"
#include "millwright/catalog/catalog.h"
#include "tests/folder.h"

namespace millwright {
namespace TEST_FILE {

Chip chip(const std::string& id, const std::string& name, std::vector<std::string> aliases) {
    return {.id = id, .name = name, .aliases = std::move(aliases)};
}

TEST(Names, AnIdComesFirstThenTheOrderOfTheParts) {
    const std::vector<Chip> chips{chip("one", "Two", {"shared"}), chip("two", "One", {"shared"}),
                                  chip("x-2", "X.2", {})};
    EXPECT_EQ(find_part(chips, "two")->id, "two");  // the id of the second, the first one's name
    EXPECT_EQ(find_part(chips, "Two")->id, "one");  // no id as it stands: the first that fits
    EXPECT_EQ(find_part(chips, "SHARED")->id, "one");
    EXPECT_EQ(find_part(chips, "x 2")->id, "x-2");
    EXPECT_EQ(find_part(chips, "x.2")->id, "x-2");  // by its name: dots are no dashes
    EXPECT_EQ(find_part(chips, "x2"), nullptr);
    EXPECT_EQ(find_part(chips, " - "), nullptr);
    EXPECT_EQ(find_part(chips, ""), nullptr);
    EXPECT_EQ(find_part(std::vector<Chip>{}, "one"), nullptr);
    EXPECT_THROW(part_named(chips, "three"), std::logic_error);
}

/// No two parts of a kind have one name in common: which is meant never hangs on the order.
TEST(Names, EveryNameOfTheCatalogMeansOnePart) {
    for_each_kind([&](const auto& kind) {
        std::map<std::string, std::string> owners;
        for (const auto& part : built_in_catalog().*kind.parts) {
            std::set<std::string> names{slug(part.id), slug(part.name)};
            for (const std::string& alias : aliases_of(part)) names.insert(slug(alias));
            for (const std::string& name : names) {
                const auto [owner, first] = owners.emplace(name, part.id);
                EXPECT_TRUE(first)
                    << kind.name << ": " << name << " is " << owner->second << " and " << part.id;
                EXPECT_EQ(find_part(built_in_catalog().*kind.parts, name)->id, part.id);
            }
        }
    });
}

TEST(Names, AHintHasNearNamesAliasesAmongThem) {
    const std::vector<Chip> chips{chip("h100-sxm", "H100 SXM5", {"H100-80GB"}),
                                  chip("mi300x", "MI300X", {})};
    EXPECT_TRUE(contains(name_hint(chips, "h100-smx", "chips"), "did you mean 'h100-sxm'"));
    EXPECT_TRUE(contains(name_hint(chips, "H100-8OGB", "chips"), "'H100-80GB'"));
    EXPECT_TRUE(contains(name_hint(chips, "amd/mi300", "chips"), "'mi300x'"));
    const std::string far = name_hint(chips, "zzzzzzzz", "chips");
    EXPECT_FALSE(contains(far, "did you mean")) << far;
    EXPECT_TRUE(contains(far, "h100-sxm")) << far;
    EXPECT_TRUE(contains(far, "`millwright list chips` shows all")) << far;
}

TEST(Names, AKindIsNamedInSingularAndPlural) {
    std::size_t count = 0;
    for_each_kind([&](const auto& kind) {
        EXPECT_EQ(kind_named(kind.name), kind.name);
        EXPECT_EQ(kind_named(kind.singular), kind.name);
        EXPECT_NE(kind.name, kind.singular);
        ++count;
    });
    EXPECT_EQ(part_kinds().size(), count);
    EXPECT_EQ(kind_named("chipses"), "");
    EXPECT_FALSE(with_kind("chip", [](const auto&) {}));  // a folder has the plural alone
    EXPECT_THROW(with_parts(built_in_catalog(), "chip", [](const auto&) {}), std::logic_error);
}

/// A folder below the test's own temporary one.
class Folders : public ::testing::Test {
protected:
    void write(const std::string& path, const std::string& text) { own_.put(path, text); }
    std::string faults() const {
        const auto read = load_catalog(root_.string());
        return read ? "" : to_text(read.error());
    }

    TestFolder own_;
    std::filesystem::path root_ = own_.path;
};

const std::string site =
    "name = \"S\"\ncountry = \"DE\"\nenergy_price = { is = \"0.1 USD/kWh\", from = \"d\" }\n"
    "pue = { is = 1.2, from = \"d\" }\nbuilding = { is = \"10 USD/W\", from = \"d\" }\n"
    "carbon = { is = \"380 g/kWh\", from = \"d\" }\n"
    "[sources.d]\ntitle = \"t\"\npublisher = \"p\"\ngrade = \"estimate\"\n";

TEST_F(Folders, AddPartsAndReplaceThoseOfTheSameIdWhereTheyStand) {
    const std::string replaced = built_in_catalog().sites[1].id;
    write("sites/" + replaced + ".toml", site);
    write("sites/mine.toml", site);
    write("sites/readme.txt", "not read");
    write("notes/any.txt", "nor this");
    const auto read = load_catalog(root_.string());
    ASSERT_TRUE(read) << to_text(read.error());
    EXPECT_EQ(read->sites.size(), built_in_catalog().sites.size() + 1);
    EXPECT_EQ(read->sites[1].id, replaced);
    EXPECT_EQ(read->sites[1].name, "S");
    EXPECT_EQ(read->sites.back().id, "mine");
    // sources of what was replaced stay: indices of others do not move
    EXPECT_EQ(read->sources.size(), built_in_catalog().sources.size() + 2);
    EXPECT_EQ(read->sources[read->sites.back().pue.source.index()].id, "sites/mine/d");
}

TEST_F(Folders, AreRefusedWhereTheyAreNone) {
    EXPECT_TRUE(contains(faults(), "the folder holds no parts of a catalog")) << faults();
    EXPECT_TRUE(contains(to_text(load_catalog((root_ / "no").string()).error()),
                         "the catalog folder does not exist"));
    write("file", "");
    EXPECT_TRUE(contains(to_text(load_catalog((root_ / "file").string()).error()),
                         "this is a file; a catalog is a folder"));
    write("chps/x.toml", "");
    EXPECT_TRUE(contains(faults(), "no kind of part is called 'chps'")) << faults();
    EXPECT_TRUE(contains(faults(), "did you mean 'chips'")) << faults();
}

TEST_F(Folders, TellFaultsOfAllFilesInOrderOfTheirPlaces) {
    write("sites/b.toml", "name = 1\n" + site.substr(site.find("country")));
    write("sites/a.toml", site + "[more]\nx = 1\n");
    std::filesystem::create_directories(root_ / "sites" / "c.toml");
    const std::string told = faults();
    const std::size_t a = told.find("a.toml:"), b = told.find("b.toml:1:8: error: 'name' needs");
    EXPECT_LT(a, b) << told;
    EXPECT_TRUE(contains(told, "unknown key 'more'")) << told;
    EXPECT_TRUE(contains(told, "c.toml: error: this is not a regular file")) << told;
}

TEST(Sources, HaveADateThatIsOne) {
    for (const auto& [dated, good] :
         {std::pair("2024", true), std::pair("2024-02", true), std::pair("2024-02-29", true),
          std::pair("2024-2026", true), std::pair("2023-02-29", false),
          std::pair("May 2024", false)}) {
        Catalog mine;
        const Faults faults =
            add_part(mine, "sites", "x", site + "dated = \"" + dated + "\"\n", "x");
        EXPECT_EQ(faults.empty(), good) << dated << to_text(faults);
    }
    Catalog mine;
    const Faults faults = add_part(
        mine, "sites", "x", "sources = { d = 1 }\n" + site.substr(0, site.find("[sources")), "x");
    EXPECT_TRUE(contains(to_text(faults), "a source needs a table")) << to_text(faults);
    EXPECT_TRUE(mine.sites.empty());
}

}  // namespace TEST_FILE
}  // namespace millwright
