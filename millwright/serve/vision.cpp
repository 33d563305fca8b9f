#include "millwright/serve/vision.h"

#include "millwright/base/require.h"
#include "millwright/base/whole.h"
#include "millwright/collective/network.h"
#include "millwright/compute/attention_kernels.h"
#include "millwright/compute/operation_parts.h"
#include "millwright/serve/kernel_sum.h"

namespace millwright {
namespace {

double matrices(const Model& m) { return m.vision_gated ? 3 : 2; }

/// Values of the patches that one token is made of.
double merged_width(const Model& m) {
    return real(m.vision_patches) / real(m.vision_tokens) * real(m.vision_hidden);
}

void add_attention(const Replica& r, double images, KernelSum& out) {
    const Model& m = r.model;
    const double width = real(m.vision_hidden) / r.ways.tensor;
    const double patches = images * real(m.vision_patches);
    out.product({.m = patches, .n = 3 * width, .k = real(m.vision_hidden)});
    Attention core{.batch = images, .heads = real(m.vision_heads) / r.ways.tensor};
    core.kv_heads = core.heads;
    core.qk_width = core.v_width = real(m.vision_hidden) / real(m.vision_heads);
    core.queries = core.keys = real(m.vision_patches);
    core.causal = false;
    out.kernel(attention_time(r.chip, r.chip.attention, core, false),
               r.engine.figures.prefill_attention);
    out.product({.m = patches, .n = real(m.vision_hidden), .k = width});
}

void add_mlp(const Replica& r, double patches, KernelSum& out) {
    const Model& m = r.model;
    const double inner = real(m.vision_ffn) / r.ways.tensor;
    out.product({.m = patches, .n = (matrices(m) - 1) * inner, .k = real(m.vision_hidden)});
    out.memory(matrices(m) * patches * inner * bf16_bytes);
    out.product({.m = patches, .n = real(m.vision_hidden), .k = inner});
}

}  // namespace

double vision_parameters(const Model& m) {
    if (!sees_images(m)) return 0;
    const double h = real(m.vision_hidden);
    const double layer = 4 * h * h + matrices(m) * h * real(m.vision_ffn);
    return real(m.vision_layers) * layer + merged_width(m) * real(m.hidden);
}

PartTime vision_time(const Replica& r, double images) {
    require(sees_images(r.model), "the model has an encoder of images");
    const Model& m = r.model;
    const double patches = images * real(m.vision_patches);
    const Bytes rows = patches * real(m.vision_hidden) * bf16_bytes * unit::B;
    KernelSum layer(r);
    layer.norm(rows);
    add_attention(r, images, layer);
    layer.norm(rows);
    add_mlp(r, patches, layer);
    if (r.ways.tensor > 1) {
        const Group group = group_on(r.network, r.ways.tensor, 1);
        for (int i = 0; i < 2; ++i) layer.communicate(all_reduce_time(r.network, group, rows));
    }
    KernelSum projector(r);
    projector.product({.m = images * real(m.vision_tokens),
                       .n = real(m.hidden) / r.ways.tensor,
                       .k = merged_width(m)});
    PartTime all = real(m.vision_layers) * layer.sum();
    all += projector.sum();
    all.computed = all.time;
    all.exchanged = {};
    return all;
}

}  // namespace millwright
