// A row of a table of serving runs: what ran, under which load, and what was measured.
//
// Reading is a walk over tables of words and patterns (serving_forms.cpp, serving_load.cpp,
// serving_settings.cpp), a few of which are a source's own habits. What a row leaves open is taken
// as usual and told in `defaults`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millwright/catalog/catalog.h"
#include "millwright/evidence/cells.h"
#include "millwright/serve/replica.h"
#include "millwright/serve/weight_forms.h"

namespace millwright {

/// Formats of a served model.
struct ServedForms {
    WeightForm attention = WeightForm::bf16;  // projections of its mixers
    WeightForm dense = WeightForm::bf16;      // MLPs and shared experts
    WeightForm experts = WeightForm::bf16;
    double cache_bytes = 2;  // of one number of keys and values
};

/// Lengths in tokens: uniform from `low` to `high`, which are alike where all have one length or
/// are spread about the mean by `spread`, deviation over mean.
struct TokenSpan {
    double mean = 0, low = 0, high = 0;
    double spread = 0;
};

/// The public set whose lengths stand in where a run only prints means.
inline constexpr std::string_view usual_dataset = "sharegpt";

/// How requests come. `closed`: `concurrency` in flight, the next when one ends. `at_once`: all
/// `requests` queued at the start. `batch`: one static batch of `concurrency`. `open`: `rate` a
/// second. `offline`: more queued than can run, until the end. `prefill`, `decode`: one phase
/// alone, saturated, `concurrency` sequences or `tokens` a chip.
enum class LoadForm : std::uint8_t { closed, at_once, batch, open, offline, prefill, decode };

template <>
struct EnumNames<LoadForm> {
    static constexpr std::array<std::string_view, 7> names{"closed",  "at-once", "batch", "open",
                                                           "offline", "prefill", "decode"};
};

enum class ArrivalForm : std::uint8_t { poisson, constant, sessions };

template <>
struct EnumNames<ArrivalForm> {
    static constexpr std::array<std::string_view, 3> names{"poisson", "constant", "sessions"};
};

/// Zero is not said, of all figures.
struct RowLoad {
    LoadForm form = LoadForm::closed;
    ArrivalForm arrivals = ArrivalForm::poisson;
    double concurrency = 0, requests = 0, rate = 0;
    double tokens = 0;               // of one chip in one pass
    bool each_chip = false;          // `concurrency` is of one chip
    Seconds ttft_limit, tpot_limit;  // of the 99th percentile
};

/// Ways of parallelism of one instance. Of attention `tensor` x `pipeline` x `data` chips; experts
/// lie on `expert` x `expert_tensor` of them. Zero ways of `tensor` are to be planned.
struct RowLayout {
    double chips = 0;
    std::int64_t tensor = 0, pipeline = 1, data = 1, expert = 1, expert_tensor = 1;
    bool attention_data = false;  // the data ways are of one instance that shares its experts
};

/// Instances of one kind; of a row that is not disaggregated one, or as many as its chips hold.
struct RowWorkers {
    double count = 1;
    RowLayout layout;
};

/// Speculation: tokens drafted each step, and the mean that is kept of a step with the model's own
/// (1 without any). `unresolved`: the row may or may not speculate.
struct RowSpeculation {
    std::int64_t depth = 0;
    double kept = 0;        // tokens a step; 0: not said
    double acceptance = 0;  // of a drafted token; 0: not said
    bool unresolved = false;
};

/// Of a drafted token, where a row drafts and says nothing of it: DeepSeek-V3's report gives 85 to
/// 90 % for the second token, later ones fall. Told with the row.
inline constexpr double usual_acceptance = 0.8;

/// What the metric counts: a time of requests, or a rate.
enum class MetricForm : std::uint8_t {
    ttft,
    tpot,
    itl,
    latency,
    output_rate,
    input_rate,
    total_rate,
    request_rate
};

template <>
struct EnumNames<MetricForm> {
    static constexpr std::array<std::string_view, 8> names{
        "ttft",        "tpot",       "itl",        "latency",
        "output-rate", "input-rate", "total-rate", "request-rate"};
};

/// Which figure of a distribution, and of what a rate is.
enum class StatisticForm : std::uint8_t { mean, p50, p90, p95, p99 };

template <>
struct EnumNames<StatisticForm> {
    static constexpr std::array<std::string_view, 5> names{"mean", "p50", "p90", "p95", "p99"};
};

enum class RateOf : std::uint8_t { system, chip, node, user };

template <>
struct EnumNames<RateOf> {
    static constexpr std::array<std::string_view, 4> names{"system", "chip", "node", "user"};
};

struct RowMetric {
    MetricForm form = MetricForm::ttft;
    StatisticForm statistic = StatisticForm::mean;  // the mean too where none is said
    RateOf of = RateOf::system;
    double scale = 1;  // times the printed number is seconds, or a rate a second
};

/// Chips of a node where a rate is printed of one.
inline constexpr double chips_of_node = 8;

/// All that a row says. `skipped` says why it cannot be predicted; what of it is known stays.
struct ServingRow {
    std::string id, source, skipped;
    std::vector<std::string> defaults;  // what the row leaves open, and what was taken
    const Chip* chip = nullptr;
    double chips = 0;
    RowWorkers whole;                           // of a row that is not disaggregated
    std::optional<RowWorkers> prefill, decode;  // of one that is
    const Engine* engine = nullptr;
    Date release{};  // day that the engine is of, if known
    Model model;
    ServedForms forms;
    TokenSpan prompt, output;
    double longest = 0;  // tokens beyond which a request is left out; 0: none is
    RowLoad load;
    RowMetric metric;
    double measured = 0;  // as printed
    RowSpeculation speculation;
    EngineOverrides settings;
    bool prefilled = false;  // prompts come computed, from workers of their own
};

/// Reads a row of a checked table (columns.h). The result points into the catalog.
ServingRow read_serving_row(const Cells& cells, const Catalog& catalog);

/// Chip by the name that a table prints: the catalog's, remarks in brackets, form factors and
/// capacities aside; null if none is meant.
const Chip* served_chip(const Catalog& catalog, const std::string& printed);

/// The engine that a text names, of the release that it names: the first mark counts, and of its
/// releases the latest that is not above the version behind it. A version of another product, or
/// none, leaves the latest of that day. Null where no engine is named.
const Engine* engine_in(const Catalog& catalog, const std::string& printed, const Date& day);

}  // namespace millwright
