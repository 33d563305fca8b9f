#include "millwright/compute/recurrence.h"

#include <algorithm>

namespace millwright {

Chunks chunks_of(const Mixer& a, const Shard& s, double length) {
    Chunks c;
    c.length = std::min(length, s.sequence / s.context);
    c.count = s.tokens() / c.length;
    c.heads = real(a.heads) / s.tensor;
    // with more ranks than heads of keys, ranks hold copies of one
    c.keys = std::max(1.0, real(a.kv_heads) / s.tensor);
    c.state = real(a.state);
    c.width = real(a.head_dim);
    return c;
}

// Timed as plain products of these sizes in one batch, whose operands and results pass through
// memory: no kernel of this kind was measured for the catalog.
void add_chunk_product(std::string_view name, const Chunks& c, double count,
                       const std::array<double, 3>& mnk, std::vector<Operation>& ops) {
    Operation op = product(name, Block::attention, Precision::bf16, mnk[0], mnk[1], mnk[2]);
    op.product.count = c.count * count;
    op.flops = op.product.count * op.flops;
    op.repeated = repeats::core;
    ops.push_back(op);
}

void add_chunked_core(const Chunks& c, const Shard& s, std::vector<Operation>& ops) {
    add_chunk_product("chunk scores", c, c.keys, {c.length, c.length, c.state}, ops);
    // queries and keys of their heads, values, which the backward pass reads again
    ops.back().saved =
        s.tokens() * (2 * c.keys * c.state + c.heads * c.width) * bf16_bytes * unit::B;
    ops.back().freed = repeats::projections;
    add_chunk_product("chunk values", c, c.heads, {c.length, c.width, c.length}, ops);
    add_chunk_product("state in", c, c.heads, {c.state, c.width, c.length}, ops);
    ops.back().saved = c.count * c.heads * c.state * c.width * fp32_bytes * unit::B;
    ops.back().freed = repeats::core;
    add_chunk_product("state out", c, c.heads, {c.length, c.width, c.state}, ops);
}

double state_flops(const Mixer& a) { return 4 * real(a.heads) * real(a.state) * real(a.head_dim); }

MixerState recurrent_state(const Mixer& a, double channels) {
    const double inputs = channels * std::max(0.0, real(a.convolution) - 1);
    return {.carried = real(a.heads) * real(a.state) * real(a.head_dim) + inputs};
}

Bytes hands_on_state(const Mixer& a, const Shard& s) {
    const double numbers = real(a.heads) / s.tensor * real(a.state) * real(a.head_dim);
    return s.micro_batch * numbers * fp32_bytes * unit::B;
}

}  // namespace millwright
