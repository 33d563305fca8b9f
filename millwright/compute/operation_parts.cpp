#include "millwright/compute/operation_parts.h"

namespace millwright {

void add_input(std::string_view name, const Model& m, const Shard& s, double columns,
               std::vector<Operation>& ops) {
    Operation op =
        product(name, Block::projections, s.precision, s.tokens(), columns, real(m.hidden));
    op.saved = normed(m, s);
    op.freed = repeats::norm;
    op.repeated = repeats::projections;
    ops.push_back(op);
}

void add_output(std::string_view name, const Model& m, const Shard& s, double width,
                repeats::List again, std::vector<Operation>& ops) {
    Operation op =
        product(name, Block::projections, s.precision, s.tokens(), real(m.hidden), width);
    op.saved = s.tokens() * width * bf16_bytes * unit::B;
    op.freed = again;
    op.repeated = repeats::projections;
    ops.push_back(op);
}

// Each output reads `length` inputs that lie beside each other: one pass over the tokens.
void add_convolution(const Shard& s, double channels, double length, std::vector<Operation>& ops) {
    const double size = s.tokens() * channels;
    Operation op = pointwise("convolution", Block::norms, s, 2 * size * bf16_bytes);
    op.flops = 2 * size * length * unit::flop;
    op.saved = size * bf16_bytes * unit::B;
    op.freed = repeats::projections;
    op.repeated = repeats::projections | repeats::core;
    ops.push_back(op);
}

void add_gate(const Shard& s, double width, std::vector<Operation>& ops) {
    const double size = s.tokens() * width * bf16_bytes;
    Operation op = pointwise("output gate", Block::norms, s, 3 * size);
    op.saved = 2 * size * unit::B;
    op.freed = repeats::core;
    op.repeated = repeats::core;
    ops.push_back(op);
}

}  // namespace millwright
