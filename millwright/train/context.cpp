#include "millwright/train/context.h"

#include <algorithm>

namespace millwright {

namespace {

double known_or_one(const Cited<double>& factor) { return factor.known() ? factor.value : 1; }

}  // namespace

TrainAssumptions assumptions_of(const Framework& f) {
    TrainAssumptions a;
    a.factors = {known_or_one(f.compute_factor),  known_or_one(f.memory_factor),
                 known_or_one(f.tensor_factor),   known_or_one(f.data_factor),
                 known_or_one(f.pipeline_factor), known_or_one(f.expert_factor),
                 known_or_one(f.context_factor)};
    a.tensor_overlap = f.tensor_overlap.value;
    a.data_overlap = f.data_overlap.value;
    a.pipeline_overlap = f.pipeline_overlap.value;
    a.expert_overlap = f.expert_overlap.value;
    a.context_overlap = f.context_overlap.value;
    a.processors_taken = f.processors_taken.value;
    a.attention = f.attention;
    a.stages = f.stages;
    for (std::size_t i = 0; i < a.has_schedule.size() && !f.schedules.empty(); ++i) {
        const auto& name = EnumNames<Schedule>::names[i];
        a.has_schedule[i] =
            std::find(f.schedules.begin(), f.schedules.end(), name) != f.schedules.end();
    }
    a.adapts_all = f.adapts_all;
    a.sequence_parallel = f.sequence_parallel;
    a.pointwise = f.pointwise.value;
    a.grouped_share = f.grouped_share.value;
    a.host_cast = f.host_cast.value;
    a.cast_weight_bytes = f.cast_weight_bytes.value;
    a.host_layer = f.host_layer.value;
    a.host_expert_layer = f.host_expert_layer.value;
    a.host_tensor_layer = f.host_tensor_layer.value;
    a.pipeline_stall = f.pipeline_stall.value;
    a.tensor_stall = f.tensor_stall.value;
    if (f.memory_pressure.known()) {
        a.memory_pressure = f.memory_pressure.value;
        a.pressure_stall = f.pressure_stall.value;
    }
    a.replicated_overlap =
        f.replicated_overlap.known() ? f.replicated_overlap.value : f.data_overlap.value;
    a.host_step = f.host_step.value;
    a.jitter = f.jitter.value;
    a.weight_bytes = f.weight_bytes.value;
    a.gradient_bytes = f.gradient_bytes.value;
    a.optimizer_bytes = f.optimizer_bytes.value;
    a.optimizer_traffic = f.optimizer_traffic.value;
    a.logit_bytes = f.logit_bytes.value;
    a.reserve = f.reserve.value;
    a.activation_factor = f.activation_factor.value;
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

StageBalance balance_by_flops(const Model& model) {
    const double head =
        static_cast<double>(model.vocab.value) * static_cast<double>(model.hidden.value);
    return {0, head / (attention_parameters(model) + mlp_parameters(model, model.ffn.value))};
}

}  // namespace millwright
