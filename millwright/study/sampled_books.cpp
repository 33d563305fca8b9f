// Outputs of all factories stand side by side in one matrix, a row a sample, with NaN where a
// sample has none; it becomes an empty optional, or for indices zero, before anybody else sees
// it. A chunk of rows shares one copy of the catalog: each row sets every input anew, so nothing
// of the row before is left, and each writes to places of its own, so threads do not matter.
#include "millwright/study/sampled_books.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

#include <fmt/format.h>

#include "millwright/base/parallel.h"
#include "millwright/base/require.h"
#include "millwright/chance/given_data.h"
#include "millwright/factory/resolve.h"
#include "millwright/study/cash_fan.h"

namespace millwright {
namespace {

// rows that share a copy of the catalog, which takes as long as resolving a few
constexpr std::size_t rows_of_chunk = 64;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();  // never leaves this source

/// A place among the outputs of all factories, which stand one behind another.
struct OutputLayout {
    std::vector<std::size_t> factories;          // that can be built
    std::vector<std::size_t> first;              // output of each of them
    std::vector<std::vector<std::string>> jobs;  // names, behind the outputs that all have
    std::size_t count = 0;
};

double at_or_missing(const std::optional<double>& value) { return value.value_or(missing); }

/// The outputs of one factory, in their order.
std::vector<double> outputs_of(const FactoryBooks& books) {
    std::vector<double> out{
        books.books.capital.si(),
        books.yearly.si(),
        books.chip_hour.si(),
        books.priced ? books.books.npv.si() : missing,
        books.priced ? at_or_missing(books.books.irr) : missing,
        books.priced ? at_or_missing(books.books.payback_years) : missing,
        books.rent.break_even ? books.rent.break_even->si() : missing,
    };
    for (const JobCost& job : books.jobs) out.push_back(job.per_million.si());
    return out;
}

/// Cash so far of each factory that can be built and each row.
using CashRows = std::vector<std::vector<std::vector<double>>>;

struct Sampler {
    const BooksSite& site;
    const Study& study;
    const UncertainInputs& uncertain;
    OutputLayout layout;

    double slower(std::span<const double> row, std::size_t factory) const {
        double factor = 1;
        for (std::size_t k = 0; k < uncertain.inputs.size(); ++k) {
            if (uncertain.inputs[k].factory == factory) factor *= row[k];
        }
        return factor;
    }

    /// Outputs and cash of many rows; cash is kept of as many as there is room for.
    struct Reckoned {
        Matrix outputs;
        CashRows cash;
    };

    /// Reckons one sample, whose row has that number.
    void reckon(const BooksSite& at, std::span<const double> row, std::size_t number,
                Reckoned& into) const {
        const std::span<double> out = into.outputs.row(number);
        for (std::size_t i = 0; i < layout.factories.size(); ++i) {
            const std::size_t f = layout.factories[i];
            const auto books = factory_books(at, f, study.factories[f], slower(row, f));
            if (!books) continue;
            const std::vector<double> values = outputs_of(*books);
            std::ranges::copy(values, out.begin() + static_cast<std::ptrdiff_t>(layout.first[i]));
            if (number < into.cash[i].size()) into.cash[i][number] = cash_so_far(books->venture);
        }
    }

    /// All outputs of so many rows from `from` on; what a sample cannot have is missing.
    void reckon_rows(const Matrix& inputs, std::size_t from, std::size_t to, Reckoned& out) const {
        Catalog catalog = site.catalog;
        ScenarioText text = site.text;
        const InputSetter setter(catalog, text, uncertain.inputs);
        for (std::size_t row = from; row < to; ++row) {
            const std::span<const double> values = inputs.row(row);
            setter.set(values);
            const auto scenario = resolve(text, catalog);
            if (scenario) reckon({text, *scenario, catalog}, values, row, out);
        }
    }

