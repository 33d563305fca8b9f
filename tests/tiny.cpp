#include "tests/tiny.h"

namespace millwright {

Model tiny_model() {
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

Model tiny_experts() {
    Model m = tiny_model();
    m.experts.value = 4;
    m.top_k.value = 2;
    m.expert_ffn.value = 16;
    m.shared_experts.value = 1;
    m.shared_ffn.value = 16;
    m.dense_layers.value = 1;
    return m;
}

ChipRates plain_chip() {
    ChipRates chip;
    chip.dense.fill(unit::TFLOPS);
    chip.gemm.fill({.peak_share = 1});
    chip.memory_bandwidth = Bandwidth::from_si(1e30);
    chip.memory_capacity = 1 * unit::GB;
    chip.attention = chip.flash_attention_2 = {.peak_share = 1};
    return chip;
}

Network plain_network(double chips, double domain) {
    const Curve whole{{1, 2}, {1, 1}};
    Network network{.chips = chips, .domain = domain};
    network.inner = {.per_chip = unit::GBps, .ring = whole, .all_to_all = whole};
    network.outer = {.per_chip = 0.1 * unit::GBps, .ring = whole, .all_to_all = whole};
    network.tiers = {{.name = "leaf", .reach = chips}};
    return network;
}

TrainContext tiny_context(const Model& model) {
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
