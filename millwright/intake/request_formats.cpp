// Names and units are those of the formats' own public pages: Azure/AzurePublicDataset;
// kvcache-ai/Mooncake (blocks of 512) with `session_id` and `delay` as AIPerf takes them;
// alibaba-edu/qwen-bailian-usagetraces-anon (blocks of 16); HPMLL/BurstGPT; results of `vllm bench
// serve --save-detailed` and of sglang.bench_serving with details; GuideLLM's benchmarks JSON;
// AIPerf's profile_export.jsonl; inference-perf's per_request_lifecycle_metrics.json; GenAI-Perf's
// profile_export.json.
#include "millwright/intake/request_formats.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/whole.h"
#include "millwright/parts/request.h"

namespace millwright {
namespace {

using F = TraceField;
constexpr Needed may = Needed::no;

std::vector<TraceFormat> csv_formats() {
    return {
        {.name = "plain",
         .about = "this program's own",
         .layout = TraceLayout::csv,
         .columns = {{"arrival_s", F::arrival, in_header},
                     {"prompt", F::prompt, in_every},
                     {"output", F::output, in_every},
                     {"session", F::session, may},
                     {"delay_s", F::delay, may},
                     {"priority", F::priority, may},
                     {"tenant", F::tenant, may}}},
        {.name = "azure",
         .about = "Azure's public traces of language models",
         .layout = TraceLayout::csv,
         .columns = {{"TIMESTAMP", F::stamp, in_every},
                     {"ContextTokens", F::prompt, in_every},
                     {"GeneratedTokens", F::output, in_every}}},
        {.name = "burstgpt",
         .about = "BurstGPT",
         .layout = TraceLayout::csv,
         .columns = {{"Timestamp", F::arrival, in_every},
                     {"Model", F::unread, may},
                     {"Request tokens", F::prompt, in_every},
                     {"Response tokens", F::output, in_every},
                     {"Total tokens", F::unread, may},
                     {"Log Type", F::unread, may},
                     {"Session ID", F::session, may},
                     {"Elapsed time", F::unread, may}},
         .failures = true},
        {.name = "requests",
         .about = "a log of an engine, request by request",
         .layout = TraceLayout::csv,
         .columns = {{"request_id", F::unread, may},
                     {"input_toks", F::prompt, in_every},
                     {"output_toks", F::output, in_every},
                     {"arrival_time", F::arrival, in_every},
                     {"queued_ts", F::unread, may},
                     {"scheduled_ts", F::unread, may},
                     {"first_token_ts", F::unread, may},
                     {"last_token_ts", F::unread, may}},
         .any_order = true},
    };
}

std::vector<TraceFormat> line_formats() {
    return {
        {.name = "bailian",
         .about = "Qwen-Bailian",
         .layout = TraceLayout::lines,
         .columns = {{"chat_id", F::chat, in_every},
                     {"parent_chat_id", F::parent, in_every},
                     {"timestamp", F::arrival, in_every},
                     {"input_length", F::prompt, in_every},
                     {"output_length", F::output, in_every},
                     {"type", F::unread, may},
                     {"turn", F::unread, may},
                     {"hash_ids", F::ids, may}},
         .block = 16},
        {.name = "mooncake",
         .about = "Mooncake, and AIPerf's inputs of that form",
         .layout = TraceLayout::lines,
         .columns = {{"timestamp", F::arrival, may},
                     {"input_length", F::prompt, in_every},
                     {"output_length", F::output, in_every},
                     {"hash_ids", F::ids, may},
                     {"session_id", F::session, may},
                     {"delay", F::delay, may}},
         .unit = Seconds::from_si(1e-3),
         .block = 512},
        {.name = "requests",
         .about = "a log of an engine, request by request",
         .layout = TraceLayout::lines,
         .columns = csv_formats().back().columns,
         .any_order = true},
        {.name = "aiperf",
         .about = "AIPerf's profile_export.jsonl",
         .layout = TraceLayout::lines,
         .columns = {{"metadata.request_start_ns", F::arrival, in_every},
                     {"metrics.input_sequence_length.value", F::prompt, in_every},
                     {"metrics.output_sequence_length.value", F::output, in_every},
                     {"metadata.x_correlation_id", F::session, may},
                     {"metadata.benchmark_phase", F::phase, may},
                     {"error", F::error, may}},
         .unit = Seconds::from_si(1e-9),
         .any_order = true,
         .failures = true,
         .open = true},
    };
}

std::vector<TraceFormat> document_formats() {
    const std::string_view no_tokens =
        "it counts no tokens: AIPerf's profile_export.jsonl of such a run does";
    const std::string_view sums =
        "it holds sums and no requests: give the profile_export.jsonl beside it";
    return {
        {.name = "vllm-bench",
         .about = "results of vllm bench serve and sglang.bench_serving, with details",
         .layout = TraceLayout::arrays,
         .columns = {{"input_lens", F::prompt, in_every},
                     {"output_lens", F::output, in_every},
                     {"start_times", F::arrival, may},
                     {"errors", F::error, may},
                     {"request_rate", F::rate, may}},
         .any_order = true,
         .failures = true,
         .open = true},
        {.name = "guidellm",
         .about = "GuideLLM's benchmarks as JSON",
         .layout = TraceLayout::list,
         .columns = {{"request_start_time", F::arrival, may},
                     {"start_time", F::arrival, may},
                     {"prompt_tokens", F::prompt, in_every},
                     {"output_tokens", F::output, in_every}},
         .any_order = true,
         .failures = true,
         .open = true,
         .records = "benchmarks.requests.successful"},
        {.name = "inference-perf",
         .about = "inference-perf's per_request_lifecycle_metrics.json",
         .layout = TraceLayout::list,
         .columns = {{"start_time", F::arrival, in_every},
                     {"info.input_tokens", F::prompt, in_every},
                     {"info.output_tokens", F::output, in_every},
                     {"error", F::error, may}},
         .any_order = true,
         .failures = true,
         .open = true},
        {.name = "genai-perf",
         .about = "GenAI-Perf's profile_export.json",
         .layout = TraceLayout::list,
         .columns = {},
         .records = "experiments.requests",
         .refused = no_tokens},
        {.name = "perf-sums",
         .about = "sums of AIPerf or GenAI-Perf",
         .layout = TraceLayout::arrays,
         .columns = {{"request_throughput", F::unread, in_every},
                     {"input_config", F::unread, in_every}},
         .refused = sums},
    };
}

std::string needed_names(const TraceFormat& format) {
    std::vector<std::string> names;
    for (const TraceColumn& column : format.columns) {
        if (column.needed != Needed::no) names.emplace_back(column.name);
    }
    return join(names, ", ");
}

}  // namespace

std::span<const TraceFormat> trace_formats() {
    static const std::vector<TraceFormat> all = [] {
        std::vector<TraceFormat> rows = csv_formats();
        for (const auto& more : {line_formats(), document_formats()}) {
            rows.insert(rows.end(), more.begin(), more.end());
        }
        return rows;
    }();
    return all;
}

const TraceFormat* format_with(const std::vector<std::string>& names, TraceLayout layout) {
    const auto there = [&](const TraceColumn& c) {
        return std::ranges::find(names, c.name) != names.end();
    };
    const TraceFormat* best = nullptr;
    std::ptrdiff_t most = 0;
    for (const TraceFormat& format : trace_formats()) {
        if (format.layout != layout || format.columns.empty()) continue;
        const bool all = std::ranges::all_of(
            format.columns, [&](const auto& c) { return c.needed == Needed::no || there(c); });
        if (all && std::ranges::any_of(format.columns, there)) return &format;
        const auto found = std::ranges::count_if(format.columns, there);
        if (found > most) {
            best = &format;
            most = found;
        }
    }
    return best;
}

std::string known_traces() {
    std::vector<std::string> rows;
    for (const TraceFormat& format : trace_formats()) {
        if (!format.refused.empty()) continue;
        rows.push_back(fmt::format("{} ({})", format.name, needed_names(format)));
    }
    return "known are " + join(rows, "; ");
}

std::string wanted_in(TraceField field, const TraceFormat& format) {
    switch (field) {
        case TraceField::prompt:
            return fmt::format("a whole number of tokens from 1 to {}", most_request_tokens);
        case TraceField::output:
            return fmt::format("a whole number of tokens from {} to {}", format.failures ? 0 : 1,
                               most_request_tokens);
        case TraceField::arrival:
        case TraceField::delay:
            return fmt::format("a number from 0 to {:g}, in units of {:g} s",
                               latest_arrival / format.unit, format.unit.si());
        case TraceField::stamp: return "a day and time, such as 2023-11-16 18:17:03.97996";
        case TraceField::chat:
        case TraceField::parent: return "a whole number";
        case TraceField::priority: return "a whole number from -1e9 to 1e9";
        case TraceField::ids: return "a list of whole numbers, zero or more";
        default: return "text";
    }
}

Column csv_column(const TraceColumn& column, const TraceFormat& format) {
    const double most = real(most_request_tokens);
    const double latest = latest_arrival / format.unit;
    Column out{.name = column.name, .kind = CellKind::unread, .needed = column.needed};
    switch (column.field) {
        case TraceField::prompt:
            // a failed request may have had none
            out.kind = CellKind::count;
            out.range = counted(format.failures ? 0 : 1, most);
            break;
        case TraceField::output:
            out.kind = CellKind::count;
            out.range = counted(format.failures ? 0 : 1, most);
            break;
        case TraceField::arrival:
        case TraceField::delay:
            out.kind = CellKind::number;
            out.range = {0, latest};
            break;
        case TraceField::priority:
            out.kind = CellKind::count;
            out.range = counted(-1e9, 1e9);
            break;
        case TraceField::stamp:
        case TraceField::session:
        case TraceField::tenant: out.kind = CellKind::text; break;
        default: break;
    }
    return out;
}

}  // namespace millwright
