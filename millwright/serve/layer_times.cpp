// Layers of one kind are timed once and multiplied. token_time() leaves cores out, so that it
// hangs on the number of tokens alone and step_cost.cpp can keep it in a table; cores hang on
// each sequence's keys. A chunk that ends a longer prompt is a causal square over its own tokens
// and a rectangle over the older keys, both in one launch.
#include "millwright/serve/layer_times.h"

#include <algorithm>
#include <cmath>

#include "millwright/collective/collectives.h"
#include "millwright/compute/mixers.h"
#include "millwright/compute/operation_parts.h"
#include "millwright/compute/routing.h"
#include "millwright/serve/adapters.h"
#include "millwright/serve/expert_exchange.h"
#include "millwright/serve/kernel_sum.h"
#include "millwright/serve/vision.h"

namespace millwright {
namespace {

/// Kernels of a sampler over the logits: temperature, top-k and top-p, softmax, draw.
constexpr double sampler_kernels = 4;
constexpr double sampler_passes = 4;  // over logits in FP32

/// KernelSum of each kind, and their number.
template <class Visit>
void for_each_kind(const Model& model, Visit&& visit) {
    const Pattern pattern = pattern_of(model);
    const LayerCounts counts = prefix_counts(pattern).back();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] > 0) visit(pattern.kinds[i], static_cast<double>(counts[i]));
    }
}

Shard shard_of(const Replica& r, double tokens) {
    Shard shard{.micro_batch = 1, .sequence = tokens};
    shard.tensor = r.ways.tensor;
    shard.sequence_parallel = false;
    shard.precision = r.formats.attention.products;
    return shard;
}

/// Products and pointwise kernels around a mixer's core.
void add_mixer(const Replica& r, const Layer& layer, double tokens, KernelSum& out) {
    std::vector<Operation> ops;
    mixer_row(layer.mixer.kind).operations(r.model, layer.mixer, shard_of(r, tokens), ops);
    for (const Operation& op : ops) {
        if (op.in_core || op.kernel == Kernel::attention || op.kernel == Kernel::recurrence)
            continue;
        if (op.kernel == Kernel::memory) {
            out.memory(op.traffic.si());
        } else if (op.product.count == 1) {
            Product p = op.product;
            if (p.precision == r.formats.attention.products) {
                p.weight_bytes = r.formats.attention.narrow_bytes();
            }
            out.product(p);
        }
    }
}

void add_mlp(const Replica& r, double tokens, double inner, KernelSum& out) {
    const double h = real(r.model.hidden);
    out.dense(tokens, (r.model.gated ? 2 : 1) * inner, h);
    out.memory((r.model.gated ? 3 : 2) * tokens * inner * bf16_bytes);
    out.dense(tokens, h, inner);
}

Group stage_group(const Replica& r, double ranks) { return group_on(r.network, ranks, 1); }

void add_experts(const Replica& r, double tokens, KernelSum& out) {
    const Model& m = r.model;
    const double h = real(m.hidden);
    out.product({.m = tokens, .n = real(m.experts), .k = h});
    out.memory(tokens * real(m.experts) * fp32_bytes);  // its best experts
    out.exchange(exchange_time(r, tokens));
    ExpertLayer layer{.hidden = h, .inner = real(m.expert_ffn), .gated = m.gated};
    layer.tensor = r.ways.stage_chips() / r.ways.expert;
    layer.weight_bytes = r.formats.experts.narrow_bytes();
    layer.load = fullest_rank({.tokens = tokens * ranks_that_send(r),
                               .top_k = routed_experts(m),
                               .experts = real(m.experts),
                               .ranks = r.ways.expert,
                               .exponent = r.routing_skew,
                               .redundant = redundant_experts(r)});
    out.experts(layer);
    if (m.shared_experts.value > 0) {
        add_mlp(r, tokens, real(m.shared_experts) * real(m.shared_ffn) / r.ways.tensor, out);
    }
}

void add_channel(const Replica& r, const Layer& layer, double tokens, KernelSum& out) {
    if (layer.channel == ChannelKind::none) return;
    const Bytes size = tokens * real(r.model.hidden) * bf16_bytes * unit::B;
    out.norm(size);
    if (layer.channel == ChannelKind::experts) {
        add_experts(r, tokens, out);
    } else {
        add_mlp(r, tokens, real(layer.ffn) / r.ways.tensor, out);
    }
    if (r.ways.tensor > 1) {
        out.communicate(all_reduce_time(r.network, stage_group(r, r.ways.tensor), size));
    }
}

