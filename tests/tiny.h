// A system whose figures are worked out by hand: small widths, round rates, nothing on top.
#pragma once

#include "millwright/train/step.h"

namespace millwright {

/// Four layers of 976 weights: attention 8 x (8 + 4 + 4) + 8 x 8 = 192, MLP 3 x 8 x 32 = 768, norms
/// 2 x 8. Either embedding matrix has 16 x 8 = 128.
inline Model tiny_model() {
    Model m;
    m.layers.value = 4;
    m.hidden.value = 8;
    m.ffn.value = 32;
    m.heads.value = 4;
    m.kv_heads.value = 2;
    m.head_dim.value = 2;
    m.vocab.value = 16;
    return m;
}

/// The same with a dense layer and three of four experts: 3 x 8 x 16 = 384 each, two picked by a
/// token, beside a shared one of 384 and a router of 8 x 4.
inline Model tiny_experts() {
    Model m = tiny_model();
    m.experts.value = 4;
    m.top_k.value = 2;
    m.expert_ffn.value = 16;
    m.shared_experts.value = 1;
    m.shared_ffn.value = 16;
    m.dense_layers.value = 1;
    return m;
}

/// Products at a TFLOP/s, and as if memory and launches took no time. One processor has no waves;
/// tiles are still whole, so that rows and columns count as multiples of 64.
inline ChipRates plain_chip() {
    ChipRates chip;
    chip.dense.fill(unit::TFLOPS);
    chip.gemm.fill({.peak_share = 1});
    chip.memory_bandwidth = Bandwidth::from_si(1e30);
    chip.memory_capacity = 1 * unit::GB;
    chip.attention = chip.flash_attention_2 = {.peak_share = 1};
    return chip;
}

/// A GB/s inside domains of so many chips and a tenth of it between them, whatever the message.
inline Network plain_network(double chips, double domain) {
    const Curve whole{{1, 2}, {1, 1}};
    Network network{.chips = chips, .domain = domain};
    network.inner = {.per_chip = unit::GBps, .ring = whole, .all_to_all = whole};
    network.outer = {.per_chip = 0.1 * unit::GBps, .ring = whole, .all_to_all = whole};
    network.tiers = {{.name = "leaf", .reach = chips}};
    return network;
}

/// Mixed precision with Adam as usual: 2, 4 and 12 bytes a weight; no overlap and no overhead.
inline TrainContext tiny_context(const Model& model = tiny_model()) {
    TrainContext c{.model = model, .sequence = 32};
    c.chip = plain_chip();
    c.network = plain_network(64, 8);
    c.assume.weight_bytes = 2;
    c.assume.cast_weight_bytes = 3;
    c.assume.gradient_bytes = 4;
    c.assume.optimizer_bytes = 12;
    c.assume.optimizer_traffic = 30;
    c.assume.logit_bytes = 6;
    c.assume.usable_memory = 1;
    return c;
}

}  // namespace millwright
