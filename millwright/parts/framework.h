// A training framework: what one release does around the kernels.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/date.h"
#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"
#include "millwright/parts/plan.h"

namespace millwright {

/// What computes the attention core: the fastest fused kernels of the chip, FlashAttention-2, or
/// separate products with scores in memory, as before 2023.
enum class AttentionLibrary { fastest, flash_attention_2, unfused };

template <>
struct EnumNames<AttentionLibrary> {
    static constexpr std::array<std::string_view, 3> names{"fastest", "flash-attention-2",
                                                           "unfused"};
};

/// How a release splits layers over a pipeline's chunks (stages times virtual stages). `layout`:
/// whole layers, one fewer where they do not divide; `ends`: evenly, with embedding and head
/// counted as a layer each if that helps; `even`: evenly; `one`: no pipeline at all.
enum class StageDivision { layout, ends, even, one };

template <>
struct EnumNames<StageDivision> {
    static constexpr std::array<std::string_view, 4> names{"layout", "ends", "even", "one"};
};

inline constexpr Range factor_range{0.1, 10};

/// The framework that stands in where none is named.
inline constexpr std::string_view default_framework = "megatron-core";

/// Figures of a release, on whatever chip it runs. Overlaps are the share of each kind of
/// communication that hides behind compute where there is compute to hide behind.
struct Framework {
    std::string id;
    std::string name;
    std::vector<std::string> aliases;
    std::string note;
    std::vector<std::string> vendors;  // of chips that it stands in for where none is named
    AttentionLibrary attention = AttentionLibrary::fastest;
    StageDivision stages = StageDivision::layout;
    std::vector<std::string> schedules;  // of millwright/parts/plan.h
    bool sequence_parallel = true;       // with tensor parallelism
    bool adapts_all = false;             // LoRA adapters on every product, not on attention's alone
    bool balanced_stages = false;  // the last stage has fewer layers, by the FLOPs of the head
    // how rows of measurements name it, and what it does where they say nothing
    std::vector<std::string> marks, marked_before;
    Date rows_until{};
    bool row_takes_whole_batch = false;
    Recompute row_recomputes = Recompute::none;
    Cited<double> tensor_overlap, data_overlap, pipeline_overlap, expert_overlap, context_overlap;
    Cited<double> processors_taken;
    Cited<double> pointwise, grouped_share;
    Cited<Seconds> host_layer, host_expert_layer, host_step;
    Cited<Seconds> host_tensor_layer;
    Cited<double> host_cast;
    Cited<double> replicated_overlap;
    Cited<Seconds> pipeline_stall, tensor_stall;
    Cited<double> memory_pressure, pressure_stall;
    Cited<double> jitter;
    Cited<double> cast_weight_bytes;
    Cited<double> weight_bytes, gradient_bytes, optimizer_bytes, logit_bytes;
    Cited<double> optimizer_traffic;
    Cited<Bytes> reserve;
    Cited<double> activation_factor;
    // of one's own machine over what is predicted, by `millwright calibrate`; 1 if left out
    Cited<double> compute_factor, memory_factor, tensor_factor, data_factor, pipeline_factor,
        expert_factor, context_factor;
};

template <>
struct Fields<Framework> {
    using F = Framework;
    static constexpr auto table = std::tuple{
        Field{"name", &F::name, "name in full", Need::required},
        Field{"aliases", &F::aliases, "other names in use"},
        Field{"note", &F::note, "how the figures were made"},
        Field{"vendors", &F::vendors,
              "makers of the chips that it stands in for where no framework is named"},
        Field{
            "stages", &F::stages,
            "how layers are split over a pipeline: layout, ends, even or one; layout if left out"},
        Field{"schedules", &F::schedules,
              "pipeline schedules it has, as --schedule names them; 1f1b, interleaved and "
              "zero-bubble if left out"},
        Field{"attention", &F::attention, "fastest, flash-attention-2 or unfused"},
        Field{"sequence_parallel", &F::sequence_parallel,
              "norms and residuals are split too where tensors are; true if left out"},
        Field{"adapts_all", &F::adapts_all,
              "adapters of LoRA on every product, not on those of attention alone"},
        Field{"balanced_stages", &F::balanced_stages,
              "the last pipeline stage has fewer layers, by the FLOPs of the head"},
        Field{"marks", &F::marks,
              "words, in lower case, by which the source, flags, system or notes of a row of "
              "measurements name it"},
        Field{"marked_before", &F::marked_before,
              "frameworks that yield to it where a row has marks of both"},
        Field{"rows_until", &F::rows_until,
              "last day of rows that are its own where they name none"},
        Field{"row_takes_whole_batch", &F::row_takes_whole_batch,
              "a rank takes its whole batch at once where a row states no micro-batch"},
        Field{"row_recomputes", &F::row_recomputes,
              "recompute where a row says nothing: none, selective or full"},
        Field{"overlap.tensor", &F::tensor_overlap, "share of tensor communication that hides",
              Need::required, fraction},
        Field{"overlap.data", &F::data_overlap, "share of data communication that may hide",
              Need::required, fraction},
        Field{"overlap.replicated_data", &F::replicated_overlap,
              "the same where states are replicated; as `overlap.data` if left out", Need::optional,
              fraction},
        Field{"overlap.pipeline", &F::pipeline_overlap, "share of pipeline messages that hide",
              Need::required, fraction},
        Field{"overlap.expert", &F::expert_overlap, "share of expert all-to-all that hides",
              Need::required, fraction},
        Field{"overlap.context", &F::context_overlap, "share of ring attention that may hide",
              Need::required, fraction},
        Field{"overlap.processors_taken", &F::processors_taken,
              "share of processors that hidden communication takes", Need::required, fraction},
        Field{"kernels.pointwise", &F::pointwise,
              "traffic of pointwise kernels over that of fused ones", Need::required,
              Range{0.5, 20}},
        Field{"kernels.grouped_share", &F::grouped_share,
              "rate of its grouped products over the chip's best", Need::required, Range{0.1, 1.5}},
        Field{"host.layer", &F::host_layer, "host time to launch a layer forward", Need::required},
        Field{"host.expert_layer", &F::host_expert_layer, "what experts add to it", Need::required},
        Field{"host.tensor_layer", &F::host_tensor_layer, "what tensor parallelism adds to it"},
        Field{"stalls.pipeline", &F::pipeline_stall,
              "wait for a pipeline message across domains where states are replicated"},
        Field{"stalls.tensor", &F::tensor_stall,
              "wait of a layer and tensor rank where a pipeline crosses domains"},
        Field{"stalls.memory_pressure", &F::memory_pressure,
              "share of memory beyond which the allocator stalls; never if left out",
              Need::optional, fraction},
        Field{"stalls.pressure", &F::pressure_stall, "step time over that without such stalls",
              Need::optional, Range{1, 100}},
        Field{"host.cast", &F::host_cast, "host time of a layer in FP8 or FP4 over BF16",
              Need::required, Range{1, 10}},
        Field{"host.step", &F::host_step, "host time of a step outside its layers", Need::required},
        Field{"host.jitter", &F::jitter, "spread of a chip's step time", Need::required, fraction},
        Field{"memory.weight_bytes", &F::weight_bytes, "kept per weight", Need::required},
        Field{"memory.cast_weight_bytes", &F::cast_weight_bytes,
              "kept per weight in FP8 and FP4 recipes", Need::required},
        Field{"memory.gradient_bytes", &F::gradient_bytes, "kept per gradient", Need::required},
        Field{"memory.optimizer_bytes", &F::optimizer_bytes, "optimizer states per weight",
              Need::required},
        Field{"memory.optimizer_traffic", &F::optimizer_traffic,
              "read and written per weight in a step", Need::required},
        Field{"memory.logit_bytes", &F::logit_bytes, "kept per logit for the loss", Need::required},
        Field{"memory.reserve", &F::reserve, "runtime, communication library, workspace",
              Need::required},
        Field{"memory.activation_factor", &F::activation_factor,
              "activations kept over those counted", Need::required, Range{0.5, 3}},
        Field{"factors.compute", &F::compute_factor, "measured over predicted compute time",
              Need::optional, factor_range},
        Field{"factors.memory", &F::memory_factor, "measured over predicted memory", Need::optional,
              factor_range},
        Field{"factors.tensor", &F::tensor_factor, "measured over predicted tensor communication",
              Need::optional, factor_range},
        Field{"factors.data", &F::data_factor, "the same of data communication", Need::optional,
              factor_range},
        Field{"factors.pipeline", &F::pipeline_factor, "the same of pipeline messages",
              Need::optional, factor_range},
        Field{"factors.expert", &F::expert_factor, "the same of expert all-to-all", Need::optional,
              factor_range},
        Field{"factors.context", &F::context_factor, "the same of ring attention", Need::optional,
              factor_range},
    };
};

}  // namespace millwright
