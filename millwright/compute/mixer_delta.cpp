// The gated delta rule (Yang 2024), in two forms: gated delta net (Qwen3-Next), whose heads decay
// as a whole, and Kimi delta attention, whose channels of a head decay each at its own rate. What
// is written into the state is the value less what the state already says of its key, so within a
// chunk of C tokens each write depends on those before: the WY form makes them all at once by the
// inverse of a lower triangle (the UT transform). Per token and head of values that is
//
//     2 C N + 2 C^2 / 3     scores of keys for keys, and the inverse
//     2 C N + 2 C P         keys and values through it
//     2 N P                 what the state says of the keys
//
// beside what every chunked recurrence does.
#include <algorithm>
#include <cmath>

#include "millwright/compute/recurrence.h"

namespace millwright {
namespace {

constexpr double delta_chunk = 64;  // of the published kernels

/// Channels that the convolution goes over: query, key and value; of a rank's share.
double delta_channels(const Mixer& a, double tensor) {
    const double keys = std::max(1.0, real(a.kv_heads) / tensor);
    return 2 * keys * real(a.state) + real(a.heads) / tensor * real(a.head_dim);
}

/// FLOPs of a chunk of one head of values: scores are made for each, as heads that share a key
/// decay unlike. Forward substitution is a third of the work of a product of C x C x C.
double chunk_flops(const Chunks& c) {
    const double scores = 2 * c.length * c.length * c.state;  // of keys for keys, queries for keys
    const double through = c.length * c.length * (c.state + c.width);  // the triangle's inverse
    const double values = c.length * c.length * c.width;
    const double triangle = c.length * c.length * c.length / 3;
    const double state = 3 * c.length * c.state * c.width;  // its own, in and out
    return 2 * (scores + through + values + triangle + state);
}

/// Kernels of it were measured as a whole. A chunk that is begun is done whole.
void add_delta_core(const Mixer& a, const Shard& s, std::vector<Operation>& ops) {
    const Chunks c = chunks_of(a, s, delta_chunk);
    Operation op{.name = "delta rule", .block = Block::attention, .kernel = Kernel::recurrence};
    const double flops = c.count * c.heads * chunk_flops(c);
    op.flops = flops * unit::flop;
    op.recurrence.chunks = std::ceil(s.sequence / s.context / delta_chunk);
    op.recurrence.flops = flops;
    op.saved = s.tokens() * (2 * c.heads * c.state + c.heads * c.width) * bf16_bytes * unit::B;
    op.freed = repeats::projections;
    op.repeated = repeats::core;
    ops.push_back(op);
    Operation states{.name = "chunk states", .block = Block::attention};
    states.kernel = Kernel::recurrence;
    states.saved = c.count * c.heads * c.state * c.width * fp32_bytes * unit::B;
    states.freed = states.repeated = repeats::core;
    ops.push_back(states);
}

/// Beside the two passes over the state it is read once more, for the rule's own difference.
double delta_core(const Mixer& a, double) { return 1.5 * state_flops(a); }
MixerState delta_state(const Mixer& a, double) { return recurrent_state(a, delta_channels(a, 1)); }

/// One projection to query, key, value and gate, one to rate and decay of each value head; a
/// convolution over query, key and value; the output; two numbers a head; a norm as wide as a head.
double delta_weights(const Model& m, const Mixer& a) {
    const double h = real(m.hidden), heads = real(a.heads);
    const double values = heads * real(a.head_dim), convolved = delta_channels(a, 1);
    return h * (convolved + values + 2 * heads) + convolved * real(a.convolution) + values * h +
           2 * heads + real(a.head_dim);
}

void delta_operations(const Model& m, const Mixer& a, const Shard& s, std::vector<Operation>& ops) {
    const double heads = real(a.heads) / s.tensor;
    const double values = heads * real(a.head_dim), convolved = delta_channels(a, s.tensor);
    add_input("query, key, value, gate", m, s, convolved + values + 2 * heads, ops);
    ops.back().matrices = 2;  // rate and decay have one of their own
    add_convolution(s, convolved, real(a.convolution), ops);
    add_delta_core(a, s, ops);
    add_gate(s, values, ops);
    add_output("recurrent output", m, s, values, repeats::core, ops);
}

/// Query, key, value and output as wide as all heads; a convolution over the first three; two gates
/// of low rank; a rate for each head; two vectors as wide as all heads.
double kimi_weights(const Model& m, const Mixer& a) {
    const double h = real(m.hidden), rank = real(a.rank);
    const double inner = real(a.heads) * real(a.head_dim);
    return 4 * h * inner + 3 * inner * real(a.convolution) + 2 * (h * rank + rank * inner) +
           h * real(a.heads) + 2 * inner;
}

void kimi_operations(const Model& m, const Mixer& a, const Shard& s, std::vector<Operation>& ops) {
    const double heads = real(a.heads) / s.tensor, rank = real(a.rank);
    const double inner = heads * real(a.head_dim);
    add_input("query, key, value", m, s, 3 * inner + heads + 2 * rank, ops);
    ops.back().matrices = 6;  // query, key, value, rate, and the ways down to decay and gate
    for (const char* name : {"decay", "gate"}) {
        Operation up = product(name, Block::projections, s.precision, s.tokens(), inner, rank);
        up.saved = s.tokens() * rank * kept_bytes(s) * unit::B;
        up.freed = up.repeated = repeats::projections;
        ops.push_back(up);
    }
    add_convolution(s, 3 * inner, real(a.convolution), ops);
    // a decay for each channel of the keys, applied to queries and keys
    add_gate(s, 2 * inner, ops);
    ops.back().name = "decays";
    add_delta_core(a, s, ops);
    add_gate(s, inner, ops);
    add_output("recurrent output", m, s, inner, repeats::core, ops);
}

}  // namespace

template <>
constinit const MixerRow MixerRowOf<MixerKind::delta>::row{.parameters = delta_weights,
                                                           .operations = delta_operations,
                                                           .core_flops = delta_core,
                                                           .state = delta_state,
                                                           .handed_on = hands_on_state,
                                                           .measured = true};

template <>
constinit const MixerRow MixerRowOf<MixerKind::kimi_delta>::row{.parameters = kimi_weights,
                                                                .operations = kimi_operations,
                                                                .core_flops = delta_core,
                                                                .state = delta_state,
                                                                .handed_on = hands_on_state};

}  // namespace millwright
