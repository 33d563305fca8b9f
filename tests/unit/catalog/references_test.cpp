// What parts name must be there: every row of the table of references is held against a catalog
// that lacks what it names, and words that no table lists are taken or refused in form.
#include "millwright/catalog/references.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/text.h"

namespace millwright {
namespace TEST_FILE {

const Catalog& catalog() { return built_in_catalog(); }

const std::string source = "[sources.d]\ntitle = \"t\"\npublisher = \"p\"\ngrade = \"vendor\"\n";

/// Faults that begin with the built-in catalog and one more or another part.
template <class Part>
Faults faults_with(Part part) {
    Catalog mine = catalog();
    std::vector<Part>& parts = mine.*kind_of<Part>().parts;
    std::erase_if(parts, [&](const Part& other) { return other.id == part.id; });
    parts.push_back(std::move(part));
    return reference_faults(mine);
}

TEST(References, EveryRowIsChecked) {
    std::size_t rows = 0;
    for_each_reference([&]<class Part, class Named>(const Reference<Part, Named>& reference) {
        ++rows;
        Part part = (catalog().*kind_of<Part>().parts).front();
        part.id = "mine";
        part.*reference.member = "no-such-part";
        const std::string told = to_text(faults_with(part));
        const std::string wanted =
            fmt::format("'{}' names 'no-such-part', which the catalog lacks", reference.key);
        EXPECT_TRUE(contains(told, wanted)) << kind_of<Part>().name << "\n" << told;
        EXPECT_TRUE(contains(told, "hint: ")) << told;
        part.*reference.member = "";
        const bool faulty = !faults_with(part).empty();
        EXPECT_TRUE(faulty || reference.need == Need::optional) << reference.key;
    });
    EXPECT_EQ(rows, std::tuple_size_v<decltype(catalog_references)>);
}

/// Names, ids and aliases are as good; letters and dashes do not matter.
TEST(References, APartIsMeantByAnyOfItsNames) {
    for (const char* name : {"h100-sxm", "H100 SXM5", "h100 sxm5", "H100-80GB SXM"}) {
        Server server = catalog().servers.front();
        server.id = "mine";
        server.chip = name;
        EXPECT_EQ(to_text(faults_with(server)), "") << name;
    }
}

TEST(References, NamesInListsAreChecked) {
    Stack stack = catalog().stacks.front();
    stack.id = "mine";
    stack.engines = {"vllm-0.14", "vllm-99"};
    EXPECT_TRUE(contains(to_text(faults_with(stack)), "'engines' names 'vllm-99'"));
    Engine engine = catalog().engines.front();
    engine.id = "mine";
    engine.vendors.clear();
    engine.small_chips = {"no-chip"};
    EXPECT_TRUE(contains(to_text(faults_with(engine)), "'small_chips' names 'no-chip'"));
}

/// A factory would ask for these: an empty name, once reached, ended the program.
TEST(References, WhatAFactoryCannotDoWithoutMayNotBeEmpty) {
    Chip chip = part_named(catalog().chips, "h100-sxm");
    chip.id = "mine";
    chip.generation = "";
    EXPECT_TRUE(contains(to_text(faults_with(chip)), "lacks 'generation'"));
    Server server = part_named(catalog().servers, "hgx-h100");
    server.id = "mine";
    server.chip = "";
    EXPECT_TRUE(contains(to_text(faults_with(server)), "lacks 'chip'"));
    server.chip = "h100-sxm";
    server.nic = "";
    EXPECT_TRUE(contains(to_text(faults_with(server)), "lacks 'scale_out.link'"));
    Switch box = catalog().switches.front();
    box.id = "mine";
    box.link = "";
    EXPECT_TRUE(contains(to_text(faults_with(box)), "lacks 'link'"));
}

/// A size that is left out would divide by zero.
TEST(References, AnEncoderOfImagesHasAllItsSizes) {
    Model model = part_named(catalog().models, "gemma-3-4b");
    model.id = "mine";
    EXPECT_TRUE(faults_with(model).empty()) << to_text(faults_with(model));
    model.vision_heads = {};
    model.vision_tokens = {};
    const std::string told = to_text(faults_with(model));
    EXPECT_TRUE(contains(told, "lacks 'vision.heads'")) << told;
    EXPECT_TRUE(contains(told, "lacks 'vision.tokens'")) << told;
    EXPECT_FALSE(contains(told, "lacks 'vision.layers'")) << told;
}

/// What a fleet leaves out would be taken for nothing.
TEST(References, AFleetSaysWhatItsCausesDo) {
    MeasuredFleet fleet = part_named(catalog().fleets, "b200-504");
    fleet.id = "mine";
    EXPECT_TRUE(faults_with(fleet).empty()) << to_text(faults_with(fleet));
    MeasuredFleet faulty = fleet;
    faulty.low = {};
    faulty.slow.slowdown = {};
    faulty.slow.lasts = {};
    faulty.lemon_share = {0.1, SourceId(0)};
    const std::string told = to_text(faults_with(faulty));
    for (const char* part : {"a band of rates has two ends", "slow by nothing",
                             "does not say for how long", "lemons have a share and a factor"}) {
        EXPECT_TRUE(contains(told, part)) << part << "\n" << told;
    }
    fleet.rate.value = 99;
    EXPECT_TRUE(contains(to_text(faults_with(fleet)), "outside its band"));
}

TEST(References, ChipsOfAServerCanTalkToEachOther) {
    Catalog mine = catalog();
    Chip chip = part_named(catalog().chips, "h100-sxm");
    chip.id = "mute";
    chip.host_link = "";
    Server server = part_named(catalog().servers, "hgx-h100");
    server.id = "mine";
    server.chip = "mute";
    mine.servers.push_back(server);
    mine.chips.push_back(chip);
    EXPECT_EQ(to_text(reference_faults(mine)), "");
    // a link without a rate joins nothing
    mine.chips.back().scale_up_per_direction = {};
    EXPECT_TRUE(contains(to_text(reference_faults(mine)),
                         "chip 'mute' of server 'mine' has neither scale_up.per_direction nor "
                         "host.link"));
    mine.chips.back().scale_up_link = "";
    EXPECT_TRUE(contains(to_text(reference_faults(mine)), "neither scale_up.link nor host.link"));
    mine.chips.back().host_link = "pcie-5-x16";
    EXPECT_EQ(to_text(reference_faults(mine)), "");
}

TEST(References, AFamilyIsMeasuredOrLikeOneThatIs) {
    KernelFamily family = part_named(catalog().kernels, "hopper");
    family.id = "mine";
    EXPECT_EQ(to_text(faults_with(family)), "");
    family.measured_on = "";
    EXPECT_TRUE(contains(to_text(faults_with(family)), "lacks 'measured_on'"));
    family.like = "hopper";
    EXPECT_EQ(to_text(faults_with(family)), "");
    family.like = "mi300";
    for (const KernelFamily& other : catalog().kernels) {
        family.like = other.id;
        const std::string told = to_text(faults_with(family));
        EXPECT_EQ(other.like.empty(), told.empty()) << other.id << told;
        EXPECT_TRUE(told.empty() || contains(told, "was not measured either")) << told;
    }
    family = part_named(catalog().kernels, "hopper");
    family.id = "mine";
    family.processors = {};
    EXPECT_TRUE(contains(to_text(faults_with(family)), "lacks 'processors'"));
}

TEST(References, DatesOfLaunchAreOfFiveForms) {
    const auto taken = [](const std::string& launch) {
        Chip chip = part_named(catalog().chips, "h100-sxm");
        chip.id = "mine";
        chip.launch = launch;
        return faults_with(chip).empty();
    };
    for (const char* good : {"", "2024", "2024-01", "2024-12", "2024-Q1", "2024-Q4", "2024-H1",
                             "2024-H2", "2024-2025", "2024-2024"}) {
        EXPECT_TRUE(taken(good)) << good;
    }
    for (const char* bad : {"24", "2024-", "2024-00", "2024-13", "2024-1", "2024-Q0", "2024-Q5",
                            "2024-H3", "2024-2023", "2024/01", "2024-02-01", "soon", "2024-X1"}) {
        EXPECT_FALSE(taken(bad)) << bad;
    }
}

TEST(References, CountriesAreTwoCapitalsAndRegionsStandInGroupsAlone) {
    const auto designed = [](const std::string& code) {
        Chip chip = part_named(catalog().chips, "h100-sxm");
        chip.id = "mine";
        chip.designed_in = code;
        return faults_with(chip).empty();
    };
    EXPECT_TRUE(designed("DE"));
    for (const char* bad : {"", "de", "D", "DEU", "D1", "DE-BY"})
        EXPECT_FALSE(designed(bad)) << bad;
    const auto grouped = [](const std::string& code) {
        CountryGroup group = catalog().groups.front();
        group.id = "mine";
        group.countries.value = {code};
        return faults_with(group).empty();
    };
    for (const char* good : {"DE", "UA-43", "GB-ENG"}) EXPECT_TRUE(grouped(good)) << good;
    for (const char* bad : {"de", "ua-43", "UA-", "UA-4321", "UA43"}) {
        EXPECT_FALSE(grouped(bad)) << bad;
    }
}

TEST(References, EachMakerIsInOneFramework) {
    Framework mine = part_named(catalog().frameworks, default_framework);
    mine.id = "mine";
    mine.vendors = {"NVIDIA"};
    EXPECT_TRUE(contains(to_text(faults_with(mine)), "stands in for NVIDIA already"));
    mine.vendors = {"Nobody"};
    EXPECT_TRUE(contains(to_text(faults_with(mine)), "who makes no chip of the catalog"));
    mine.vendors = {};
    EXPECT_EQ(to_text(faults_with(mine)), "");
    mine.schedules = {"1f1b", "2f2b"};
    EXPECT_TRUE(contains(to_text(faults_with(mine)), "'schedules' names '2f2b'"));
    mine.schedules = {};
    mine.marked_before = {"no-such"};
    EXPECT_TRUE(contains(to_text(faults_with(mine)), "'marked_before' names 'no-such'"));
}

/// A fault stands where the user's file says the name, and a faulty file is not blamed twice.
TEST(References, FaultsStandWhereTheNameIsWritten) {
    Catalog mine = catalog();
    PartPlaces places;
    const std::string box =
        "name = \"B\"\nlink = \"infiniband-ndx\"\n"
        "ports = { is = 8, from = \"d\" }\n" +
        source;
    ASSERT_TRUE(add_part(mine, "switches", "box", box, "my/box.toml", &places).empty());
    Faults faults = reference_faults(mine, places);
    ASSERT_EQ(faults.size(), 1U) << to_text(faults);
    EXPECT_EQ(faults[0].at.file, "my/box.toml");
    EXPECT_EQ(faults[0].at.line, 2);
    EXPECT_EQ(faults[0].at.column, 8);
    EXPECT_TRUE(contains(faults[0].hint, "did you mean 'infiniband-ndr'")) << faults[0].hint;
    // without its link the file is faulty by itself: nothing more is asked of it
    places.clear();
    EXPECT_EQ(
        add_part(mine, "switches", "box", "name = \"B\"\n" + source, "my/box.toml", &places).size(),
        2U);
    EXPECT_EQ(to_text(reference_faults(mine, places)), "");
}

TEST(References, ReachIsAllThatAPartNamesAndThatThoseName) {
    PartIds reached;
    reach(catalog(), part_named(catalog().servers, "hgx-h100"), reached);
    const auto has = [&](std::string_view kind, const char* id) {
        return reached.contains({kind, id});
    };
    for (const auto& [kind, id] :
         {std::pair("servers", "hgx-h100"), std::pair("chips", "h100-sxm"),
          std::pair("kernels", "hopper"), std::pair("links", "infiniband-ndr"),
          std::pair("switches", "nvswitch-3")}) {
        EXPECT_TRUE(has(kind, id)) << kind << "/" << id;
    }
    // nothing of another chip, and nothing twice
    EXPECT_FALSE(has("chips", "mi300x"));
    const std::size_t count = reached.size();
    reach(catalog(), part_named(catalog().chips, "h100-sxm"), reached);
    EXPECT_EQ(reached.size(), count);
}

}  // namespace TEST_FILE
}  // namespace millwright
