// Ranges that are written come first: correlations and drivers are of them alone, and are read
// before graded figures and predictions stand behind them. Two numbers with one driver are tied
// by the product of how closely each follows it, as in a model of one factor. A spread must keep
// within what its figure can be up to 1e-12 of its chance at either end.
#include "millwright/study/uncertain_inputs.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/study/graded_inputs.h"

namespace millwright {
namespace {

constexpr double usual_freedom = 4;
constexpr double usual_follows = 0.9;

/// What one [[uncertain]] says, and what it is said of.
struct Reading {
    const UncertainText& text;
    const FigurePath& path;
    Faults& faults;

    void fault(const Place& at, std::string message, std::string hint) {
        faults.push_back({at, std::move(message), std::move(hint)});
    }

    /// In SI units; a number stands for any unit-less figure, a text needs the figure's unit.
    double amount(const Written<ParsedQuantity>& written) {
        const auto amount = amount_for(path, written.value);
        if (written.given && !amount) {
            fault(written.at, fmt::format("'{}' is counted in another unit", text.of.value),
                  fmt::format("such as {}", example_of(path.dimension)));
        }
        return amount.value_or(0);
    }

    /// False after a fault where a key that the spread needs is left out.
    template <class T>
    bool has(const Written<T>& written, std::string_view key, SpreadKind kind) {
        if (written.given) return true;
        fault(text.at, fmt::format("a {} spread lacks '{}'", name_of(kind), key),
              fmt::format("{} = {}", key, example_of(path.dimension)));
        return false;
    }
};

SpreadKind kind_of(const UncertainText& u) {
    if (u.spread.given) return u.spread.value;
    if (u.values.given) return u.weights.given ? SpreadKind::discrete : SpreadKind::empirical;
    if (u.deviation.given) return SpreadKind::normal;
    if (u.factor.given) return SpreadKind::lognormal;
    if (u.a.given || u.b.given) return SpreadKind::beta;
    return u.typical.given ? SpreadKind::pert : SpreadKind::uniform;
}

/// Keys that a kind of spread has no use for are faults: they would change nothing.
void refuse_idle_keys(Reading& r, SpreadKind kind, const std::set<std::string_view>& used) {
    for_each_field<UncertainText>([&](const auto& field) {
        static const std::set<std::string_view> always{"of",     "spread",  "least", "most",
                                                       "driver", "follows", "source"};
        const auto& written = r.text.*field.member;
        if (!written.given || always.contains(field.key) || used.contains(field.key)) return;
        r.fault(written.at,
                fmt::format("a {} spread has no use for '{}'", name_of(kind), field.key),
                "leave it out, or choose another spread");
    });
}

std::vector<double> amounts(Reading& r) {
    std::vector<double> values;
    for (const ParsedQuantity& q : r.text.values.value) {
        values.push_back(r.amount({.value = q, .at = r.text.values.at, .given = true}));
    }
    return values;
}

using Keys = std::set<std::string_view>;

std::optional<Distribution> ended(Reading& r, SpreadKind kind) {
    const UncertainText& u = r.text;
    bool all = r.has(u.low, "low", kind);
    all &= r.has(u.high, "high", kind);
    const bool peaked = kind == SpreadKind::triangular || kind == SpreadKind::pert;
    if (peaked) all &= r.has(u.typical, "typical", kind);
    if (kind == SpreadKind::beta) {
        all &= r.has(u.a, "a", kind);
        all &= r.has(u.b, "b", kind);
    }
    Keys used{"low", "high"};
    if (peaked) used.insert("typical");
    if (kind == SpreadKind::beta) used.insert({"a", "b"});
    refuse_idle_keys(r, kind, used);
    if (!all) return std::nullopt;
    const double low = r.amount(u.low), high = r.amount(u.high);
    if (kind == SpreadKind::uniform) return Uniform{low, high};
    if (kind == SpreadKind::beta) return Beta{u.a.value, u.b.value, low, high};
    const double typical = r.amount(u.typical);
    if (kind == SpreadKind::pert) return Pert{low, typical, high};
    return Triangular{low, typical, high};
}

std::optional<Distribution> listed(Reading& r, SpreadKind kind) {
    const UncertainText& u = r.text;
    refuse_idle_keys(r, kind,
                     kind == SpreadKind::discrete ? Keys{"values", "weights"} : Keys{"values"});
    if (!r.has(u.values, "values", kind)) return std::nullopt;
    std::vector<double> values = amounts(r);
    if (kind == SpreadKind::empirical) return Empirical{std::move(values)};
    std::vector<double> weights = u.weights.value;
    if (!u.weights.given) weights.assign(values.size(), 1);
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    if (sum > 0) {
        for (double& weight : weights) weight /= sum;
    }
    return Discrete{std::move(values), std::move(weights)};
}

std::optional<Distribution> endless(Reading& r, SpreadKind kind) {
    const UncertainText& u = r.text;
    const bool normal = kind == SpreadKind::normal;
    refuse_idle_keys(r, kind, normal ? Keys{"typical", "deviation"} : Keys{"typical", "factor"});
    bool all = r.has(u.typical, "typical", kind);
    all &= normal ? r.has(u.deviation, "deviation", kind) : r.has(u.factor, "factor", kind);
    if (!all) return std::nullopt;
    if (normal) return Normal{r.amount(u.typical), r.amount(u.deviation)};
    return Lognormal{r.amount(u.typical), u.factor.value};
}

std::optional<Distribution> distribution_of(Reading& r, SpreadKind kind) {
    switch (kind) {
        case SpreadKind::uniform:
        case SpreadKind::triangular:
        case SpreadKind::pert:
        case SpreadKind::beta: return ended(r, kind);
        case SpreadKind::normal:
        case SpreadKind::lognormal: return endless(r, kind);
        case SpreadKind::discrete:
        case SpreadKind::empirical: return listed(r, kind);
    }
    return std::nullopt;
}

/// The spread between what was given as its ends and what the figure can be at all.
std::optional<Spread> spread_of(Reading& r) {
    const std::size_t before = r.faults.size();
    const auto of = distribution_of(r, kind_of(r.text));
    if (!of || r.faults.size() > before) return std::nullopt;
    Spread spread{*of};
    if (r.text.least.given) spread.least = r.amount(r.text.least);
    if (r.text.most.given) spread.most = r.amount(r.text.most);
    for (const std::string& what : faults_of(spread)) {
        r.fault(r.text.at, fmt::format("'{}': {}", r.text.of.value, what), "check its numbers");
    }
    if (r.faults.size() > before) return std::nullopt;
    constexpr double edge = 1e-12;  // of all probability
    for (const double end : {quantile(spread, edge), quantile(spread, 1 - edge)}) {
        if (end >= r.path.range.low && end <= r.path.range.high) continue;
        r.fault(r.text.at,
                fmt::format("'{}' may come to {}, outside of what it can be", r.text.of.value,
                            format_si(end, r.path.dimension)),
                fmt::format("from {} to {}: cut the spread with least and most",
                            format_si(r.path.range.low, r.path.dimension),
                            format_si(r.path.range.high, r.path.dimension)));
        return std::nullopt;
    }
    return spread;
}

/// Inputs of [[uncertain]]; their paths are looked up in copies that nobody keeps.
void read_inputs(const ScenarioText& given, const Catalog& catalog, UncertainInputs& out,
                 Faults& faults) {
    if (given.uncertain.empty()) return;
    Catalog own = catalog;
    ScenarioText text = given;
    std::set<const void*> seen;
    for (const UncertainText& u : given.uncertain) {
        if (!u.of.given) continue;
        Fault why{.at = u.of.at};
        const auto path = figure_at(own, text, u.of.value, why);
        if (!path) {
            faults.push_back(std::move(why));
            continue;
        }
        if (!seen.insert(path->number).second) {
            faults.push_back({u.of.at, fmt::format("'{}' has two ranges", u.of.value),
                              "one [[uncertain]] a number"});
        }
        Reading reading{u, *path, faults};
        const auto spread = spread_of(reading);
        if (!spread) continue;
        out.inputs.push_back({u.of.value, *spread, path->dimension, RangeFrom::scenario,
                              u.source.value, std::nullopt});
    }
}

std::optional<std::size_t> place_of(const UncertainInputs& inputs, const std::string& name) {
    for (std::size_t i = 0; i < inputs.inputs.size(); ++i) {
        if (inputs.inputs[i].name == name) return i;
    }
    return std::nullopt;
}

bool correlated(const UncertainInputs& inputs, std::size_t a, std::size_t b) {
    return std::ranges::any_of(inputs.correlations, [&](const Correlation& c) {
        return std::minmax(c.first, c.second) == std::minmax(a, b);
    });
}

void read_pairs(const ScenarioText& text, UncertainInputs& out, Faults& faults) {
    for (const CorrelationText& c : text.correlations) {
        if (!c.between.given || !c.rank.given) continue;
        std::vector<std::size_t> places;
        for (const std::string& name : c.between.value) {
            const auto place = place_of(out, name);
            if (place) places.push_back(*place);
            if (!place) {
                faults.push_back({c.between.at, fmt::format("'{}' is not uncertain", name),
                                  "give it a range with [[uncertain]]"});
            }
        }
        if (c.between.value.size() != 2) {
            faults.push_back({c.between.at, "a correlation is between two numbers",
                              "between = [\"...\", \"...\"]"});
        } else if (places.size() == 2 && places[0] == places[1]) {
            faults.push_back({c.between.at, "a number is correlated with itself", "name another"});
        } else if (places.size() == 2 && correlated(out, places[0], places[1])) {
            faults.push_back({c.between.at, "these two are correlated above already",
                              "one [[correlation]] a pair"});
        } else if (places.size() == 2) {
            out.correlations.push_back({places[0], places[1], c.rank.value});
        }
    }
}

/// Of two inputs with one driver: as closely as both follow it, unless the scenario says more.
void read_drivers(const ScenarioText& text, UncertainInputs& out) {
    const auto follows = [](const UncertainText& u) {
        return u.follows.given ? u.follows.value : usual_follows;
    };
    for (std::size_t i = 0; i < text.uncertain.size(); ++i) {
        for (std::size_t j = i + 1; j < text.uncertain.size(); ++j) {
            const UncertainText& a = text.uncertain[i];
            const UncertainText& b = text.uncertain[j];
            if (!a.driver.given || !b.driver.given || a.driver.value != b.driver.value) continue;
            const auto first = place_of(out, a.of.value), second = place_of(out, b.of.value);
            if (!first || !second || correlated(out, *first, *second)) continue;
            out.correlations.push_back({*first, *second, follows(a) * follows(b)});
        }
    }
}

Copula copula_of(Dependences dependence) {
    switch (dependence) {
        case Dependences::gaussian: return Copula::gaussian;
        case Dependences::student: return Copula::student;
        case Dependences::iman_conover: return Copula::iman_conover;
    }
    return Copula::gaussian;
}

/// Of the correlations, those that cannot all be are named at the last of them.
void join_inputs(const ScenarioText& text, UncertainInputs& out, Faults& faults) {
    const double freedom = text.books.freedom.given ? text.books.freedom.value : usual_freedom;
    const auto joined = dependence(out.inputs.size(), out.correlations,
                                   copula_of(text.books.dependence.value), freedom);
    if (joined) {
        out.dependence = *joined;
        return;
    }
    std::string names;
    for (const std::size_t i : impossible(out.inputs.size(), out.correlations)) {
        const Correlation& c = out.correlations[i];
        names += fmt::format("{}{} with {}", names.empty() ? "" : ", ", out.inputs[c.first].name,
                             out.inputs[c.second].name);
    }
    const Place at =
        text.correlations.empty() ? text.uncertain.back().at : text.correlations.back().at;
    faults.push_back({at, "correlations cannot all be as strong: " + names,
                      "no numbers hang together so: weaken one of them"});
}

/// A factor on time whose outer tenths begin at the ends of the band: as a lognormal where both
/// ends are as far, by the farther of the two on its side.
std::optional<Spread> band_of(const FactoryReport& report) {
    for (const JobReport& job : report.jobs) {
        const auto* trained = std::get_if<TrainReport>(&job.of);
        if (!job.feasible || trained == nullptr) continue;
        const double low = trained->best.low / trained->best.step.value;
        const double high = trained->best.high / trained->best.step.value;
        if (low < 1 && high > 1) return Spread{Lognormal{1, std::sqrt(high / low)}};
    }
    return std::nullopt;
}

void add_predictions(const Study& study, UncertainInputs& out) {
    for (std::size_t i = 0; i < study.factories.size(); ++i) {
        const auto band = band_of(study.factories[i]);
        if (!band) continue;
        out.inputs.push_back({"prediction of " + study.factories[i].name, *band, Dimension{},
                              RangeFrom::prediction, "four in five measured steps", i});
    }
}

/// What the scenario says is typical, or the median.
double typical_of(const ScenarioText& text, const UncertainInput& input) {
    for (const UncertainText& u : text.uncertain) {
        if (u.of.value == input.name && u.typical.given) return u.typical.value.si;
    }
    return quantile(input.spread, 0.5);
}

}  // namespace

Result<UncertainInputs> ranged_inputs(const ScenarioText& text, const Catalog& catalog) {
    UncertainInputs out;
    Faults faults;
    read_inputs(text, catalog, out, faults);
    read_pairs(text, out, faults);
    read_drivers(text, out);
    if (faults.empty()) join_inputs(text, out, faults);
    if (!faults.empty()) return failure(in_order(std::move(faults)));
    return out;
}

Result<UncertainInputs> uncertain_inputs(const ScenarioText& text, const Catalog& catalog,
                                         const Study& study) {
    auto out = ranged_inputs(text, catalog);
    if (!out) return out;
    if (!text.books.grade_widths.given || text.books.grade_widths.value) {
        for (UncertainInput& graded : graded_inputs(text, catalog, study)) {
            if (!place_of(*out, graded.name)) out->inputs.push_back(std::move(graded));
        }
        add_predictions(study, *out);
    }
    Faults faults;
    join_inputs(text, *out, faults);
    if (!faults.empty()) return failure(std::move(faults));
    return out;
}

ScenarioText at_the_middle(const ScenarioText& text, const Catalog& catalog,
                           const UncertainInputs& inputs) {
    ScenarioText middle = text;
    Catalog own = catalog;
    for (const UncertainInput& input : inputs.inputs) {
        Fault why;
        const auto path = figure_at(own, middle, input.name, why);
        if (!path || path->now) continue;
        path->set(typical_of(text, input));
    }
    return middle;
}

std::vector<std::string> beside_ranges(const ScenarioText& text, const Catalog& catalog,
                                       const UncertainInputs& inputs) {
    ScenarioText given = text;
    Catalog own = catalog;
    std::vector<std::string> told;
    for (const UncertainInput& input : inputs.inputs) {
        if (input.from != RangeFrom::scenario) continue;
        Fault why;
        const auto path = figure_at(own, given, input.name, why);
        if (!path || !path->now) continue;
        const double low = quantile(input.spread, 0.01), high = quantile(input.spread, 0.99);
        if (*path->now >= low && *path->now <= high) continue;
        told.push_back(fmt::format("{} stands at {}, outside of its range, {} to {}", input.name,
                                   format_si(*path->now, path->dimension),
                                   format_si(low, path->dimension),
                                   format_si(high, path->dimension)));
    }
    return told;
}

InputSetter::InputSetter(Catalog& catalog, ScenarioText& text,
                         const std::vector<UncertainInput>& inputs) {
    for (const UncertainInput& input : inputs) {
        Fault why;
        const bool figure = input.from != RangeFrom::prediction;
        paths_.push_back(figure ? figure_at(catalog, text, input.name, why) : std::nullopt);
    }
}

void InputSetter::set(std::span<const double> values) const {
    for (std::size_t i = 0; i < paths_.size(); ++i) {
        if (paths_[i]) paths_[i]->set(values[i]);
    }
}

}  // namespace millwright
