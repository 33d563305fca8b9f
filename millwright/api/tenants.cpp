#include "millwright/api/tenants.h"

#include <fmt/format.h>

#include "millwright/base/faults.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/intake/tenant_text.h"

namespace millwright {
namespace {

Lengths lengths_in(const Written<std::string>& text, Lengths otherwise, Faults& faults) {
    if (!text.given) return otherwise;
    auto lengths = read_lengths(text.value, text.at.file);
    if (lengths) return std::move(*lengths);
    for (Fault& fault : lengths.error()) {
        // a fault in a file of lengths has a place of its own
        if (fault.at.line == 0) {
            if (fault.at.file != text.at.file) {
                fault.message = fmt::format("'{}': {}", excerpt(text.value), fault.message);
            }
            fault.at = text.at;
        }
        faults.push_back(std::move(fault));
    }
    return otherwise;
}

void check_pairs(const TenantText& text, Faults& faults) {
    if (text.prefix_groups.given && !text.prefix_tokens.given) {
        faults.push_back({text.prefix_groups.at, "prefix_groups says nothing without prefix_tokens",
                          "give both, or leave it out"});
    }
    if (text.think.given && !text.turns.given) {
        faults.push_back(
            {text.think.at, "think says nothing without turns", "give both, or leave it out"});
    }
}

NamedTenant tenant_in(const TenantText& text, Faults& faults) {
    NamedTenant named{.name = text.name.value, .weight = 1, .requests = {}};
    if (text.weight.given) named.weight = text.weight.value;
    Tenant& t = named.requests;
    if (text.share.given) t.share = text.share.value;
    if (text.priority.given) t.priority = text.priority.value;
    Faults own;
    t.prompt = lengths_in(text.prompt, t.prompt, own);
    t.output = lengths_in(text.output, t.output, own);
    t.turns.count = lengths_in(text.turns, t.turns.count, own);
    if (text.turns.given) {
        t.turns.think = {.mean = text.think.given ? text.think.value : usual_think, .variation = 1};
    }
    if (text.prefix_tokens.given) {
        t.prefix = {.groups = text.prefix_groups.given ? text.prefix_groups.value : 1,
                    .tokens = text.prefix_tokens.value};
    }
    check_pairs(text, own);
    if (own.empty()) {
        for (Fault& fault : traffic_faults({.arrivals = {}, .tenants = {t}})) {
            fault.at = text.at;
            own.push_back(std::move(fault));
        }
    }
    append(faults, std::move(own));
    return named;
}

}  // namespace

Result<std::vector<NamedTenant>> read_tenants(const std::string& path) {
    auto text = read_tenants_text(path);
    if (!text) return failure(std::move(text.error()));
    Faults faults = std::move(text->faults);
    std::vector<NamedTenant> tenants;
    for (const TenantText& one : text->tenants) tenants.push_back(tenant_in(one, faults));
    if (!faults.empty()) return failure(in_order(std::move(faults)));
    return tenants;
}

}  // namespace millwright