    Reckoned reckon_all(const Matrix& inputs, int threads, std::size_t cash_rows,
                        const std::function<void(double)>& done = {}) const {
        Reckoned out{
            {inputs.rows, layout.count, std::vector<double>(inputs.rows * layout.count, missing)},
            CashRows(layout.factories.size())};
        for (auto& rows : out.cash) rows.resize(std::min(inputs.rows, cash_rows));
        const std::size_t chunks = (inputs.rows + rows_of_chunk - 1) / rows_of_chunk;
        std::mutex telling;
        std::size_t ready = 0;
        parallel_for(chunks, threads, [&](std::size_t chunk) {
            const std::size_t from = chunk * rows_of_chunk;
            reckon_rows(inputs, from, std::min(inputs.rows, from + rows_of_chunk), out);
            if (!done) return;
            const std::lock_guard lock(telling);
            done(static_cast<double>(++ready) / static_cast<double>(chunks));
        });
        return out;
    }
};

OutputLayout layout_of(const std::vector<FactorySamples>& factories) {
    OutputLayout layout;
    for (const FactorySamples& f : factories) {
        layout.factories.push_back(f.factory);
        layout.first.push_back(layout.count);
        std::vector<std::string> jobs;
        for (const JobCost& job : f.point.jobs) jobs.push_back(job.job);
        layout.count += own_outputs + jobs.size();
        layout.jobs.push_back(std::move(jobs));
    }
    return layout;
}

std::pair<std::string, Dimension> named_output(const OutputLayout& layout, std::size_t i,
                                               std::size_t k) {
    constexpr Dimension dollars = Dollars::dimension;
    if (k >= own_outputs) return {layout.jobs[i][k - own_outputs], dollars};
    const auto output = static_cast<BooksOutput>(k);
    const bool plain = output == BooksOutput::irr || output == BooksOutput::payback;
    return {std::string(name_of(output)), plain ? Dimension{} : dollars};
}

void summarise(const Matrix& outputs, const OutputLayout& layout, std::size_t i,
               FactorySamples& factory) {
    const std::vector<double> point = outputs_of(factory.point);
    for (std::size_t k = 0; k < point.size(); ++k) {
        auto [name, dimension] = named_output(layout, i, k);
        OutputSamples samples{.name = std::move(name), .dimension = dimension};
        if (!std::isnan(point[k])) samples.point = point[k];
        for (std::size_t row = 0; row < outputs.rows; ++row) {
            const double value = outputs.at(row, layout.first[i] + k);
            if (!std::isnan(value)) samples.values.push_back(value);
        }
        if (outputs.rows > 0) {
            samples.known =
                static_cast<double>(samples.values.size()) / static_cast<double>(outputs.rows);
        }
        if (!samples.values.empty()) {
            samples.spread = summary({samples.values.size(), 1, samples.values}, 0);
        }
        factory.outputs.push_back(std::move(samples));
    }
}

/// Outputs whose shares are told: value and cost, and what tokens of each job cost.
bool is_explained(std::size_t output) {
    return output >= own_outputs || output == static_cast<std::size_t>(BooksOutput::npv) ||
           output == static_cast<std::size_t>(BooksOutput::chip_hour);
}

constexpr std::size_t fewest_for_shares = 100;

/// Rows in which all of these outputs have a value: inputs, and those outputs.
std::pair<Matrix, Matrix> whole_rows(const Matrix& inputs, const Matrix& outputs,
                                     const std::vector<std::size_t>& columns) {
    std::pair<Matrix, Matrix> whole{{0, inputs.columns, {}}, {0, columns.size(), {}}};
    auto& [in, out] = whole;
    for (std::size_t row = 0; row < inputs.rows; ++row) {
        const bool gap = std::ranges::any_of(
            columns, [&](std::size_t column) { return std::isnan(outputs.at(row, column)); });
        if (gap) continue;
        const std::span<const double> values = inputs.row(row);
        in.values.insert(in.values.end(), values.begin(), values.end());
        for (const std::size_t column : columns) out.values.push_back(outputs.at(row, column));
    }
    in.rows = out.rows = in.values.size() / std::max<std::size_t>(1, inputs.columns);
    return whole;
}

/// From the samples that have the output alone: shares of first order, and what ends of inputs do.
OutputIndices shares_given_data(const Matrix& all, const Matrix& outputs, std::size_t output) {
    OutputIndices indices;
    const auto [inputs, one] = whole_rows(all, outputs, {output});
    if (inputs.rows < fewest_for_shares) return indices;
    const std::vector<double> first = first_order_shares(inputs, one).front();
    const std::vector<Swing> ends = tornado(inputs, one, 0);
    for (std::size_t k = 0; k < inputs.columns; ++k) {
        indices.inputs.push_back(
            {.input = k, .first = first[k], .low = ends[k].low, .high = ends[k].high});
    }
    return indices;
}

/// Of each output, in their order; none that there are no points for, or that ties forbid.
struct Measures {
    std::vector<Indices> sobol;
    std::vector<std::vector<double>> shapley;
};

Measures measures_of(const Sampler& sampler, const SampleOptions& options) {
    Measures measures;
    if (options.base_points == 0) return measures;
    const UncertainInputs& uncertain = sampler.uncertain;
    std::vector<Spread> spreads;
    for (const UncertainInput& input : uncertain.inputs) spreads.push_back(input.spread);
    const BlockModel block = [&](const Matrix& inputs) {
        Matrix out = sampler.reckon_all(inputs, 1, 0).outputs;
        // what may be missing is not asked for: see `explain`
        for (double& value : out.values) {
            if (std::isnan(value)) value = 0;
        }
        return out;
    };
    const std::uint64_t points = options.base_points;
    if (uncertain.correlations.empty()) {
        measures.sobol = sobol_indices(spreads, points, options.seed, options.threads, block);
    }
    measures.shapley = shapley_of_tied(spreads, uncertain.dependence, points, options.seed,
                                       options.threads, block);
    return measures;
}

void explain(const Matrix& inputs, const Matrix& outputs, const Sampler& sampler,
             const Measures& measures, SampledBooks& books) {
    for (std::size_t i = 0; i < books.factories.size(); ++i) {
        FactorySamples& factory = books.factories[i];
        for (std::size_t k = 0; k < factory.outputs.size(); ++k) {
            const OutputSamples& samples = factory.outputs[k];
            if (!is_explained(k)) continue;
            const std::size_t output = sampler.layout.first[i] + k;
            OutputIndices shares = shares_given_data(inputs, outputs, output);
            shares.output = samples.name;
            // a sample that makes no factory has no place in sums of differences
            const bool whole = samples.known >= 1;
            for (InputShare& share : shares.inputs) {
                if (!whole) break;
                if (!measures.shapley.empty()) {
                    share.shapley = measures.shapley[output][share.input];
                }
                if (measures.sobol.empty()) continue;
                share.first = measures.sobol[output].first[share.input];
                share.total = measures.sobol[output].total[share.input];
            }
            std::ranges::stable_sort(shares.inputs, std::greater{}, &InputShare::weight);
            factory.indices.push_back(std::move(shares));
        }
    }
}

/// Among factories that rules restrict as little as the best-ranked, and that have a value.
void weigh_information(const Matrix& inputs, const Matrix& outputs, const Sampler& sampler,
                       SampledBooks& books) {
    const Study& study = sampler.study;
    const int least = restriction(study.factories[study.ranking.front()].verdict);
    constexpr auto npv = static_cast<std::size_t>(BooksOutput::npv);
    std::vector<std::size_t> columns;
    for (std::size_t i = 0; i < books.factories.size(); ++i) {
        const FactorySamples& f = books.factories[i];
        const FactoryReport& report = study.factories[f.factory];
        if (restriction(report.verdict) != least || report.over_power) continue;
        if (f.outputs[npv].values.empty()) continue;
        columns.push_back(sampler.layout.first[i] + npv);
        books.information.among.push_back(f.factory);
    }
    const auto [whole, gains] = whole_rows(inputs, outputs, columns);
    if (columns.size() < 2 || whole.rows < fewest_for_shares) {
        books.information.among.clear();
        return;
    }
    books.information.perfect = perfect_information(gains);
    books.information.partial = partial_information(whole, gains);
}

/// The best-ranked factory's jobs on the first samples, their plans searched again.
PlanRegret plan_regret(const Matrix& inputs, const Sampler& sampler, const SampleOptions& options) {
    PlanRegret regret{.samples = std::min<std::size_t>(options.search_again, inputs.rows)};
    const std::size_t f = sampler.study.ranking.front();
    const FactoryReport& held = sampler.study.factories[f];
    Catalog catalog = sampler.site.catalog;
    ScenarioText text = sampler.site.text;
    const InputSetter setter(catalog, text, sampler.uncertain.inputs);
    double jobs = 0;
    for (std::size_t row = 0; row < regret.samples; ++row) {
        setter.set(inputs.row(row));
        const auto scenario = resolve(text, catalog);
        if (!scenario || !scenario->factories[f].cannot.empty()) continue;
        const Factory& factory = scenario->factories[f];
        const Dollars yearly = yearly_cost(factory.bill, site_of(*scenario, factory).costs).value;
        const JobSite at{.scenario = *scenario,
                         .catalog = catalog,
                         .factory = factory,
                         .yearly = yearly,
                         .threads = options.threads,
                         .best_only = true};
        for (std::size_t k = 0; k < held.jobs.size(); ++k) {
            if (!held.jobs[k].feasible) continue;
            const JobReport again = report_job(at, scenario->jobs[k]);
            if (!again.feasible) continue;
            const double kept = priced_again(at, scenario->jobs[k], held.jobs[k]).front();
            const double best = priced_again(at, scenario->jobs[k], again).front();
            const double lost = std::max(0.0, 1 - best / kept);
            regret.mean += lost;
            regret.most = std::max(regret.most, lost);
            ++jobs;
        }
    }
    if (jobs > 0) regret.mean /= jobs;
    return regret;
}

std::size_t lost_rows(const Matrix& outputs) {
    std::size_t lost = 0;
    for (std::size_t row = 0; row < outputs.rows; ++row) {
        lost += std::ranges::all_of(outputs.row(row), [](double v) { return std::isnan(v); });
    }
    return lost;
}

}  // namespace

double InputShare::weight() const {
    return total ? std::max(*total, first) : shapley.value_or(first);
}

std::optional<double> output_of(const FactoryBooks& books, std::string_view name) {
    const std::vector<double> values = outputs_of(books);
    std::optional<double> found;
    if (const auto own = enum_named<BooksOutput>(name)) {
        found = values[static_cast<std::size_t>(*own)];
    }
    for (std::size_t k = 0; k < books.jobs.size(); ++k) {
        if (books.jobs[k].job == name) found = values[own_outputs + k];
    }
    return found && std::isnan(*found) ? std::nullopt : found;
}

SampledBooks sampled_books(const BooksSite& site, const Study& study,
                           const UncertainInputs& uncertain, const SampleOptions& options) {
    require(study.factories.size() == site.scenario.factories.size(), "the study is another's");
    SampledBooks books{.correlated = !uncertain.correlations.empty()};
    for (std::size_t f = 0; f < study.factories.size(); ++f) {
        auto point = factory_books(site, f, study.factories[f], 1);
        if (point) {
            books.factories.push_back({.factory = f, .point = std::move(*point)});
        } else {
            books.cannot.push_back({f, std::move(point.error())});
        }
    }
    const Sampler sampler{site, study, uncertain, layout_of(books.factories)};
    std::vector<Spread> spreads;
    for (const UncertainInput& input : uncertain.inputs) spreads.push_back(input.spread);
    const Matrix inputs =
        draw(spreads, uncertain.dependence, options.samples, options.seed, options.threads);
    const auto told = [&](double share) {
        if (options.progress) options.progress("samples", share);
    };
    const Sampler::Reckoned reckoned =
        sampler.reckon_all(inputs, options.threads, most_fan_samples, told);
    const Matrix& outputs = reckoned.outputs;
    books.lost = lost_rows(outputs);
    for (std::size_t i = 0; i < books.factories.size(); ++i) {
        summarise(outputs, sampler.layout, i, books.factories[i]);
        books.factories[i].fan = cash_fan(reckoned.cash[i]);
    }
    if (uncertain.inputs.empty()) return books;
    explain(inputs, outputs, sampler, measures_of(sampler, options), books);
    weigh_information(inputs, outputs, sampler, books);
    books.regret = plan_regret(inputs, sampler, options);
    return books;
}

}  // namespace millwright