void add_layer(const Replica& r, const Layer& layer, double tokens, KernelSum& out) {
    const Bytes size = tokens * real(r.model.hidden) * bf16_bytes * unit::B;
    if (layer.mixer.kind != MixerKind::none) {
        out.norm(size);
        add_mixer(r, layer, tokens, out);
        if (r.ways.tensor > 1) {
            out.communicate(all_reduce_time(r.network, stage_group(r, r.ways.tensor), size));
        }
    }
    add_channel(r, layer, tokens, out);
    for (const Product& p : adapter_products(r, layer, tokens)) out.product(p);
}

/// Heads and widths of a core on one rank; `latent` where all heads read one.
struct Core {
    double heads = 1, kv_heads = 1, qk = 0, v = 0, window = 0, latent = 0;
};

Core core_of(const Mixer& a, double tensor) {
    const double heads = std::max(1.0, real(a.heads) / tensor);
    if (a.kv_lora > 0) {
        return {.heads = heads,
                .kv_heads = heads,
                .qk = real(a.nope_dim) + real(a.rope_dim),
                .v = real(a.v_dim),
                .window = real(a.window),
                .latent = real(a.kv_lora) + real(a.rope_dim)};
    }
    return {.heads = heads,
            .kv_heads = std::max(1.0, real(a.kv_heads) / tensor),
            .qk = real(a.head_dim),
            .v = real(a.head_dim),
            .window = real(a.window)};
}

bool attends(MixerKind kind) {
    return kind == MixerKind::attention || kind == MixerKind::latent || kind == MixerKind::sparse;
}

/// Keys that a query meets where an index chooses them.
double chosen(const Mixer& a, double keys) {
    return a.index_keys > 0 ? std::min(keys, real(a.index_keys)) : keys;
}

void add_cache(const Replica& r, const Mixer& a, const CacheAttention& read, KernelSum& out) {
    CacheAttention cache = read;
    const Core core = core_of(a, r.ways.tensor);
    cache.heads = core.heads;
    cache.kv_heads = core.kv_heads;
    cache.qk_width = core.latent > 0 ? core.latent : core.qk;
    cache.v_width = core.latent > 0 ? core.latent - real(a.rope_dim) : core.v;
    cache.latent = core.latent > 0;
    cache.window = core.window;
    cache.cache_bytes = r.formats.cache_bytes;
    const double keys = cache.keys;
    cache.keys = chosen(a, keys);
    out.kernel(decode_attention_time(r.chip, cache), r.engine.figures.decode_attention);
    if (a.index_keys > 0 && keys > cache.keys) {
        // scores of all keys of the index, whose keys are FP8 and shared by its heads
        out.memory(cache.batch * keys * (real(a.index_dim) + fp32_bytes));
    }
}

void add_state(const Replica& r, const Mixer& a, double sequences, KernelSum& out) {
    const double carried = mixer_row(a.kind).state(a, 1).carried / r.ways.tensor;
    out.memory(sequences * 2 * carried * state_bytes);
}

void add_prompt(const Replica& r, const Mixer& a, const PromptChunk& chunk, KernelSum& out) {
    const Core core = core_of(a, r.ways.tensor);
    Attention whole{.heads = core.heads, .kv_heads = core.kv_heads};
    whole.qk_width = core.qk;
    whole.v_width = core.v;
    whole.queries = chunk.queries;
    // an index leaves a query as many keys as a window of that length would
    whole.window = a.index_keys > 0 ? real(a.index_keys) : core.window;
    whole.latent = core.latent;
    whole.fp8 = r.formats.cache_bytes < bf16_bytes && r.chip.prefill.follows_cache;
    // the mask of a chunk that ends a longer prompt leaves all older keys
    const double before = chunk.keys - chunk.queries;
    if (a.index_keys > 0) {  // scores of all keys before, in FP8, without a softmax
        Attention index{.heads = real(a.index_heads), .qk_width = real(a.index_dim)};
        index.v_width = 0;
        index.queries = chunk.queries;
        index.keys = before + chunk.queries / 2;
        index.causal = false;
        index.fp8 = true;
        out.kernel(attention_time(r.chip, r.chip.attention, index, false),
                   r.engine.figures.prefill_attention);
    }
    whole.keys = chunk.queries;
    out.kernel(prefill_attention_time(r.chip, whole), r.engine.figures.prefill_attention);
    const double older = chosen(a, core.window > 0 ? std::min(before, core.window) : before);
    if (older <= 0) return;
    Attention rest = whole;
    rest.causal = false;
    rest.window = 0;
    rest.keys = older;
    const AttentionKernel& kernel =
        r.chip.prefill.peak_share > 0 ? r.chip.prefill : r.chip.attention;
    const Seconds more = attention_time(r.chip, kernel, rest, false) - r.chip.launch;
    out.longer(more, r.engine.figures.prefill_attention);
}

