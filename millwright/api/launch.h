// How a deployment is started on its engine, and what a command line that starts one means.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millwright/api/serve.h"

namespace millwright {

/// The command of one replica, the lines of the file of options that it names (none: it needs no
/// file), and the benchmark that would check the prediction.
struct LaunchText {
    std::string engine, documented;
    std::string command;
    std::vector<std::string> options;  // of `options.yaml`
    std::string benchmark;             // of the whole deployment, behind one door
};

/// Empty commands where the engine's release tells no options. The answer is of a feasible
/// deployment; `rate` is that of the load, zero where all
/// come at once; the benchmark has fixed lengths, the means of the load.
LaunchText launch_text(const Catalog& catalog, const ServeAnswer& answer, double rate);

/// What a command line sets, in the terms of a question.
struct LaunchRead {
    std::string engine, model;
    LayoutPins layout;
    EngineOverrides limits;
    CacheForm cache = CacheForm::bf16;
    std::optional<WeightForm> weights;
};

/// Reads "vllm serve MODEL --tensor-parallel-size 4" by the options of the newest release whose
/// command it begins with, or of `engine`. Faults: a command of no engine, options that the release
/// does not have (by its documentation) or whose values are none.
Result<LaunchRead> read_launch(const Catalog& catalog, const std::string& text,
                               const std::string& engine);

}  // namespace millwright
