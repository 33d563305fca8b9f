// The study is run once, without flows; samples, targets and lines all keep its plans. A target
// is found by Brent's method on one number, whose output must be finite everywhere: a rate of
// return or a payback that there is none of counts as all lost or as never. Faults of a path are
// told at the option that it came by.
#include "millwright/api/books.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/factory/overrides.h"
#include "millwright/money/returns.h"
#include "millwright/study/output_at.h"

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

/// What stands for an output that there is none of: a rate of return where all is lost, a payback
/// that never comes.
double without(const std::string& output) {
    constexpr double all_lost = -1, never = 1e3;
    return output == name_of(BooksOutput::payback) ? never : all_lost;
}

Faults placed(const std::string& option, Faults faults) {
    for (Fault& fault : faults) fault.at = {option, 0, 0};
    return faults;
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
    const auto [low, high] = wide_range(at.numbers().front());
    const auto value = [&](double x) {
        return at(factory, std::span(&x, 1)).value_or(without(q.output));
    };
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
    const OutputAt at(question.scenario, catalog, answer.study, {must.path}, must.output);
    if (!at.faults().empty()) return failure(placed("--by", at.faults()));
    const FigurePath& number = at.numbers().front();
    MustAnswer out{.question = must,
                   .dimension = number.dimension,
                   .target = *dimension,
                   .now = number.now,
                   .factories = {}};
    for (const FactorySamples& factory : answer.books.factories) {
        out.factories.push_back(must_on(at, out, factory.factory, factory.point.priced));
    }
    return out;
}

/// Two numbers or none, as they are asked for.
Faults pair_faults(const std::vector<std::string>& paths) {
    if (paths.empty() || (paths.size() == 2 && paths[0] != paths[1])) return {};
    return {{{},
             fmt::format("a line is over two numbers, not {}",
                         paths.size() == 2 ? "one twice" : fmt::format("{}", paths.size())),
             "--break-even books.utilisation,books.price_per_chip_hour"}};
}

}  // namespace

Result<BooksAnswer> books(const BooksQuestion& question, const Setting& setting) {
    Faults pair = pair_faults(question.break_even);
    if (!pair.empty()) return failure(placed("--break-even", std::move(pair)));
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
    auto curves = break_even(site, answer.study, answer.uncertain, answer.books,
                             question.break_even, setting.threads);
    if (!curves) return failure(placed("--break-even", std::move(curves.error())));
    answer.break_even = std::move(*curves);
    return answer;
}

}  // namespace millwright
