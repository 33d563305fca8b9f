// The front door: answers depend on the question, the catalog and nothing else of the process.
#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "millwright/api/check.h"
#include "millwright/api/parts.h"
#include "millwright/api/plan.h"
#include "millwright/api/validate.h"
#include "millwright/base/parallel.h"
#include "millwright/base/units.h"
#include "tests/root.h"

namespace millwright {
namespace TEST_FILE {

PlanQuestion question() {
    return {.model = "llama-3.1-8b",
            .server = "hgx-h100",
            .chips = 64,
            .global_batch = 128,
            .sequence = 8192};
}

/// A catalog whose H100 has half the memory bandwidth.
Catalog slower_catalog() {
    Catalog catalog = built_in_catalog();
    for (Chip& chip : catalog.chips) {
        if (chip.id == "h100-sxm") chip.memory_bandwidth.value = 0.5 * chip.memory_bandwidth.value;
    }
    return catalog;
}

struct Told {
    std::uint64_t number = 0, evaluated = 0;
    Seconds step;
    bool operator==(const Told&) const = default;
};

Told told(const Catalog& catalog, int threads) {
    const auto answer = plan(question(), {.catalog = catalog, .threads = threads});
    EXPECT_TRUE(answer.has_value());
    return {answer->found.best.number, answer->found.evaluated, answer->found.best.step};
}

TEST(Api, CatalogsAndThreadsOfOneProcessDoNotMeet) {
    const Catalog slower = slower_catalog();
    const Told quick = told(built_in_catalog(), 1);
    const Told slow = told(slower, 1);
    EXPECT_GT(slow.step, quick.step);
    std::vector<std::future<Told>> asked;
    for (int i = 0; i < 8; ++i) {
        const Catalog& catalog = i % 2 == 0 ? built_in_catalog() : slower;
        asked.push_back(
            std::async(std::launch::async, [&catalog, i] { return told(catalog, i % 3); }));
    }
    for (std::size_t i = 0; i < asked.size(); ++i) {
        EXPECT_EQ(asked[i].get(), i % 2 == 0 ? quick : slow) << i;
    }
}

/// Whether two calls are ever at work at once; the first waits for the second a while.
bool meets_another(int threads) {
    using namespace std::chrono_literals;
    std::atomic<int> at_work = 0;
    std::atomic<bool> met = false;
    parallel_for(2, threads, [&](std::size_t) {
        ++at_work;
        const auto end = std::chrono::steady_clock::now() + (threads == 1 ? 50ms : 5000ms);
        while (!met && std::chrono::steady_clock::now() < end) {
            if (at_work > 1) met = true;
            std::this_thread::yield();
        }
        --at_work;
    });
    return met;
}

TEST(Api, ACallersThreadsAreItsOwn) {
    std::atomic<bool> alone = true, end = false;
    std::thread single([&] {  // all along, beside what the other may do
        const auto self = std::this_thread::get_id();
        while (!end) {
            parallel_for(4, 1, [&](std::size_t) {
                if (std::this_thread::get_id() != self) alone = false;
            });
            // a pool that is asked without a pause gives nobody else a worker
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        }
    });
    EXPECT_FALSE(meets_another(1));
    if (std::thread::hardware_concurrency() > 1) {
        EXPECT_TRUE(meets_another(2));
    }
    end = true;
    single.join();
    EXPECT_TRUE(alone);
}

TEST(Api, AnExceptionOfACallReachesTheCaller) {
    const auto fails = [](std::size_t i) {
        if (i == 7) throw std::runtime_error("seven");
    };
    EXPECT_THROW(parallel_for(20, 2, fails), std::runtime_error);
    EXPECT_THROW(parallel_for(20, 1, fails), std::runtime_error);
}

TEST(Api, FaultsOfAQuestionAreToldAtOnce) {
    const Setting setting{.catalog = built_in_catalog()};
    PlanQuestion bad = question();
    bad.server = "hgx-h1oo";
    bad.fabric = "rail-fat-treee";
    bad.model = "llama-3.1-9b";
    bad.framework = "nemoo";
    bad.by_cost = true;
    const auto answer = plan(bad, setting);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().size(), 5U) << to_text(answer.error());
    for (const Fault& fault : answer.error()) EXPECT_FALSE(fault.hint.empty()) << fault.message;
}

TEST(Api, AdaptersAreBesideWhatAModelHasAndAPrecisionUnpacks) {
    const Setting setting{.catalog = built_in_catalog()};
    PlanQuestion q = question();
    q.low_rank = {.rank = 8, .targets = {false, false, true}, .base = BaseForm::nf4};
    q.precision = Precision::fp8;
    const auto bad = plan(q, setting);
    ASSERT_FALSE(bad);
    ASSERT_EQ(bad.error().size(), 2U) << to_text(bad.error());
    EXPECT_EQ(bad.error()[0].at.file, "--lora-targets");
    EXPECT_EQ(bad.error()[1].at.file, "--base-precision");
    // of all weights the chips hold no plan, of packed ones beside adapters they do
    q = question();
    q.model = "llama-3.1-70b";
    q.chips = 8;
    EXPECT_FALSE(plan(q, setting)->found.feasible);
    q.low_rank = {.rank = 8, .base = BaseForm::nf4};
    EXPECT_TRUE(plan(q, setting)->found.feasible);
}

TEST(Api, EveryKindIsListedAndEveryPartShown) {
    const Catalog& catalog = built_in_catalog();
    const Setting setting{.catalog = catalog};
    for_each_kind([&]<class Part>(const PartKind<Part>& kind) {
        for (const std::string_view word : {kind.name, kind.singular}) {
            const auto all = list({std::string(word)}, setting);
            ASSERT_TRUE(all) << word;
            EXPECT_EQ(all->kind, kind.name);
            EXPECT_EQ(all->parts.size(), (catalog.*kind.parts).size());
        }
        for (const Part& part : catalog.*kind.parts) {
            const auto one = show({std::string(kind.singular), part.id}, setting);
            ASSERT_TRUE(one) << part.id;
            EXPECT_EQ(std::get<const Part*>(std::get<AnyPart>(one->part)), &part);
        }
    });
    EXPECT_FALSE(list({"topologies"}, setting)->topologies.empty());
    EXPECT_FALSE(list({"toys"}, setting));
    EXPECT_FALSE(show({"chip", "h1oo"}, setting));
}

TEST(Api, ATableIsAskedOnlyWhatItsKindKnows) {
    const Setting setting{.catalog = built_in_catalog()};
    ValidateQuestion wrong{
        .kind = EvidenceKind::collectives, .family = "hopper", .framework = "nemo"};
    const auto answer = validate(wrong, setting);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().size(), 2U);
}

TEST(Api, CheckSaysWhatAFileIs) {
    const Setting setting{.catalog = built_in_catalog()};
    const std::string root = repository_root();
    const auto scenario = check({root + "/examples/yiwu-115k/scenario.toml"}, setting);
    ASSERT_TRUE(scenario) << to_text(scenario.error());
    EXPECT_TRUE(scenario->what.starts_with("scenario with"));
    EXPECT_FALSE(check({root + "/nowhere.toml"}, setting));
}

}  // namespace TEST_FILE
}  // namespace millwright
