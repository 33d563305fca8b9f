#include "millwright/evidence/serving_columns.h"

#include <array>

namespace millwright {
namespace {

constexpr Range chips_range{1, 1e7};
constexpr Range ways_range{1, 1e6};
constexpr Range many{0, 1e12};

constexpr Column text(std::string_view name, Needed needed = Needed::no) {
    return {.name = name, .kind = CellKind::text, .needed = needed};
}

constexpr Column unread(std::string_view name) { return {.name = name, .kind = CellKind::unread}; }

constexpr Column count(std::string_view name, Range range, Needed needed = Needed::no) {
    return {.name = name, .kind = CellKind::count, .needed = needed, .range = range};
}

constexpr Column number(std::string_view name, Needed needed = Needed::no) {
    return {.name = name, .kind = CellKind::number, .needed = needed, .range = many};
}

constexpr std::array serving_list{
    text("id", Needed::column),
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
    number("value", Needed::column),
    text("notes"),
};

constexpr std::array openloop_list{
    text("id", Needed::column),
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
    number("rate_per_s", Needed::cell),
    number("duration_s"),
    number("requests"),
    number("completed"),
    number("failed"),
    number("prompt_tokens_mean", Needed::column),
    number("prompt_system_shared"),
    number("prompt_question"),
    number("prompt_join"),
    number("prefix_groups"),
    number("users_per_group"),
    number("output_tokens", Needed::column),
    number("ttft_mean_ms"),
    number("ttft_p50_ms"),
    number("ttft_p90_ms"),
    number("ttft_p99_ms"),
    number("tpot_true_mean_ms"),
    number("e2e_mean_s"),
    number("e2e_p50_s"),
    number("e2e_p90_s"),
    number("e2e_p99_s"),
    unread("output_tokens_per_s"),
    unread("output_tokens_per_s_as_printed"),
    unread("requests_per_s"),
    text("saturated"),
    text("trustworthy"),
    text("notes"),
};

}  // namespace

Columns serving_columns() { return serving_list; }
Columns openloop_columns() { return openloop_list; }

}  // namespace millwright
