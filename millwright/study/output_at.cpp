#include "millwright/study/output_at.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "millwright/base/require.h"
#include "millwright/factory/resolve.h"
#include "millwright/study/sampled_books.h"

namespace millwright {

OutputAt::OutputAt(const ScenarioText& text, const Catalog& catalog, const Study& study,
                   const std::vector<std::string>& paths, std::string output)
    : study_(study), catalog_(catalog), text_(text), output_(std::move(output)) {
    for (const std::string& path : paths) {
        Fault why;
        auto number = figure_at(catalog_, text_, path, why);
        if (number) {
            numbers_.push_back(std::move(*number));
        } else {
            faults_.push_back(std::move(why));
        }
    }
}

std::optional<double> OutputAt::operator()(std::size_t factory,
                                           std::span<const double> values) const {
    require(faults_.empty() && values.size() == numbers_.size(), "each number has a value");
    for (std::size_t i = 0; i < values.size(); ++i) numbers_[i].set(values[i]);
    const auto scenario = resolve(text_, catalog_);
    if (!scenario) return std::nullopt;
    const auto books =
        factory_books({text_, *scenario, catalog_}, factory, study_.factories[factory], 1);
    const auto found = books ? output_of(*books, output_) : std::nullopt;
    return found && std::isfinite(*found) ? found : std::nullopt;
}

std::pair<double, double> wide_range(const FigurePath& number) {
    constexpr double factor = 1000;
    const double low = number.range.low, high = number.range.high;
    if (high < std::numeric_limits<double>::max()) return {low, high};
    const double now = number.now && *number.now != 0 ? std::abs(*number.now) : 1;
    return {std::max(low, now / factor), now * factor};
}

}  // namespace millwright
