// The order counts. Framework and release come first, as words count by both; what words say of
// the network comes before the context is made anew from the framework's assumptions, all else of
// them after. Recompute needs the stages of the layout. A layout is searched last, and only where
// the row prints none and does not say that it is unknown.
#include "millwright/evidence/row_recipe.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/text_pattern.h"
#include "millwright/evidence/row_layout.h"
#include "millwright/evidence/row_search.h"
#include "millwright/evidence/row_system.h"
#include "millwright/evidence/row_words.h"
#include "millwright/factory/training_software.h"

namespace millwright {
namespace {

// --- recompute -----------------------------------------------------------------------------

/// The modules that a row lists; where it lists none that are known, the attention core, which
/// selective recompute began with (Korthikanti 2023).
repeats::List repeats_of(const Word& said) {
    repeats::List list = repeats::none;
    for (const std::string& name : said.repeats) {
        list |= repeats::bit(*enum_named<Repeat>(name));
    }
    return list == repeats::none ? repeats::core : list;
}

/// A share of all layers, of a pipeline's stages or of the whole model, is repeated whole.
void repeat_layers(const std::string& count, double layers, TrainingRow& row) {
    TrainAssumptions& a = row.context.assume;
    a.repeated_share = std::min(1.0, printed_number(count, "recompute", row) / layers);
    row.plan.recompute = Recompute::full;
}

/// "4 layers/stage" and "block 2", the latter of all layers; false where it says no such thing.
bool reads_layers(const std::string& printed, TrainingRow& row) {
    static const TextPattern layers_a_stage(R"((\d+) layers/stage)"), block(R"(block (\d+))");
    const double layers = static_cast<double>(row.context.model.layers.value);
    if (const auto found = layers_a_stage.find(printed)) {
        repeat_layers(found->groups[1], layers / static_cast<double>(row.plan.pipeline), row);
    } else if (const auto among = block.find(printed)) {
        repeat_layers(among->groups[1], layers, row);
    } else {
        return false;
    }
    return true;
}

/// Counts of layers come first: "full" after one is meant of these layers alone. A row that says
/// nothing has what recipes of its framework do.
void read_recompute(const Cells& cells, const Framework& framework, const Word& said,
                    TrainingRow& row) {
    const std::string printed = lower(cells.text("recompute"));
    if (reads_layers(printed, row)) return;
    if (!said.recompute.empty()) {
        row.plan.recompute = *enum_named<Recompute>(said.recompute);
        if (row.plan.recompute != Recompute::selective) return;
        row.context.assume.repeated = repeats_of(said);
        if (said.repeated_products.known()) {
            row.context.assume.repeated_products = said.repeated_products.value;
        }
        return;
    }
    if (!printed.empty() || framework.row_recomputes == Recompute::none) return;
    row.plan.recompute = framework.row_recomputes;
    row.defaults.push_back(fmt::format("{} recompute, as {} recipes do",
                                       name_of(framework.row_recomputes), framework.id));
}

// --- flags ---------------------------------------------------------------------------------

void take(const Cited<double>& said, double& into) {
    if (said.known()) into = said.value;
}
void take(Said said, bool& into) {
    if (said != Said::open) into = said == Said::yes;
}

/// What words change of the framework's assumptions; silence leaves its own.
void use_words(const Word& said, TrainingRow& row) {
    TrainAssumptions& a = row.context.assume;
    take(said.tensor_overlap, a.tensor_overlap);
    take(said.pipeline_overlap, a.pipeline_overlap);
    take(said.data_overlap, a.data_overlap);
    take(said.data_overlap, a.replicated_overlap);
    take(said.expert_overlap, a.expert_overlap);
    take(said.gradient_bytes, a.gradient_bytes);
    take(said.routing_skew, a.routing_skew);
    take(said.forwarded_dispatch, a.forwarded_dispatch);
    take(said.sequence_parallel, a.sequence_parallel);
    take(said.frozen_weights, row.context.frozen_weights);
    if (said.host_share.known()) {
        a.host_layer = said.host_share.value * a.host_layer;
        // graphs of parts leave the exchanges of experts and tensor ranks outside
        if (said.host_share.value == 0)
            a.host_expert_layer = a.host_tensor_layer = a.host_group = Seconds{};
    }
    take(said.grouped_streams, a.grouped_streams);
    if (!said.attention.empty()) a.attention = *enum_named<AttentionLibrary>(said.attention);
    if (said.embedding_slot.known() || said.head_slot.known()) {
        row.context.balance = {said.embedding_slot.value, said.head_slot.value};
    }
}

/// The batch of a row is known, its layout is not: the best is taken, which is what tables of best
/// configurations print.
void find_layout(const Cells& cells, TrainingRow& row) {
    read_batch(cells, row);
    if (!cells.number("global_batch")) {
        row.skipped = "not usable: neither layout nor global batch";
        return;
    }
    const bool recompute_printed = !cells.text("recompute").empty();
    if (!search_layout(row, recompute_printed)) {
        row.skipped = "not usable: no layout is printed, and none that fits was found";
        return;
    }
    const Plan& p = row.plan;
    row.defaults.push_back(
        fmt::format("the best layout, as none is printed: tensor {}, pipeline {}, context {}, "
                    "expert {}, micro-batch {}, {}, {} recompute",
                    p.tensor, p.pipeline, p.context, p.expert, p.micro_batch, name_of(p.sharding),
                    name_of(p.recompute)));
}

}  // namespace

void read_recipe(const Cells& cells, const Catalog& catalog, TrainingRow& row,
                 const std::string& framework_name) {
    const Chip& chip = part_named(catalog.chips, row.chip);
    row.framework =
        framework_name.empty() ? framework_of_row(cells, catalog, chip) : framework_name;
    row.release = release_of(cells, catalog);
    const Framework& framework = part_named(catalog.frameworks, row.framework);
    const Word said = said_in(cells, catalog, row.framework, row.release);
    use_row_words(cells, catalog, said, row);
    // the framework decides the assumptions, so the context is made once it is known
    const TrainContext& c = row.context;
    row.context =
        train_context({c.model, c.sequence, c.precision}, {c.chip, c.network, c.host}, framework);
    row.convention = said.flops.empty() ? FlopConvention::full_attention
                                        : *enum_named<FlopConvention>(said.flops);
    if (said.evaluation == Said::yes && row.metric == "step_s_wall") {
        row.skipped = "the metric includes evaluation or convergence";
    }
    const bool bound = !framework.own_kernels && row.release.ok();
    if (c.assume.attention == AttentionLibrary::fastest && bound) {
        row.context.assume.attention = training_software(catalog, chip, row.release).attention;
    }
    if (framework.row_counts_gib) row.gigabyte = 1 * unit::GiB;
    use_words(said, row);
    const bool printed = has_layout(cells, said, row.chips);
    if (printed) read_layout(cells, framework, said, row);
    read_recompute(cells, framework, said, row);
    if (printed || !row.skipped.empty()) return;
    if (said.searched == Said::no) {
        row.skipped = "not usable: the row says that its layout is not known";
    } else {
        find_layout(cells, row);
    }
}

}  // namespace millwright
