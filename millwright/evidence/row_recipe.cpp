#include "millwright/evidence/row_recipe.h"

#include <algorithm>
#include <array>
#include <regex>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/train/schedule.h"

namespace millwright {
namespace {

// What flags of a recipe mean, whatever the framework.
constexpr double overlapped_tensor = 0.7;  // gathers and scatters cut up along products
constexpr double overlapped_expert = 0.8;  // all-to-all of one micro-batch behind another
constexpr double graphed_share = 0.5;      // of launches, where graphs hold parts of a layer
constexpr double natural_skew = 1.3;       // fullest rank over the mean, under routing as it falls

// --- framework -----------------------------------------------------------------------------

bool is_marked(const Framework& framework, const std::string& printed) {
    return std::ranges::any_of(framework.marks,
                               [&](const std::string& mark) { return contains(printed, mark); });
}

/// The framework that a row's words name: of several, one that no other of them comes before.
const Framework* marked_framework(const Catalog& catalog, const std::string& printed) {
    std::vector<const Framework*> marked;
    for (const Framework& f : catalog.frameworks) {
        if (is_marked(f, printed)) marked.push_back(&f);
    }
    for (const Framework* f : marked) {
        const bool yields = std::ranges::any_of(marked, [&](const Framework* other) {
            return std::ranges::any_of(other->marked_before, [&](const std::string& name) {
                return find_part(catalog.frameworks, name) == f;
            });
        });
        if (!yields) return f;
    }
    return nullptr;
}

/// Whose recipe a row is: what its words say, else whose rows of that year are its own, else the
/// default.
std::string framework_of(const Cells& cells, const Catalog& catalog) {
    const std::string printed = lower(cells.text("source") + " " + cells.text("flags") + " " +
                                      cells.text("system") + " " + cells.text("notes"));
    if (const Framework* marked = marked_framework(catalog, printed)) return marked->id;
    const auto year = cells.number("year");
    for (const Framework& f : catalog.frameworks) {
        if (year && f.rows_until.ok() && *year <= int{f.rows_until.year()}) return f.id;
    }
    return std::string(default_framework);
}

// --- layout --------------------------------------------------------------------------------

Sharding sharding_of(const std::string& printed) {
    const std::string z = lower(printed);
    if (z == "0" || contains(z, "zero-0") || contains(z, "none")) return Sharding::none;
    if (contains(z, "grad_op") || z == "2" || contains(z, "zero-2")) return Sharding::zero_2;
    if (contains(z, "fsdp") || contains(z, "zero-3") || z == "3") return Sharding::zero_3;
    return Sharding::zero_1;
}

constexpr double largest_printed = 1e9;

/// A number inside a text; the row is skipped where nothing of the kind can be so large.
double printed_number(const std::string& digits, const char* column, TrainingRow& row) {
    const double number = number_of(digits).value_or(largest_printed + 1);
    if (number <= largest_printed) return number;
    row.skipped = fmt::format("not usable: {} in {} is too large", excerpt(digits), column);
    return 1;
}

/// Ranks of a sharding group where it is smaller than all data-parallel ranks; zero for all.
std::int64_t shard_group_of(const std::string& printed, TrainingRow& row) {
    static const std::regex group(R"((?:group|shard|FSDP2?) (\d+))");
    std::smatch found;
    if (!std::regex_search(printed, found, group)) return 0;
    return static_cast<std::int64_t>(printed_number(found[1].str(), "zero_fsdp", row));
}

/// A batch that the ranks cannot share alike takes as long as the next one that they can.
void take_whole_batches(TrainingRow& row) {
    Plan& p = row.plan;
    const std::int64_t at_once = p.data * p.micro_batch;
    const std::int64_t left = p.global_batch % at_once;
    if (left == 0) return;
    p.global_batch += at_once - left;
    row.defaults.push_back("a batch of whole micro-batches");
}

/// The plan as printed. Ranks of one replica are tensor x pipeline x context (experts split data
/// ranks), and chips over these are the data ways: a printed `dp` is believed only where it agrees
/// with that. Batches and data ways that are filled in are told.
void read_layout(const Cells& cells, const Framework& framework, TrainingRow& row) {
    Plan& p = row.plan;
    p.tensor = ways(cells, "tp");
    p.pipeline = ways(cells, "pp");
    p.virtual_stages = ways(cells, "vp");
    p.context = ways(cells, "cp");
    p.expert = ways(cells, "ep");
    p.expert_tensor = ways(cells, "etp");
    p.micro_batch = ways(cells, "micro_batch");
    const auto chips = static_cast<std::int64_t>(row.chips);
    const std::int64_t model_ways = p.tensor * p.pipeline * p.context;
    p.data = std::max<std::int64_t>(1, chips / model_ways);
    if (cells.number("dp").value_or(0) * static_cast<double>(model_ways) == row.chips) {
        p.data = ways(cells, "dp");
    } else {
        row.defaults.push_back("data ways from the chips");
    }
    const bool batch = cells.number("global_batch").value_or(0) >= 1;
    p.global_batch = batch ? ways(cells, "global_batch") : p.data * p.micro_batch;
    if (!batch) row.defaults.push_back("one micro-batch a step");
    if (!cells.number("micro_batch")) {
        const bool whole = framework.row_takes_whole_batch;
        if (whole) p.micro_batch = std::max<std::int64_t>(1, p.global_batch / p.data);
        row.defaults.push_back(whole ? "one micro-batch a step" : "micro-batch 1");
    }
    take_whole_batches(row);
    if (p.pipeline == 1) p.virtual_stages = 1;
    p.schedule = usual_schedule(p.virtual_stages);
    const std::string sharding = cells.text("zero_fsdp") + cells.text("zero");
    p.sharding = sharding_of(sharding);
    const std::int64_t group = shard_group_of(sharding, row);
    const std::int64_t ranks = p.data * p.context;
    if (group >= 1 && group < ranks && ranks % group == 0) p.shard_group = group;
}

// --- recompute -----------------------------------------------------------------------------

struct RepeatName {
    const char* word;
    repeats::List list;
};

constexpr std::array repeat_names{RepeatName{"core", repeats::core},
                                  RepeatName{"flash-attention", repeats::core},
                                  RepeatName{"norm", repeats::norm},
                                  RepeatName{"act", repeats::activation},
                                  RepeatName{"swiglu", repeats::activation},
                                  RepeatName{"mla", repeats::latent},
                                  RepeatName{"shared_expert", repeats::shared_experts}};

/// "selective: moe+layernorm+core_attn" and its like: every name that occurs, as lists are joined
/// by whatever sign.
repeats::List repeats_of(const std::string& printed) {
    repeats::List list = repeats::none;
    for (const RepeatName& name : repeat_names) {
        if (contains(printed, name.word)) list |= name.list;
    }
    // whole modules, not the parts of their names in others
    static const std::regex mlp(R"((^|[:+ ,])mlp($|[+ ,]))"), moe(R"((^|[:+ ,])moe($|[+ ,]))");
    if (std::regex_search(printed, mlp)) list |= repeats::mlp;
    if (std::regex_search(printed, moe)) list |= repeats::experts;
    return list;
}

/// XLA's policies save some products and repeat the rest.
repeats::List repeats_of_policy(const std::string& printed) {
    constexpr repeats::List light = repeats::norm | repeats::activation;
    if (contains(printed, "minimal")) return light;
    if (contains(printed, "save_dot_except_mlp")) return light | repeats::mlp | repeats::experts;
    // of a layer only the projections of query, key and value (or its input) are kept
    return light | repeats::core | repeats::mlp | repeats::experts | repeats::shared_experts;
}

/// A share of all layers, of a pipeline's stages or of the whole model, is repeated whole.
void repeat_layers(const std::string& count, double layers, TrainingRow& row) {
    TrainAssumptions& a = row.context.assume;
    a.repeated_share = std::min(1.0, printed_number(count, "recompute", row) / layers);
    row.plan.recompute = Recompute::full;
}

/// "4 layers/stage" and "block 2", the latter of all layers; false where it says no such thing.
bool reads_layers(const std::string& printed, TrainingRow& row) {
    static const std::regex layers_a_stage(R"((\d+) layers/stage)"), block(R"(block (\d+))");
    std::smatch found;
    const double layers = static_cast<double>(row.context.model.layers.value);
    if (std::regex_search(printed, found, layers_a_stage)) {
        repeat_layers(found[1].str(), layers / static_cast<double>(row.plan.pipeline), row);
    } else if (std::regex_search(printed, found, block)) {
        repeat_layers(found[1].str(), layers, row);
    } else {
        return false;
    }
    return true;
}

/// What each word sets beside the kind of recompute. All layers in full need nothing more.
void repeat_all(const std::string&, TrainAssumptions&) {}

/// Operator-level checkpointing of torchtitan repeats every second product.
void repeat_half(const std::string&, TrainAssumptions& a) {
    a.repeated = repeats::norm | repeats::activation;
    a.repeated_products = 0.5;
}

/// The modules that a row lists; where it lists none that are known, the attention core, which
/// selective recompute began with (Korthikanti 2023).
void repeat_named(const std::string& printed, TrainAssumptions& a) {
    const repeats::List list = repeats_of(printed);
    a.repeated = list == repeats::none ? repeats::core : list;
}

void repeat_by_policy(const std::string& printed, TrainAssumptions& a) {
    a.repeated = repeats_of_policy(printed);
}

/// A word of a row's recompute, and what it means. The first that is there decides.
struct RecomputeWord {
    std::string_view word;
    bool first;  // only where the text begins with it
    Recompute recompute;
    void (*set)(const std::string& printed, TrainAssumptions& assume);
};

constexpr std::array recompute_words{
    RecomputeWord{"full", true, Recompute::full, repeat_all},
    RecomputeWord{"selective ac", false, Recompute::selective, repeat_half},
    RecomputeWord{"selective", false, Recompute::selective, repeat_named},
    RecomputeWord{"flash-attention", false, Recompute::selective, repeat_named},
    RecomputeWord{"policy", false, Recompute::selective, repeat_by_policy},
    RecomputeWord{"custom", false, Recompute::selective, repeat_by_policy},
    RecomputeWord{"partial", false, Recompute::selective, repeat_by_policy},
    RecomputeWord{"offload", false, Recompute::selective, repeat_by_policy},
};

/// Counts of layers come first: "full" after one is meant of these layers alone. A row that says
/// nothing has what recipes of its framework do.
void read_recompute(const Cells& cells, const Framework& framework, TrainingRow& row) {
    const std::string r = lower(cells.text("recompute"));
    if (reads_layers(r, row)) return;
    for (const RecomputeWord& w : recompute_words) {
        if (w.first ? !r.starts_with(w.word) : !contains(r, w.word)) continue;
        row.plan.recompute = w.recompute;
        return w.set(r, row.context.assume);
    }
    if (!r.empty() || framework.row_recomputes == Recompute::none) return;
    row.plan.recompute = framework.row_recomputes;
    row.defaults.push_back(fmt::format("{} recompute, as {} recipes do",
                                       name_of(framework.row_recomputes), framework.id));
}

// --- flags ---------------------------------------------------------------------------------

/// Whether any of the words stands in the flags, which are in lower case.
bool says(const std::string& flags, std::initializer_list<const char*> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](const char* word) { return contains(flags, word); });
}