void add_recurrence(const Replica& r, const Layer& layer, double tokens, KernelSum& out) {
    std::vector<Operation> ops;
    mixer_row(layer.mixer.kind).operations(r.model, layer.mixer, shard_of(r, tokens), ops);
    for (const Operation& op : ops) {
        const bool chunked = op.kernel == Kernel::gemm && op.product.count > 1;
        if (op.kernel == Kernel::recurrence || chunked) {
            out.kernel(forward_time(r.chip, op), r.engine.figures.prefill_attention);
        }
    }
}

}  // namespace

PartTime& PartTime::operator+=(const PartTime& other) {
    time += other.time;
    kernels += other.kernels;
    computed += other.computed;
    exchanged += other.exchanged;
    return *this;
}

Seconds all_reduce_time(const Network& network, const Group& group, Bytes size) {
    const Seconds library = collective_time(network, Collective::all_reduce, group, size).time;
    const Channel& channel = network.inner;
    if (group.domains > 1 || channel.kernel_share <= 0) return library;
    const Bandwidth rate = channel.kernel_share * channel.per_chip;
    const double others = group.size - 1;
    const Seconds one = channel.one_shot + others * size / rate;
    const Seconds two = channel.two_shot + 2 * others / group.size * size / rate;
    return min(library, min(one, two));
}

namespace {

/// Nothing of it is exchanged while something else is computed.
PartTime alone(PartTime part) {
    part.computed = part.time;
    part.exchanged = {};
    return part;
}

/// Of what is exchanged all is waited for.
PartTime in_sequence(const Replica& r, double tokens) {
    PartTime all;
    for_each_kind(r.model, [&](const Layer& layer, double count) {
        KernelSum one(r);
        add_layer(r, layer, tokens, one);
        all += count * one.sum();
    });
    KernelSum ends(r);
    const double size = tokens * real(r.model.hidden) * bf16_bytes;
    ends.memory(2 * size);
    if (r.ways.tensor > 1) {  // its table is split by words
        ends.communicate(all_reduce_time(r.network, stage_group(r, r.ways.tensor), size * unit::B));
    }
    for (double hop = 1; hop < r.ways.pipeline; ++hop) {
        ends.communicate(
            point_to_point_time(r.network, r.ways.stage_chips(), size / r.ways.tensor * unit::B));
    }
    return all += ends.sum();
}

}  // namespace

PartTime token_time(const Replica& r, double tokens) {
    PartTime all = in_sequence(r, tokens);
    if (!overlaps_exchange(r) || tokens < 2) return alone(all);
    const PartTime half = in_sequence(r, tokens / 2);
    all.computed = 2 * (half.time - half.exchanged);
    all.exchanged = 2 * half.exchanged;
    return all;
}

PartTime cache_time(const Replica& r, double sequences, double keys, double tokens) {
    PartTime all;
    for_each_kind(r.model, [&](const Layer& layer, double count) {
        KernelSum one(r);
        if (attends(layer.mixer.kind)) {
            CacheAttention cache{.batch = sequences, .keys = keys};
            add_cache(r, layer.mixer, cache, one);
        } else if (layer.mixer.kind != MixerKind::none) {
            add_state(r, layer.mixer, sequences * tokens, one);
        }
        all += count * one.sum();
    });
    return alone(all);
}

PartTime chunk_time(const Replica& r, const PromptChunk& chunk) {
    PartTime all;
    for_each_kind(r.model, [&](const Layer& layer, double count) {
        KernelSum one(r);
        if (attends(layer.mixer.kind)) {
            add_prompt(r, layer.mixer, chunk, one);
        } else if (layer.mixer.kind != MixerKind::none) {
            add_recurrence(r, layer, chunk.queries, one);
        }
        all += count * one.sum();
    });
    return alone(all);
}

PartTime sample_time(const Replica& r, double sequences) {
    KernelSum out(r);
    const double columns = real(r.model.vocab) / r.ways.tensor;
    out.product({.m = sequences, .n = columns, .k = real(r.model.hidden)});
    if (r.ways.tensor > 1) {
        const Bytes all = sequences * real(r.model.vocab) * bf16_bytes * unit::B;
        out.communicate(
            collective_time(r.network, Collective::all_gather, stage_group(r, r.ways.tensor), all)
                .time);
    }
    const double logits = sequences * real(r.model.vocab) * fp32_bytes;
    for (double i = 0; i < sampler_kernels; ++i) {
        out.memory(sampler_passes / sampler_kernels * logits);
    }
    return alone(out.sum());
}

}  // namespace millwright
