// A training framework: what one release does around the kernels.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/date.h"
#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"
#include "millwright/parts/plan.h"

namespace millwright {

/// What computes the attention core: the fastest fused kernels of the chip, a release of
/// FlashAttention, or separate products with scores in memory, as before 2022.
enum class AttentionLibrary { fastest, flash_attention_2, flash_attention_1, unfused };

template <>
struct EnumNames<AttentionLibrary> {
    static constexpr std::array<std::string_view, 4> names{"fastest", "flash-attention-2",
                                                           "flash-attention-1", "unfused"};
};

/// How a release splits layers over a pipeline's chunks (stages times virtual stages). `layout`:
/// whole layers, one fewer where they do not divide; `ends`: evenly, with embedding and head
/// counted as a layer each if that helps; `even`: evenly; `one`: no pipeline at all.
enum class StageDivision { layout, ends, even, one };

template <>
struct EnumNames<StageDivision> {
    static constexpr std::array<std::string_view, 4> names{"layout", "ends", "even", "one"};
};

/// How layers are put into pipeline stages: as many in each; so that the heaviest stage weighs as
/// little as can be; or one by one, the next stage begun once the sum so far passes an even share
/// (nanotron).
enum class StageBalancing { none, even, running };

template <>
struct EnumNames<StageBalancing> {
    static constexpr std::array<std::string_view, 3> names{"none", "even", "running"};
};

/// Parts of a layer that selective recompute makes again before its backward pass (recompute
/// modules of Megatron-Core); `latent` is the up projections of multi-latent attention.
enum class Repeat { norm, core, activation, latent, mlp, experts, shared_experts, projections };

template <>
struct EnumNames<Repeat> {
    static constexpr std::array<std::string_view, 8> names{
        "norm", "core", "activation", "latent", "mlp", "experts", "shared-experts", "projections"};
};

/// What a file may say. Fits end at 0.2 and 5 (docs/catalog.md, "Frameworks").
inline constexpr Range factor_range{0.1, 10};

/// The framework that stands in where none is named.
inline constexpr std::string_view default_framework = "generic";

/// Measured over predicted on a machine of one's own, by `millwright calibrate`.
/// Each multiplies the time of one kind, `memory` the bytes; 1 changes nothing.
template <template <class> class As>
struct RunFactors {
    As<double> compute{1}, memory{1}, tensor{1}, data{1}, pipeline{1}, expert{1}, context{1};
};

/// A cluster is in one of two states while a job runs: as usual, or stalled, where messages of a
/// pipeline that crosses scale-up domains wait. The state is the cluster's and not the layout's, so
/// it has odds: 1 - (1 - background) / (1 + (domains of the job / half)^5).
template <template <class> class As>
struct StateFigures {
    As<Seconds> wait{};           // of a micro-batch for each neighbour; in a job of one domain
    As<double> growth{1};         // of it, with each doubling of domains
    As<double> background{};      // share of jobs that are stalled whatever their size
    As<double> half{1};           // domains of which half the jobs are stalled for their size
    As<double> replicated{};      // as `background`, of jobs that replicate their states
    As<double> tensor_domains{};  // a tensor group over more is always stalled; zero: none is
};

/// What a release does on whatever chip it runs: cited in the catalog, bare in the engines.
/// Overlaps are the share of each kind of communication that hides behind compute where there is
/// compute to hide behind.
/// Host times count only where the chip is done sooner. Jitter is deviation over mean: of n chips
/// the slowest lags sqrt(2 ln n) times it.
template <template <class> class As>
struct FrameworkFigures {
    AttentionLibrary attention = AttentionLibrary::fastest;
    StageDivision stages = StageDivision::layout;
    bool sequence_parallel = true;  // activations outside tensor-parallel products are split too
    // a token crosses to each domain once and is copied there (DeepEP, HybridEP, PXN)
    bool forwarded_dispatch = true;
    bool adapts_all = false;  // LoRA adapters on every product, not on attention's alone
    As<double> tensor_overlap{}, data_overlap{}, pipeline_overlap{}, expert_overlap{},
        context_overlap{};
    As<double> replicated_overlap{};  // of data communication, states replicated
    // share of a chip's processors that a communication kernel takes from compute it hides behind:
    // 16 to 24 of 132 on H100 with NCCL's usual number of channels
    As<double> processors_taken{};
    As<double> pointwise{1};  // traffic of pointwise kernels over that of fused ones
    // passes of routed rows through memory that bring them to their experts and back: 4 where
    // permuting is fused (read and written, each way), 8 where it is a chain of kernels
    As<double> permute_passes{8};
    As<double> routing_skew{1};       // tokens of the fullest expert rank over the mean
    As<double> grouped_share{1};      // rate of fused grouped products over the chip's best
    As<double> grouped_streams{};     // library calls side by side, one a group; 0: a fused kernel
    As<Seconds> host_layer{};         // host time to launch a layer forward; twice backward
    As<Seconds> host_expert_layer{};  // the same that a layer with experts adds
    As<Seconds> host_tensor_layer{};  // the same that tensor parallelism adds
    As<Seconds> host_group{};         // of one library call of grouped products
    As<double> host_cast{1};          // host time of a layer in FP8 or FP4 over BF16
    As<Seconds> host_step{};          // host time of a step outside its layers
    As<Seconds> host_message{};       // host time of a pipeline message, which nothing hides
    As<Seconds> tensor_stall{};       // host time that a tensor rank adds to a layer, there and
                                      // back, where a pipeline crosses domains
    As<double> memory_pressure{2};    // share of memory beyond which the allocator stalls
    As<double> pressure_stall{1};     // step time over that without such stalls
    As<double> jitter{};              // spread of a chip's step time; the slowest sets the pace
    // bytes of a weight on the ranks that keep it; sharding divides them
    As<double> weight_bytes{};        // kept of a weight: 2 in BF16
    As<double> cast_weight_bytes{};   // the same in FP8 and FP4 recipes
    As<double> gradient_bytes{};      // 4 where accumulated and reduced in FP32
    As<double> bucket_bytes{};        // beside it where replicas reduce gradients
    As<double> optimizer_bytes{};     // 12: FP32 master copy and two Adam moments
    As<double> optimizer_traffic{};   // bytes read and written per weight in a step
    As<double> logit_bytes{};         // kept per logit for the backward pass of the loss
    As<Bytes> reserve{};              // runtime context, communication library, workspace
    As<double> activation_factor{1};  // activations kept over those counted
    // of a token and unit of width, not split over tensor ranks
    As<double> embedding_bytes{};  // output of the embedding, of each micro-batch in flight
    As<double> queued_bytes{};     // gathered for products that the host has queued
    StateFigures<As> states{};
    RunFactors<As> factors{};
};

/// A release, its figures, and how rows of measurements name it.
/// The first of the catalog that names a chip's vendor stands in where a job names none.
struct Framework : FrameworkFigures<Cited> {
    std::string id;
    std::string name;
    std::vector<std::string> aliases;
    std::string note;
    std::vector<std::string> vendors;    // of chips that it stands in for where none is named
    std::vector<std::string> schedules;  // of millwright/parts/plan.h
    std::vector<std::string> selective;  // of Repeat
    StageBalancing balance = StageBalancing::none;
    // how rows of measurements name it, and what it does where they say nothing
    // words, in lower case; frameworks that yield where a row has marks of both; makers of chips
    // without whose chip the marks are not its own
    std::vector<std::string> marks, marked_before, marked_on;
    // rows up to that year without any marks are of this release; no date: none are
    Date rows_until{};
    bool row_takes_whole_batch = false;
    bool row_counts_gib = false;  // memory is printed in units of 2^30 bytes
    // its makers write the kernels it needs: the days of public releases do not bind it
    bool own_kernels = false;
    Recompute row_recomputes = Recompute::none;
    // of a collective that tables of collectives time: host time of a call that each process
    // launches by itself, and the exponent of the norm that joins it and the call's own time, as
    // the two overlap in part (1: one after the other)
    Cited<Seconds> row_call{};
    Cited<double> row_call_join{1};
    Sharding row_pipelined_fsdp = Sharding::zero_3;
};

template <template <class> class As>
struct Fields<RunFactors<As>> {
    using F = RunFactors<As>;
    static constexpr auto table = std::tuple{
        Field{"compute", &F::compute, "measured over predicted compute time", Need::optional,
              factor_range},
        Field{"memory", &F::memory, "measured over predicted memory", Need::optional, factor_range},
        Field{"tensor", &F::tensor, "measured over predicted tensor communication", Need::optional,
              factor_range},
        Field{"data", &F::data, "the same of data communication", Need::optional, factor_range},
        Field{"pipeline", &F::pipeline, "the same of pipeline messages", Need::optional,
              factor_range},
        Field{"expert", &F::expert, "the same of expert all-to-all", Need::optional, factor_range},
        Field{"context", &F::context, "the same of ring attention", Need::optional, factor_range},
    };
};

template <template <class> class As>
struct Fields<StateFigures<As>> {
    using F = StateFigures<As>;
    static constexpr auto table = std::tuple{
        Field{"wait", &F::wait,
              "wait of a micro-batch for each neighbouring stage in a stalled job of one domain",
              Need::required},
        Field{"growth", &F::growth, "growth of the wait with each doubling of domains",
              Need::optional, Range{1, 2}},
        Field{"background", &F::background, "share of jobs stalled whatever their size",
              Need::required, fraction},
        Field{"half", &F::half, "domains of which half the jobs are stalled for their size",
              Need::required, Range{1, 1e6}},
        Field{"replicated", &F::replicated,
              "background of jobs that replicate their states; as `background` if left out",
              Need::optional, fraction},
        Field{"tensor_domains", &F::tensor_domains,
              "domains beyond which a tensor group always stalls; none if left out", Need::optional,
              Range{0, 1e6}},
    };
};

template <template <class> class As>
struct Fields<FrameworkFigures<As>> {
    using F = FrameworkFigures<As>;
    static constexpr auto table = std::tuple{
        Field{
            "stages", &F::stages,
            "how layers are split over a pipeline: layout, ends, even or one; layout if left out"},
        Field{"attention", &F::attention,
              "fastest, flash-attention-2, flash-attention-1 or unfused"},
        Field{"sequence_parallel", &F::sequence_parallel,
              "norms and residuals are split too where tensors are; true if left out"},
        Field{"forwarded_dispatch", &F::forwarded_dispatch,
              "a token crosses to each domain once and is copied there; true if left out"},
        Field{"adapts_all", &F::adapts_all,
              "adapters of LoRA on every product, not on those of attention alone"},
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
        Field{"kernels.permute_passes", &F::permute_passes,
              "passes of routed rows through memory to their experts and back", Need::optional,
              Range{1, 20}},
        Field{"kernels.routing_skew", &F::routing_skew,
              "tokens of the fullest expert rank over the mean, as its runs route", Need::optional,
              Range{1, 10}},
        Field{"kernels.grouped_share", &F::grouped_share,
              "rate of its fused grouped products over the chip's best", Need::required,
              Range{0.1, 1}},
        Field{"kernels.grouped_streams", &F::grouped_streams,
              "grouped products are a library call a group, so many side by side; one fused kernel "
              "if left out",
              Need::optional, Range{1, 64}},
        Field{"host.layer", &F::host_layer, "host time to launch a layer forward", Need::required},
        Field{"host.expert_layer", &F::host_expert_layer, "what experts add to it", Need::required},
        Field{"host.tensor_layer", &F::host_tensor_layer, "what tensor parallelism adds to it"},
        Field{"host.message", &F::host_message,
              "host time of a pipeline message, which nothing hides"},
        Field{"stalls.tensor", &F::tensor_stall,
              "host time that a tensor rank adds to a layer, there and back, where a pipeline "
              "crosses domains"},
        Field{"stalls.memory_pressure", &F::memory_pressure,
              "share of memory beyond which the allocator stalls; never if left out",
              Need::optional, fraction},
        Field{"stalls.pressure", &F::pressure_stall, "step time over that without such stalls",
              Need::optional, Range{1, 100}},
        Field{"host.group", &F::host_group,
              "host time of one library call where grouped products are a call a group"},
        Field{"host.cast", &F::host_cast, "host time of a layer in FP8 or FP4 over BF16",
              Need::required, Range{1, 10}},
        Field{"host.step", &F::host_step, "host time of a step outside its layers", Need::required},
        Field{"host.jitter", &F::jitter, "spread of a chip's step time", Need::required, fraction},
        Field{"memory.weight_bytes", &F::weight_bytes, "kept per weight", Need::required},
        Field{"memory.cast_weight_bytes", &F::cast_weight_bytes,
              "kept per weight in FP8 and FP4 recipes", Need::required},
        Field{"memory.gradient_bytes", &F::gradient_bytes, "kept per gradient", Need::required},
        Field{"memory.bucket_bytes", &F::bucket_bytes,
              "kept per weight beside its gradient where replicas reduce gradients"},
        Field{"memory.optimizer_bytes", &F::optimizer_bytes, "optimizer states per weight",
              Need::required},
        Field{"memory.optimizer_traffic", &F::optimizer_traffic,
              "read and written per weight in a step", Need::required},
        Field{"memory.logit_bytes", &F::logit_bytes, "kept per logit for the loss", Need::required},
        Field{"memory.reserve", &F::reserve, "runtime, communication library, workspace",
              Need::required},
        Field{"memory.activation_factor", &F::activation_factor,
              "activations kept over those counted", Need::required, Range{0.5, 3}},
        Field{"memory.embedding_bytes", &F::embedding_bytes,
              "kept of the embedding's output per token and unit of width, on each tensor rank"},
        Field{"memory.queued_bytes", &F::queued_bytes,
              "gathered over tensor ranks for products that the host has queued, per token and "
              "unit of width"},
    };
};

template <std::same_as<Framework> F>
struct Fields<F> {
    static constexpr auto own = std::tuple{
        Field{"name", &F::name, "name in full", Need::required},
        Field{"aliases", &F::aliases, "other names in use"},
        Field{"note", &F::note, "how the figures were made"},
        Field{"vendors", &F::vendors,
              "makers of the chips that it stands in for where no framework is named"},
        Field{"schedules", &F::schedules,
              "pipeline schedules it has, as --schedule names them; 1f1b, interleaved and "
              "zero-bubble if left out"},
        Field{"selective", &F::selective,
              "what selective recompute makes again: norm, core, activation, latent, mlp, experts, "
              "shared-experts, projections; norm, core and activation if left out"},
        Field{"balance", &F::balance,
              "layers of pipeline stages: none, alike; even, the heaviest as light as can be; "
              "running, "
              "a stage takes layers until the sum so far passes an even share; by FLOPs, the "
              "head's and "
              "prediction blocks' too"},
        Field{"marks", &F::marks,
              "words, in lower case, by which the source, flags, system or notes of a row of "
              "measurements name it"},
        Field{"marked_before", &F::marked_before,
              "frameworks that yield to it where a row has marks of both"},
        Field{"marked_on", &F::marked_on,
              "makers of chips on whose rows alone the marks are its own; all if left out"},
        Field{"rows_until", &F::rows_until,
              "last day of rows that are its own where they name none"},
        Field{"row_takes_whole_batch", &F::row_takes_whole_batch,
              "a rank takes its whole batch at once where a row states no micro-batch"},
        Field{"own_kernels", &F::own_kernels,
              "its makers write its kernels, so that days of public releases do not bind it"},
        Field{"row_counts_gib", &F::row_counts_gib, "rows print memory in units of 2^30 bytes"},
        Field{"row_recomputes", &F::row_recomputes,
              "recompute where a row says nothing: none, selective or full"},
        Field{"row_call", &F::row_call,
              "host time of a collective call that each process of a table's rows launches by "
              "itself; read of the default framework"},
        Field{"row_call_join", &F::row_call_join,
              "exponent of the norm that joins it and the call's own time; 1, one after the other, "
              "if left out",
              Need::optional, Range{1, 20}},
        Field{"row_pipelined_fsdp", &F::row_pipelined_fsdp,
              "what FSDP is beside a pipeline: zero-1 where weights stay gathered for a step, else "
              "zero-3"},
    };
    static constexpr auto table = std::tuple_cat(own, Fields<FrameworkFigures<Cited>>::table);
};

/// The tables inside a framework's file.
template <class Part, class Visit>
    requires std::is_same_v<std::remove_const_t<Part>, Framework>
void for_each_table(Part& framework, Visit&& visit) {
    visit("states", framework.states);
    visit("factors", framework.factors);
}

}  // namespace millwright
