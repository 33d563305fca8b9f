// A column is made by what its cell may be, and all tables are constants: a kind of table is its
// list here and its line in columns_of(). Runs and sweeps share their columns, so that a row of a
// sweep is read as one of a run. Columns without effect are known all the same (`unread`), or a
// table that has them would be at fault.
#include "millwright/evidence/columns.h"

#include <array>

#include "millwright/parts/model.h"

namespace millwright {
namespace {

constexpr Range chips_range{1, 1e7};
constexpr Range ways_range{1, 1e6};  // three of them multiply without leaving 64 bits
constexpr Range batch_range{1, 1e8};
constexpr Range layers_range{1, most_layers};

/// Columns by what a cell may be. A count is whole and has a range; a number is of the unit in the
/// column's name and of a size that such a thing can have.
constexpr Column text(std::string_view name, Needed needed = Needed::no) {
    return {.name = name, .kind = CellKind::text, .needed = needed};
}

constexpr Column unread(std::string_view name) { return {.name = name, .kind = CellKind::unread}; }

constexpr Column count(std::string_view name, Range range, Needed needed = Needed::no) {
    return {.name = name, .kind = CellKind::count, .needed = needed, .range = range};
}

constexpr Column number(std::string_view name, Limits limits, Needed needed = Needed::no) {
    return {.name = name, .kind = CellKind::number, .needed = needed, .limits = limits};
}

/// A figure in any unit.
constexpr Column amount(std::string_view name, Needed needed = Needed::no) {
    return {.name = name, .kind = CellKind::number, .needed = needed, .range = {0, 1e12}};
}

constexpr Column row_id = text("id", Needed::column);

/// What runs and sweeps share: the system, the model and the layout.
constexpr std::array run_columns{
    row_id,
    text("source"),
    unread("confidence"),
    count("year", {1900, 2200}),
    text("system", Needed::column),
    count("chips", chips_range, Needed::column),
    count("nodes", chips_range),
    count("scaleup_domain", chips_range),
    text("scaleout_net"),
    text("model", Needed::column),
    number("params_b", {1e-9, 1e9}),
    count("layers", layers_range),
    count("hidden", some_range),
    count("ffn", count_range),
    count("heads", some_range),
    count("kv_heads", count_range),
    count("vocab", some_range),
    count("seq", batch_range, Needed::column),
    count("experts", count_range),
    count("topk", count_range),
    text("precision"),
    count("tp", ways_range),
    count("pp", layers_range),
    count("vp", layers_range),
    count("dp", ways_range),
    count("cp", ways_range),
    count("ep", ways_range),
    count("etp", ways_range),
    text("zero_fsdp"),
    text("zero"),
    count("micro_batch", batch_range),
    count("grad_accum", batch_range),
    count("global_batch", batch_range),
    text("recompute"),
    text("flags"),
    text("notes"),
};

template <std::size_t more>
constexpr auto with(const std::array<Column, more>& extra) {
    std::array<Column, run_columns.size() + more> all{};
    std::copy(run_columns.begin(), run_columns.end(), all.begin());
    std::copy(extra.begin(), extra.end(), all.begin() + run_columns.size());
    return all;
}

// A row of runs has one metric, whose name decides the unit of `value`; a row of a sweep has two.
constexpr auto training_columns =
    with(std::array{text("metric", Needed::column), number("value", plain_limits, Needed::column)});

constexpr auto sweep_columns = with(
    std::array{number("tokens_per_s_per_gpu", limits_in(unit::token / unit::s), Needed::column),
               number("memory_gb", limits_in(unit::GB), Needed::column), unread("status"),
               unread("printed_mfu")});

constexpr std::array kernel_columns{
    row_id,
    text("source"),
    unread("confidence"),
    text("chip", Needed::column),
    text("kernel", Needed::column),
    text("dtype", Needed::column),
    text("shape", Needed::column),
    number("tflops", limits_in(unit::TFLOPS)),
    number("time_us", limits_in(unit::us)),
    number("weight", plain_limits),
    unread("notes"),
};

constexpr std::array collective_columns{
    row_id,
    text("source"),
    unread("confidence"),
    text("system", Needed::column),
    count("chips", chips_range, Needed::column),
    count("nodes", chips_range),
    text("op", Needed::column),
    number("bytes", limits_in(unit::B), Needed::column),
    number("algbw_GBps", limits_in(unit::GBps)),
    number("busbw_GBps", limits_in(unit::GBps)),
    text("notes"),
};

constexpr std::array serving_columns{
    row_id,
    text("source"),
    unread("confidence"),
    count("year", {1900, 2200}),
    text("chip", Needed::column),
    count("chips", chips_range),
    count("tp", ways_range),
    count("pp", ways_range),
    text("ep"),
    count("dp", ways_range),
    text("disagg"),
    text("engine"),
    text("precision"),
    text("model", Needed::column),
    text("isl", Needed::column),
    text("osl", Needed::column),
    text("load", Needed::column),
    text("metric", Needed::column),
    amount("value", Needed::column),
    text("notes"),
};

constexpr std::array openloop_columns{
    row_id,
    text("source"),
    text("chip", Needed::column),
    count("chips", chips_range),
    count("tp", ways_range),
    text("engine"),
    count("max_model_len", {1, 1e9}),
    count("max_num_batched_tokens", {1, 1e9}),
    count("max_num_seqs", {1, 1e9}),
    text("kv_settings"),
    text("precision"),
    text("model", Needed::column),
    text("arrival"),
    amount("rate_per_s", Needed::cell),
    amount("duration_s"),
    amount("requests"),
    amount("completed"),
    amount("failed"),
    amount("prompt_tokens_mean", Needed::column),
    amount("prompt_system_shared"),
    amount("prompt_question"),
    amount("prompt_join"),
    amount("prefix_groups"),
    amount("users_per_group"),
    amount("output_tokens", Needed::column),
    amount("ttft_mean_ms"),
    amount("ttft_p50_ms"),
    amount("ttft_p90_ms"),
    amount("ttft_p99_ms"),
    amount("tpot_true_mean_ms"),
    amount("e2e_mean_s"),
    amount("e2e_p50_s"),
    amount("e2e_p90_s"),
    amount("e2e_p99_s"),
    unread("output_tokens_per_s"),
    unread("output_tokens_per_s_as_printed"),
    unread("requests_per_s"),
    text("saturated"),
    text("trustworthy"),
    text("notes"),
};

constexpr std::array reliability_columns{
    row_id,
    text("source"),
    text("document", Needed::column),
    text("system", Needed::column),
    text("accelerator"),
    text("scale_accelerators", Needed::column),
    text("period"),
    text("metric", Needed::column),
    text("value"),
    text("unit", Needed::column),
    number("lo", plain_limits),
    number("hi", plain_limits),
    unread("kind"),
    unread("tier"),
    unread("use"),
    unread("evidence"),
    text("note"),
};

}  // namespace

Columns columns_of(TableKind kind) {
    switch (kind) {
        case TableKind::training: return training_columns;
        case TableKind::sweep: return sweep_columns;
        case TableKind::kernels: return kernel_columns;
        case TableKind::collectives: return collective_columns;
        case TableKind::serving: return serving_columns;
        case TableKind::openloop: return openloop_columns;
        case TableKind::reliability: return reliability_columns;
    }
    return {};
}

}  // namespace millwright