/// What hides, where a row says so; silence leaves the framework's own shares.
void read_overlaps(const std::string& flags, TrainAssumptions& a) {
    if (says(flags, {"tp comm overlap", "async tp", "asynctp", "tp and p2p overlap"})) {
        a.tensor_overlap = overlapped_tensor;
    }
    if (says(flags, {"vanilla tp", "no tp overlap"})) a.tensor_overlap = 0;
    if (says(flags, {"no async p2p"})) a.pipeline_overlap = 0;
    if (says(flags, {"no grad-reduce overlap"})) a.data_overlap = a.replicated_overlap = 0;
    if (says(flags, {"ep overlap on", "a2a overlap", "ep overlap;"})) {
        a.expert_overlap = overlapped_expert;
    }
    a.forwarded_dispatch = says(flags, {"deepep", "hybridep"});
}

/// What else flags change. Graphs of a whole iteration leave the host nothing to launch in a layer,
/// graphs of some modules a part of it.
void read_flags(const Cells& cells, TrainingRow& row) {
    const std::string flags = lower(cells.text("flags"));
    TrainAssumptions& a = row.context.assume;
    read_overlaps(flags, a);
    if (says(flags, {"full_iteration", "full-iteration", "cuda graphs"})) {
        a.host_layer = a.host_expert_layer = a.host_tensor_layer = a.host_group = Seconds{};
    } else if (says(flags, {"cuda_graph transformer_engine", "cuda graph attn", "moe_router"})) {
        a.host_layer = graphed_share * a.host_layer;
    }
    if (says(flags, {"natural routing", "real data"})) a.routing_skew = natural_skew;
    // one product after the other in place of some side by side, by releases that could not force a
    // balance on their routers yet
    if (says(flags, {"no grouped gemm"})) {
        a.grouped_streams = 1;
        a.routing_skew = says(flags, {"balanced"}) ? 1 : natural_skew;
    }
    const std::string model = lower(cells.text("model"));
    row.context.frozen_weights = contains(model, "lora") || contains(flags, "lora");
    if (says(flags, {"plain tp"})) a.sequence_parallel = false;
    if (says(flags, {"own virtual pipeline slots", "own pipeline slot"})) {
        row.context.balance = {1, 1};
    }
}

