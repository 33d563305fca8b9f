// Decode reads: what its step takes is mostly bytes over bandwidth, weights once for the batch and
// the cache of each sequence. Operations count where they take longer than the weights; those of
// attention cores do not, for they wait for the cache that they multiply.
#include "millwright/serve/roofline.h"

#include <algorithm>
#include <cmath>

#include "millwright/collective/collectives.h"
#include "millwright/compute/mixers.h"
#include "millwright/compute/operation_parts.h"
#include "millwright/compute/weights.h"

namespace millwright {
namespace {

// What no file of the catalog says of serving (docs/model.md).
constexpr double activation_bytes = 2;  // BF16, as vLLM and SGLang compute between products
constexpr double cache_bytes = 2;       // of each key and value: BF16 too, their default
/// For weights and cache: `gpu_memory_utilization` of vLLM, 0.9 through its releases to 0.10.
constexpr double memory_for_serving = 0.9;
/// Judgement: beyond it products bound decoding on every chip, and more sequences gain nothing.
constexpr double largest_batch = 4096;
/// Judgement: norms, products, attention and activation of a layer, pointwise ones fused.
constexpr double launches_of_layer = 8;

/// Layers of each kind.
struct KindCount {
    const Layer* layer;
    double layers;
};

std::vector<KindCount> counted(const Pattern& pattern) {
    const LayerCounts counts = prefix_counts(pattern).back();
    std::vector<KindCount> kinds;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        kinds.push_back({&pattern.kinds[i], static_cast<double>(counts[i])});
    }
    return kinds;
}

/// Experts that at least one of `batch` tokens picks, as a share of all (balanced routing).
double share_of_experts(const Model& model, double batch) {
    const double miss = 1 - routed_experts(model) / real(model.experts);
    return 1 - std::pow(miss, batch);
}

/// Weights that a decode step of this batch reads.
/// The input embedding is looked up, so a table of its own is not read; one that is the head's too
/// is. An expert is read whole as soon as one token of the batch picks it.
double weights_read(const Model& model, double batch) {
    const double table = real(model.vocab) * real(model.hidden);
    const double all = parameters(model) - (model.tied_embeddings ? 0 : table);
    if (!is_moe(model)) return all;
    const double routed = routed_parameters(model);
    return all - routed + routed * share_of_experts(model, batch);
}

/// Tensor-parallel all-reduces (or expert all-to-alls, which move less) of one pass: one after
/// each mixer, one after each channel, as many as norms before them (Megatron-LM,
/// arXiv:1909.08053).
Seconds pass_communication(const ServeContext& c, double chips, double tokens) {
    if (chips <= 1) return {};
    const Group group = group_on(c.network, chips, 1);
    const Bytes size = tokens * real(c.model.hidden) * activation_bytes * unit::B;
    const Seconds one = collective_time(c.network, Collective::all_reduce, group, size).time;
    double reductions = 0;
    const Pattern pattern = pattern_of(c.model);
    for (const auto& [layer, layers] : counted(pattern)) reductions += layers * norms_of(*layer);
    return reductions * one;
}

Seconds prefill_time(const ServeContext& c, double chips, double prompt) {
    Shard shard{.micro_batch = 1, .sequence = prompt};
    shard.tensor = chips;
    shard.expert = is_moe(c.model) ? std::min(chips, real(c.model.experts)) : 1;
    shard.precision = c.precision;
    Seconds sum;
    const Pattern pattern = pattern_of(c.model);
    for (const auto& [layer, layers] : counted(pattern)) {
        if (layers == 0) continue;
        for (const Operation& op : layer_operations(c.model, *layer, shard)) {
            sum += layers * forward_time(c.chip, op);
        }
    }
    return sum + pass_communication(c, chips, prompt);
}

DecodeTime decode_time(const ServeContext& c, double chips, double batch, double length) {
    const Bytes weights = weights_read(c.model, batch) * operand_bytes(c.precision) * unit::B;
    const Bytes cache = batch * sequence_cache(c.model, length).moved;
    const Bandwidth rate = chips * c.chip.memory_bandwidth * c.chip.memory_share;
    const Flops work = 2 * active_parameters(c.model) * batch * unit::flop;
    const FlopRate compute =
        chips * c.chip.rate(c.precision) * c.chip.kernel(c.precision).peak_share;
    // attention kernels read caches at a share of their own; a bound takes the larger
    const double share = std::max(c.chip.memory_share, c.chip.decode.memory_share);
    return {.weights = weights / rate,
            .products = work / compute,
            .cache = cache / (chips * c.chip.memory_bandwidth * share),
            .launches = launches_of_layer * real(c.model.layers) * c.chip.launch,
            .communication = pass_communication(c, chips, batch)};
}

/// What the replica has to keep, and where; the batch is still to be found.
Served replica_memory(const ServeContext& c, const ServeRequest& r, double chips) {
    Served served{.chips = static_cast<std::int64_t>(chips)};
    served.usable = chips * c.chip.memory_capacity * memory_for_serving;
    served.weights = parameters(c.model) * operand_bytes(c.precision) * unit::B;
    served.cache_per_sequence = sequence_cache(c.model, r.prompt + r.output).held;
    return served;
}

/// Largest batch within memory and the time per token; zero if not one sequence fits.
double largest_decode_batch(const ServeContext& c, const ServeRequest& r, const Served& held) {
    if (held.weights + held.cache_per_sequence > held.usable) return 0;
    const double most =
        std::min(largest_batch, std::floor((held.usable - held.weights) / held.cache_per_sequence));
    const auto chips = static_cast<double>(held.chips);
    const auto in_time = [&](double batch) {
        // the mean length of a sequence while its answer grows
        return decode_time(c, chips, batch, r.prompt + r.output / 2).total() <= r.per_token;
    };
    double batch = 1;  // one sequence is served however long it takes
    for (double step = largest_batch; step >= 1; step /= 2) {
        if (batch + step <= most && in_time(batch + step)) batch += step;
    }
    return batch;
}

/// Whether `a` makes more of a chip than `b`; late replicas come last where decoding counts.
bool better(const Served& a, const Served& b, bool by_prefill) {
    if (!by_prefill && a.in_time != b.in_time) return a.in_time;
    const auto each = [&](const Served& s) {
        return (by_prefill ? s.prefill : s.decode) / static_cast<double>(s.chips);
    };
    return each(a) > each(b);
}

}  // namespace

