#include "millwright/factory/attention_library.h"

namespace millwright {
namespace {

bool known(const AttentionKernels& kernels) { return kernels.peak_share.known(); }
bool is_out(const AttentionKernels& kernels, const Date& day) {
    return known(kernels) && (!kernels.since.ok() || kernels.since <= day);
}

}  // namespace

AttentionLibrary attention_library(const Catalog& catalog, const Chip& chip, const Date& day) {
    const KernelFamily& family = part_named(catalog.kernels, chip.generation);
    const bool any = known(family.attention) || known(family.flash_attention_2) ||
                     known(family.flash_attention_1);
    if (!any || is_out(family.attention, day)) return AttentionLibrary::fastest;
    if (is_out(family.flash_attention_2, day)) return AttentionLibrary::flash_attention_2;
    if (is_out(family.flash_attention_1, day)) return AttentionLibrary::flash_attention_1;
    return AttentionLibrary::unfused;
}

}  // namespace millwright
