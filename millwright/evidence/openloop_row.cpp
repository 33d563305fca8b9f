// Cells are prose, so that settings are read by tables of sayings. What needs neither chip nor
// model is read first, and a row that is skipped still has its figures and its load; engine,
// formats and layout come last. Of several reasons to skip a row the last stays: an unknown chip
// or model comes before lengths, and these before the rate.
#include "millwright/evidence/openloop_row.h"

#include <array>

#include <fmt/format.h>

#include "millwright/evidence/sayings.h"
#include "millwright/evidence/serving_forms.h"
#include "millwright/evidence/serving_load.h"
#include "millwright/evidence/serving_parts.h"

namespace millwright {
namespace {

/// A column of a figure, and the figure's own name.
struct FigureColumn {
    const char* column;
    const char* figure;
    double to_ms;
};

constexpr std::array figure_columns{
    FigureColumn{"ttft_mean_ms", "ttft_ms_mean", 1},
    FigureColumn{"ttft_p90_ms", "ttft_ms_p90", 1},
    FigureColumn{"ttft_p99_ms", "ttft_ms_p99", 1},
    FigureColumn{"tpot_true_mean_ms", "tpot_ms_mean", 1},
    FigureColumn{"e2e_mean_s", "e2e_ms_mean", 1e3},
    FigureColumn{"e2e_p99_s", "e2e_ms_p99", 1e3},
};

const Sayings<OpenLoopRow>& note_sayings() {
    using Row = OpenLoopRow;
    static const Sayings<Row> table{
        {"stage", R"(\bstage (\d+) of (\d+)\b)",
         [](Row& row, const Heard& heard) {
             row.stage = static_cast<std::int64_t>(heard.number(1));
             row.stages = static_cast<std::int64_t>(heard.number(2));
         }},
        {"multi-turn", R"(\bmulti-turn (?:flag )?on\b)",
         [](Row& row, const Heard&) { row.prompt.multi_turn = true; }},
    };
    return table;
}

const Sayings<RowLoad>& arrival_sayings() {
    static const Sayings<RowLoad> table{
        {"const", R"(\bconstant)",
         [](RowLoad& load, const Heard&) { load.arrivals = ArrivalForm::constant; }},
        {"poisson", R"(\bpoisson)",
         [](RowLoad& load, const Heard&) { load.arrivals = ArrivalForm::poisson; }},
        {"session", R"(\bsession)",
         [](RowLoad& load, const Heard&) { load.arrivals = ArrivalForm::sessions; }},
    };
    return table;
}

bool says_yes(const Cells& cells, std::string_view column, bool otherwise) {
    const std::string cell = lower(cells.text(column));
    return cell.empty() ? otherwise : cell.starts_with("y");
}

/// Cache and precision are sentences here: "bf16 cache, 0.9 of memory, prefix caching on".
struct SaidCache {
    std::optional<double> bytes, share;
    std::optional<bool> prefix;
};

const Sayings<SaidCache>& cache_sayings() {
    static const Sayings<SaidCache> table{
        {"cache", R"(\b(?:bf16|fp16|bfloat16) (?:kv )?cache)",
         [](SaidCache& said, const Heard&) { said.bytes = 2; }},
        {"cache", R"(\bfp8 (?:kv )?cache)", [](SaidCache& said, const Heard&) { said.bytes = 1; }},
        {"of memory", R"((0?\.\d+) of memory)",
         [](SaidCache& said, const Heard& heard) { said.share = heard.number(1); }},
        {"prefix", R"(\bprefix caching (?:is )?on\b)",
         [](SaidCache& said, const Heard&) { said.prefix = true; }},
        {"prefix", R"(\bprefix caching (?:is )?off\b)",
         [](SaidCache& said, const Heard&) { said.prefix = false; }},
    };
    return table;
}

void read_settings(const Cells& cells, ServingRow& row, SaidFlags& flags) {
    EngineOverrides& settings = flags.settings;
    const auto put = [&](std::string_view column, std::optional<std::int64_t>& into) {
        if (const auto count = cells.count(column)) into = *count;
    };
    put("max_num_batched_tokens", settings.max_batched_tokens);
    put("max_num_seqs", settings.max_sequences);
    SaidCache said;
    cache_sayings().all(lower(cells.text("kv_settings")), said);
    if (said.share) settings.memory_share = *said.share;
    if (said.prefix) settings.prefix_cache = *said.prefix;
    if (said.bytes) row.forms.cache_bytes = *said.bytes;
    row.settings = settings;
}

void read_prompt(const Cells& cells, OpenLoopRow& row) {
    const auto number = [&](std::string_view column) { return cells.number(column).value_or(0); };
    SharedPrompt& prompt = row.prompt;
    prompt.system = number("prompt_system_shared");
    prompt.question = number("prompt_question");
    prompt.join = number("prompt_join");
    prompt.groups = number("prefix_groups");
    prompt.users_of_group = number("users_per_group");
    prompt.mean = number("prompt_tokens_mean");
    if (prompt.mean == 0) prompt.mean = prompt.system + prompt.question + prompt.join;
    const double output = number("output_tokens");
    row.serving.prompt = {.mean = prompt.mean, .low = prompt.mean, .high = prompt.mean};
    row.serving.output = {.mean = output, .low = output, .high = output};
    if (prompt.mean < 1) row.serving.skipped = "no length of prompts is stated";
    if (output < 1) row.serving.skipped = "no length of answers is stated";
}

void read_stage_load(const Cells& cells, OpenLoopRow& row) {
    RowLoad& load = row.serving.load;
    load.form = LoadForm::open;
    arrival_sayings().first(lower(cells.text("arrival")), load);
    load.rate = cells.number("rate_per_s").value_or(0);
    load.requests =
        cells.number("requests").value_or(load.rate * cells.number("duration_s").value_or(0));
    if (load.rate <= 0) row.serving.skipped = "no rate is stated";
}

void read_figures(const Cells& cells, OpenLoopRow& row) {
    for (const FigureColumn& figure : figure_columns) {
        const auto value = cells.number(figure.column);
        const auto metric = metric_named(figure.figure);
        if (!value || *value <= 0 || !metric) continue;
        row.figures.push_back({figure.figure, *metric, *value * figure.to_ms});
    }
}

}  // namespace

OpenLoopRow read_openloop_row(const Cells& cells, const Catalog& catalog) {
    OpenLoopRow row;
    ServingRow& serving = row.serving;
    serving.id = cells.text("id");
    serving.source = cells.text("source");
    note_sayings().all(lower(cells.text("notes")), row);
    row.trustworthy = says_yes(cells, "trustworthy", true);
    read_figures(cells, row);
    read_stage_load(cells, row);
    read_prompt(cells, row);
    serving.chip = served_chip(catalog, cells.text("chip"));
    serving.chips = cells.number("chips").value_or(0);
    const ServedName name = served_model(catalog, cells.text("model"));
    if (name.model != nullptr) serving.model = *name.model;
    if (serving.chip == nullptr) {
        serving.skipped = fmt::format("chip '{}' is not known", excerpt(cells.text("chip")));
    } else if (name.model == nullptr) {
        serving.skipped = fmt::format("model '{}' is not known", excerpt(cells.text("model")));
    }
    if (!serving.skipped.empty()) return row;
    read_engine(cells, catalog, serving);
    read_forms(cells.text("precision"), name, serving);
    SaidFlags flags = flags_in(cells.text("engine") + " ; " + cells.text("notes"));
    read_settings(cells, serving, flags);
    read_layout(cells, flags, serving);
    return row;
}

}  // namespace millwright
