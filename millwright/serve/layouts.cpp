// Ways are powers of two, tensor ways those that divide the heads and fit a domain; a pin takes
// the place of all of its kind. Open stages stand only behind the widest tensor ways.
// layouts_within() opens several attention ranks only for models with experts, and no stages
// beside them: other layouts are not what deployments come in.
#include "millwright/serve/layouts.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

constexpr std::int64_t small_budget = 2048;  // tokens of a step, beside the engine's own

std::int64_t given(std::int64_t pin) { return std::max<std::int64_t>(1, pin); }

ServeWays ways_of(const LayoutPins& pins, std::int64_t tensor, std::int64_t pipeline) {
    return {real(tensor), real(pipeline), real(given(pins.expert)),
            real(given(pins.attention_data))};
}

/// Whether experts can be spread so over the chips of a stage.
bool spreads(const ServeWays& ways) {
    const auto chips = static_cast<std::int64_t>(ways.stage_chips());
    return chips % static_cast<std::int64_t>(ways.expert) == 0;
}

}  // namespace

Faults layout_faults(const Model& model, const LayoutPins& pins) {
    Faults faults;
    const auto refuse = [&](const char* option, std::string message, std::string hint) {
        faults.push_back({{option, 0, 0}, std::move(message), std::move(hint)});
    };
    const std::int64_t heads = model.heads.value;
    if (heads % given(pins.tensor) != 0) {
        refuse("--tensor", fmt::format("{} heads do not divide into {}", heads, pins.tensor),
               "give ways that divide the heads, or leave them open");
    }
    if (pins.pipeline > model.layers.value) {
        refuse("--pipeline",
               fmt::format("{} stages of {} layers", pins.pipeline, model.layers.value),
               "a stage has a layer at least");
    }
    if (pins.expert > 1 && !is_moe(model)) {
        refuse("--expert", "the model has no experts", "leave it out");
    } else if (pins.expert > 1 && pins.expert > model.experts.value) {
        refuse("--expert", fmt::format("{} ways of {} experts", pins.expert, model.experts.value),
               "a rank has an expert at least");
    } else if (pins.tensor > 0 && !spreads(ways_of(pins, pins.tensor, 1))) {
        refuse("--expert",
               fmt::format("{} ways do not divide the {} chips of a stage", pins.expert,
                           pins.tensor * given(pins.attention_data)),
               "a stage has --tensor x --attention-data chips");
    }
    return faults;
}

std::vector<ServeWays> layouts_of(const Model& model, const LayoutPins& pins, double domain) {
    std::vector<ServeWays> layouts;
    const auto add = [&](std::int64_t tensor, std::int64_t pipeline) {
        const ServeWays ways = ways_of(pins, tensor, pipeline);
        if (spreads(ways)) layouts.push_back(ways);
    };
    if (pins.tensor > 0) {
        add(pins.tensor, given(pins.pipeline));
        return layouts;
    }
    std::int64_t widest = 1;
    for (std::int64_t tensor = 1; real(tensor) <= domain; tensor *= 2) {
        if (model.heads.value % tensor != 0) break;
        add(widest = tensor, given(pins.pipeline));
    }
    if (pins.pipeline > 0) return layouts;
    for (std::int64_t stages = 2; stages <= model.layers.value; stages *= 2) add(widest, stages);
    return layouts;
}

std::vector<ServeWays> layouts_within(const Model& model, const LayoutPins& pins, double chips,
                                      double domain) {
    std::vector<ServeWays> layouts;
    const bool moe = is_moe(model);
    const auto add = [&](double tensor, double ranks, double stages) {
        const double stage = tensor * ranks;
        if (stage * stages > chips) return;
        if (pins.expert > 0) {
            const ServeWays ways{tensor, stages, real(pins.expert), ranks};
            if (spreads(ways)) layouts.push_back(ways);
            return;
        }
        layouts.push_back({tensor, stages, 1, ranks});
        if (moe && stage > 1 && stage <= real(model.experts.value)) {
            layouts.push_back({tensor, stages, stage, ranks});
        }
    };
    const auto each = [](std::int64_t pin, double most, const auto& visit) {
        if (pin > 0) return visit(real(pin));
        for (double ways = 1; ways <= most; ways *= 2) visit(ways);
    };
    each(pins.tensor, std::min(domain, chips), [&](double tensor) {
        const auto next = static_cast<std::int64_t>(2 * tensor);
        if (model.heads.value % (next / 2) != 0) return;
        const bool widest = real(next) > domain || model.heads.value % next != 0;
        each(pins.attention_data, moe ? chips / tensor : 1, [&](double ranks) {
            const double most = widest && ranks == 1 ? real(model.layers.value) : 1;
            each(pins.pipeline, std::min(most, chips),
                 [&](double stages) { add(tensor, ranks, stages); });
        });
    });
    std::ranges::stable_sort(layouts, {}, &ServeWays::chips);
    return layouts;
}

double held_beside(const Replica& replica, std::int64_t tokens) {
    const ReplicaMemory memory = memory_of(replica);
    return real(memory.blocks) / memory.blocks_of(tokens, replica.engine.block_size) *
           replica.ways.attention_data;
}

std::vector<std::int64_t> budgets_of(const EngineSettings& engine) {
    const std::int64_t own = engine.max_batched_tokens;
    if (!engine.chunked || own <= small_budget) return {own};
    return {own, small_budget};
}

std::string ways_text(const ServeWays& w, std::int64_t replicas) {
    std::string text = counted(replicas, "replica") + fmt::format(" of tensor {:.0f}", w.tensor);
    if (w.pipeline > 1) text += fmt::format(", pipeline {:.0f}", w.pipeline);
    if (w.attention_data > 1) text += fmt::format(", attention data {:.0f}", w.attention_data);
    if (w.expert > 1) text += fmt::format(", expert {:.0f}", w.expert);
    return text;
}

Replica with_ways(Replica replica, const ServeWays& ways) {
    replica.ways = ways;
    return replica;
}

}  // namespace millwright
