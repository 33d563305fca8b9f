// How a deployment is started on its engine, and what a command line that starts one means.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millwright/api/launch_benchmark.h"
#include "millwright/api/manifest.h"
#include "millwright/api/serve.h"

namespace millwright {

/// The command of one replica, and the lines of the file of options that it names (none: it needs
/// no file).
struct ReplicaLaunch {
    std::string command;                        // of its first server where it takes several
    std::vector<std::string> commands;          // of all of them by rank, or one that starts all
    std::int64_t servers = 1;                   // of a replica, as operating systems see them
    std::vector<std::string> options;           // of `options.yaml`
    std::string options_path = "options.yaml";  // as the command names it
};

/// How the replicas of a deployment are started, manifests of stacks that run such replicas, and
/// benchmarks that would check the prediction. Of pools apart the first is that of prompts.
struct LaunchText : ReplicaLaunch {
    std::string engine, documented;
    ReplicaLaunch answers;  // the other pool, without commands where there is one
    std::string door;       // command in front of both
    std::vector<BenchmarkText> benchmarks;
    std::vector<Manifest> manifests;
    std::vector<std::string> notes;  // what the command does not say, and what is not written
};

/// No command where the engine's release tells no options, none for as many servers as a replica
/// takes, or none for pools apart: then a note says why. The answer is of a feasible deployment;
/// `rate` is that of the load, zero where all come at once.
LaunchText launch_text(const Catalog& catalog, const ServeAnswer& answer, double rate);

/// What a command line sets, in the terms of a question.
struct LaunchRead {
    std::string engine, model;
    LayoutPins layout;
    EngineOverrides limits;
    CacheForm cache = CacheForm::bf16;
    std::optional<WeightForm> weights;
    std::optional<std::int64_t> max_length;  // tokens of a request
    std::optional<std::int64_t> drafted;     // a step; which of them are right no command tells
    bool apart = false;                      // it is of a pool for prompts or for answers alone
};

/// Reads "vllm serve MODEL --tensor-parallel-size 4" by the options of the newest release whose
/// command it begins with, or of `engine`. Faults, all at once: a command of no engine or without a
/// model, options that the release does not have (by its documentation), that have no value or one
/// that they do not take, that are given twice or without those that they go with.
Result<LaunchRead> read_launch(const Catalog& catalog, const std::string& text,
                               const std::string& engine);

}  // namespace millwright
