// Sayings are tried in the order of their tables. Of loads the first that fits counts, rates
// before numbers in flight; limits and numbers of requests beside it all count. A metric's name
// is read from its front, then its ends. Lengths are the cell's, else means of a data set that
// the cell or the source names; where they are said to be means they are spread as a data set's.
#include "millwright/evidence/serving_load.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "millwright/evidence/phrases.h"
#include "millwright/evidence/sayings.h"

namespace millwright {
namespace {

using LoadSayings = Sayings<RowLoad>;

/// Loads of one phase, of all requests at once, or of a rate. They come before numbers in flight:
/// of a run with a rate its observed concurrency is no setting.
const LoadSayings& rate_sayings() {
    static const LoadSayings table{
        {"prefill", R"(\bprefill[- ]only\b)",
         [](RowLoad& load, const Heard&) { load.form = LoadForm::prefill; }},
        {"decode", R"(\bdecode[- ]only\b)",
         [](RowLoad& load, const Heard&) { load.form = LoadForm::decode; }},
        {"at once", R"((\d+)\s+(?:requests|prompts)\s+(?:queued\s+)?at once)",
         [](RowLoad& load, const Heard& heard) {
             load.form = LoadForm::at_once;
             load.requests = heard.number(1);
         }},
        {"at once", R"(all\b.*\bat once)",
         [](RowLoad& load, const Heard&) { load.form = LoadForm::at_once; }},
        {"qps", R"((?:target_qps|qps)\s*[=:]?\s*(\d+(?:\.\d+)?))",
         [](RowLoad& load, const Heard& heard) {
             load.form = LoadForm::open;
             load.rate = heard.number(1);
         }},
        {"session", R"((\d+(?:\.\d+)?)\s*sessions?\s*/\s*s)",
         [](RowLoad& load, const Heard& heard) {
             load.form = LoadForm::open;
             load.arrivals = ArrivalForm::sessions;
             load.rate = heard.number(1);
         }},
        {"", R"((\d+(?:\.\d+)?)\s*(?:req(?:uest)?s?|rps|prompts?)\s*(?:/|per )\s*s)",
         [](RowLoad& load, const Heard& heard) {
             load.form = LoadForm::open;
             load.rate = heard.number(1);
         }},
        {"rps", R"((?:rps\s*[=:]?\s*(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*rps\b))",
         [](RowLoad& load, const Heard& heard) {
             load.form = LoadForm::open;
             load.rate = std::max(heard.number(1), heard.number(2));
         }},
        {"rate", R"(\brate\s*[=:]?\s*(\d+(?:\.\d+)?))",
         [](RowLoad& load, const Heard& heard) {
             load.form = LoadForm::open;
             load.rate = heard.number(1);
         }},
    };
    return table;
}

/// Loads of so many in flight, in a batch, or of all that a system can take.
const LoadSayings& flight_sayings() {
    static const LoadSayings table{
        {"conc", R"((?:concurren(?:cy|t)(?:\s+(?:users|requests))?|\bconc)\s*[=:]?\s*(\d+))",
         [](RowLoad& load, const Heard& heard) { load.concurrency = heard.number(1); }},
        {"concurrent", R"((\d+)\s*concurrent)",
         [](RowLoad& load, const Heard& heard) { load.concurrency = heard.number(1); }},
        {"user", R"((\d+)\s*users?\b)",
         [](RowLoad& load, const Heard& heard) { load.concurrency = heard.number(1); }},
        {"batch", R"(\bbatch(?:[_ ]?size)?\s*(?:=|:|of)?\s*(\d+))",
         [](RowLoad& load, const Heard& heard) {
             load.form = LoadForm::batch;
             load.concurrency = heard.number(1);
         }},
        {"bs", R"(\bbs\s*[=:]?\s*(\d+))",
         [](RowLoad& load, const Heard& heard) {
             load.form = LoadForm::batch;
             load.concurrency = heard.number(1);
         }},
        {"single", R"(\bsingle (?:request|user|stream|sequence))",
         [](RowLoad& load, const Heard&) { load.concurrency = 1; }},
        {"offline", R"(\boffline\b)",
         [](RowLoad& load, const Heard&) { load.form = LoadForm::offline; }},
        {"saturat", R"(\bsaturat)",
         [](RowLoad& load, const Heard&) { load.form = LoadForm::offline; }},
        {"max", R"(\bmax(?:imum)?[- ](?:load|throughput))",
         [](RowLoad& load, const Heard&) { load.form = LoadForm::offline; }},
    };
    return table;
}

/// What stands beside the form, and limits of a served load.
const LoadSayings& more_of_load() {
    static const LoadSayings table{
        {"constant", R"(\bconstant\b)",
         [](RowLoad& load, const Heard&) { load.arrivals = ArrivalForm::constant; }},
        {"requests", R"((?:^|[^-\d.])(\d+)\s+requests\b(?!\s*(?:/|per|queued|at once)))",
         [](RowLoad& load, const Heard& heard) {
             if (load.requests == 0) load.requests = heard.number(1);
         }},
        {"prompts", R"((\d+)\s+(?:sampled\s+)?(?:sharegpt\s+)?prompts\b)",
         [](RowLoad& load, const Heard& heard) {
             if (load.requests == 0) load.requests = heard.number(1);
         }},
        {"tokens per", R"((\d+)\s+tokens per (?:gpu|npu|chip|device))",
         [](RowLoad& load, const Heard& heard) { load.tokens = heard.number(1); }},
        {"per", R"((\d+)\s+(?:sequences|requests) per (?:gpu|npu|chip|device|die))",
         [](RowLoad& load, const Heard& heard) {
             load.concurrency = heard.number(1);
             load.each_chip = true;
         }},
        {"ttft", R"(ttft\s*<=?\s*(\d+(?:\.\d+)?)\s*ms)",
         [](RowLoad& load, const Heard& heard) { load.ttft_limit = heard.number(1) * unit::ms; }},
        {"ttft", R"(ttft\s*<=?\s*(\d+(?:\.\d+)?)\s*s\b)",
         [](RowLoad& load, const Heard& heard) { load.ttft_limit = heard.number(1) * unit::s; }},
        {"tpot", R"(tpot\s*<=?\s*(\d+(?:\.\d+)?)\s*ms)",
         [](RowLoad& load, const Heard& heard) { load.tpot_limit = heard.number(1) * unit::ms; }},
    };
    return table;
}

/// Of benchmarks that send so many requests for each that is in flight.
const LoadSayings& suites_of_load() {
    static const LoadSayings table{
        {"inferencex", R"(\binference(?:x|max)\b)",
         [](RowLoad& load, const Heard&) {
             if (load.requests == 0) load.requests = 10 * load.concurrency;
         }},
        {"inferencemax", R"(\binferencemax\b)",
         [](RowLoad& load, const Heard&) {
             if (load.requests == 0) load.requests = 10 * load.concurrency;
         }},
    };
    return table;
}

/// A name of a metric as far as it is read, from its front.
struct MetricName {
    RowMetric metric;
    bool known = false;
};

const Sayings<MetricName>& metric_sayings() {
    using Name = MetricName;
    static const auto time = [](MetricForm form) {
        return [form](Name& name, const Heard& heard) {
            name.metric.form = form;
            name.metric.scale = heard.text(1) == "us" ? 1e-6 : heard.text(1) == "ms" ? 1e-3 : 1;
            name.known = true;
        };
    };
    static const auto rate = [](MetricForm form) {
        return [form](Name& name, const Heard&) {
            name.metric.form = form;
            name.known = true;
        };
    };
    static const Sayings<Name> table{
        {"ttft", R"(^(?:mean_)?ttft_(us|ms|s)(?:_|$))", time(MetricForm::ttft)},
        {"tpot", R"(^(?:mean_)?tpot(?:_true)?_(us|ms|s)(?:_|$))", time(MetricForm::tpot)},
        {"itl", R"(^(?:mean_)?itl_(us|ms|s)(?:_|$))", time(MetricForm::itl)},
        {"latency", R"(^(?:request_|e2e_)?latency_(us|ms|s)(?:_|$))", time(MetricForm::latency)},
        {"e2e", R"(^e2e_(us|ms|s)(?:_|$))", time(MetricForm::latency)},
        {"input_tokens", R"(^(?:input|prompt|prefill)_tokens?_per_s(?:_|$))",
         rate(MetricForm::input_rate)},
        {"prefill_tok", R"(^prefill_tok(?:en)?s?_per_s(?:_|$))", rate(MetricForm::input_rate)},
        {"total_tok", R"(^total_tok(?:en)?s?_per_s(?:_|$))", rate(MetricForm::total_rate)},
        {"tok", R"(^(?:output_|decode_)?tok(?:en)?s?_per_s(?:_|$))", rate(MetricForm::output_rate)},
        {"req", R"(^req(?:uest)?s?_per_s(?:_|$))", rate(MetricForm::request_rate)},
    };
    return table;
}

const Sayings<MetricName>& metric_ends() {
    using Name = MetricName;
    static const auto figure = [](StatisticForm form) {
        return [form](Name& name, const Heard&) { name.metric.statistic = form; };
    };
    static const auto rate_of = [](RateOf whose) {
        return [whose](Name& name, const Heard&) { name.metric.of = whose; };
    };
    static const Sayings<Name> table{
        {"p50", "_p50$", figure(StatisticForm::p50)},
        {"median", "_median$", figure(StatisticForm::p50)},
        {"p90", "_p90$", figure(StatisticForm::p90)},
        {"p95", "_p95$", figure(StatisticForm::p95)},
        {"p99", "_p99$", figure(StatisticForm::p99)},
        {"_per_", "_per_(?:gpu|chip|npu|device|accelerator)(?:_|$)", rate_of(RateOf::chip)},
        {"_per_node", "_per_node(?:_|$)", rate_of(RateOf::node)},
        {"_per_user", "_per_user(?:_|$)", rate_of(RateOf::user)},
    };
    return table;
}

const Sayings<TokenSpan>& span_sayings() {
    // numbers of thousands as they are meant for lengths
    static const auto tokens = [](const Heard& heard, std::size_t group) {
        return heard.number(group) * (heard.text(group + 1).empty() ? 1 : 1024);
    };
    static const Sayings<TokenSpan> table{
        {"", R"(^\s*~?(\d+(?:\.\d+)?)(k?)\s*(?:-|–|to|\.\.)\s*(\d+(?:\.\d+)?)(k?)\b)",
         [](TokenSpan& span, const Heard& heard) {
             span.low = tokens(heard, 1);
             span.high = tokens(heard, 3);
             span.mean = (span.low + span.high) / 2;
         }},
        {"", R"(^\s*(?:~|mean|avg|about)?\s*(\d+(?:\.\d+)?)\s*(k?)(?![\w.]))",
         [](TokenSpan& span, const Heard& heard) {
             span.mean = span.low = span.high = tokens(heard, 1);
         }},
    };
    return table;
}

/// How the notes say that lengths are spread.
struct SaidLengths {
    bool drawn = false;   // from 0.8 of the nominal length to all of it
    bool means = false;   // what is printed are means of a run
    bool random = false;  // of random tokens, all of one length
};

const Sayings<SaidLengths>& spread_sayings() {
    static const Sayings<SaidLengths> table{
        {"drawn around", R"(isl/osl drawn around the nominal)",
         [](SaidLengths& spread, const Heard&) { spread.drawn = true; }},
        {"inferencex", R"(\binferencex continuous)",
         [](SaidLengths& spread, const Heard&) { spread.drawn = true; }},
        {"means", R"(\bare means\b)",
         [](SaidLengths& spread, const Heard&) { spread.means = true; }},
        {"random", R"(\brandom\b.*\binput\b)",
         [](SaidLengths& spread, const Heard&) { spread.random = true; }},
    };
    return table;
}

/// The set that a cell names, or that the row's source draws from for its model.
const Dataset* dataset_of(const std::string& cell, const std::string& source, const ServingRow& row,
                          const Catalog& catalog) {
    const auto stands_in = [](const std::string& text) {
        return [&text](const std::string& mark) { return has_phrase(text, mark); };
    };
    for (const Dataset& set : catalog.datasets) {
        if (std::ranges::any_of(set.marks, stands_in(cell))) return &set;
    }
    for (const Dataset& set : catalog.datasets) {
        const bool served = std::ranges::any_of(set.models, [&](const std::string& name) {
            const Model* model = find_part(catalog.models, name);
            return model != nullptr && model->id == row.model.id;
        });
        if (served && std::ranges::any_of(set.suites, stands_in(source))) return &set;
    }
    return nullptr;
}

/// Lengths as a benchmark draws them: uniform from 0.8 of the printed length to all of it.
TokenSpan drawn_below(const TokenSpan& nominal) {
    constexpr double least = 0.8;
    return {
        .mean = (1 + least) / 2 * nominal.mean, .low = least * nominal.mean, .high = nominal.mean};
}

void spread_as(const Dataset& set, ServingRow& row, bool told) {
    row.prompt.spread = row.output.spread = set.spread.value;
    row.longest = set.longest.value;
    if (!told) return;
    row.defaults.push_back(fmt::format("lengths spread as those of {}", set.name));
}

}  // namespace

std::optional<RowLoad> load_in(const std::string& load, const std::string& notes) {
    const std::string low = lower(load);
    RowLoad read;
    if (!rate_sayings().first(low, read) && !flight_sayings().first(low, read)) return std::nullopt;
    const bool counts = read.form == LoadForm::closed || read.form == LoadForm::batch;
    if (counts && read.concurrency == 0) return std::nullopt;
    more_of_load().all(low, read);
    if (read.form == LoadForm::at_once && read.requests == 0)
        more_of_load().all(lower(notes), read);
    if (read.form == LoadForm::closed) suites_of_load().first(lower(notes), read);
    return read;
}

std::optional<RowMetric> metric_named(const std::string& metric) {
    const std::string low = lower(trimmed(metric));
    MetricName name;
    metric_sayings().first(low, name);
    if (!name.known) return std::nullopt;
    metric_ends().all(low, name);
    return name.metric;
}

std::optional<TokenSpan> span_in(const std::string& cell) {
    TokenSpan span;
    if (!span_sayings().first(lower(cell), span) || span.mean <= 0) return std::nullopt;
    return span;
}

void read_lengths(const Cells& cells, const Catalog& catalog, ServingRow& row) {
    SaidLengths said;
    const std::string notes = lower(cells.text("notes"));
    spread_sayings().all(notes, said);
    const Dataset* used = nullptr;
    const std::array ends{std::pair{"isl", &row.prompt}, std::pair{"osl", &row.output}};
    for (const auto& [column, into] : ends) {
        const std::string cell = cells.text(column);
        if (const auto span = span_in(cell)) {
            *into = said.drawn ? drawn_below(*span) : *span;
            continue;
        }
        const Dataset* set = dataset_of(cell, cells.text("source"), row, catalog);
        if (set == nullptr) {
            row.skipped = fmt::format("no length of {}s is stated",
                                      into == &row.prompt ? "prompt" : "answer");
            return;
        }
        used = set;
        const double mean = into == &row.prompt ? set->prompt.value : set->output.value;
        *into = {.mean = mean, .low = mean, .high = mean};
        row.defaults.push_back(fmt::format("{}s of {:.4g} tokens, the mean of {}",
                                           into == &row.prompt ? "prompt" : "answer", mean,
                                           set->name));
    }
    if (used != nullptr) return spread_as(*used, row, false);
    if (!said.means || said.random) return;
    // servers' own benchmarks draw from it unless told otherwise
    const Dataset* usual = find_part(catalog.datasets, usual_dataset);
    if (usual != nullptr) spread_as(*usual, row, true);
}

}  // namespace millwright
