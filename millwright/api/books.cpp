#include "millwright/api/books.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/factory/overrides.h"
#include "millwright/factory/resolve.h"
#include "millwright/money/returns.h"

namespace millwright {
namespace {

/// Names of the outputs that a target may be set for.
std::vector<std::string> output_names(const SampledBooks& books) {
    std::vector<std::string> names;
    for (const FactorySamples& factory : books.factories) {
        for (const OutputSamples& output : factory.outputs) {
            if (std::ranges::find(names, output.name) == names.end()) names.push_back(output.name);
        }
    }
    return names;
}

std::optional<Dimension> output_dimension(const SampledBooks& books, const std::string& name) {
    for (const FactorySamples& factory : books.factories) {
        for (const OutputSamples& output : factory.outputs) {
            if (output.name == name) return output.dimension;
        }
    }
    return std::nullopt;
}

/// One factory's output with the number set; nothing where there is none then.
class OutputAt {
public:
    OutputAt(const BooksQuestion& question, const Catalog& catalog, const Study& study)
        : study_(study),
          catalog_(catalog),
          text_(question.scenario),
          output_(question.must->output) {
        path_ = figure_at(catalog_, text_, question.must->path, why_);
    }

    const std::optional<FigurePath>& path() const { return path_; }
    const Fault& why() const { return why_; }

    std::optional<double> operator()(std::size_t factory, double value) const {
        path_->set(value);
        const auto scenario = resolve(text_, catalog_);
        if (!scenario) return std::nullopt;
        const BooksSite site{text_, *scenario, catalog_};
        const auto books = factory_books(site, factory, study_.factories[factory], 1);
        const auto found = books ? output_of(*books, output_) : std::nullopt;
        return found && std::isfinite(*found) ? found : std::nullopt;
    }

private:
    const Study& study_;
    Catalog catalog_;
    ScenarioText text_;
    std::string output_;
    std::optional<FigurePath> path_;
    Fault why_;
};

/// Ends between which the number is looked for: its range, or a factor of a thousand about it.
std::pair<double, double> ends_for(const FigurePath& path) {
    constexpr double factor = 1000;
    const double low = path.range.low, high = path.range.high;
    if (high < std::numeric_limits<double>::max()) return {low, high};
    const double now = path.now && *path.now != 0 ? std::abs(*path.now) : 1;
    return {std::max(low, now / factor), now * factor};
}

/// What stands for an output that there is none of: a rate of return where all is lost, a payback
/// that never comes.
double without(const std::string& output) {
    constexpr double all_lost = -1, never = 1e3;
    return output == name_of(BooksOutput::payback) ? never : all_lost;
}

MustValue must_on(const OutputAt& at, const MustAnswer& must, std::size_t factory, bool priced) {
    MustValue out{.factory = factory};
    const MustQuestion& q = must.question;
    const bool sold = q.output == name_of(BooksOutput::npv) ||
                      q.output == name_of(BooksOutput::irr) ||
                      q.output == name_of(BooksOutput::payback);
    if (sold && !priced) {
        out.why = "nothing says what it sells for";
        return out;
    }
    const auto [low, high] = ends_for(*at.path());
    const auto value = [&](double x) { return at(factory, x).value_or(without(q.output)); };
    const Solved found = solve(value, low, high, q.target);
    out.value = found.at;
    if (!found.at) {
        out.why =
            fmt::format("from {} to {} it goes from {} to {}", format_si(low, must.dimension),
                        format_si(high, must.dimension), format_si(found.low_value, must.target),
                        format_si(found.high_value, must.target));
    }
    return out;
}

Result<MustAnswer> must_be(const BooksQuestion& question, const Catalog& catalog,
                           const BooksAnswer& answer) {
    const MustQuestion& must = *question.must;
    const auto dimension = output_dimension(answer.books, must.output);
    if (!dimension) {
        return failure({{"--must", 0, 0},
                        fmt::format("no output is called '{}'", excerpt(must.output)),
                        "one of " + join(output_names(answer.books), ", ")});
    }
    const OutputAt at(question, catalog, answer.study);
    if (!at.path()) return failure({{"--by", 0, 0}, at.why().message, at.why().hint});
    MustAnswer out{.question = must,
                   .dimension = at.path()->dimension,
                   .target = *dimension,
                   .now = at.path()->now,
                   .factories = {}};
    for (const FactorySamples& factory : answer.books.factories) {
        out.factories.push_back(must_on(at, out, factory.factory, factory.point.priced));
    }
    return out;
}

}  // namespace

Result<BooksAnswer> books(const BooksQuestion& question, const Setting& setting) {
    auto resolved = resolve_with_overrides(question.scenario, setting.catalog);
    if (!resolved) return failure(std::move(resolved.error()));
    const Catalog& catalog = *resolved->catalog;
    BooksAnswer answer{.file = question.scenario.file, .scenario = std::move(resolved->scenario)};
    answer.study =
        run(answer.scenario, catalog,
            {.threads = setting.threads, .flow_factories = 0, .progress = setting.progress});
    auto uncertain = uncertain_inputs(question.scenario, catalog, answer.study);
    if (!uncertain) return failure(std::move(uncertain.error()));
    answer.uncertain = std::move(*uncertain);
    const BooksSite site{question.scenario, answer.scenario, catalog};
    answer.samples = question.samples;
    answer.books = sampled_books(site, answer.study, answer.uncertain,
                                 {.samples = static_cast<std::uint64_t>(question.samples),
                                  .seed = static_cast<std::uint64_t>(question.seed),
                                  .base_points = static_cast<std::uint64_t>(question.base_points),
                                  .search_again = static_cast<std::size_t>(question.search_again),
                                  .threads = setting.threads,
                                  .progress = setting.progress});
    answer.defaults = books_defaults(site);
    if (question.must) {
        auto must = must_be(question, catalog, answer);
        if (!must) return failure(std::move(must.error()));
        answer.must = std::move(*must);
    }
    return answer;
}

}  // namespace millwright
