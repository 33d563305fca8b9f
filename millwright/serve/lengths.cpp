// A law is an alternative of the variant and its three functions: a draw, the mean, the longest.
// Observed lengths keep running sums of weights, so that a draw is a binary search. A text that
// is neither a number nor a call of a law is a path; where no such file can be read the hint
// lists all forms, as another may have been meant.
#include "millwright/serve/lengths.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/require.h"
#include "millwright/base/text.h"
#include "millwright/base/whole.h"
#include "millwright/intake/length_file.h"
#include "millwright/parts/request.h"

namespace millwright {
namespace {

constexpr std::string_view length_forms =
    "write tokens, such as 1024, uniform(a,b), lognormal(mean,cv) or the path of a file of lengths";
// deviations above this many means are a slip, and their draws nearly all one token
constexpr double most_deviation = 100;

bool is_length(double tokens) {
    return tokens >= 1 && tokens <= real(most_request_tokens) && tokens == std::floor(tokens);
}

std::string length_wanted() {
    return fmt::format("a length is a whole number of tokens from 1 to {}", most_request_tokens);
}

/// `NAME(a,b)` as its name and two numbers.
struct TwoNumbers {
    std::string name;
    double a = 0, b = 0;
};

/// The parts of a call; a fault where it has another form than two numbers in brackets.
Result<TwoNumbers> call_of(std::string_view text, const std::string& name) {
    const std::size_t open = text.find('(');
    const auto fault = [&](std::string why) {
        return failure(
            {{name, 0, 0}, fmt::format("'{}' {}", excerpt(text), why), std::string(length_forms)});
    };
    if (!text.ends_with(')')) return fault("has no closing bracket");
    const std::string_view inside = text.substr(open + 1, text.size() - open - 2);
    const std::size_t comma = inside.find(',');
    if (comma == std::string_view::npos) return fault("has one number, not two");
    const auto a = number_of(trimmed(inside.substr(0, comma)));
    const auto b = number_of(trimmed(inside.substr(comma + 1)));
    if (!a || !b) return fault("does not hold two numbers");
    return TwoNumbers{lower(trimmed(text.substr(0, open))), *a, *b};
}

Result<Lengths> uniform_of(const TwoNumbers& call, std::string_view text, const std::string& name) {
    Faults faults;
    if (!is_length(call.a) || !is_length(call.b)) {
        faults.push_back({{name, 0, 0},
                          fmt::format("'{}' has a bound that is no length", excerpt(text)),
                          length_wanted()});
    } else if (call.a > call.b) {
        faults.push_back({{name, 0, 0},
                          fmt::format("'{}' has its bounds out of order", excerpt(text)),
                          "write the smaller first"});
    }
    if (!faults.empty()) return failure(std::move(faults));
    return UniformLength{narrow<std::int64_t>(call.a), narrow<std::int64_t>(call.b)};
}

Result<Lengths> lognormal_of(const TwoNumbers& call, std::string_view text,
                             const std::string& name) {
    Faults faults;
    if (!(call.a >= 1 && call.a <= real(most_request_tokens))) {
        faults.push_back({{name, 0, 0},
                          fmt::format("the mean of '{}' is out of range", excerpt(text)),
                          fmt::format("from 1 to {} tokens", most_request_tokens)});
    }
    if (!(call.b >= 0 && call.b <= most_deviation)) {
        faults.push_back({{name, 0, 0},
                          fmt::format("the variation of '{}' is out of range", excerpt(text)),
                          fmt::format("deviation over mean, from 0 to {:g}", most_deviation)});
    }
    if (!faults.empty()) return failure(std::move(faults));
    return LognormalLength{call.a, call.b};
}

std::int64_t draw_of(const FixedLength& law, Draw&) { return law.tokens; }

std::int64_t draw_of(const UniformLength& law, Draw& draw) {
    const auto count = narrow<std::uint64_t>(law.high - law.low + 1);
    return law.low + narrow<std::int64_t>(draw.below(count));
}

std::int64_t draw_of(const LognormalLength& law, Draw& draw) {
    const double drawn = std::floor(draw.lognormal(law.mean, law.variation) + 0.5);
    return narrow<std::int64_t>(std::clamp(drawn, 1.0, real(most_request_tokens)));
}

std::int64_t draw_of(const ObservedLength& law, Draw& draw) {
    const double at = draw.uniform() * law.up_to.back();
    const auto found = std::ranges::upper_bound(law.up_to, at);
    const auto index = static_cast<std::size_t>(found - law.up_to.begin());
    return law.tokens[std::min(index, law.tokens.size() - 1)];
}

double mean_in(const FixedLength& law) { return real(law.tokens); }
double mean_in(const UniformLength& law) { return real(law.low + law.high) / 2; }
double mean_in(const LognormalLength& law) { return law.mean; }

double mean_in(const ObservedLength& law) {
    double sum = 0, before = 0;
    for (std::size_t i = 0; i < law.tokens.size(); ++i) {
        sum += real(law.tokens[i]) * (law.up_to[i] - before);
        before = law.up_to[i];
    }
    return sum / law.up_to.back();
}

std::int64_t longest_in(const FixedLength& law) { return law.tokens; }
std::int64_t longest_in(const UniformLength& law) { return law.high; }
std::int64_t longest_in(const LognormalLength&) { return most_request_tokens; }
std::int64_t longest_in(const ObservedLength& law) { return law.tokens.back(); }

}  // namespace

ObservedLength observed_length(const LengthShares& shares) {
    require(!shares.tokens.empty() && shares.tokens.size() == shares.weights.size(),
            "observed lengths have a weight each");
    ObservedLength law{shares.tokens, {}};
    double sum = 0;
    for (const double weight : shares.weights) law.up_to.push_back(sum += weight);
    return law;
}

Result<Lengths> read_lengths(std::string_view text, const std::string& name) {
    const std::string_view form = trimmed(text);
    if (form.empty())
        return failure({{name, 0, 0}, "no length is given", std::string(length_forms)});
    if (const auto number = number_of(form)) {
        if (is_length(*number)) return FixedLength{narrow<std::int64_t>(*number)};
        return failure(
            {{name, 0, 0}, fmt::format("'{}' is no length", excerpt(form)), length_wanted()});
    }
    const std::string word = lower(trimmed(form.substr(0, form.find('('))));
    const bool called = contains(form, "(");
    if (called && (word == "uniform" || word == "lognormal")) {
        const auto call = call_of(form, name);
        if (!call) return failure(call.error());
        return word == "uniform" ? uniform_of(*call, form, name) : lognormal_of(*call, form, name);
    }
    auto shares = read_length_file(std::string(form));
    if (shares) return observed_length(*shares);
    // a file that is not there may have been meant as another form
    for (Fault& fault : shares.error()) {
        if (fault.at.line == 0) fault.hint = std::string(length_forms);
    }
    return failure(std::move(shares.error()));
}

std::int64_t length_at(const Lengths& lengths, const RandomStream& stream, std::uint64_t counter) {
    Draw draw = stream.at(counter);
    return std::visit([&](const auto& law) { return draw_of(law, draw); }, lengths);
}

double mean_of(const Lengths& lengths) {
    return std::visit([](const auto& law) { return mean_in(law); }, lengths);
}

std::int64_t longest_of(const Lengths& lengths) {
    return std::visit([](const auto& law) { return longest_in(law); }, lengths);
}

}  // namespace millwright
