// One unit and as many digits for all terms of a figure, so that they can be added by eye.
#include "millwright/report/explain_text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/plural.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/table.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

/// What is said of a figure. `more` and `less` stand behind the amount, `alike` in place of all.
struct FigureWords {
    std::string_view verb, more, less, alike, unit, title;
    Dimension dimension{};  // of amounts that are told with prefixes; of days none
};

const FigureWords& words_of(Explained figure) {
    constexpr Dimension dollars = Dollars::dimension;
    static constexpr std::array<FigureWords, 4> all{{
        {"costs", "more", "less", "costs as much as", "USD", "cost of the run", dollars},
        {"takes", "longer", "less", "takes as long as", "days", "days of the run", {}},
        {"costs", "more for a million output tokens", "less for a million output tokens",
         "costs as much for a million output tokens as", "USD", "a million output tokens", dollars},
        {"makes", "more", "fewer", "makes as many output tokens a second as", "tokens/s",
         "output tokens a second", TokenRate::dimension},
    }};
    return all[static_cast<std::size_t>(figure)];
}

/// The unit of all differences of a figure, and the digits behind the point that show three of the
/// largest.
class Amounts {
public:
    explicit Amounts(const Explanation& e) : name_(words_of(e.figure).unit) {
        double most = std::abs(e.b - e.a);
        if (!e.terms.empty()) most = std::max(most, std::abs(e.terms.front().difference));
        if (words_of(e.figure).dimension != Dimension{}) choose_prefix(most);
        constexpr int shown = 2, digits = 9;
        const double power = most > 0 ? std::floor(std::log10(most / unit_)) : 0;
        decimals_ = std::clamp(shown - static_cast<int>(power), 0, digits);
    }

    const std::string& name() const { return name_; }
    std::string plain(double amount) const {
        return fmt::format("{:.{}f}", amount / unit_, decimals_);
    }
    std::string with_sign(double amount) const {
        const double rounded = std::stod(plain(amount));
        // no sign before nothing
        return rounded == 0 ? plain(0) : fmt::format("{:+.{}f}", amount / unit_, decimals_);
    }

private:
    void choose_prefix(double most) {
        const std::string plain = name_;
        for (const char* prefix : {"k", "M", "G"}) {
            if (most < 1000 * unit_) return;
            unit_ *= 1000;
            name_ = prefix + plain;
        }
    }

    double unit_ = 1;
    int decimals_ = 0;
    std::string name_;
};

std::string side_amount(Explained figure, double amount) {
    const FigureWords& words = words_of(figure);
    if (words.dimension != Dimension{}) return format_si(amount, words.dimension);
    return fmt::format("{:.4g} {}", amount, words.unit);
}

/// How many of the terms, which are in order, are told one by one: those of a share of the largest,
/// but all where one would be left.
std::size_t terms_told(const Explanation& e, std::size_t most) {
    constexpr double small = 0.02;
    std::size_t told = 0;
    while (told < std::min(most, e.terms.size()) &&
           std::abs(e.terms[told].difference) >= small * std::abs(e.terms[0].difference)) {
        ++told;
    }
    return told + 1 == e.terms.size() ? e.terms.size() : told;
}

double sum_from(const Explanation& e, std::size_t first) {
    double sum = 0;
    for (std::size_t i = first; i < e.terms.size(); ++i) sum += e.terms[i].difference;
    return sum;
}

