// Operations are timed one by one and added up; exchanges of the groups come on top, each with what
// it hides behind: ring attention behind the attention core, experts' exchanges behind projections
// and a core that hides no ring. The rest of compute is left to gradients (step.cpp).
#include "millwright/train/layer_cost.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "millwright/base/whole.h"
#include "millwright/collective/collectives.h"
#include "millwright/compute/mixers.h"
#include "millwright/compute/operation_parts.h"
#include "millwright/compute/routing.h"
#include "millwright/compute/weights.h"
#include "millwright/train/low_rank.h"

namespace millwright {
namespace {

bool is_product(const Operation& op) {
    return op.kernel == Kernel::gemm || op.kernel == Kernel::grouped_gemm;
}

/// Time over that of balanced kernels: the fullest rank of a skewed routing sets the pace of the
/// experts.
double skew_of(const TrainContext& context, const Operation& op) {
    const double own = context.assume.factors.compute;
    return op.block == Block::experts ? own * context.assume.routing_skew : own;
}

/// What an adapter of low rank does beside a frozen product (Hu 2021): dropout and a narrow product
/// on its input, a narrow product and a sum on its output, all bound by memory.
Operation adapter_of(const Operation& op) {
    constexpr double passes = 3;  // read, write, and read again
    const Product& p = op.product;
    Operation adapter{.name = "adapter", .block = Block::norms};
    adapter.traffic = passes * bf16_bytes * p.count * p.m * (p.k + p.n) * unit::B;
    return adapter;
}

void add_adapters(bool everywhere, std::vector<Operation>& ops) {
    std::vector<Operation> adapters;
    for (const Operation& op : ops) {
        const bool adapted =
            op.block == Block::projections || (everywhere && op.block != Block::router);
        if (is_product(op) && adapted) adapters.push_back(adapter_of(op));
    }
    ops.insert(ops.end(), adapters.begin(), adapters.end());
}

/// The chip with the framework's own kernels.
ChipRates chip_of(const TrainContext& context) {
    ChipRates chip = context.chip;
    for (GroupedKernel& grouped : chip.grouped) grouped.share *= context.assume.grouped_share;
    chip.grouped_calls = {context.assume.grouped_streams, context.assume.host_group};
    return chip;
}

/// As the framework runs them. A frozen weight has no gradient of its own, but its input needs one.
/// Adapters of known rank are no operations of their own but part of those they stand beside.
std::vector<Operation> as_run(const TrainContext& context, std::vector<Operation> ops) {
    if (!context.frozen_weights || context.low_rank.any()) return ops;
    add_adapters(context.assume.adapts_all, ops);
    for (Operation& op : ops) op.trains = false;
    return ops;
}

OperationWork work_of(const TrainContext& context, const ChipRates& chip, const Operation& op) {
    if (context.low_rank.any()) return frozen_work(context, chip, op);
    return {.forward = forward_time(chip, op),
            .input_gradient = input_gradient_time(chip, op),
            .weight_gradient = weight_gradient_time(chip, op, context.assume.gradient_bytes),
            .input = op.saved};
}

/// What an operation keeps: its input unless that is made again, and of its adapters unless it is.
void add_saved(const TrainAssumptions& assume, const Operation& op, const OperationWork& work,
               LayerCost& cost) {
    cost.saved += work.input + work.inner;
    if ((op.freed & assume.repeated) == 0) cost.saved_selective += work.input;
    if ((op.repeated & assume.repeated) == 0) cost.saved_selective += work.inner;
}

/// Work of operations.
LayerCost cost_of(const TrainContext& context, std::vector<Operation> ops) {
    LayerCost cost;
    const TrainAssumptions& assume = context.assume;
    const ChipRates chip = chip_of(context);
    for (const Operation& op : as_run(context, std::move(ops))) {
        const std::size_t block = static_cast<std::size_t>(op.block);
        const double skew = skew_of(context, op);
        const OperationWork work = work_of(context, chip, op);
        const Seconds forward = skew * work.forward;
        const Seconds gradient = skew * work.weight_gradient;
        const Seconds backward = skew * work.input_gradient + gradient;
        Passes& p = cost.passes;
        p.forward.blocks[block] += forward;
        p.backward.blocks[block] += backward;
        p.forward.compute += forward;
        p.backward.compute += backward;
        p.weight_gradient += gradient;
        const bool repeated = (op.repeated & assume.repeated) != 0;
        if (repeated) {
            cost.repeated_forward += forward;
        } else if (is_product(op)) {
            // as by operator-level checkpointing of every second product (torchtitan)
            cost.repeated_forward += assume.repeated_products * forward;
        }
        add_saved(assume, op, work, cost);
        cost.unpacked = max(cost.unpacked, unpacked_bytes(context.low_rank, op));
    }
    return cost;
}

/// Times of gathers and scatters (or all-reduces) of the tensor-parallel group for `pairs` pairs,
/// `trained` of which are of weights, or adapters, that are trained.
void add_tensor(const TrainContext& context, const Shard& shard, double pairs, double trained,
                LayerCost& cost) {
    if (shard.tensor <= 1 || pairs <= 0) return;
    const Group group = group_on(context.network, shard.tensor, 1);
    const Bytes size = shard.tokens() * real(context.model.hidden) * 2.0 * unit::B;
    const auto gather = collective_time(context.network, Collective::all_gather, group, size).time;
    const auto scatter =
        collective_time(context.network, Collective::reduce_scatter, group, size).time;
    const TrainAssumptions& assume = context.assume;
    const double hides = (1 - assume.processors_taken) * assume.tensor_overlap;
    const auto put = [&](Pass& pass, double gathers) {
        const Seconds wire = gathers * gather + scatter;
        pass.tensor.exposed += assume.factors.tensor * (1 - hides) * pairs * wire;
        pass.tensor.hidden += assume.factors.tensor * hides * pairs * wire;
        pass.calls.gathers += gathers * pairs;
        pass.calls.scatters += pairs;
    };
    put(cost.passes.forward, 1);
    // its input again for the weight gradient, which only ranks that split it have to gather
    // (Korthikanti 2023)
    put(cost.passes.backward, assume.sequence_parallel ? 1 + trained / pairs : 1);
}

/// Pairs around products whose own weights or adapters are trained.
double trained_pairs(const TrainContext& context, const Layer& layer) {
    const double pairs = tensor_pairs(context.model, layer);
    if (!context.low_rank.any()) return pairs;
    const double mixer = layer.mixer.kind == MixerKind::none ? 0 : 1;
    return (context.low_rank.on(LowRankTarget::attention) ? mixer : 0) +
           (context.low_rank.on(LowRankTarget::mlp) ? pairs - mixer : 0);
}

/// One dispatch or combine over the expert-parallel group.
Seconds dispatch_of(const TrainContext& context, const Shard& shard) {
    const Group group = group_on(context.network, shard.expert, shard.expert_tensor);
    const DispatchBytes bytes = dispatch_bytes(context, shard);
    return dispatch_time(context.network, group, bytes.near, bytes.far);
}

void add_expert(const TrainContext& context, const Shard& shard, LayerCost& cost) {
    Seconds one = dispatch_of(context, shard);
    if (shard.expert_tensor > 1) {
        const Group inner = group_on(context.network, shard.expert_tensor, 1);
        const Bytes routed = expert_gather_bytes(context, shard);
        one += collective_time(context.network, Collective::all_gather, inner, routed).time;
    }
    // behind projections, and the attention core where no ring attention hides behind it
    const auto window = [&](const BlockTimes& times) {
        const Seconds core = times[static_cast<std::size_t>(Block::attention)];
        const Seconds other = times[static_cast<std::size_t>(Block::projections)];
        return other + (shard.context > 1 ? Seconds{} : core);
    };
    one = context.assume.factors.expert * context.assume.routing_skew * one;
    const bool calls = shard.expert * shard.expert_tensor > 1;
    for (Pass* pass : {&cost.passes.forward, &cost.passes.backward}) {  // dispatch and combine
        pass->expert =
            parts_of(context.assume, 2 * one, context.assume.expert_overlap, window(pass->blocks));
        if (calls) pass->calls.dispatches = 2;
    }
}

/// Ring attention (Liu 2023): keys and values pass round the group behind the attention core. A
/// recurrence hands on its state alone: ranks make what their own tokens add to it side by side.
void add_context(const TrainContext& context, const Shard& shard, const Mixer& mixer,
                 LayerCost& cost) {
    if (shard.context <= 1) return;
    const Bytes size = mixer_row(mixer.kind).handed_on(mixer, shard);
    if (size <= Bytes{}) return;
    const double span = shard.tensor * shard.context;
    // a ring over domains goes at the pace of its slowest way, the one between them
    const double stride = span > context.network.domain ? context.network.domain : shard.tensor;
    const Seconds one =
        context.assume.factors.context * point_to_point_time(context.network, stride, size);
    const std::size_t core = static_cast<std::size_t>(Block::attention);
    const auto put = [&](Pass& pass, double turns) {
        pass.context = parts_of(context.assume, turns * one, context.assume.context_overlap,
                                pass.blocks[core]);
        pass.calls.handed_on = turns * size;
    };
    put(cost.passes.forward, shard.context - 1);
    put(cost.passes.backward, 2 * (shard.context - 1));  // gradients go round too
}

/// The chip waits where it is done before the host has launched the rest of the layer; a backward
/// pass has twice the kernels to launch.
void add_host(const TrainContext& context, const Shard& shard, bool experts, LayerCost& cost) {
    const TrainAssumptions& a = context.assume;
    const double casts = context.precision == Precision::bf16 ? 1 : a.host_cast;
    const Seconds launch = casts * (a.host_layer + (experts ? a.host_expert_layer : Seconds{}) +
                                    (shard.tensor > 1 ? a.host_tensor_layer : Seconds{}));
    const auto wait = [&](Pass& pass, double launches) {
        pass.host = max(Seconds{}, launches * launch - pass.compute - pass.exposed());
    };
    wait(cost.passes.forward, 1);
    wait(cost.passes.backward, 2);
}

LayerCost layer_cost(const TrainContext& context, const Shard& shard, const Layer& layer) {
    LayerCost cost = cost_of(context, layer_operations(context.model, layer, shard));
    const bool experts = layer.channel == ChannelKind::experts;
    cost.saved_full = shard.own_tokens() * real(context.model.hidden) * 2.0 * unit::B;
    add_tensor(context, shard, tensor_pairs(context.model, layer), trained_pairs(context, layer),
               cost);
    if (experts) add_expert(context, shard, cost);
    add_context(context, shard, layer.mixer, cost);
    add_host(context, shard, experts, cost);
    return cost;
}

/// Weights of a rank, in numbers and not in bytes. Tensor ranks hold the two norms of a layer and
/// the router, a row for each expert, whole.
LayerWeights weights_on_rank(const Model& m, const Layer& layer, const Shard& shard) {
    const double h = real(m.hidden);
    LayerWeights weights{.mixer =
                             mixer_parameters(m, layer.mixer) / shard.tensor + norms_of(layer) * h};
    if (layer.channel == ChannelKind::dense) {
        weights.channel = mlp_parameters(m, layer.ffn) / shard.tensor;
    } else if (layer.channel == ChannelKind::experts) {
        const double routed = real(m.experts) * mlp_parameters(m, m.expert_ffn.value);
        weights.routed = routed / (shard.expert * shard.expert_tensor);
        const double always = real(m.shared_experts) * mlp_parameters(m, m.shared_ffn.value);
        weights.channel = always / shard.tensor + h * real(m.experts);
    }
    return weights;
}

/// Adapters beside them, and which of them are packed.
void count_low_rank(const TrainContext& context, const Layer& layer, const Shard& shard,
                    LayerWeights& weights) {
    const LowRank& low_rank = context.low_rank;
    if (!low_rank.any()) return;
    for (const Operation& op : layer_operations(context.model, layer, shard)) {
        const bool routed = op.block == Block::experts;
        (routed ? weights.routed_adapters : weights.adapters) += adapter_weights(low_rank, op);
        if (!routed) weights.packed += packed_weights(low_rank, op);
    }
    // ranks that hold a copy of a key-value head have it counted as their share of all
    weights.packed = std::min(weights.packed, weights.mixer + weights.channel);
}

}  // namespace

double tensor_pairs(const Model& model, const Layer& layer) {
    const bool split = layer.channel == ChannelKind::dense ||
                       (layer.channel == ChannelKind::experts && model.shared_experts.value > 0);
    return (layer.mixer.kind == MixerKind::none ? 0 : 1) + (split ? 1 : 0);
}

DispatchBytes dispatch_bytes(const TrainContext& context, const Shard& shard) {
    const Group group = group_on(context.network, shard.expert, shard.expert_tensor);
    const Bytes token = real(context.model.hidden) * 2.0 * unit::B;
    const double tokens = shard.own_tokens();
    const double top_k = routed_experts(context.model);
    const double crossing = (group.size - group.inner) / group.size;
    if (!context.assume.forwarded_dispatch) {
        const double near = top_k * (group.inner - 1) / group.size;
        return {tokens * near * token, tokens * top_k * crossing * token};
    }
    // A token crosses to each domain that it meets once, its own aside, and there a rank gets it
    // once, however many of its experts are picked (DeepEP).
    const double open = domains_open(context.model, group.domains);
    const double domains = std::min(open, places_met(group.domains, top_k));
    const double ranks = places_met(open * group.inner, top_k);
    const double far = std::min(domains * (1 - 1 / group.domains), top_k * crossing);
    return {tokens * ranks * (1 - 1 / group.inner) * token, tokens * far * token};
}

Bytes expert_gather_bytes(const TrainContext& context, const Shard& shard) {
    if (shard.expert_tensor <= 1) return {};
    return shard.own_tokens() * routed_experts(context.model) * real(context.model.hidden) * 2.0 *
           unit::B * shard.expert_tensor;
}

std::vector<OperationTime> forward_times(const TrainContext& context, const Shard& shard,
                                         const Layer& layer) {
    const ChipRates chip = chip_of(context);
    std::vector<OperationTime> times;
    for (const Operation& op : as_run(context, layer_operations(context.model, layer, shard))) {
        times.push_back({op.name, skew_of(context, op) * work_of(context, chip, op).forward});
    }
    return times;
}

Shard shard_of(const TrainContext& context, const Plan& plan) {
    Shard shard;
    shard.micro_batch = real(plan.micro_batch);
    shard.sequence = context.sequence;
    shard.tensor = real(plan.tensor);
    shard.context = real(plan.context);
    shard.expert = real(plan.expert);
    shard.expert_tensor = real(plan.expert_tensor);
    shard.precision = context.precision;
    shard.attention = context.assume.attention;
    shard.sequence_parallel = context.assume.sequence_parallel;
    shard.pointwise = context.assume.pointwise;
    shard.permute_passes = context.assume.permute_passes;
    shard.logit_bytes = context.assume.logit_bytes;
    return shard;
}

ShardCosts shard_costs(const TrainContext& context, const Plan& plan) {
    const Shard shard = shard_of(context, plan);
    ShardCosts costs;
    costs.pattern = pattern_of(context.model);
    for (const Layer& kind : costs.pattern.kinds) {
        costs.layers.push_back(layer_cost(context, shard, kind));
        costs.weights.push_back(weights_on_rank(context.model, kind, shard));
        count_low_rank(context, kind, shard, costs.weights.back());
    }
    costs.embedding = cost_of(context, embedding_operations(context.model, shard));
    // nothing below the first adapter has a gradient
    if (context.low_rank.any()) costs.embedding.passes.backward = {};
    costs.head = cost_of(context, head_operations(context.model, shard));
    add_tensor(context, shard, 0.5, context.low_rank.any() ? 0 : 0.5, costs.head);
    const double own = shard.own_tokens();
    costs.stage_message = own * real(context.model.hidden) * 2.0 * unit::B;
    const Model& m = context.model;
    const Bytes byte_each = shard.tokens() * real(m.hidden) * unit::B;  // of all tensor ranks
    costs.embedding.saved = context.assume.embedding_bytes * byte_each;
    costs.queued = (1 - 1 / shard.tensor) * context.assume.queued_bytes * byte_each;
    costs.embedding_weights = (real(m.vocab) + real(m.positions)) * real(m.hidden) / shard.tensor;
    return costs;
}

}  // namespace millwright
