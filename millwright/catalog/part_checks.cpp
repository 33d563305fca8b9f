#include "millwright/catalog/part_checks.h"

#include <algorithm>

#include "millwright/catalog/price_ranges.h"

namespace millwright {

void check_models(PartChecks& c) {
    using Size = Cited<std::int64_t> Model::*;
    constexpr std::pair<std::string_view, Size> sizes[]{
        {"vision.layers", &Model::vision_layers},   {"vision.hidden", &Model::vision_hidden},
        {"vision.ffn", &Model::vision_ffn},         {"vision.heads", &Model::vision_heads},
        {"vision.patches", &Model::vision_patches}, {"vision.tokens", &Model::vision_tokens}};
    for (const Model& model : c.catalog.models) {
        const bool any = std::ranges::any_of(
            sizes, [&](const auto& size) { return (model.*size.second).value > 0; });
        for (const auto& [key, size] : sizes) {
            if (!any || (model.*size).value > 0 || c.faulty("models", model)) continue;
            c.faults.push_back({c.at("models", model, key), fmt::format("lacks '{}'", key),
                                "give layers, hidden, ffn, heads, patches and tokens of [vision]"});
        }
    }
}

void check_prices(PartChecks& c) {
    for (const PriceItem& item : c.catalog.prices) {
        const Range range = price_range(item.id);
        const double ratio = item.ratio.value;
        if (!item.ratio.known() || (ratio >= range.low && ratio <= range.high)) continue;
        c.faults.push_back({c.at("prices", item, "ratio"),
                            fmt::format("the ratio cannot be {:g}", ratio),
                            fmt::format("{:g} to {:g}", range.low, range.high)});
    }
}

void check_fleets(PartChecks& c) {
    constexpr std::string_view kind = "fleets";
    for (const MeasuredFleet& fleet : c.catalog.fleets) {
        if (c.faulty(kind, fleet)) continue;
        const auto refuse = [&](std::string_view key, std::string message, std::string hint) {
            c.faults.push_back({c.at(kind, fleet, key), std::move(message), std::move(hint)});
        };
        const auto& [rate, low, high] = std::tie(fleet.rate, fleet.low, fleet.high);
        if (low.known() != high.known()) {
            refuse(low.known() ? "low" : "high", "a band of rates has two ends",
                   "give low and high, or neither");
        } else if (low.known() && !(low.value <= rate.value && rate.value <= high.value)) {
            refuse("rate", "the rate is outside its band", "low <= rate <= high");
        }
        if (fleet.lemon_share.known() != fleet.lemon_factor.known()) {
            refuse(fleet.lemon_share.known() ? "lemon_share" : "lemon_factor",
                   "lemons have a share and a factor", "give both, or neither");
        }
        for_each_table(fleet, [&](const char* name, const FleetCause& cause) {
            const std::string table = name;
            const bool slow = cause.kind == FailureKind::slow;
            const bool lasts = slow || cause.kind == FailureKind::silent;
            if (slow && !(cause.slowdown.value > 1)) {
                refuse(table + ".slowdown", fmt::format("'{}' is slow by nothing", table),
                       "give slowdown, above 1");
            }
            if (lasts && !cause.lasts.known()) {
                refuse(table + ".lasts", fmt::format("'{}' does not say for how long", table),
                       "give lasts, until it ends or is found");
            }
        });
    }
}

}  // namespace millwright