std::string sentence(const JobExplanation& job, const Explanation& e) {
    const FigureWords& words = words_of(e.figure);
    const bool named_alike = job.factory_a == job.factory_b;
    const std::string a = named_alike ? "that of A" : job.factory_a;
    const std::string b = named_alike ? job.factory_b + " of B" : job.factory_b;
    if (is_alike(e)) return fmt::format("{} {} {}", b, words.alike, a);
    const Amounts amounts(e);
    std::string text = fmt::format("{} {} {} {} {} than {} ({} against {})", b, words.verb,
                                   amounts.plain(std::abs(e.b - e.a)), amounts.name(),
                                   e.b > e.a ? words.more : words.less, a,
                                   side_amount(e.figure, e.b), side_amount(e.figure, e.a));
    constexpr std::size_t most = 4;
    const std::size_t told = terms_told(e, most);
    for (std::size_t i = 0; i < told; ++i) {
        text += fmt::format("{} {} of {}", i == 0 ? ":" : ",",
                            amounts.with_sign(e.terms[i].difference), e.terms[i].part);
    }
    if (told == e.terms.size()) return text;
    return text + fmt::format(", {} of the rest", amounts.with_sign(sum_from(e, told)));
}

std::string table_of(const std::string& job, const Explanation& e) {
    if (is_alike(e)) return "";
    const Amounts amounts(e);
    constexpr std::size_t most = 12;
    const std::size_t told = terms_told(e, most);
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < told; ++i) {
        const SplitTerm& term = e.terms[i];
        rows.push_back({term.part, term.factor == term.part ? "" : term.factor,
                        format_si(term.a, term.dimension), format_si(term.b, term.dimension),
                        amounts.with_sign(term.difference)});
    }
    if (told < e.terms.size()) {
        rows.push_back({"the rest: " + counted(e.terms.size() - told, "term"), "", "", "",
                        amounts.with_sign(sum_from(e, told))});
    }
    rows.push_back({"in all", "", side_amount(e.figure, e.a), side_amount(e.figure, e.b),
                    amounts.with_sign(e.b - e.a)});
    return fmt::format("\n{}, {}\n", job, words_of(e.figure).title) +
           format_table({"term", "of", "A", "B", amounts.name()}, rows, "llrrr");
}

Json figure_json(const Explanation& e) {
    Json terms = Json::array();
    for (const SplitTerm& term : e.terms) {
        terms.push_back({{"factor", term.factor},
                         {"part", term.part},
                         {"a", term.a},
                         {"b", term.b},
                         {"difference", term.difference}});
    }
    return {{"figure", name_of(e.figure)},
            {"unit", words_of(e.figure).unit},
            {"a", e.a},
            {"b", e.b},
            {"difference", e.b - e.a},
            {"terms", terms}};
}

}  // namespace

std::string explanation_sentences(const JobExplanation& job) {
    if (!job.why_not.empty()) return wrapped(job.job + ": ", job.why_not, 2);
    std::string text;
    for (const Explanation& e : job.figures) text += wrapped(job.job + ": ", sentence(job, e), 2);
    return text;
}

std::string explanation_tables(const JobExplanation& job) {
    std::string text;
    for (const Explanation& e : job.figures) text += table_of(job.job, e);
    return text;
}

std::vector<std::size_t> runners_up(const Study& study) {
    std::vector<std::size_t> others;
    for (const std::size_t i : study.ranking) {
        const bool any = std::ranges::any_of(study.factories[i].jobs, &JobReport::feasible);
        if (any && i != study.ranking.front()) others.push_back(i);
    }
    return others;
}

std::string study_why_text(const Study& study, std::size_t other) {
    const FactoryReport& best = study.factories[study.ranking.front()];
    const FactoryReport& against = study.factories.at(other);
    if (&best == &against) return wrapped("", best.name + " is itself the best-ranked.", 0);
    std::string text, tables;
    for (const JobExplanation& job : explain_jobs(best, against)) {
        text += explanation_sentences(job);
        tables += explanation_tables(job);
    }
    return text + tables;
}

Json explanation_json(const JobExplanation& job) {
    Json figures = Json::array();
    for (const Explanation& e : job.figures) figures.push_back(figure_json(e));
    return {{"factory_a", job.factory_a},
            {"factory_b", job.factory_b},
            {"job", job.job},
            {"why_not", job.why_not},
            {"figures", figures}};
}

}  // namespace millwright
