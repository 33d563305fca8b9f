// Tables of money and tokens have all factories in the order of the ranking; what drives the
// value and where it breaks even is told of the best-ranked alone, and of the heaviest inputs.
// JSON has the rest. Ranges are p10 to p90, eight samples in ten.
#include "millwright/report/books_text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/table.h"
#include "millwright/report/time_text.h"

namespace millwright {
namespace {

constexpr std::size_t most_shown_inputs = 10;  // of which JSON has all
constexpr double least_shown_share = 0.005;

constexpr auto npv = static_cast<std::size_t>(BooksOutput::npv);

/// Dollars, three digits, with the prefix in which they read well: "6.71 G".
std::string short_dollars(double usd) {
    constexpr std::array<std::pair<double, const char*>, 4> units{
        {{1e9, " G"}, {1e6, " M"}, {1e3, " k"}, {1, ""}}};
    for (const auto& [factor, name] : units) {
        if (std::abs(usd) >= factor) return fmt::format("{:.3g}{}", usd / factor, name);
    }
    return fmt::format("{:.3g}", usd);
}

/// A number of an output: dollars, a share, or years.
std::string shown(const OutputSamples& output, double value) {
    if (output.name == name_of(BooksOutput::irr)) return percent(value);
    if (output.dimension == Dimension{}) return fmt::format("{:.1f} years", value);
    return short_dollars(value);
}

std::string shown_point(const OutputSamples& output) {
    return output.point ? shown(output, *output.point) : "none";
}

/// Two amounts of dollars with one prefix: "-7.74 to -5.09 G".
std::string dollars_range(double low, double high) {
    const double size = std::max(std::abs(low), std::abs(high));
    const std::string larger = short_dollars(size);
    const std::size_t blank = larger.find(' ');
    const double factor = blank == std::string::npos ? 1
                          : larger.ends_with('G')    ? 1e9
                          : larger.ends_with('M')    ? 1e6
                                                     : 1e3;
    const std::string prefix = blank == std::string::npos ? "" : larger.substr(blank);
    return fmt::format("{:.3g} to {:.3g}{}", low / factor, high / factor, prefix);
}

/// "low to high" of eight samples in ten; of what not all samples have, how many have it.
std::string shown_range(const OutputSamples& output) {
    if (output.known == 0) return "none";
    const double low = output.spread.p10, high = output.spread.p90;
    if (low == high) return "the same";
    std::string text = output.dimension == Dollars::dimension
                           ? dollars_range(low, high)
                           : shown(output, low) + " to " + shown(output, high);
    if (output.known < 1) text += fmt::format(" in {}", percent(output.known));
    return text;
}

const FactorySamples* best_of(const BooksAnswer& a) {
    for (const std::size_t f : a.study.ranking) {
        for (const FactorySamples& factory : a.books.factories) {
            if (factory.factory == f) return &factory;
        }
    }
    return nullptr;
}

std::string name_of_factory(const BooksAnswer& a, std::size_t factory) {
    return a.scenario.factories[factory].name;
}

/// The share of samples in which an output is above zero.
double positive_share(const OutputSamples& output) {
    const auto above = std::ranges::count_if(output.values, [](double v) { return v > 0; });
    return static_cast<double>(above) / static_cast<double>(output.values.size());
}

/// Another factory that rules restrict as little, if it is worth more.
std::string worth_most(const BooksAnswer& a, const FactorySamples& best) {
    const auto restricted = [&](const FactorySamples& f) {
        return restriction(a.study.factories[f.factory].verdict);
    };
    const FactorySamples* most = &best;
    for (const FactorySamples& f : a.books.factories) {
        if (restricted(f) != restricted(best) || !f.outputs[npv].point) continue;
        const auto& value = most->outputs[npv].point;
        if (!value || *f.outputs[npv].point > *value) most = &f;
    }
    if (most == &best) return "";
    return fmt::format(" Worth most of those that may be had alike: {}, {}.",
                       name_of_factory(a, most->factory), shown_point(most->outputs[npv]));
}

std::string cannot_lines(const BooksAnswer& a) {
    std::string text;
    for (const UnreckonedFactory& one : a.books.cannot) {
        text += wrapped(
            "", fmt::format("{} has none: {}", name_of_factory(a, one.factory), one.why), 2);
    }
    return text;
}

std::string answer_sentence(const BooksAnswer& a) {
    const FactorySamples* best = best_of(a);
    if (best == nullptr) return "None of these factories has books.\n" + cannot_lines(a);
    const OutputSamples& value = best->outputs[npv];
    const OutputSamples& cost = best->outputs[static_cast<std::size_t>(BooksOutput::capital)];
    const std::string name = name_of_factory(a, best->factory);
    std::string text =
        fmt::format("{}, best-ranked, costs {} dollars to build", name, shown_point(cost));
    if (!value.point) {
        text += "; nothing says what it sells for, so it has no value here.";
    } else if (value.known == 0 || a.uncertain.inputs.empty()) {
        text += fmt::format(" and has a net present value of {} dollars over {} at {} a year.",
                            shown_point(value), to_text(best->point.venture.months * unit::month),
                            percent(best->point.venture.discount));
    } else {
        text += fmt::format(
            "; its net present value is {} as the scenario stands, {} in eight samples of ten, and "
            "above zero in {} of them.",
            shown_point(value), dollars_range(value.spread.p10, value.spread.p90),
            percent(positive_share(value)));
    }
    return wrapped("", text + worth_most(a, *best), 0) + cannot_lines(a);
}

std::string money_rows(const BooksAnswer& a) {
    std::vector<std::vector<std::string>> rows;
    for (const std::size_t f : a.study.ranking) {
        for (const FactorySamples& s : a.books.factories) {
            if (s.factory != f) continue;
            const auto at = [&](BooksOutput output) -> const OutputSamples& {
                return s.outputs[static_cast<std::size_t>(output)];
            };
            rows.push_back(
                {name_of_factory(a, f), shown_point(at(BooksOutput::capital)),
                 shown_point(at(BooksOutput::yearly_cost)), shown_point(at(BooksOutput::chip_hour)),
                 shown_point(at(BooksOutput::npv)), shown_range(at(BooksOutput::npv)),
                 shown_point(at(BooksOutput::irr)), shown_point(at(BooksOutput::payback))});
        }
    }
    return format_table(
        {"USD", "capital", "a year", "chip-hour", "NPV", "p10 to p90", "IRR", "payback"}, rows,
        "lrrrrrrr");
}

/// What an hour may be rented for by contract, all hours, and at what rent owning costs the same.
std::string rent_rows(const BooksAnswer& a) {
    std::vector<std::vector<std::string>> rows;
    for (const std::size_t f : a.study.ranking) {
        for (const FactorySamples& s : a.books.factories) {
            if (s.factory != f) continue;
            const auto& even = s.outputs[static_cast<std::size_t>(BooksOutput::break_even_rent)];
            const Cited<DollarRate>& rental = a.scenario.factories[f].chip.rental;
            const bool known = rental.known();
            rows.push_back({name_of_factory(a, f),
                            known ? short_dollars((rental.value * unit::hour).si()) : "unknown",
                            shown_point(even), shown_range(even),
                            short_dollars(s.point.rent.owning.si()),
                            known ? short_dollars(s.point.rent.renting.si()) : ""});
        }
    }
    return "\n" + format_table({"USD, by contract", "rent today", "owning pays above", "p10 to p90",
                                "owning", "renting"},
                               rows, "lrrrrr");
}

std::string token_rows(const BooksAnswer& a) {
    std::vector<std::vector<std::string>> rows;
    for (const std::size_t f : a.study.ranking) {
        for (const FactorySamples& s : a.books.factories) {
            if (s.factory != f) continue;
            for (std::size_t k = own_outputs; k < s.outputs.size(); ++k) {
                const OutputSamples& job = s.outputs[k];
                rows.push_back(
                    {name_of_factory(a, f), job.name, shown_point(job), shown_range(job)});
            }
        }
    }
    if (rows.empty()) return "";
    return "\n" + format_table({"USD", "job", "a million tokens", "p10 to p90"}, rows, "llrr");
}

/// The unit is said once where both have it: "71 to 390 days".
std::string range_text(const UncertainInput& input) {
    const auto at = [&](double share) {
        return format_si(quantile(input.spread, share), input.dimension);
    };
    std::string low = at(0.1);
    const std::string high = at(0.9);
    const std::size_t unit = low.find(' ');
    if (unit != std::string::npos && high.ends_with(low.substr(unit))) low.resize(unit);
    return low + " to " + high;
}

std::string index_text(const std::optional<double>& share) {
    return share ? percent(std::max(0.0, *share)) : "-";
}

std::string index_rows(const BooksAnswer& a, const FactorySamples& factory,
                       const OutputIndices& indices) {
    const auto output = std::ranges::find(factory.outputs, indices.output, &OutputSamples::name);
    std::vector<std::vector<std::string>> rows;
    for (const InputShare& share : indices.inputs) {
        if (rows.size() == most_shown_inputs) break;
        if (share.weight() < least_shown_share) continue;
        const UncertainInput& input = a.uncertain.inputs[share.input];
        std::vector<std::string> row{input.name, range_text(input), index_text(share.first)};
        if (!a.books.correlated) row.push_back(index_text(share.total));
        append(row,
               {index_text(share.shapley), shown(*output, share.low), shown(*output, share.high)});
        rows.push_back(std::move(row));
    }
    if (rows.empty()) return "";
    std::vector<std::string> head{
        fmt::format("what drives {} of {}", indices.output, name_of_factory(a, factory.factory)),
        "p10 to p90", "alone"};
    if (!a.books.correlated) head.emplace_back("in all");
    append(head, {"Shapley", "when low", "when high"});
    return "\n" + format_table(head, rows, "l" + std::string(head.size() - 1, 'r'));
}

/// Of the best-ranked factory: its value, or where it has none what tokens cost.
std::string driver_rows(const BooksAnswer& a) {
    const FactorySamples* best = best_of(a);
    if (best == nullptr || best->indices.empty()) return "";
    const auto value =
        std::ranges::find(best->indices, name_of(BooksOutput::npv), &OutputIndices::output);
    return index_rows(a, *best, value != best->indices.end() ? *value : best->indices.back());
}

/// What must be, of each factory; why nothing will do, where nothing does, below.
std::string must_lines(const BooksAnswer& a) {
    if (!a.must) return "";
    const MustAnswer& must = *a.must;
    std::vector<std::vector<std::string>> rows;
    std::string whys;
    for (const MustValue& one : must.factories) {
        const std::string name = name_of_factory(a, one.factory);
        rows.push_back({name, one.value ? format_si(*one.value, must.dimension) : "none"});
        if (!one.value) whys += wrapped("", fmt::format("{}: none, as {}", name, one.why), 2);
    }
    const std::string head = fmt::format("for {} = {}", must.question.output,
                                         format_si(must.question.target, must.target));
    const std::string now =
        must.now ? fmt::format(" (now {})", format_si(*must.now, must.dimension)) : "";
    return format_table({head, must.question.path + now}, rows, "lr") + whys + "\n";
}

/// Both numbers where nothing is left.
std::string point_text(const BreakEven& line, const BreakEvenPoint& point) {
    return fmt::format("{} where that is {}", format_si(*point.second, line.second.dimension),
                       format_si(point.first, line.first.dimension));
}

/// The least and the most that a factory is worth at the ends of a line's second number.
std::string worth_range(const BreakEven& line) {
    std::vector<double> worth;
    for (const BreakEvenPoint& point : line.points) {
        if (point.npv_low) worth.push_back(*point.npv_low);
        if (point.npv_high) worth.push_back(*point.npv_high);
    }
    if (worth.empty()) return "it cannot be built then";
    const auto [low, high] = std::ranges::minmax(worth);
    return "it is worth " + dollars_range(low, high);
}

/// Of the best-ranked factory.
std::string break_even_lines(const BooksAnswer& a) {
    const FactorySamples* best = best_of(a);
    if (best == nullptr) return "";
    const auto line = std::ranges::find(a.break_even, best->factory, &BreakEven::factory);
    if (line == a.break_even.end()) return "";
    std::vector<const BreakEvenPoint*> nil;
    for (const BreakEvenPoint& point : line->points) {
        if (point.second) nil.push_back(&point);
    }
    const std::string name = name_of_factory(a, best->factory);
    if (nil.empty()) {
        const auto ends = [](const MovedNumber& number) {
            return fmt::format("{} from {} to {}", number.path,
                               format_si(number.low, number.dimension),
                               format_si(number.high, number.dimension));
        };
        return wrapped("",
                       fmt::format("{} breaks even at no {} with {}: {}.", name, ends(line->first),
                                   ends(line->second), worth_range(*line)),
                       0);
    }
    std::string text = fmt::format("{} breaks even on {} and {}: {}", name, line->first.path,
                                   line->second.path, point_text(*line, *nil.front()));
    if (nil.size() > 1) text += ", " + point_text(*line, *nil.back());
    if (nil.size() < line->points.size()) {
        text += fmt::format("; not at {} of {} values of the first",
                            line->points.size() - nil.size(), line->points.size());
    }
    return wrapped("", text + ".", 0);
}

std::string information_lines(const BooksAnswer& a) {
    const InformationValue& v = a.books.information;
    if (v.among.empty()) return "";
    std::string text = fmt::format(
        "To know everything before choosing among {} by value would be worth {}",
        counted(v.among.size(), "factory", "factories"), format_si(v.perfect, Dollars::dimension));
    const auto most = std::ranges::max_element(v.partial);
    constexpr double worth_telling = 0.01;  // of knowing everything
    if (most != v.partial.end() && *most > worth_telling * v.perfect) {
        text +=
            fmt::format("; to know {} alone, {}",
                        a.uncertain.inputs[static_cast<std::size_t>(most - v.partial.begin())].name,
                        format_si(*most, Dollars::dimension));
    }
    return wrapped("", text + ".", 0);
}

std::string regret_line(const BooksAnswer& a) {
    const PlanRegret& r = a.books.regret;
    if (r.samples == 0) return "";
    return wrapped(
        "note: ",
        fmt::format("plans are those best for the scenario as it stands; searched again "
                    "in {}, jobs of {} cost {:.2f} % less on average, {:.2f} % at most",
                    counted(r.samples, "sample"), name_of_factory(a, a.study.ranking.front()),
                    100 * r.mean, 100 * r.most),
        6);
}

std::string sample_line(const BooksAnswer& a) {
    if (a.uncertain.inputs.empty()) {
        return "note: nothing is uncertain here: no [[uncertain]], and grade_widths = false\n";
    }
    const auto of = [&](RangeFrom from) {
        return std::ranges::count(a.uncertain.inputs, from, &UncertainInput::from);
    };
    std::string text = fmt::format(
        "{} of {}: {} of the scenario, {} by their grades, {} on how far off predictions are; "
        "{}",
        counted(a.samples, "sample"), counted(a.uncertain.inputs.size(), "uncertain number"),
        of(RangeFrom::scenario), of(RangeFrom::grade), of(RangeFrom::prediction),
        a.books.correlated ? "some are correlated, so a Shapley effect holds what its number tells "
                             "of others"
                           : "they are independent");
    if (a.books.lost > 0) text += fmt::format("; {} make no factory", a.books.lost);
    return wrapped("note: ", text, 6);
}

std::string notes(const BooksAnswer& a) {
    std::string text = "\n" + sample_line(a) + regret_line(a);
    for (const std::string& beside : a.beside) text += wrapped("note: ", beside, 6);
    if (!a.defaults.empty()) {
        text += wrapped("note: ", "what [books] leaves out: " + join(a.defaults, "; "), 6);
    }
    for (const FactorySamples& f : a.books.factories) {
        if (f.point.priced) continue;
        text += wrapped(
            "note: ",
            fmt::format("nobody published what a {} is let for: {} has no value until "
                        "price_per_chip_hour or a [[sale]] says",
                        a.scenario.factories[f.factory].chip.id, name_of_factory(a, f.factory)),
            6);
    }
    return text;
}

}  // namespace

std::string books_text(const BooksAnswer& answer) {
    // what was asked comes first
    std::string text = must_lines(answer) + answer_sentence(answer) + "\n";
    text += money_rows(answer) + rent_rows(answer) + token_rows(answer) + driver_rows(answer);
    const std::string said = break_even_lines(answer) + information_lines(answer);
    if (!said.empty()) text += "\n" + said;
    return text + notes(answer);
}

}  // namespace millwright
