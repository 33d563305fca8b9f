// Jobs with every name looked up, a struct a kind (millwright/intake/job_kinds.h).
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "millwright/base/units.h"
#include "millwright/catalog/defaults.h"
#include "millwright/intake/job_text.h"
#include "millwright/parts/day_hours.h"
#include "millwright/parts/engine.h"
#include "millwright/parts/framework.h"
#include "millwright/parts/low_rank.h"
#include "millwright/parts/model.h"
#include "millwright/parts/plan_pins.h"

namespace millwright {

/// To train a model on so many tokens, a step of `global_batch` sequences after another.
struct TrainJob {
    static constexpr JobKind kind = JobKind::train;

    Model model;
    Tokens tokens;
    // tokens of a sequence
    double sequence = 0;
    // sequences of a step; the planner may double it up to the second, never less
    std::int64_t global_batch = 0;
    std::int64_t max_global_batch = 0;
    Precision precision = Precision::bf16;
    std::optional<Framework> framework;  // in place of the factory's own
    LowRank low_rank;                    // adapters in place of the model's weights, if any
    PlanPins pins;                       // coordinates of its plan that are asked for
};

/// To answer requests of one shape with a model, each in time.
struct ServeJob {
    static constexpr JobKind kind = JobKind::serve;

    Model model;
    // of products and weights; else as the model is published where that is narrow, else FP8 where
    // the chip has it, else BF16
    std::optional<Precision> precision;
    std::optional<Engine> engine;                     // in place of that of the chip's maker
    double prompt_tokens = default_prompt_tokens;     // of a request
    double output_tokens = default_output_tokens;     // of its answer
    double prefix_tokens = 0;                         // with which all prompts begin alike
    Seconds time_per_token = default_time_per_token;  // that 99 in 100 wait for each, at most
    Seconds time_to_first_token;                      // the same of the first; zero: any
    std::int64_t replica_chips = 0;                   // at most; zero: by the scale-up domain
    double share = 1;                                 // of the chips, beside other models
    // in which the factory does this job, alone where it has all chips; without them it does so
    // all day
    std::optional<DayHours> hours;
    // requests a second while it serves, or in each hour of the day; without either as many as it
    // keeps in time
    double rate = 0;
    std::vector<double> hourly_rates;
};

/// A job of any kind, by the name that the scenario gives it.
struct Job {
    std::string name;
    std::variant<TrainJob, ServeJob> work;
};

inline JobKind kind_of(const Job& job) {
    return std::visit([](const auto& work) { return work.kind; }, job.work);
}

}  // namespace millwright