SequenceCache sequence_cache(const Model& model, double tokens) {
    MixerState sum;
    const Pattern pattern = pattern_of(model);
    for (const auto& [layer, layers] : counted(pattern)) {
        const MixerState state = mixer_row(layer->mixer.kind).state(layer->mixer, tokens);
        sum.kept += layers * state.kept;
        sum.met += layers * state.met;
        sum.carried += layers * state.carried;
    }
    const Bytes carried = sum.carried * state_bytes * unit::B;
    return {.held = sum.kept * cache_bytes * unit::B + carried,
            .moved = sum.met * cache_bytes * unit::B + 2 * carried};
}

Served replica_of(const ServeContext& c, const ServeRequest& r, double chips) {
    Served served = replica_memory(c, r, chips);
    const double batch = largest_decode_batch(c, r, served);
    if (batch < 1) return served;
    served.feasible = true;
    served.batch = static_cast<std::int64_t>(batch);
    served.token_time = decode_time(c, chips, batch, r.prompt + r.output / 2);
    served.in_time = served.token_time.total() <= r.per_token;
    served.decode = batch * unit::token / served.token_time.total();
    served.prompt_time = prefill_time(c, chips, r.prompt);
    served.prefill = r.prompt * unit::token / served.prompt_time;
    return served;
}

Served best_replica(const ServeContext& context, const ServeRequest& request) {
    Served best;
    for (std::int64_t chips = 1; chips <= request.chips_at_most; chips *= 2) {
        const Served served = replica_of(context, request, static_cast<double>(chips));
        const bool holds_more = !best.feasible && !served.feasible;  // larger, and too small still
        const bool first = !best.feasible && served.feasible;
        if (holds_more || first || (served.feasible && better(served, best, request.by_prefill))) {
            best = served;
        }
    }
    return best;
}

}  // namespace millwright
