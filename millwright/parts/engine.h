// A serving engine: how one release schedules requests, and what it does around the kernels.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millwright/base/date.h"
#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"
#include "millwright/parts/chip.h"

namespace millwright {

/// What one step of an engine holds. `mixed`: chunks of prompts beside the next tokens of running
/// sequences, within one budget of tokens (Yu 2022; Agrawal 2024 where prompts are cut);
/// `prefill_first`: prompts alone while any waits and fits, else next tokens; `fixed`: all of a
/// batch's prompts, then its tokens until the last sequence ends (static batching).
enum class Batching : std::uint8_t { mixed, prefill_first, fixed };

template <>
struct EnumNames<Batching> {
    static constexpr std::array<std::string_view, 3> names{"mixed", "prefill-first", "fixed"};
};

/// When a sequence gets blocks of the cache: as it grows, or at admission for its prompt and all
/// that it may answer (no evict).
enum class Reservation : std::uint8_t { growing, whole };

template <>
struct EnumNames<Reservation> {
    static constexpr std::array<std::string_view, 2> names{"growing", "whole"};
};

/// Who gives way when growing sequences find no block: the last that came, to be computed again
/// from its first token (vLLM), or those with the fewest tokens answered (SGLang's retraction).
enum class Preemption : std::uint8_t { last, fewest_answered };

template <>
struct EnumNames<Preemption> {
    static constexpr std::array<std::string_view, 2> names{"last", "fewest-answered"};
};

/// What an engine's kernels and calls take over those of the kernel model, and its host's times.
template <template <class> class As>
struct EngineFigures {
    // factors on times; one: as measured apart
    As<double> products{1}, experts{1}, prefill_attention{1}, decode_attention{1}, pointwise{1},
        communication{1};
    As<Seconds> step{};      // of the host, for every step, whatever it holds
    As<Seconds> sequence{};  // more of it for each running sequence
    As<Seconds> request{};   // from a request's arrival until it can be scheduled
    As<Seconds> reply{};     // from a step's end until its tokens are with the client
    As<double> hidden{};     // part of the host's times that runs behind the step before
    As<Seconds> launch{};    // of a kernel that no graph holds, on the host
    As<Seconds> gap{};       // from a kernel to the next where a graph holds both
    As<Seconds> early{};     // of a kernel in a graph that runs behind the one before it
    As<double> casts{1};     // part of casts to narrow formats that are kernels of their own
    As<Seconds> grammar{};   // of the host, for the mask of a sequence held to a grammar
};

/// How a release is started: its command, and an option for each thing that a deployment sets, with
/// "{}" for the value, "{+1}" for one more. One that begins with "file:" is a line of the file that
/// `options_file` names. Empty where the release has none.
/// A replica on several servers has a command on each: `node_options`, or where ranks of attention
/// lie on servers of their own `node_data_options`, with {nodes} servers, the {rank} of each, the
/// address of the first, {head}, {local} of {chips} chips, {ranks} ranks and the first of them,
/// {start}; `node_others` is on all but the first. Where something else makes one of them all:
/// `node_first` runs on the first before its command, `node_rest` on the others in place of it;
/// `node_all` stands before one command for all.
struct EngineLaunch {
    std::string command,
        documented;  // the latter: what documents the options, and of which version
    std::string tensor, pipeline, expert, attention_data;
    std::string max_batched_tokens, max_sequences, block_size, memory_share, max_length;
    std::string prefix_on, prefix_off, cache_fp8, weights_fp8, speculation;
    std::string redundant_experts, two_batch_overlap;
    std::string adapters, adapter_rank;
    std::string prompts_role, answers_role;  // of pools apart; {port} is where caches are asked for
    std::string pools_router;                // a command that joins both, with their addresses
    std::string options_file;
    std::string node_options, node_data_options, node_others, node_first, node_rest, node_all;
    bool tensor_counts_all = false;      // `tensor` is of all chips of a stage
    std::vector<std::string> others;     // options that change nothing of what is simulated
    std::vector<std::string> spellings;  // "-tp --tensor-parallel-size": the one means the other
};

template <std::same_as<EngineLaunch> L>
struct Fields<L> {
    static constexpr auto table = std::tuple{
        Field{"command", &L::command, "that starts it; {} is the model"},
        Field{"documented", &L::documented, "what documents the options, and of which version"},
        Field{"tensor", &L::tensor, "option of the tensor ways, {} is the value"},
        Field{"pipeline", &L::pipeline, "of the stages"},
        Field{"expert", &L::expert,
              "of the ways over which whole experts are spread, or that they "
              "are spread over all"},
        Field{"attention_data", &L::attention_data, "of the attention ranks"},
        Field{"max_batched_tokens", &L::max_batched_tokens, "of the tokens of a step"},
        Field{"max_sequences", &L::max_sequences, "of the running sequences"},
        Field{"block_size", &L::block_size, "of the tokens of a block"},
        Field{"memory_share", &L::memory_share, "of a chip's memory"},
        Field{"max_length", &L::max_length, "of the tokens of the longest request"},
        Field{"prefix_on", &L::prefix_on, "that beginnings are kept"},
        Field{"prefix_off", &L::prefix_off, "that they are not"},
        Field{"cache_fp8", &L::cache_fp8, "of a cache in FP8"},
        Field{"weights_fp8", &L::weights_fp8, "that weights kept in BF16 are cast to FP8"},
        Field{"speculation", &L::speculation,
              "of the tokens that the model's own prediction blocks draft"},
        Field{"redundant_experts", &L::redundant_experts,
              "of further places for experts that are met most"},
        Field{"two_batch_overlap", &L::two_batch_overlap,
              "that halves of a step compute and exchange by turns"},
        Field{"adapters", &L::adapters, "of LoRA adapters, {} is how many are held at once"},
        Field{"adapter_rank", &L::adapter_rank, "of the largest rank of an adapter"},
        Field{"prompts_role", &L::prompts_role, "that a replica computes prompts alone"},
        Field{"answers_role", &L::answers_role, "that it answers prompts that others computed"},
        Field{"pools_router", &L::pools_router,
              "command in front of both pools; {prompts} and {answers} are their addresses"},
        Field{"options_file", &L::options_file,
              "of a file with the lines of options that begin with file:"},
        Field{"node_options", &L::node_options, "options on each server of a replica on several"},
        Field{"node_data_options", &L::node_data_options,
              "the same where attention ranks lie on servers of their own"},
        Field{"node_others", &L::node_others, "beside them on all servers but the first"},
        Field{"node_first", &L::node_first, "command that goes before on the first server"},
        Field{"node_rest", &L::node_rest, "command of the other servers, in place of the engine's"},
        Field{"node_all", &L::node_all, "what starts one command on all servers, before it"},
        Field{"tensor_counts_all", &L::tensor_counts_all,
              "whether the tensor ways are all chips of a stage"},
        Field{"others", &L::others, "options that change nothing of what is simulated"},
        Field{"spellings", &L::spellings,
              "other spellings of options, each with the one that it means after it"},
    };
};

/// The engine that stands in where none is named.
inline constexpr std::string_view default_engine = "generic";

/// One release of an engine, and those after it up to the next file with the same marks. Limits are
/// its defaults, which a deployment may replace.
struct Engine {
    std::string id;
    std::string name;
    std::vector<std::string> aliases;
    std::string note;
    std::vector<std::string> marks;    // in lower case: how rows of measurements name it
    std::string version;               // the first that this file is of, such as 0.10; may be none
    std::vector<std::string> vendors;  // of chips that it stands in for where none is named
    std::vector<std::string> small_chips;  // that have the least limits, whatever their memory
    Batching batching = Batching::mixed;
    Reservation reservation = Reservation::growing;
    Preemption preemption = Preemption::last;
    bool chunked = true;            // a prompt may be cut to fit the budget of a step
    bool prefix_cache = false;      // unless a deployment says otherwise
    bool share_of_free = false;     // `memory_share` is of what weights leave
    bool plans_ahead = false;       // a step is planned while the one before it runs
    bool dependent_launch = false;  // kernels begin behind the one before where the chip lets them
    bool int8_for_fp8 = false;      // weights published in FP8 are INT8 on chips with that alone
    Cited<Date> since;
    Cited<std::int64_t> max_batched_tokens, max_sequences, block_size;
    Cited<std::int64_t> largest_graph, graph_step;  // sequences of decode steps held as graphs
    Cited<double> memory_share;                     // of a chip, for weights and cache
    Cited<Bytes> overhead;                          // of a chip: context, graphs, workspaces
    // chips of so much memory and more have other limits, one of each list for each memory, which
    // grow; a list that is left out leaves the limit as it is
    Cited<std::vector<Bytes>> memory_from;
    Cited<std::vector<std::int64_t>> tokens_from, sequences_from, graphs_from;
    EngineFigures<Cited> figures;
    EngineLaunch launch;
};

/// Limits of an engine on one chip, before a deployment replaces any.
struct EngineLimits {
    std::int64_t batched_tokens = 1, sequences = 1, largest_graph = 0;
};
EngineLimits limits_on(const Engine& engine, const Chip& chip);

template <template <class> class As>
struct Fields<EngineFigures<As>> {
    using F = EngineFigures<As>;
    static constexpr auto table = std::tuple{
        Field{"products", &F::products, "factor on the time of dense products", Need::optional,
              Range{0.1, 10}},
        Field{"experts", &F::experts, "factor on the time of routed experts", Need::optional,
              Range{0.1, 10}},
        Field{"prefill_attention", &F::prefill_attention,
              "factor on the time of attention of prompts", Need::optional, Range{0.1, 10}},
        Field{"decode_attention", &F::decode_attention,
              "factor on the time of attention to a cache", Need::optional, Range{0.1, 10}},
        Field{"pointwise", &F::pointwise, "factor on the time of kernels bound by memory",
              Need::optional, Range{0.1, 10}},
        Field{"communication", &F::communication, "factor on the time of collectives",
              Need::optional, Range{0.1, 10}},
        Field{"step", &F::step, "time of the host for every step"},
        Field{"sequence", &F::sequence, "more of it for each running sequence"},
        Field{"request", &F::request, "from a request's arrival until it can be scheduled"},
        Field{"reply", &F::reply, "from the end of a step until its tokens are with the client"},
        Field{"hidden", &F::hidden, "part of the host's times that runs behind the step before",
              Need::optional, fraction},
        Field{"launch", &F::launch, "time of the host for a kernel that no graph holds"},
        Field{"gap", &F::gap, "from a kernel to the next where a graph holds both"},
        Field{"early", &F::early,
              "of a kernel in a graph that runs behind the one before it, where the chip and "
              "`dependent_launch` let it"},
        Field{"casts", &F::casts, "part of casts to narrow formats that are kernels of their own",
              Need::optional, fraction},
        Field{"grammar", &F::grammar,
              "time of the host for the mask of a sequence whose answer is held to a grammar"},
    };
};

template <std::same_as<Engine> E>
struct Fields<E> {
    static constexpr auto table = std::tuple{
        Field{"name", &E::name, "name in full", Need::required},
        Field{"aliases", &E::aliases, "other names in use"},
        Field{"note", &E::note, "how the figures were made"},
        Field{"marks", &E::marks,
              "words, in lower case, by which the engine of a row of measurements names it"},
        Field{"version", &E::version, "first version that the figures are of, such as 0.10"},
        Field{"vendors", &E::vendors,
              "makers of the chips that it stands in for where no engine is named"},
        Field{"small_chips", &E::small_chips,
              "chips that keep the least limits whatever their memory"},
        Field{
            "batching", &E::batching,
            "what a step holds: mixed, prompts beside next tokens; prefill-first, prompts or else "
            "next tokens; fixed, a batch from its prompts to its last token"},
        Field{"reservation", &E::reservation,
              "blocks of the cache: growing with a sequence, or whole at its admission"},
        Field{"preemption", &E::preemption,
              "who gives way when no block is free: last, or fewest-answered"},
        Field{"chunked", &E::chunked, "whether a prompt may be cut to fit a step"},
        Field{"prefix_cache", &E::prefix_cache, "whether prefixes are kept by default"},
        Field{"share_of_free", &E::share_of_free,
              "whether memory_share is of what weights leave free"},
        Field{"plans_ahead", &E::plans_ahead,
              "whether a step is planned while the one before it runs (asynchronous or overlapped "
              "scheduling)"},
        Field{"dependent_launch", &E::dependent_launch,
              "whether kernels begin behind the one before where the chip lets them (programmatic "
              "dependent launch)"},
        Field{"int8_for_fp8", &E::int8_for_fp8,
              "whether weights published in FP8 are converted to INT8 where a chip has products of "
              "INT8 and none of FP8"},
        Field{"since", &E::since, "day of the release", Need::required},
        Field{"max_batched_tokens", &E::max_batched_tokens, "tokens of a step, at most",
              Need::required, Range{1, 1e9}},
        Field{"max_sequences", &E::max_sequences, "running sequences, at most", Need::required,
              Range{1, 1e9}},
        Field{"block_size", &E::block_size, "tokens of a block of the cache", Need::required,
              Range{1, 1e6}},
        Field{"largest_graph", &E::largest_graph,
              "sequences of the largest decode step held as a graph; 0: none is", Need::optional,
              Range{0, 1e6}},
        Field{"graph_step", &E::graph_step,
              "sequences from one graph to the next, to which steps are padded", Need::optional,
              Range{1, 1e6}},
        Field{"memory_share", &E::memory_share, "part of a chip's memory for weights and cache",
              Need::required, fraction},
        Field{"overhead", &E::overhead,
              "memory of a chip that context, graphs and workspaces take"},
        Field{"by_memory.from", &E::memory_from,
              "memories of a chip from which on other limits hold, growing", Need::optional,
              positive},
        Field{"by_memory.max_batched_tokens", &E::tokens_from, "tokens of a step from each on",
              Need::optional, Range{1, 1e9}},
        Field{"by_memory.max_sequences", &E::sequences_from, "running sequences from each on",
              Need::optional, Range{1, 1e9}},
        Field{"by_memory.largest_graph", &E::graphs_from, "largest graph from each on",
              Need::optional, Range{0, 1e6}},
    };
};

/// The table inside an engine's file.
template <class Part, class Visit>
    requires std::is_same_v<std::remove_const_t<Part>, Engine>
void for_each_table(Part& engine, Visit&& visit) {
    visit("figures", engine.figures);
    visit("launch", engine.launch);
}

}  // namespace millwright