/// As the row itself says, else as its source is known to count.
FlopConvention convention_of(const Cells& cells) {
    const std::string source =
        lower(cells.text("source") + " " + cells.text("flags") + " " + cells.text("notes"));
    if (contains(source, "recomputed forward")) return FlopConvention::with_recompute;
    if (contains(source, "megatron-bridge")) return FlopConvention::causal_attention;
    return FlopConvention::full_attention;
}

}  // namespace

Precision precision_of(const std::string& printed) {
    const std::string p = lower(printed);
    if (contains(p, "nvfp4") || contains(p, "fp4")) return Precision::fp4;
    if (contains(p, "mxfp8") || contains(p, "block")) return Precision::fp8_block;
    if (contains(p, "fp8") || contains(p, "float8")) return Precision::fp8;
    return Precision::bf16;
}

void read_recipe(const Cells& cells, const Catalog& catalog, TrainingRow& row,
                 const std::string& framework_name) {
    row.framework = framework_name.empty() ? framework_of(cells, catalog) : framework_name;
    const Framework& framework = part_named(catalog.frameworks, row.framework);
    // the framework decides the assumptions, so the context is made once it is known
    const TrainContext& c = row.context;
    row.context =
        train_context({c.model, c.sequence, c.precision}, {c.chip, c.network, c.host}, framework);
    read_layout(cells, framework, row);
    read_recompute(cells, framework, row);
    read_flags(cells, row);
    row.convention = convention_of(cells);
}

}  // namespace millwright
