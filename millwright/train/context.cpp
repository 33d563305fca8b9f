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
    if (!framework.selective.empty()) a.repeated = repeats::none;
    for (const std::string& name : framework.selective) {
        a.repeated |= repeats::bit(enum_named<Repeat>(name).value());
    }
    const std::vector<std::string>& has = framework.schedules;
    for (std::size_t i = 0; i < a.has_schedule.size() && !has.empty(); ++i) {
        const auto& name = EnumNames<Schedule>::names[i];
        a.has_schedule[i] = std::find(has.begin(), has.end(), name) != has.end();
    }
    return a;
}

namespace {

StageBalance balance_of(const Framework& framework, const Model& model) {
    if (framework.balance == StageBalancing::none) return {};
    StageBalance balance = balance_by_flops(model);
    balance.running = framework.balance == StageBalancing::running;
    return balance;
}

}  // namespace

TrainContext train_context(const TrainTask& task, const TrainMachine& machine,
                           const Framework& framework) {
    return {.model = task.model,
            .sequence = task.sequence,
            .precision = task.precision,
            .chip = machine.chip,
            .network = machine.network,
            .host = machine.host,
            .assume = assumptions_of(framework),
            .balance = balance_of(framework, task.model),
            .frozen_weights = task.low_rank.any(),
            .low_rank = task.low_rank};
}

// A product takes two operations for each weight and token, so weights that a token meets stand for
// FLOPs. The attention core, which has no weights, is not counted.
StageBalance balance_by_flops(const Model& model) {
    const Pattern pattern = pattern_of(model);
    const auto hidden = static_cast<double>(model.hidden.value);
    std::vector<double> layers;
    for (const Layer& kind : pattern.kinds) layers.push_back(active_weights(model, kind));
    const double one = layers.front();
    for (double& weight : layers) weight /= one;
    const double head = static_cast<double>(model.vocab.value) * hidden / one;
    const double block = layers[pattern.prediction] + 2 * hidden * hidden / one + head;
    const auto blocks = static_cast<double>(model.mtp_layers.value);
    return {.head = head, .prediction = blocks * block, .layers = std::move(layers)};
}

}  // namespace millwright
