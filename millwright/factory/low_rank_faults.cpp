#include "millwright/factory/low_rank_faults.h"

#include <fmt/format.h>

#include "millwright/compute/adapter_weights.h"

namespace millwright {

Faults low_rank_faults(const Model& model, Precision precision, const LowRank& low_rank,
                       const LowRankPlaces& at) {
    Faults faults;
    if (!low_rank.any()) return faults;
    if (adapter_parameters(model, low_rank) <= 0) {
        faults.push_back(
            {at.targets,
             fmt::format("{} has no such products: nothing would be trained", model.name),
             "leave it out: adapters then stand beside all of attention, mlp and "
             "experts that there are"});
    }
    if (low_rank.base == BaseForm::nf4 && precision != Precision::bf16) {
        faults.push_back({at.base,
                          fmt::format("weights in nf4 are unpacked to bf16, and the products are "
                                      "in {}",
                                      name_of(precision)),
                          "make the precision bf16, or leave the frozen weights in bf16"});
    }
    return faults;
}

}  // namespace millwright
