// Weights of a chip follow the layout: attention ranks repeat all but experts, stages share
// layers, and embeddings count on every stage. What a token adds to the cache is the difference
// of a mixer's state at the longest sequence, where windows are full; the rest is there once. The
// cache is divided among as many groups of sequences as there are stages.
#include "millwright/serve/replica.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/units.h"
#include "millwright/compute/mixers.h"
#include "millwright/compute/operation_parts.h"
#include "millwright/compute/weights.h"
#include "millwright/serve/adapters.h"
#include "millwright/serve/vision.h"

namespace millwright {
namespace {

/// Of all layers.
double mixer_weights(const Model& m) {
    const Pattern pattern = pattern_of(m);
    double sum = 0;
    for (const std::size_t kind : pattern.order) {
        sum += mixer_parameters(m, pattern.kinds[kind].mixer);
    }
    return sum;
}

/// Of one chip: attention ranks repeat what is not experts, stages share layers alone.
Bytes weights_of_chip(const Replica& r) {
    const double tables =
        real(r.model.vocab) * real(r.model.hidden) * (r.model.tied_embeddings ? 1 : 2);
    const double routed = routed_parameters(r.model);
    const double mixers = mixer_weights(r.model);
    const double dense = parameters(r.model) - routed - tables - mixers;
    const double copied = is_moe(r.model) ? 1 + redundant_experts(r) / real(r.model.experts) : 1;
    const ServeFormats& f = r.formats;
    const double bytes =
        (mixers * f.attention.bytes + dense * f.dense.bytes) / (r.ways.tensor * r.ways.pipeline) +
        routed * copied * f.experts.bytes / r.ways.chips() + tables * bf16_bytes / r.ways.tensor;
    const double encoder = vision_parameters(r.model) * bf16_bytes / r.ways.tensor;
    return (bytes + encoder) * unit::B + adapter_bytes(r);
}

/// What a token adds to the cache of one chip, and what a sequence has once, whatever its length.
struct CacheGrowth {
    double token = 0, sequence = 0;
};

/// Heads of keys are split over tensor ways, and copied where there are fewer of them; a latent is
/// whole on each.
double copies(const Mixer& mixer, double tensor) {
    switch (mixer.kind) {
        case MixerKind::latent:
        case MixerKind::sparse: return tensor;
        case MixerKind::attention:
            return std::max(1.0, tensor / std::max(1.0, real(mixer.kv_heads)));
        default: return 1;
    }
}

CacheGrowth growth_of(const Replica& r) {
    CacheGrowth sum;
    const Pattern pattern = pattern_of(r.model);
    // windows that the longest sequence does not fill grow with it; others are there whole
    const double far = r.longest > 1 ? r.longest : 1e7;
    for (const std::size_t kind : pattern.order) {
        const Mixer& mixer = pattern.kinds[kind].mixer;
        const MixerRow& row = mixer_row(mixer.kind);
        const double share = copies(mixer, r.ways.tensor) / r.ways.tensor;
        const double growth = row.state(mixer, far).kept - row.state(mixer, far - 1).kept;
        const double fixed = row.state(mixer, far).kept - growth * far;
        sum.token += share * growth * r.formats.cache_bytes;
        sum.sequence +=
            share * (fixed * r.formats.cache_bytes + row.state(mixer, far).carried * state_bytes);
    }
    return {sum.token / r.ways.pipeline, sum.sequence / r.ways.pipeline};
}

/// The widest of what is there at once: residual, input of a channel, and its inner values, gated
/// or not; and the logits of all sequences.
Bytes activations_of(const Replica& r) {
    const Model& m = r.model;
    const auto tokens = static_cast<double>(r.engine.max_batched_tokens);
    const double halves = m.gated ? 3 : 2;
    const double inner = std::max(halves * real(m.ffn) / r.ways.tensor,
                                  halves * real(m.top_k) * real(m.expert_ffn) / r.ways.tensor);
    const double width = 2 * real(m.hidden) + inner;
    const double logits =
        static_cast<double>(std::min(r.engine.max_sequences, r.engine.max_batched_tokens)) *
        real(m.vocab) / r.ways.tensor;
    return (tokens * width * bf16_bytes + logits * fp32_bytes) * unit::B;
}

}  // namespace

double WeightFormat::narrow_bytes() const {
    return bytes < 0.75 * operand_bytes(products) ? bytes : 0;
}

double Speculation::tokens_a_step() const {
    double sum = 1, right = 1;
    for (double i = 0; i < depth; ++i) sum += right *= acceptance;
    return sum;
}

EngineSettings settings_of(const Engine& e, const Chip& chip) {
    const EngineLimits limits = limits_on(e, chip);
    EngineSettings s;
    s.batching = e.batching;
    s.reservation = e.reservation;
    s.preemption = e.preemption;
    s.prefix_cache = e.prefix_cache;
    s.chunked = e.chunked;
    s.share_of_free = e.share_of_free;
    s.plans_ahead = e.plans_ahead;
    s.dependent_launch = e.dependent_launch;
    s.max_batched_tokens = limits.batched_tokens;
    s.max_sequences = limits.sequences;
    s.block_size = e.block_size.value;
    s.largest_graph = limits.largest_graph;
    s.graph_step = std::max<std::int64_t>(1, e.graph_step.value);
    s.memory_share = e.memory_share.value;
    s.overhead = e.overhead.value;
    s.figures = bare(e.figures);
    return s;
}

void override(const EngineOverrides& set, EngineSettings& engine) {
    const auto use = [](const auto& value, auto& into) {
        if (value) into = *value;
    };
    use(set.max_batched_tokens, engine.max_batched_tokens);
    use(set.max_sequences, engine.max_sequences);
    use(set.block_size, engine.block_size);
    use(set.largest_graph, engine.largest_graph);
    use(set.memory_share, engine.memory_share);
    use(set.chunked, engine.chunked);
    use(set.prefix_cache, engine.prefix_cache);
    use(set.plans_ahead, engine.plans_ahead);
    use(set.dependent_launch, engine.dependent_launch);
    if (set.redundant_experts) engine.redundant_experts = set.redundant_experts;
    if (set.two_batch_overlap) engine.two_batch_overlap = set.two_batch_overlap;
    if (set.graphs && !*set.graphs) engine.largest_graph = 0;
    if (set.speculation.depth > 0) engine.speculation = set.speculation;
    if (set.adapters.count > 0) engine.adapters = set.adapters;
    engine.structured_share = set.structured_share;
}

double ReplicaMemory::blocks_of(std::int64_t tokens, std::int64_t block_size) const {
    if (block <= Bytes{}) return 1;  // of fixed size alone
    return static_cast<double>((tokens + block_size - 1) / block_size) + sequence / block;
}

bool has_wide_experts(const Replica& r) {
    constexpr double server = 8;  // of the engines' common deployments
    return is_moe(r.model) && r.network.chips > 1 &&
           r.ways.expert > std::min(server, r.network.domain);
}

double redundant_experts(const Replica& r) {
    constexpr double usual = 32;  // of DeepSeek-V3's own deployment and of SGLang's
    if (!is_moe(r.model) || r.ways.expert <= 1) return 0;
    if (r.engine.redundant_experts) return real(*r.engine.redundant_experts);
    return has_wide_experts(r) ? usual : 0;
}

bool overlaps_exchange(const Replica& r) {
    if (!is_moe(r.model) || r.ways.attention_data <= 1) return false;
    return r.engine.two_batch_overlap.value_or(has_wide_experts(r));
}

ReplicaMemory memory_of(const Replica& r) {
    ReplicaMemory m;
    m.weights = weights_of_chip(r);
    m.activations = activations_of(r);
    const Bytes whole = max(r.chip.memory_reported, r.chip.memory_capacity);
    if (r.engine.share_of_free) {
        const Bytes left = whole - m.weights - m.activations - r.engine.overhead;
        m.cache = r.engine.memory_share * max(left, Bytes{});
        m.usable = m.weights + m.activations + m.cache;
    } else {
        m.usable = r.engine.memory_share * whole - r.engine.overhead;
        m.cache = max(m.usable - m.weights - m.activations, Bytes{});
    }
    const CacheGrowth growth = growth_of(r);
    m.block = growth.token * static_cast<double>(r.engine.block_size) * unit::B;
    m.sequence = growth.sequence * unit::B;
    // a model of states alone is counted by its sequences
    const Bytes one = m.block > Bytes{} ? m.block : max(m.sequence, unit::B);
    m.blocks = static_cast<std::int64_t>(std::floor(m.cache / one / r.ways.pipeline));
    return m;
}

bool holds(const ReplicaMemory& m, const EngineSettings& e, std::int64_t tokens) {
    const bool grows = m.block > Bytes{};
    const double all = static_cast<double>(tokens) + std::ceil(e.speculation.tokens_a_step()) - 1;
    // the last block may be begun for one token
    const double blocks = grows ? all / static_cast<double>(e.block_size) + 1 : 0;
    const double fixed = grows ? m.sequence / m.block : 1;
    return blocks + fixed <= static_cast<double>(m.blocks);
}

std::string why_not(const Replica& r, std::int64_t tokens) {
    const auto lacks = [&](Precision p) {
        return r.chip.rate(p) <= FlopRate{} || r.chip.kernel(p).peak_share <= 0;
    };
    for (const Precision p :
         {r.formats.attention.products, r.formats.dense.products, r.formats.experts.products}) {
        if (lacks(p)) return fmt::format("the chip has no known {} products", name_of(p));
    }
    if (r.ways.pipeline > real(r.model.layers)) return "more pipeline stages than layers";
    const ReplicaMemory memory = memory_of(r);
    if (holds(memory, r.engine, tokens)) return "";
    const Bytes needed =
        max(memory.blocks_of(tokens, r.engine.block_size) * memory.block, memory.sequence);
    const char* shared = r.ways.pipeline > 1 ? " for each stage's sequences" : "";
    return fmt::format(
        "memory: a sequence of {} tokens needs {} of cache a chip, {} are left{} of {} beside {} "
        "of weights and {} of activations",
        tokens, to_text(needed), to_text(memory.cache / r.ways.pipeline), shared,
        to_text(max(memory.usable, Bytes{})), to_text(memory.weights), to_text(memory.activations));
}

}  // namespace millwright
