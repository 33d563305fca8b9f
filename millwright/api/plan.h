// The best training plans of one model on one kind of server.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "millwright/api/setting.h"
#include "millwright/base/result.h"
#include "millwright/catalog/defaults.h"
#include "millwright/factory/factory.h"
#include "millwright/search/search.h"
#include "millwright/study/flow_check.h"
#include "millwright/study/plan_figures.h"
#include "millwright/study/useful_time.h"
#include "millwright/trace/chakra.h"

namespace millwright {

/// One model to train on so many chips of one kind of server; what is left out is as on the command
/// line.
struct PlanQuestion {
    std::string model;  // of the catalog, or the path of a config.json
    std::string server;
    std::string fabric{default_fabric};  // of the catalog
    std::string framework;               // by the chip's vendor if empty
    std::int64_t chips = 0;
    std::int64_t global_batch = default_global_batch;  // sequences a step
    std::int64_t sequence = default_sequence;          // tokens
    Precision precision = Precision::bf16;
    LowRank low_rank;  // adapters in place of the model's weights, if any
    PlanPins pins;
    bool by_cost = false;                // minimise chip-seconds; needs a deadline
    Tokens tokens;                       // to train on; zero: not said
    Seconds deadline;                    // for all of them; zero: none
    std::optional<double> useful_share;  // of time; what failures leave by the chip's fleet if none
    bool exhaustive = false;
};

/// A plan with what reports tell of it.
struct ToldPlan {
    Candidate found;
    PlanFigures figures;
};

/// What was found, and all that it was found with. Infeasible plans are an answer, not a fault:
/// then `late` or `fewest` says what would do. `figures` and `found.pareto` stand in one order.
struct PlanAnswer {
    PlanQuestion asked;
    Factory factory;
    Framework framework;
    TrainContext context;
    SearchResult found;
    std::vector<std::string> notes;             // of the factory's size, and of pinned schedules
    std::vector<PlanFigures> figures;           // of each plan of the front that was found
    Seconds slowest;                            // for a sequence, by the deadline; zero: none
    Dollars yearly;                             // of the whole factory at the site `priced_at`
    std::optional<Candidate> late;              // the fastest plan, where none meets the deadline
    std::map<std::int64_t, UsefulTime> useful;  // by chips used, of each plan that is told
    std::optional<ToldPlan>
        of_all;               // the best of all plans, where pins leave some out and one fits
    std::int64_t fewest = 0;  // chips that would hold it, where no plan fits; zero: none would

    /// Whether tokens were given, and with them days and dollars.
    bool priced() const { return asked.tokens > Tokens{}; }
    /// Days for all tokens at the share of time that failures leave; zero tokens take none.
    double days(const Candidate& plan) const;
    /// By the share of the factory's yearly cost that the plan's chips have.
    Dollars per_million_tokens(const Candidate& plan) const;

    /// The plan to show: the best, or the first of few that are pinned, whether or not it fits;
    /// null where there is none.
    const Plan* first() const;
};

/// The site of the catalog whose costs count.
inline constexpr const char* priced_at = "us";

/// Searches all plans, or those that the pins leave. Faults: names that the catalog lacks, pins
/// that cannot be, a precision that the chip lacks, adapters beside nothing that the model has or
/// beside weights in a form that the precision has no products of, a deadline without tokens, cost
/// without a deadline, fewer tokens than a step has, a fabric that cannot join the chips.
Result<PlanAnswer> plan(const PlanQuestion& question, const Setting& setting);

/// The step of the answer's first plan by flows, all groups at once. Not done, with the reason,
/// where there is no such plan or the step is too large.
FlowCheck plan_by_flows(const PlanAnswer& answer, Routing routing);

/// The step of the answer's first plan as a Chakra execution trace, a file a rank: the whole step,
/// or as many micro-batches as fill the pipeline where all would have too many nodes.
struct PlanTrace {
    std::vector<ChakraFile> files;
    Plan traced;
    std::int64_t micro_batches = 0;   // of the whole step
    Seconds formula;                  // what the closed form gives for the traced part
    std::vector<std::string> slower;  // exchanges that the fabric's links make slower than it
};
/// Faults: no plan that fits, or more ranks than a folder should have files (16,384).
Result<PlanTrace> plan_trace(const PlanAnswer& answer);

}  // namespace millwright
