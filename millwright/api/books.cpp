// The study is run once, without flows; samples, targets and lines all keep its plans. A target
// is found by Brent's method on one number, within the part of its range in which the factory can
// be built and has that output at all. Faults of a path are told at the option that it came by.
#include "millwright/api/books.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "millwright/base/faults.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/factory/overrides.h"
#include "millwright/factory/resolve.h"
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
    const auto value = [&](double x) { return at(factory, std::span(&x, 1)); };
    const Solved found = solve(value, low, high, q.target);
    out.value = found.at;
    if (found.at) return out;
    if (!found.low) {
        out.why = "there is no such figure anywhere in its range";
        return out;
    }
    out.why =
        fmt::format("{} to {} gives {} to {}", format_si(*found.low, must.dimension),
                    format_si(*found.high, must.dimension), format_si(found.low_value, must.target),
                    format_si(found.high_value, must.target));
    return out;
}

Result<MustAnswer> must_be(const BooksQuestion& question, const ScenarioText& text,
                           const Catalog& catalog, const BooksAnswer& answer) {
    const MustQuestion& must = *question.must;
    const auto dimension = output_dimension(answer.books, must.output);
    if (!dimension) {
        return failure({{"--must", 0, 0},
                        fmt::format("no output is called '{}'", excerpt(must.output)),
                        "one of " + join(output_names(answer.books), ", ")});
    }
    const OutputAt at(text, catalog, answer.study, {must.path}, must.output);
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

namespace {

/// Names of numbers and outputs that options ask for are told before anything is sampled.
Faults option_faults(const BooksQuestion& question, const ScenarioText& text,
                     const Catalog& catalog) {
    Faults faults = placed("--break-even", pair_faults(question.break_even));
    Catalog own = catalog;
    ScenarioText given = text;
    const auto check = [&](const std::string& path, const char* option) {
        Fault why{.at = {option, 0, 0}};
        if (!figure_at(own, given, path, why)) faults.push_back(std::move(why));
    };
    for (const std::string& path : question.break_even) check(path, "--break-even");
    if (!question.must) return faults;
    check(question.must->path, "--by");
    const auto& own_names = EnumNames<BooksOutput>::names;
    std::vector<std::string> outputs(own_names.begin(), own_names.end());
    for (const JobText& job : text.jobs) outputs.push_back(job.name.value);
    if (std::ranges::find(outputs, question.must->output) == outputs.end()) {
        const std::string near = did_you_mean(question.must->output, outputs);
        faults.push_back({{"--must", 0, 0},
                          fmt::format("no output is called '{}'", excerpt(question.must->output)),
                          near.empty() ? "one of " + join(outputs, ", ") : near});
    }
    return faults;
}

/// What is reckoned: the scenario as it stands, and its numbers that have a range.
struct Asked {
    ScenarioText text;
    std::shared_ptr<const Catalog> catalog;
    Scenario scenario;
    UncertainInputs ranged;
};

Result<Asked> asked_of(const BooksQuestion& question, const Setting& setting) {
    auto resolved = resolve_with_overrides(question.scenario, setting.catalog);
    if (!resolved) return failure(std::move(resolved.error()));
    auto ranged = ranged_inputs(question.scenario, *resolved->catalog);
    if (!ranged) return failure(std::move(ranged.error()));
    ScenarioText text = at_the_middle(question.scenario, *resolved->catalog, *ranged);
    Faults faults = option_faults(question, text, *resolved->catalog);
    // what is typical may not go together with the rest
    auto scenario = resolve(text, *resolved->catalog);
    if (!scenario) append(faults, scenario.error());
    if (!faults.empty()) return failure(std::move(faults));
    scenario->stated = std::move(resolved->scenario.stated);
    return Asked{std::move(text), std::move(resolved->catalog), std::move(*scenario),
                 std::move(*ranged)};
}

}  // namespace

Result<BooksAnswer> books(const BooksQuestion& question, const Setting& setting) {
    auto asked = asked_of(question, setting);
    if (!asked) return failure(std::move(asked.error()));
    const Catalog& catalog = *asked->catalog;
    BooksAnswer answer{.file = question.scenario.file, .scenario = std::move(asked->scenario)};
    answer.study =
        run(answer.scenario, catalog,
            {.threads = setting.threads, .flow_factories = 0, .progress = setting.progress});
    auto uncertain = uncertain_inputs(question.scenario, catalog, answer.study);
    if (!uncertain) return failure(std::move(uncertain.error()));
    answer.uncertain = std::move(*uncertain);
    const BooksSite site{asked->text, answer.scenario, catalog};
    answer.samples = question.samples;
    answer.books = sampled_books(site, answer.study, answer.uncertain,
                                 {.samples = static_cast<std::uint64_t>(question.samples),
                                  .seed = static_cast<std::uint64_t>(question.seed),
                                  .base_points = static_cast<std::uint64_t>(question.base_points),
                                  .search_again = static_cast<std::size_t>(question.search_again),
                                  .threads = setting.threads,
                                  .progress = setting.progress});
    answer.defaults = books_defaults(site);
    answer.beside = beside_ranges(question.scenario, catalog, asked->ranged);
    if (question.must) {
        auto must = must_be(question, asked->text, catalog, answer);
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
