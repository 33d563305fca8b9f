#include "millwright/parts/engine.h"

#include <algorithm>

namespace millwright {

EngineLimits limits_on(const Engine& engine, const Chip& chip) {
    EngineLimits limits{engine.max_batched_tokens.value, engine.max_sequences.value,
                        engine.largest_graph.value};
    if (std::ranges::find(engine.small_chips, chip.id) != engine.small_chips.end()) return limits;
    const auto take = [](const Cited<std::vector<std::int64_t>>& list, std::size_t place,
                         std::int64_t& into) {
        if (place < list.value.size()) into = list.value[place];
    };
    for (std::size_t i = 0; i < engine.memory_from.value.size(); ++i) {
        if (chip.memory_capacity.value < engine.memory_from.value[i]) break;
        take(engine.tokens_from, i, limits.batched_tokens);
        take(engine.sequences_from, i, limits.sequences);
        take(engine.graphs_from, i, limits.largest_graph);
    }
    return limits;
}

}  // namespace millwright
