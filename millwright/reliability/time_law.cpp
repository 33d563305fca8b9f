#include "millwright/reliability/time_law.h"

#include <fmt/format.h>

#include "millwright/base/require.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/reliability/exponentials.h"

namespace millwright {
namespace {

constexpr double most_variation = 20;

tl::unexpected<Faults> refused(const Place& at, std::string message) {
    return failure({at, std::move(message),
                    "write \"10 min\", \"exponential(10 min)\" or \"lognormal(39 min, 2.5)\""});
}

/// The words between the brackets of `name(...)`; nothing where the text is no such call.
std::optional<std::string_view> inside(std::string_view text, std::string_view name) {
    if (!text.starts_with(name) || !text.ends_with(')')) return std::nullopt;
    text.remove_prefix(name.size());
    if (!text.starts_with('(')) return std::nullopt;
    return text.substr(1, text.size() - 2);
}

Result<Seconds> time_of(std::string_view text, const Place& at) {
    std::string why;
    const auto time = parse_as<Seconds::dimension>(trimmed(text), why);
    if (!time) return refused(at, why);
    if (*time < Seconds{}) return refused(at, fmt::format("'{}' is less than zero", excerpt(text)));
    return *time;
}

}  // namespace

Seconds TimeLaw::drawn(Draw& draw) const {
    if (is_constant()) return mean;
    if (kind == TimeLawKind::exponential) return Seconds::from_si(draw.exponential(mean.si()));
    return Seconds::from_si(draw.lognormal(mean.si(), variation));
}

TimeLaw constantly(Seconds time) { return {.mean = time}; }

double chance_without_failure(const TimeLaw& law, Seconds mtbf) {
    require(mtbf > Seconds{}, "a mean gap between failures is more than zero");
    const double mean = law.mean / mtbf;
    if (law.is_constant()) return exponential_of(-mean);
    if (law.kind == TimeLawKind::exponential) return 1 / (1 + mean);
    // ln of the time is normal, with mean ln(mean) - variance / 2
    constexpr int parts = 512;
    const double variance = portable_log(1 + law.variation * law.variation);
    double sum = 0;
    for (int i = 0; i < parts; ++i) {
        const double normal = normal_quantile((i + 0.5) / parts);
        sum += exponential_of(-mean * portable_exp(std::sqrt(variance) * normal - variance / 2));
    }
    return sum / parts;
}

Result<TimeLaw> read_time_law(std::string_view given, const Place& at) {
    const std::string_view text = trimmed(given);
    if (const auto mean = inside(text, "exponential")) {
        return time_of(*mean, at).map([](Seconds time) {
            return TimeLaw{TimeLawKind::exponential, time, 1};
        });
    }
    if (const auto two = inside(text, "lognormal")) {
        const std::size_t comma = two->rfind(',');
        if (comma == std::string_view::npos) {
            return refused(at,
                           fmt::format("'{}' lacks its coefficient of variation", excerpt(text)));
        }
        const auto variation = number_of(trimmed(two->substr(comma + 1)));
        if (!variation || !(*variation >= 0 && *variation <= most_variation)) {
            return refused(at, fmt::format("the coefficient of variation in '{}' is no number from "
                                           "0 to {:.0f}",
                                           excerpt(text), most_variation));
        }
        return time_of(two->substr(0, comma), at).map([&](Seconds time) {
            return TimeLaw{TimeLawKind::lognormal, time, *variation};
        });
    }
    return time_of(text, at).map(constantly);
}

std::string to_text(const TimeLaw& law) {
    const std::string mean = exact_text(law.mean.si(), Seconds::dimension);
    if (law.kind == TimeLawKind::constant) return mean;
    if (law.kind == TimeLawKind::exponential) return fmt::format("exponential({})", mean);
    return fmt::format("lognormal({}, {})", mean, law.variation);
}

}  // namespace millwright
