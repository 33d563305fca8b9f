// Any bytes at all make a rule or faults; a rule that is read can be unfolded, or says why not, and
// then judges a chip.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "millwright/intake/rule_query.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace millwright;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static const Catalog base = built_in_catalog();
    Catalog catalog;
    catalog.groups = base.groups;
    catalog.prices = base.prices;
    catalog.authorities = base.authorities;
    if (!add_part(catalog, "rules", "fuzz", text, "fuzz.toml").empty()) return 0;
    const auto book = resolve_rulebook(catalog);
    if (!book && book.error().empty()) std::abort();
    if (!book) return 0;
    RuleQuery query{.date = on(2026, 1, 1)};
    query.chip.tpp = exactly(5000);
    query.party.to = query.party.headquarters = "CN";
    if (judge(*book, query).lead().reason.empty()) std::abort();
    return 0;
}
