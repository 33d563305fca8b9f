#include "millwright/train/context.h"

#include <algorithm>

#include "millwright/compute/weights.h"

namespace millwright {

TrainAssumptions assumptions_of(const Framework& framework) {
    TrainAssumptions a{bare(framework)};
    a.states = bare(framework.states);
    if (!framework.states.replicated.known()) a.states.replicated = a.states.background;
    a.factors = bare(framework.factors);
    if (!framework.replicated_overlap.known()) a.replicated_overlap = a.data_overlap;
    const std::vector<std::string>& has = framework.schedules;
    for (std::size_t i = 0; i < a.has_schedule.size() && !has.empty(); ++i) {
        const auto& name = EnumNames<Schedule>::names[i];
        a.has_schedule[i] = std::find(has.begin(), has.end(), name) != has.end();
    }
    return a;
}

TrainContext train_context(const TrainTask& task, const TrainMachine& machine,
                           const Framework& framework) {
    return {.model = task.model,
            .sequence = task.sequence,
            .precision = task.precision,
            .chip = machine.chip,
            .network = machine.network,
            .host = machine.host,
            .assume = assumptions_of(framework),
            .balance = framework.balanced_stages ? balance_by_flops(task.model) : StageBalance{}};
}

// A product takes two operations for each weight and token, so weights stand for FLOPs. The
// attention core, which has no weights, is not counted.
StageBalance balance_by_flops(const Model& model) {
    const double head =
        static_cast<double>(model.vocab.value) * static_cast<double>(model.hidden.value);
    const Mixer mixer = pattern_of(model).kinds.front().mixer;
    const double layer = mixer_parameters(model, mixer) + mlp_parameters(model, model.ffn.value);
    return {.head = head / layer, .running = true};
}

}  // namespace millwright
