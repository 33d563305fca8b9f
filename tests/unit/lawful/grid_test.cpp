// Designs of a process, sizes within bounds, and frontiers as written.
#include <set>

#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/factory/resolve.h"
#include "millwright/lawful/design.h"
#include "millwright/lawful/frontier.h"

namespace millwright {
namespace TEST_FILE {

/// Two dies of four units, of which three can be sold; two stacks a die, two links.
Process small_process() {
    Process p = part_named(built_in_catalog().processes, "hopper-4n");
    p.dies.value = 2;
    p.units.value = 4;
    p.yielding.value = 3;
    p.stacks.value = 2;
    p.links.value = 2;
    p.matrix_shares.value = {1, 0.5};
    return p;
}

// A die of n units of 4 takes n / 4 of its area: of sixteenths those from 4 n on, 17 - 4 n of them.
TEST(DesignGrid, HasEveryShapeOnce) {
    const std::vector<DesignShape> grid = grid_of(small_process());
    std::size_t count = 0;
    for (std::size_t dies = 1; dies <= 2; ++dies) {
        for (std::size_t units = 1; units <= 3; ++units) {
            count += (17 - 4 * units) * 2 /* shares */ * (2 * dies) /* stacks */ * 3 /* links */;
        }
    }
    EXPECT_EQ(grid.size(), count);
    EXPECT_EQ((std::set<DesignShape>{grid.begin(), grid.end()}.size()), count);
    for (const DesignShape& s : grid) {
        EXPECT_EQ(s.units % s.dies, 0);
        EXPECT_GE(s.die_area_mm2 * 4 + 1e-9, 814.0 * static_cast<double>(s.units / s.dies));
        EXPECT_LE(s.die_area_mm2, 814 + 1e-9);
    }
}

TEST(DesignGrid, TheLargestComeFirstAndOfAsManyUnitsTheSmallestDies) {
    const std::vector<DesignShape> grid = grid_of(small_process());
    EXPECT_EQ(grid.front(), (DesignShape{2, 6, 4, 2, 814.0 * 12 / 16, 1}));
    for (std::size_t i = 1; i < grid.size(); ++i) {
        const DesignShape &a = grid[i - 1], &b = grid[i];
        EXPECT_GE(a.dies, b.dies);
        if (a.dies != b.dies) continue;
        EXPECT_GE(a.units, b.units);
        if (a.units != b.units) continue;
        EXPECT_LE(a.die_area_mm2, b.die_area_mm2);
    }
}

// 7.5 TFLOPS a unit; matrix formats at the share, vectors at the whole rate
TEST(DesignGrid, AChipHasTheFiguresOfItsShape) {
    const Catalog& catalog = built_in_catalog();
    const Process p = small_process();
    const Chip& own = part_named(catalog.chips, p.chip);
    const Chip chip = chip_of(p, catalog, {2, 100, 4, 3, 600, 0.5});
    EXPECT_NEAR(chip.bf16.value.in(unit::TFLOPS), 100 * p.unit_rate.value.in(unit::TFLOPS) / 2,
                1e-6);
    EXPECT_NEAR(chip.fp8.value / chip.bf16.value, own.fp8.value / own.bf16.value, 1e-12);
    EXPECT_NEAR(chip.fp32.value / own.fp32.value, 2 * (chip.bf16.value / own.bf16.value), 1e-12);
    EXPECT_NEAR(chip.memory_capacity.value.in(unit::GB), 4 * 16, 1e-9);
    EXPECT_NEAR(chip.memory_bandwidth.value.in(unit::GBps), 4 * 670, 1e-6);
    EXPECT_NEAR(chip.scale_up_per_direction.value.in(unit::GBps), 3 * 25, 1e-9);
    EXPECT_NEAR(chip.applicable_area.value / unit::mm2, 1200, 1e-9);
    EXPECT_EQ(chip.dies.value, 2);
    EXPECT_EQ(chip.processors.value, 100);
    EXPECT_EQ(chip.launch, "");
    EXPECT_EQ(chip.price.value, own.price.value);
}

std::string frontier_text(const std::string& days, const std::string& parties) {
    return "name = \"t\"\n" + days + "budget = \"60 MUSD\"\n" + parties +
           "[[job]]\nname = \"8B\"\nkind = \"train\"\nmodel = \"llama-3.1-8b\"\ntokens = \"1T\"\n"
           "sequence = 8192\nglobal_batch = 512\n";
}
const std::string china = "[[party]]\nname = \"C\"\ncountry = \"CN\"\n";

Frontier resolved(const std::string& days, const std::string& parties = china) {
    return resolve(parse_frontier(frontier_text(days, parties), "f.toml").value(),
                   built_in_catalog())
        .value();
}

TEST(FrontierQuestion, MonthsAreTheFirstDaysFromTheFirstToTheLast) {
    EXPECT_EQ(
        resolved("from = 2023-11-30\nuntil = 2024-02-01\n").months,
        (std::vector<Date>{on(2023, 11, 1), on(2023, 12, 1), on(2024, 1, 1), on(2024, 2, 1)}));
    EXPECT_EQ(resolved("from = 2024-02-05\nuntil = 2024-02-29\n").months,
              (std::vector<Date>{on(2024, 2, 1)}));
}

TEST(FrontierQuestion, APartyIsHeadquarteredAtHomeUnlessItSays) {
    const Frontier f =
        resolved("from = 2024-01-01\nuntil = 2024-02-01\n",
                 china + "[[party]]\nname = \"S\"\ncountry = \"SG\"\nheadquarters = \"CN\"\n");
    ASSERT_EQ(f.parties.size(), 2U);
    EXPECT_EQ(f.parties[0].scenario.sites.at(0).buyer.to, "CN");
    EXPECT_EQ(f.parties[0].scenario.sites.at(0).buyer.headquarters, "CN");
    EXPECT_EQ(f.parties[1].scenario.sites.at(0).buyer.to, "SG");
    EXPECT_EQ(f.parties[1].scenario.sites.at(0).buyer.headquarters, "CN");
    EXPECT_EQ(f.budget, 60e6 * unit::USD);
    EXPECT_EQ(f.power_limit, Watts{});
}

TEST(FrontierQuestion, WhatAllBuyersShareIsToldOnce) {
    std::string text = frontier_text("from = 2024-01-01\nuntil = 2024-02-01\n",
                                     china + "[[party]]\nname = \"D\"\ncountry = \"DE\"\n");
    text.replace(text.find("llama-3.1-8b"), 12, "llama-9.9-8b");
    const auto found = resolve(parse_frontier(text, "f.toml").value(), built_in_catalog());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().size(), 1U) << to_text(found.error());
    EXPECT_EQ(found.error().front().at.line, 14);
}

// Brute force: servers one by one, until the next is too much of either.
TEST(ChipsWithin, AreAsManyWholeServersAsBudgetAndPowerAdmit) {
    const Catalog& catalog = built_in_catalog();
    Frontier frontier = resolved("from = 2024-01-01\nuntil = 2024-01-01\n");
    const SiteCosts& costs = frontier.parties[0].scenario.sites.at(0).costs;
    for (const char* name : {"hgx-h100", "gb200-nvl72"}) {
        const Server& server = part_named(catalog.servers, name);
        for (const auto& [budget, power] :
             {std::pair{5e6, 0.0}, {0.0, 3e5}, {9e6, 2e5}, {1e3, 0.0}}) {
            frontier.budget = budget * unit::USD;
            frontier.power_limit = power * unit::W;
            double servers = 0;
            for (;; ++servers) {
                const BillOfMaterials bill = resolve_factory(catalog, server, frontier.fabric,
                                                             (servers + 1) * server.chips.value, {})
                                                 .bill;
                if (budget > 0 && capital(bill, costs).value > frontier.budget) break;
                if (power > 0 && facility_power(bill, costs).value > frontier.power_limit) break;
            }
            EXPECT_EQ(chips_within(catalog, server, frontier, costs, 0),
                      servers * server.chips.value)
                << name << ", " << budget << " $, " << power << " W";
        }
    }
}

/// The catalog with these servers alone, so that a walk is short.
Catalog catalog_of(const std::set<std::string>& servers) {
    Catalog catalog = built_in_catalog();
    std::erase_if(catalog.servers, [&](const Server& s) { return !servers.contains(s.id); });
    return catalog;
}

TEST(FrontierWalk, AMonthWithoutAServerOnSaleHasNoBestAndTheNextSaysWhatCame) {
    const Catalog catalog = catalog_of({"hgx-h100", "hgx-h20"});
    const Frontier frontier = resolved("from = 2023-09-01\nuntil = 2024-06-01\n");
    const FrontierStudy study = run(frontier, catalog);
    const FrontierReport& r = study.parties.at(0);
    constexpr auto licensed = static_cast<std::size_t>(FrontierLine::licensed);
    constexpr auto all = static_cast<std::size_t>(FrontierLine::unrestricted);
    EXPECT_FALSE(r.months.front().best[licensed]);  // H100 is denied, H20 not yet sold
    ASSERT_TRUE(r.months.front().best[all]);
    EXPECT_EQ(r.factories[r.months.front().best[all]->factory].server, "hgx-h100");
    ASSERT_TRUE(r.months.back().best[licensed]);
    EXPECT_EQ(r.factories[r.months.back().best[licensed]->factory].server, "hgx-h20");
    ASSERT_EQ(r.changes.size(), 1U);
    EXPECT_EQ(r.changes[0].before, "");
    EXPECT_EQ(r.changes[0].after, "hgx-h20");
    EXPECT_EQ(r.changes[0].ratio, 0);
    EXPECT_EQ(r.changes[0].why, "h20 comes on sale");
    for (const FrontierFactory& f : r.factories) {
        // tokens at the useful share, whole steps aside
        EXPECT_NEAR(f.days * 86400 * f.trained.si() / 1e12, 1, 1e-3) << f.server;
    }
    EXPECT_EQ(study.bounds, "60 MUSD of capital");
}

}  // namespace TEST_FILE
}  // namespace millwright
