// Where factories stand and who buys them. A file with one [site] and one [buyer] names neither.
#include <algorithm>

#include "millwright/factory/resolver.h"
#include "millwright/intake/rule_query.h"

namespace millwright {
namespace {

/// False without a fault where none was given: that was told when it was read.
bool check_country(Resolver& r, const Written<std::string>& code) {
    if (!code.given) return false;
    if (is_place(r.out.rulebook, code.value)) return true;
    r.fault(code.at, fmt::format("'{}' is not a country code", code.value),
            place_hint(r.out.rulebook));
    return false;
}

template <class Part>
std::vector<std::string> names_in(const std::vector<Part>& parts) {
    std::vector<std::string> names;
    for (const Part& part : parts) names.push_back(part.name.value);
    return names;
}

/// The one of that name, or the only one where none is named; none after a fault.
template <class Part>
std::optional<std::size_t> one_of(Resolver& r, const std::vector<Part>& parts,
                                  const Written<std::string>& name, const Place& at,
                                  std::string_view kind) {
    if (parts.empty()) return std::nullopt;  // told when the file was read
    if (!name.given && parts.size() == 1) return 0;
    const std::vector<std::string> names = names_in(parts);
    const std::string hint = fmt::format("{} = one of {}", kind, join(names, ", "));
    if (!name.given) {
        r.fault(at, fmt::format("of {} {}s, none is named here", parts.size(), kind), hint);
        return std::nullopt;
    }
    const auto found = std::ranges::find(names, name.value);
    if (found != names.end() && !name.value.empty()) {
        return static_cast<std::size_t>(found - names.begin());
    }
    r.fault(name.at, fmt::format("no [[{}]] is named '{}'", kind, name.value),
            parts.size() == 1 && names.front().empty()
                ? fmt::format("there is one, without a name: leave {} out", kind)
                : hint);
    return std::nullopt;
}

/// Of several each has a name.
template <class Part>
void check_named(Resolver& r, const std::vector<Part>& parts, std::string_view kind) {
    if (parts.size() < 2) return;
    for (const Part& part : parts) {
        if (part.name.given && !part.name.value.empty()) continue;
        r.fault(part.at, fmt::format("one of {} [[{}]] has no name", parts.size(), kind),
                "name = \"...\"");
    }
}

Party party_of(const BuyerText& text) {
    Party buyer;
    buyer.headquarters = text.headquarters.value;
    buyer.end_use = text.end_use.value;
    buyer.entity_listed = text.entity_listed.value;
    buyer.affiliate = text.affiliate.value;
    if (text.state_funded.given) buyer.state_funded = truth_of(text.state_funded.value);
    return buyer;
}

/// The catalog's: of its region, or of the country's own name.
const Site* catalog_site(Resolver& r, const SiteText& text) {
    const bool known = check_country(r, text.country);
    if (!known && !text.region.given) return nullptr;
    const Written<std::string>& named = text.region.given ? text.region : text.country;
    const Site* site = find_part(r.catalog.sites, named.value);
    if (site == nullptr) {
        r.fault(named.at, fmt::format("no site '{}' in the catalog", named.value),
                "choose a region = one of " + join(ids(r.catalog.sites), ", "));
    } else if (known && site->country != text.country.value) {
        r.stood_in(fmt::format("prices and climate of {} for a site in {}", site->name,
                               text.country.value));
    }
    return site;
}

/// Pushed whatever is wrong with it, so that places in the list are those of the text.
void resolve_one_site(Resolver& r, const SiteText& text) {
    SiteAsked& out = r.out.sites.emplace_back();
    const auto buyer = one_of(r, r.text.buyers, text.buyer, text.at, "buyer");
    const Site* site = catalog_site(r, text);
    if (buyer) out.buyer = party_of(r.text.buyers[*buyer]);
    if (site == nullptr) return;
    out.name = text.name.given ? text.name.value : site->name;
    out.country = text.country.value;
    out.site = *site;
    out.power_limit = text.power_limit.value;
    out.compounds = text.compounds.value;
    out.buyer.to = out.country;
    out.buyer.hall_m3 = text.hall_volume.value.in(unit::m3);
    if (!text.hall_volume.given) {
        r.stood_in(fmt::format("no hall volume{}: the supercomputer density test is not made",
                               r.text.sites.size() > 1 ? " of " + out.name : ""));
    }
    if (text.energy_price.given) out.energy = text.energy_price.value;
    if (text.pue.given) out.pue = text.pue.value;
    out.costs = costs_of(r.catalog, out);
}

void tell_costs(Resolver& r) {
    const SiteCosts& c = r.out.sites.front().costs;
    r.stood_in(fmt::format(
        "depreciation over {:.0f} years, buildings {:.0f}; cost of capital "
        "{:.0f} %; staff {:.0f} % of IT capital a year",
        c.equipment_years, c.building_years, 100 * c.cost_of_capital, 100 * c.staff_share));
}

/// What nothing stands on or nobody buys with is a slip of the file, and no fault.
void tell_idle(Resolver& r) {
    for (const SiteText& site : r.text.sites) {
        const bool used = std::ranges::any_of(r.text.factories, [&](const FactoryText& factory) {
            return factory.site.value == site.name.value;
        });
        if (!used && r.text.sites.size() > 1) {
            r.stood_in(fmt::format("no factory stands on site {}", site.name.value));
        }
    }
    for (const BuyerText& buyer : r.text.buyers) {
        const bool used = std::ranges::any_of(r.text.sites, [&](const SiteText& site) {
            return site.buyer.value == buyer.name.value;
        });
        if (!used && r.text.buyers.size() > 1) {
            r.stood_in(fmt::format("{} buys for no site", buyer.name.value));
        }
    }
}

}  // namespace

void resolve_sites(Resolver& r) {
    check_named(r, r.text.sites, "site");
    check_named(r, r.text.buyers, "buyer");
    for (const BuyerText& buyer : r.text.buyers) {
        check_country(r, buyer.headquarters);
        const std::string whose =
            r.text.buyers.size() > 1 ? fmt::format(" of {}", buyer.name.value) : "";
        if (!buyer.end_use.given) r.stood_in(fmt::format("end use{} commercial", whose));
    }
    for (const SiteText& site : r.text.sites) resolve_one_site(r, site);
    if (!r.out.sites.empty() && !r.out.sites.front().site.id.empty()) tell_costs(r);
    tell_idle(r);
}

std::optional<std::size_t> site_named(Resolver& r, const FactoryText& factory) {
    return one_of(r, r.text.sites, factory.site, factory.at, "site");
}

}  // namespace millwright
