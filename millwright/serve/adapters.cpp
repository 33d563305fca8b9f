#include "millwright/serve/adapters.h"

#include <cmath>

#include "millwright/base/whole.h"
#include "millwright/compute/mixers.h"
#include "millwright/compute/operation_parts.h"

namespace millwright {
namespace {

/// Projections of the layer's mixer and products of its dense MLP, of one chip.
std::vector<Product> adapted(const Replica& r, const Layer& layer, double tokens) {
    std::vector<Product> found;
    if (layer.mixer.kind != MixerKind::none) {
        std::vector<Operation> ops;
        Shard shard{.micro_batch = 1, .sequence = tokens};
        shard.tensor = r.ways.tensor;
        shard.sequence_parallel = false;
        mixer_row(layer.mixer.kind).operations(r.model, layer.mixer, shard, ops);
        for (const Operation& op : ops) {
            const bool product = op.kernel == Kernel::gemm && !op.in_core;
            if (product && op.product.count == 1) found.push_back(op.product);
        }
    }
    if (layer.channel == ChannelKind::dense) {
        const double hidden = real(r.model.hidden);
        const double inner = real(layer.ffn) / r.ways.tensor;
        found.push_back({.m = tokens, .n = (r.model.gated ? 2 : 1) * inner, .k = hidden});
        found.push_back({.m = tokens, .n = hidden, .k = inner});
    }
    return found;
}

/// Of so many, each as likely, those that so many tokens meet on average.
double met(double adapters, double tokens) {
    return adapters * (1 - std::pow(1 - 1 / adapters, tokens));
}

}  // namespace

std::vector<Product> adapter_products(const Replica& r, const Layer& layer, double tokens) {
    if (r.engine.adapters.count <= 0) return {};
    const double count = met(real(r.engine.adapters.count), tokens);
    const double rank = real(r.engine.adapters.rank);
    std::vector<Product> out;
    for (const Product& p : adapted(r, layer, tokens)) {
        out.push_back({.m = tokens / count, .n = rank, .k = p.k, .count = count});
        out.push_back({.m = tokens / count, .n = p.n, .k = rank, .count = count});
    }
    return out;
}

Bytes adapter_bytes(const Replica& r) {
    if (r.engine.adapters.count <= 0) return {};
    const double rank = real(r.engine.adapters.rank);
    const Pattern pattern = pattern_of(r.model);
    double values = 0;
    for (const std::size_t kind : pattern.order) {
        for (const Product& p : adapted(r, pattern.kinds[kind], 1)) values += rank * (p.n + p.k);
    }
    return real(r.engine.adapters.count) * values / r.ways.pipeline * bf16_bytes * unit::B;
}

}  // namespace millwright
