// Jobs as written: the keys of each kind, with their places in the file. What a kind is, and where
// the next one enters: millwright/intake/job_kinds.h.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"
#include "millwright/parts/low_rank.h"
#include "millwright/parts/precision.h"

namespace millwright {

/// What there is to do; the alternatives of JobText::keys stand in this order.
enum class JobKind { train, serve };

template <>
struct EnumNames<JobKind> {
    static constexpr std::array<std::string_view, 2> names{"train", "serve"};
};

/// A model to train on so many tokens.
struct TrainJobText {
    static constexpr JobKind kind = JobKind::train;

    Written<std::string> model;
    // tokens in all; tokens of a sequence; sequences of a step, and the most that it may double to
    Written<Tokens> tokens;
    Written<std::int64_t> sequence;
    Written<std::int64_t> global_batch;
    Written<std::int64_t> max_global_batch;
    Written<Precision> precision;
    Written<std::string> framework;
    // adapters in place of the model's weights, beside which of its products, and how it is kept
    Written<std::int64_t> lora_rank;
    Written<std::vector<LowRankTarget>> lora_targets;
    Written<BaseForm> base_precision;
    // coordinates of its plan, as on the command line: "8", "1,2,4", "1..8"; names of those that
    // have them
    Written<std::string> tensor, pipeline, data, context, expert, virtual_stages, micro_batch;
    Written<std::string> schedule, recompute, sharding, offload;
};

template <std::same_as<TrainJobText> J>
struct Fields<J> {
    static constexpr auto table = std::tuple{
        Field{"model", &J::model, "model of the catalog, or a config.json", Need::required},
        Field{"tokens", &J::tokens, "tokens to train on", Need::required, Range{1, 1e18}},
        Field{"sequence", &J::sequence, "tokens of a sequence", Need::required, Range{1, 1e8}},
        Field{"global_batch", &J::global_batch, "sequences of a step", Need::required,
              Range{1, 1e8}},
        Field{"max_global_batch", &J::max_global_batch, "the batch may double up to this",
              Need::optional, Range{1, 1e8}},
        Field{"precision", &J::precision, "bf16, fp8, fp8-block or fp4; bf16 if left out"},
        Field{"framework", &J::framework,
              "training framework of the catalog; by the chip's vendor if left out"},
        Field{
            "lora_rank", &J::lora_rank,
            "adapters of this rank are trained and the model's weights frozen (LoRA); all weights "
            "are trained if left out",
            Need::optional, Range{1, 1024}},
        Field{"lora_targets", &J::lora_targets,
              "products that have adapters: attention (projections), mlp (dense and shared "
              "experts), experts (routed ones, each); all if left out"},
        Field{"base_precision", &J::base_precision,
              "how frozen weights are kept: bf16, or nf4 (QLoRA), unpacked to bf16 for each "
              "product; bf16 if left out"},
        Field{"plan.tensor", &J::tensor,
              "ways of the plan, \"8\", \"1,2,4\" or \"1..8\"; searched"},
        Field{"plan.pipeline", &J::pipeline, "stages, likewise; searched"},
        Field{"plan.data", &J::data, "ways, likewise; searched"},
        Field{"plan.context", &J::context, "ways, likewise; searched"},
        Field{"plan.expert", &J::expert, "ways, likewise; searched"},
        Field{"plan.virtual_stages", &J::virtual_stages, "of each stage, likewise; searched"},
        Field{"plan.micro_batch", &J::micro_batch, "sequences, likewise; searched"},
        Field{"plan.schedule", &J::schedule,
              "1f1b, interleaved, zero-bubble or dualpipe; searched"},
        Field{"plan.recompute", &J::recompute, "none, selective or full; searched"},
        Field{"plan.sharding", &J::sharding, "none, zero-1, zero-2 or zero-3; searched"},
        Field{"plan.offload", &J::offload, "none, optimizer, activations or both; searched"},
    };
};

/// A model to answer with: prompts and answers of one length, as many as come or can be answered.
struct ServeJobText {
    static constexpr JobKind kind = JobKind::serve;

    Written<std::string> model;
    Written<Precision> precision;
    Written<std::string> engine;
    // lengths of every prompt and every answer, and of what all prompts begin with
    Written<std::int64_t> prompt_tokens;
    Written<std::int64_t> output_tokens;
    Written<std::int64_t> prefix_tokens;
    // that 99 requests in a hundred wait at most; chips of a replica at most
    Written<Seconds> time_per_token;
    Written<Seconds> time_to_first_token;
    Written<std::int64_t> replica_chips;
    Written<double> share;  // of the factory's chips, beside other models
    // when the factory serves, and how many requests a second come then
    Written<std::string> hours;
    Written<double> rate;
    Written<std::vector<double>> hourly_rates;
};

template <std::same_as<ServeJobText> J>
struct Fields<J> {
    static constexpr auto table = std::tuple{
        Field{"model", &J::model, "model of the catalog, or a config.json", Need::required},
        Field{"precision", &J::precision,
              "bf16, fp8, fp8-block or fp4; as published where that is narrow, else fp8 where the "
              "chip has it if left out"},
        Field{"engine", &J::engine,
              "serving engine of the catalog; by the chip's vendor if left out"},
        Field{"prompt_tokens", &J::prompt_tokens, "tokens of a prompt", Need::optional,
              Range{1, 1e8}},
        Field{"output_tokens", &J::output_tokens, "tokens of an answer", Need::optional,
              Range{1, 1e8}},
        Field{"prefix_tokens", &J::prefix_tokens, "tokens with which all prompts begin alike",
              Need::optional, Range{0, 1e8}},
        Field{"time_per_token", &J::time_per_token,
              "time for each output token, of 99 requests in a hundred at most", Need::optional,
              Range{1e-5, 60}},
        Field{"time_to_first_token", &J::time_to_first_token,
              "time to the first token, of 99 requests in a hundred at most", Need::optional,
              Range{1e-4, 3600}},
        Field{"replica_chips", &J::replica_chips,
              "chips of one replica, at most; by the scale-up domain if left out", Need::optional,
              Range{1, 1e6}},
        Field{
            "share", &J::share,
            "part of the factory's chips that it has while it serves, beside other models; all if "
            "left out",
            Need::optional, Range{1e-6, 1}},
        Field{"hours", &J::hours,
              "hours of each day in which the factory serves, as 08:00..24:00; training gets the "
              "others"},
        Field{"rate", &J::rate,
              "requests a second while it serves; as many as it keeps in time if left out",
              Need::optional, Range{1e-6, 1e9}},
        Field{"hourly_rates", &J::hourly_rates,
              "requests a second in each of the 24 hours of a day, from midnight on",
              Need::optional, Range{0, 1e9}},
    };
};

/// One [[job]]. `keys` are those of its kind; of a kind that was faulty, none of them is given.
struct JobText {
    Place at;
    Written<std::string> name;
    Written<JobKind> kind;
    std::variant<TrainJobText, ServeJobText> keys;
};

/// What every job has, whatever its kind.
template <std::same_as<JobText> J>
struct Fields<J> {
    static constexpr auto table = std::tuple{
        Field{"name", &J::name, "name of the job", Need::required},
        Field{"kind", &J::kind, "kind of the job: train or serve", Need::required},
    };
};

}  // namespace millwright
