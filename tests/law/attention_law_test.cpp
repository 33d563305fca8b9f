// Attention on every chip of the catalog: no faster than datasheets, never faster with more to do.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>

#include "millwright/compute/attention_kernels.h"
#include "millwright/factory/resolve.h"
#include "millwright/factory/training_software.h"

namespace millwright {
namespace TEST_FILE {

/// Rates of a chip with kernels, as it runs and in bursts.
ChipRates any_chip() {
    const Catalog& catalog = built_in_catalog();
    static const std::vector<ChipRates> all = [&] {
        std::vector<ChipRates> rates;
        for (const Chip& chip : catalog.chips) {
            const ChipRates one = resolve_rates(catalog, chip);
            const bool has_kernels = one.attention.peak_share > 0;
            const bool has_rates = one.rate(Precision::bf16) > FlopRate{};
            if (has_kernels && has_rates && one.memory_bandwidth > Bandwidth{}) {
                rates.push_back(one);
            }
        }
        return rates;
    }();
    const auto i = *rc::gen::inRange<std::size_t>(0, all.size());
    return *rc::gen::arbitrary<bool>() ? at_burst_clock(all[i]) : all[i];
}

double power_of_two(int most) { return std::exp2(*rc::gen::inRange(0, most + 1)); }

CacheAttention any_cache() {
    CacheAttention a;
    a.latent = *rc::gen::arbitrary<bool>();
    a.batch = *rc::gen::inRange(1, 2000);
    a.keys = *rc::gen::inRange(1, 200'000);
    a.kv_heads = a.latent ? 1 : power_of_two(5);
    a.heads = a.kv_heads * *rc::gen::inRange(1, a.latent ? 129 : 17);
    a.qk_width = a.latent ? 576 : 64 * power_of_two(2);
    a.v_width = a.latent ? 512 : a.qk_width;
    a.window = *rc::gen::arbitrary<bool>() ? *rc::gen::inRange(1, 10'000) : 0;
    a.cache_bytes = *rc::gen::arbitrary<bool>() ? 1 : 2;
    return a;
}

Attention any_attention() {
    Attention a;
    a.batch = *rc::gen::inRange(1, 300);
    a.queries = a.keys = *rc::gen::inRange(1, 50'000);
    a.kv_heads = power_of_two(5);
    a.heads = a.kv_heads * power_of_two(4);
    a.qk_width = *rc::gen::element(64.0, 128.0, 192.0, 256.0);
    a.v_width = std::min(a.qk_width, 128.0);
    a.window = *rc::gen::arbitrary<bool>() ? *rc::gen::inRange(1, 60'000) : 0;
    a.causal = *rc::gen::arbitrary<bool>();
    return a;
}

constexpr double rounding = 1 + 1e-12;

void no_faster(Seconds more, Seconds less) { RC_ASSERT(more * rounding >= less); }

TEST(AttentionLaw, CachesAreReadNoFasterThanTheDatasheetSays) {
    EXPECT_TRUE(rc::check([] {
        const ChipRates chip = any_chip();
        const CacheAttention a = any_cache();
        const double time = decode_attention_time(chip, a).si();
        RC_ASSERT(std::isfinite(time));
        RC_ASSERT(time >= (moved_bytes(a) / chip.memory_bandwidth).si());
        const double keys = a.window > 0 ? std::min(a.window, a.keys) : a.keys;
        const double flops = 2 * a.batch * a.heads * keys * (a.qk_width + a.v_width);
        const double rate =
            std::max(chip.rate(Precision::bf16).si(), chip.rate(Precision::fp8).si());
        RC_ASSERT(time >= flops / rate);
    }));
}

TEST(AttentionLaw, MoreOfACacheNeverTakesLess) {
    EXPECT_TRUE(rc::check([] {
        const ChipRates chip = any_chip();
        const CacheAttention a = any_cache();
        const Seconds time = decode_attention_time(chip, a);
        CacheAttention more = a;
        more.batch += *rc::gen::inRange(1, 500);
        no_faster(decode_attention_time(chip, more), time);
        // nor do two halves of a batch take less than the whole, beyond what each starts with
        CacheAttention half = a;
        half.batch = a.batch / 2;
        no_faster(2 * decode_attention_time(chip, half), time);
        more = a;
        more.keys += *rc::gen::inRange(1, 50'000);
        no_faster(decode_attention_time(chip, more), time);
        more = a;
        more.heads *= 2;
        if (!a.latent) more.kv_heads *= 2;
        no_faster(decode_attention_time(chip, more), time);
    }));
}

TEST(AttentionLaw, AWindowOfAllKeysIsNone) {
    EXPECT_TRUE(rc::check([] {
        const ChipRates chip = any_chip();
        CacheAttention a = any_cache();
        Attention b = any_attention();
        a.window = a.keys;
        b.window = b.keys;
        const Seconds decode = decode_attention_time(chip, a);
        const Seconds core = attention_time(chip, chip.attention, b, false);
        a.window = b.window = 0;
        RC_ASSERT(decode == decode_attention_time(chip, a));
        RC_ASSERT(core == attention_time(chip, chip.attention, b, false));
    }));
}

TEST(AttentionLaw, CoresAreNoFasterThanTheDatasheetSays) {
    EXPECT_TRUE(rc::check([] {
        const ChipRates chip = any_chip();
        Attention a = any_attention();
        const Flops flops = attention_flops(a);
        for (const bool backward : {false, true}) {
            const Seconds time = attention_time(chip, chip.attention, a, backward);
            RC_ASSERT(std::isfinite(time.si()));
            RC_ASSERT(time > Seconds{});
            RC_ASSERT(time >= (backward ? 2.5 : 1) * flops / chip.rate(Precision::bf16));
        }
        RC_ASSERT(prefill_attention_time(chip, a) >= flops / chip.rate(Precision::bf16));
        if (chip.rate(Precision::fp8) > FlopRate{}) {
            a.fp8 = true;
            RC_ASSERT(prefill_attention_time(chip, a) >= flops / chip.rate(Precision::fp8));
        }
    }));
}

TEST(AttentionLaw, MoreOfACoreNeverTakesLess) {
    EXPECT_TRUE(rc::check([] {
        const ChipRates chip = any_chip();
        const Attention a = any_attention();
        const bool backward = *rc::gen::arbitrary<bool>();
        const auto time = [&](const Attention& one) {
            return attention_time(chip, chip.attention, one, backward);
        };
        Attention more = a;
        more.batch += 1;
        no_faster(time(more), time(a));
        more = a;
        more.heads *= 2;
        no_faster(time(more), time(a));
        more = a;
        more.queries = more.keys = a.keys + *rc::gen::inRange(1, 1000);
        no_faster(time(more), time(a));
        if (a.window > 0) {
            more = a;
            more.window += *rc::gen::inRange(1, 1000);
            no_faster(time(more), time(a));
        }
        Attention half = a;
        half.batch = a.batch / 2;
        no_faster(2 * time(half), time(a));
    }));
}

/// Libraries come out in the order of their releases, on every chip.
TEST(AttentionLaw, LaterDaysHaveNoOlderLibraries) {
    const Catalog& catalog = built_in_catalog();
    for (const Chip& chip : catalog.chips) {
        AttentionLibrary before = AttentionLibrary::unfused;
        for (int year = 2021; year <= 2027; ++year) {
            for (const unsigned month : {1U, 7U, 12U}) {
                const auto now = training_software(catalog, chip, on(year, month, 20)).attention;
                EXPECT_LE(now, before) << chip.id << " " << year << "-" << month;
                before = now;
            }
        }
    }
}

TEST(AttentionLibraries, AreThoseOfTheirDay) {
    const Catalog& catalog = built_in_catalog();
    const auto library = [&](const char* chip, int year, unsigned month) {
        const Chip& part = part_named(catalog.chips, chip);
        return training_software(catalog, part, on(year, month, 20)).attention;
    };
    using enum AttentionLibrary;
    EXPECT_EQ(library("a100-80gb-sxm", 2021, 6), unfused);
    EXPECT_EQ(library("a100-80gb-sxm", 2022, 6), flash_attention_1);
    EXPECT_EQ(library("a100-80gb-sxm", 2024, 6), flash_attention_2);
    EXPECT_EQ(library("h100-sxm", 2023, 12), flash_attention_2);
    EXPECT_EQ(library("h100-sxm", 2025, 1), fastest);
    EXPECT_EQ(library("b200-sxm", 2025, 1), fastest);
}

}  // namespace TEST_FILE
}  // namespace millwright
