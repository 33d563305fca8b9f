// A word that tables of measured runs print, and what it says of a run.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/date.h"
#include "millwright/base/fields.h"

namespace millwright {

/// A statement that a word may leave open.
enum class Said { open, no, yes };

template <>
struct EnumNames<Said> {
    static constexpr std::array<std::string_view, 3> names{"open", "no", "yes"};
};

/// How a source counts the FLOPs behind its TFLOPS or MFU.
enum class FlopConvention {
    full_attention,    // 6 per weight, attention as if not causal (Megatron-LM until 2024, NeMo)
    causal_attention,  // attention counted half (Megatron-Bridge, Megatron-LM since 2025)
    with_recompute     // full attention and the recomputed forward: hardware FLOPs (SC21)
};

template <>
struct EnumNames<FlopConvention> {
    static constexpr std::array<std::string_view, 3> names{"full-attention", "causal-attention",
                                                           "with-recompute"};
};

/// Phrases of one meaning. Each is found as whole words, whatever stands between its letters and
/// digits ("cuda graph" in "CUDA_graph"); one that lies inside a longer one that is found is not
/// meant. Without phrases every row says it. Empty texts and figures without a source are not said.
struct Word {
    std::string id;
    std::string name;
    std::string note;
    std::vector<std::string> words;       // in lower case
    std::vector<std::string> columns;     // of tables of runs
    std::vector<std::string> frameworks;  // of rows; none: of all
    std::int64_t weight = 0;              // of words that disagree the heaviest counts
    Date from{}, until{};                 // releases, the first day and the last

    // names of enumerations, and of parts
    std::string precision, format, recompute, sharding, schedule, flops, attention, collectives;
    std::vector<std::string> repeats;
    Said forwarded_dispatch = Said::open, sequence_parallel = Said::open,
         frozen_weights = Said::open, prediction = Said::open, shard_inside_domain = Said::open,
         evaluation = Said::open, searched = Said::open;
    Cited<double> gradient_bytes;
    Cited<double> tensor_overlap, data_overlap, pipeline_overlap, expert_overlap;
    Cited<double> host_share, routing_skew, grouped_streams, repeated_products;
    Cited<double> embedding_slot, head_slot;
    Date dated{};
};

template <std::same_as<Word> W>
struct Fields<W> {
    static constexpr Range shares{0, 10};
    static constexpr auto table = std::tuple{
        Field{"name", &W::name, "what it is about", Need::required},
        Field{"note", &W::note, "why it says so"},
        Field{"words", &W::words, "phrases in lower case, whole words; every row if left out"},
        Field{"columns", &W::columns, "columns of tables of runs in which they stand"},
        Field{"frameworks", &W::frameworks, "only in rows of these; of all if left out"},
        Field{"weight", &W::weight, "of words that disagree the heaviest counts", Need::optional,
              Range{0, 100}},
        Field{"from", &W::from, "only of releases from that day on"},
        Field{"until", &W::until, "only of releases up to that day"},
        Field{"says.precision", &W::precision, "recipe of the products: bf16, fp8, fp8-block, fp4"},
        Field{"says.format", &W::format, "format whose rate the products have, such as int8"},
        Field{"says.recompute", &W::recompute, "none, selective or full"},
        Field{"says.repeats", &W::repeats,
              "parts of a layer that are made again: norm, core, activation, latent, mlp, experts, "
              "shared-experts"},
        Field{"says.sharding", &W::sharding, "none, zero-1, zero-2 or zero-3"},
        Field{"says.schedule", &W::schedule, "pipeline schedule, as --schedule names them"},
        Field{"says.flops", &W::flops, "full-attention, causal-attention or with-recompute"},
        Field{"says.attention", &W::attention, "fastest, flash-attention-2 or unfused"},
        Field{"says.collectives", &W::collectives, "family of the scale-out network"},
        Field{"says.forwarded_dispatch", &W::forwarded_dispatch,
              "a token crosses to each domain once: open, no or yes"},
        Field{"says.sequence_parallel", &W::sequence_parallel,
              "norms and residuals are split where tensors are"},
        Field{"says.frozen_weights", &W::frozen_weights, "adapters alone are trained"},
        Field{"says.prediction", &W::prediction, "multi-token prediction blocks are there"},
        Field{"says.shard_inside_domain", &W::shard_inside_domain,
              "states are shared inside a scale-up domain alone"},
        Field{"says.evaluation", &W::evaluation, "the time of a step includes evaluation"},
        Field{"says.searched", &W::searched, "the layout is the best that was found"},
        Field{"says.gradient_bytes", &W::gradient_bytes, "kept per gradient", Need::optional,
              shares},
        Field{"says.overlap.tensor", &W::tensor_overlap, "share of tensor communication that hides",
              Need::optional, fraction},
        Field{"says.overlap.data", &W::data_overlap, "the same of data communication",
              Need::optional, fraction},
        Field{"says.overlap.pipeline", &W::pipeline_overlap, "the same of pipeline messages",
              Need::optional, fraction},
        Field{"says.overlap.expert", &W::expert_overlap, "the same of expert all-to-all",
              Need::optional, fraction},
        Field{"says.host_share", &W::host_share, "launches left of a layer's", Need::optional,
              fraction},
        Field{"says.routing_skew", &W::routing_skew,
              "tokens of the fullest expert rank over the mean", Need::optional, Range{1, 10}},
        Field{"says.grouped_streams", &W::grouped_streams,
              "products of experts side by side, a library call each", Need::optional,
              Range{0, 100}},
        Field{"says.repeated_products", &W::repeated_products,
              "share of products that selective recompute repeats", Need::optional, fraction},
        Field{"says.balance.embedding", &W::embedding_slot,
              "layers that the embedding counts as in pipeline stages", Need::optional, shares},
        Field{"says.balance.head", &W::head_slot, "the same of the head", Need::optional, shares},
        Field{"says.dated", &W::dated, "when what it names was released"},
    };
};

}  // namespace millwright
