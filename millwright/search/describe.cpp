// Plans in words: in full for a report's sentence, abbreviated for a table's column.
#include <fmt/format.h>

#include "millwright/search/search.h"

namespace millwright {

std::string describe(const Plan& plan) {
    std::string text;
    const auto add = [&](std::string_view name, std::int64_t ways) {
        if (ways > 1) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, ways);
    };
    add("tensor", plan.tensor);
    add("context", plan.context);
    add("expert", plan.expert);
    add("pipeline", plan.pipeline);
    add("virtual stages", plan.virtual_stages);
    add("data", plan.data);
    // "zero-1" and its like say what they are of; a bare "none" would not
    text += fmt::format("{}micro-batch {}, {}, recompute {}, {}{}", text.empty() ? "" : ", ",
                        plan.micro_batch, name_of(plan.schedule), name_of(plan.recompute),
                        plan.sharding == Sharding::none ? "sharding " : "", name_of(plan.sharding));
    if (plan.offload == Offload::none) return text;
    return text + fmt::format(", {} in host memory", plan.offload == Offload::both
                                                         ? "optimizer and activations"
                                                         : name_of(plan.offload));
}

std::string abbreviate(const Plan& plan) {
    std::string text = fmt::format("tp{} pp{}", plan.tensor, plan.pipeline);
    if (plan.virtual_stages > 1) text += fmt::format(" v{}", plan.virtual_stages);
    if (plan.context > 1) text += fmt::format(" cp{}", plan.context);
    if (plan.expert > 1) text += fmt::format(" ep{}", plan.expert);
    return text + fmt::format(" dp{} mb{}", plan.data, plan.micro_batch);
}

}  // namespace millwright
