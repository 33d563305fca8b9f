// Words of a kernel's name tell what was timed; habits of sources that rows do not repeat are a
// table. FP8 of the products and of the cache are told apart, as sources mean either. Several new
// tokens of a sequence are further query heads over one cache. FLOPs are those that the mask
// leaves, 2.5 times as many backwards.
#include "millwright/evidence/attention_row.h"

#include <algorithm>
#include <array>

#include "millwright/base/text.h"
#include "millwright/parts/precision.h"

namespace millwright {
namespace {

constexpr double backward_flops = 2.5;  // over forward
// multi-latent attention of DeepSeek-V2: heads made from the latent; latent and rotary key
constexpr double latent_qk = 192, latent_v = 128;
constexpr double latent_key = 576, latent_value = 512;

/// Sources whose habits their rows do not repeat, by a word of theirs. `eager`: an operation of a
/// framework timed by itself starts so late (A100-PCIe rows of 4 to 128 heads: 51 to 58 us).
struct Habit {
    const char* word;
    bool serves;
    double eager_us;
};

constexpr std::array habits{Habit{"aiconfigurator", true, 0}, Habit{"simumax", false, 55}};

bool says_any(const std::string& text, std::initializer_list<const char*> words) {
    return std::ranges::any_of(words, [&](const char* word) { return contains(text, word); });
}

bool is_fp8_cache(const Shape& shape, const std::string& dtype) {
    const auto named = shape.find("kv_dtype");
    if (named != shape.end()) return contains(lower(named->second), "fp8");
    return contains(dtype, "fp8");
}

AttentionLibrary library_of(const std::string& name) {
    if (contains(name, "flashattention-2")) return AttentionLibrary::flash_attention_2;
    if (contains(name, "flashattention-1")) return AttentionLibrary::flash_attention_1;
    return AttentionLibrary::fastest;
}

void read_core(const Shape& shape, const std::string& name, bool latent, Attention& a) {
    a.batch = shape_number(shape, {"b", "batch"}, 1);
    a.queries = a.keys = shape_number(shape, {"s", "seq", "s_q"}, 0);
    a.keys = shape_number(shape, {"s_k", "kv_len", "skv"}, a.keys);
    a.heads = shape_number(shape, {"heads", "h", "h_q"}, 0);
    a.kv_heads = latent ? a.heads : shape_number(shape, {"kv", "kv_heads", "h_kv", "hkv"}, a.heads);
    a.qk_width = shape_number(shape, {"d_qk", "d", "head_dim"}, latent ? latent_qk : 128);
    a.v_width = shape_number(shape, {"d_v"}, latent ? latent_v : a.qk_width);
    a.window = shape_number(shape, {"window"}, 0);
    a.latent = latent ? latent_key : 0;
    a.causal = shape.contains("causal") ? shape_flag(shape, "causal")
                                        : says_any(name, {"causal", "prefill"});
}

/// One new token a sequence, or a few: each further one is as further query heads of a cache.
CacheAttention cache_of(const Shape& shape, const Attention& a, bool latent, bool fp8) {
    CacheAttention c{.batch = a.batch, .keys = a.keys, .window = a.window, .latent = latent};
    c.heads = a.heads * shape_number(shape, {"s_q"}, 1);
    c.kv_heads = latent ? 1 : a.kv_heads;
    c.qk_width = latent ? shape_number(shape, {"d_qk", "d"}, latent_key) : a.qk_width;
    c.v_width = latent ? shape_number(shape, {"d_v"}, latent_value) : a.v_width;
    c.cache_bytes = fp8 ? fp8_bytes : bf16_bytes;
    return c;
}

const AttentionKernel& kernel_of(const AttentionRow& row, const ChipRates& chip) {
    const bool second = row.library == AttentionLibrary::flash_attention_2;
    if (second && chip.flash_attention_2.peak_share > 0) return chip.flash_attention_2;
    const bool first = row.library == AttentionLibrary::flash_attention_1;
    if (first && chip.flash_attention_1.peak_share > 0) return chip.flash_attention_1;
    return chip.attention;
}

}  // namespace

double shape_number(const Shape& shape, std::initializer_list<const char*> names,
                    double otherwise) {
    for (const char* name : names) {
        const auto found = shape.find(name);
        if (found != shape.end()) return number_of(found->second).value_or(otherwise);
    }
    return otherwise;
}

bool shape_flag(const Shape& shape, const char* name) {
    const auto found = shape.find(name);
    return found != shape.end() && (found->second == "True" || found->second == "1");
}

// An FP8 cache is told in many ways ("fp8", "bf16, fp8 kv", kv_dtype=fp8). Of prompts the products
// follow it where the library casts queries to the cache's format, which its kernels say.
std::string read_attention(const Shape& shape, const std::string& name, const std::string& dtype,
                           const std::string& source, AttentionRow& row) {
    if (says_any(name, {"bmm", "module", "sparse", "linear"})) {
        return "not usable: '" + name + "' is not an attention core alone";
    }
    const bool latent = contains(name, "mla");
    const bool fp8_cache = is_fp8_cache(shape, dtype);
    Attention& a = row.core;
    read_core(shape, name, latent, a);
    row.decodes = says_any(name, {"decode", "generation"});
    row.serves = says_any(name, {"prefill", "context"});
    row.library = library_of(name);
    row.backward = says_any(name, {"bwd", "backward"});
    row.forward = !row.backward || contains(name, "fwd+bwd");
    for (const Habit& habit : habits) {
        if (!contains(source, habit.word)) continue;
        row.eager = habit.eager_us * unit::us;
        row.serves |= habit.serves && a.causal;
    }
    a.fp8 = contains(dtype, "fp8") && !contains(dtype, "kv");
    row.fp8_cache = fp8_cache;
    if (row.decodes) row.cache = cache_of(shape, a, latent, fp8_cache);
    const bool whole = (row.decodes || a.queries >= 1) && a.keys >= 1 && a.heads >= 1;
    return whole ? "" : "not usable: no sequence and heads";
}

Flops attention_row_flops(const AttentionRow& row) {
    if (row.decodes) {
        const CacheAttention& c = row.cache;
        const double keys = c.window > 0 ? std::min(c.window, c.keys) : c.keys;
        return 2 * c.batch * c.heads * keys * (c.qk_width + c.v_width) * unit::flop;
    }
    const double passes = (row.forward ? 1 : 0) + (row.backward ? backward_flops : 0);
    return passes * attention_flops(row.core);
}

Seconds attention_row_time(const AttentionRow& row, const ChipRates& chip) {
    if (row.decodes) return row.eager + decode_attention_time(chip, row.cache);
    if (row.serves && !row.backward) {
        Attention a = row.core;
        a.fp8 |= row.fp8_cache && chip.prefill.follows_cache;
        return row.eager + prefill_attention_time(chip, a);
    }
    const AttentionKernel& kernel = kernel_of(row, chip);
    Seconds time;
    if (row.forward) time += row.eager + attention_time(chip, kernel, row.core, false);
    if (row.backward) time += row.eager + attention_time(chip, kernel, row.core, true);
    return time;
}

}  // namespace millwright
