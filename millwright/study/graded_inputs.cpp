#include "millwright/study/graded_inputs.h"

#include <algorithm>
#include <map>

#include "millwright/study/factory_books.h"

namespace millwright {
namespace {

// as many, and as heavy
constexpr std::size_t most_graded = 16;
constexpr double least_graded_weight = 0.01;

/// Money, power and failures: what no prediction's band covers.
bool has_grade_width(const UsedFigure& figure) {
    const std::string_view part = figure.part;
    const bool kind =
        part.starts_with("prices/") || part.starts_with("sites/") || part.starts_with("fleets/");
    return kind || figure.figure.find("price") != std::string::npos ||
           figure.figure.find("power") != std::string::npos;
}

/// Paths of the heaviest over all factories, each once.
std::vector<std::string> heaviest_figures(const Study& study) {
    std::map<std::string, double> heaviest;
    for (const FactoryReport& factory : study.factories) {
        for (const UsedFigure& figure : factory.rests_on) {
            if (!has_grade_width(figure) || figure.weight < least_graded_weight) continue;
            double& weight = heaviest[figure.part + "." + figure.figure];
            weight = std::max(weight, figure.weight);
        }
    }
    std::vector<std::pair<double, std::string>> order;
    for (const auto& [path, weight] : heaviest) order.emplace_back(-weight, path);
    std::ranges::sort(order);
    if (order.size() > most_graded) order.resize(most_graded);
    std::vector<std::string> paths;
    for (auto& [weight, path] : order) paths.push_back(std::move(path));
    return paths;
}

}  // namespace

double factor_of(Grade grade) {
    switch (grade) {
        case Grade::measured: return 1.03;
        case Grade::vendor: return 1.05;
        case Grade::filing: return 1.1;
        case Grade::press: return 1.25;
        case Grade::estimate: return 1.5;
    }
    return 1;
}

std::vector<UncertainInput> graded_inputs(const ScenarioText& text, const Catalog& catalog,
                                          const Study& study) {
    std::vector<std::string> paths = heaviest_figures(study);
    for (std::string& path : books_figures(text, catalog, study)) {
        if (std::ranges::find(paths, path) == paths.end()) paths.push_back(std::move(path));
    }
    Catalog own = catalog;
    ScenarioText none;
    std::vector<UncertainInput> inputs;
    for (const std::string& path : paths) {
        Fault why;
        const auto figure = figure_at(own, none, path, why);
        if (!figure || !figure->now || *figure->now <= 0) continue;
        const Grade grade = own.sources[figure->source.index()].grade;
        Spread spread{Lognormal{*figure->now, factor_of(grade)}};
        spread.least = std::max(figure->range.low, 0.0);
        // shares, such as loads and overheads, have no other limit in the catalog
        const bool share = figure->dimension == Dimension{} && *figure->now < 1;
        spread.most = share ? std::min(figure->range.high, 1.0) : figure->range.high;
        inputs.push_back({path, spread, figure->dimension, RangeFrom::grade,
                          std::string(name_of(grade)), std::nullopt});
    }
    return inputs;
}

}  // namespace millwright
