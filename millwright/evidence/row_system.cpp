// Names are matched by taking remarks, makers and words off until the catalog knows the rest. A
// printed network is a list of cards, each with count, rate and purpose; a label holds until the
// next. Rates with GB are memory or bytes and are passed over, and cards below 100 Gb/s are of
// storage or management.
#include "millwright/evidence/row_system.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "millwright/base/text.h"
#include "millwright/base/text_pattern.h"
#include "millwright/catalog/defaults.h"
#include "millwright/evidence/phrases.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace {

// chips of a node where a row states no nodes
constexpr double usual_node = 8;

/// "H100-80GB SXM (HF cluster, EFA)" without its remark.
std::string without_brackets(const std::string& text) {
    const std::size_t open = text.find(" (");
    return open == std::string::npos ? text : text.substr(0, open);
}

/// The first server of the catalog with that chip.
const Server* server_with(const Catalog& catalog, const Chip& chip) {
    for (const Server& server : catalog.servers) {
        const Chip* own = find_part(catalog.chips, server.chip);
        if (own != nullptr && own->id == chip.id) return &server;
    }
    return nullptr;
}

/// What a printed card is for.
enum class Purpose { compute, unsaid, other };

/// A kind of card of a node: how many, how fast, what for.
struct Cards {
    double count = 1, gigabits = 0;
    Purpose purpose = Purpose::unsaid;
    bool infiniband = false, of_node = false;

    double total() const { return count * gigabits; }
};

bool has_any(const std::string& text, std::initializer_list<const char*> phrases) {
    return std::ranges::any_of(phrases, [&](const char* p) { return has_phrase(text, p); });
}

/// A label holds until the next: "Storage: 2x ..., Compute: 8x ...".
Purpose purpose_of(const std::string& part, Purpose before) {
    if (has_any(part, {"compute", "ew", "east west"})) return Purpose::compute;
    if (has_any(part, {"storage", "management", "ns", "north south"})) return Purpose::other;
    return contains(part, ":") ? Purpose::unsaid : before;
}

/// Parts of a printed list; a plus sign joins labels and cards alike, so it needs its spaces.
std::vector<std::string> parts_of_list(std::string text) {
    for (const char* sign : {" + ", " and ", ";"}) {
        for (std::size_t at; (at = text.find(sign)) != std::string::npos;) {
            text.replace(at, std::string_view(sign).size(), ",");
        }
    }
    std::vector<std::string> parts;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t to = std::min(text.find(',', from), text.size());
        parts.push_back(text.substr(from, to - from));
        from = to + 1;
    }
    return parts;
}

/// The largest rate of the part: some list all that a card can do. GB are memory or gigabytes; a
/// rate in GbE is none of InfiniBand's.
double gigabits_in(const std::string& part, bool infiniband) {
    static const TextPattern rate(R"((\d{2,4})\s?G(?!B/|B\b|BASE|Bps))");
    double most = 0;
    for (auto found = rate.find(part); found; found = rate.find(part, found->end)) {
        const bool ethernet = std::string_view(part).substr(found->end).starts_with("bE");
        if (infiniband && ethernet) continue;
        most = std::max(most, number_of(found->groups[1]).value_or(0));
    }
    return most;
}

std::vector<Cards> cards_of(const std::string& printed) {
    static const TextPattern count(R"((?:^|[^0-9A-Za-z])(\d{1,4})\s?x)");
    constexpr double slowest = 100;  // gigabits a second: slower cards are of storage or management
    std::vector<Cards> cards;
    Purpose purpose = Purpose::unsaid;
    for (const std::string& part : parts_of_list(printed)) {
        purpose = purpose_of(part, purpose);
        Cards one{.purpose = purpose};
        one.infiniband = has_any(part, {"infiniband", "ib", "ndr", "xdr", "hdr"});
        one.gigabits = gigabits_in(part, one.infiniband);
        if (one.gigabits < slowest || one.purpose == Purpose::other) continue;
        const std::optional<PatternMatch> found = count.find(part);
        if (found) one.count = number_of(found->groups[1]).value_or(1);
        one.of_node = found || has_phrase(part, "per node");
        cards.push_back(one);
    }
    return cards;
}

}  // namespace

/// Words are taken off the end until a name of the catalog is left: of several that fit the longest
/// wins.
const Chip* chip_of_system(const Catalog& catalog, const std::string& printed) {
    // remarks follow in brackets, behind a comma, or as further words; the maker may come first
    for (std::string name : {printed, without_brackets(printed)}) {
        name = name.substr(0, name.find(','));
        for (const char* maker : {"", "NVIDIA ", "AMD ", "Intel "}) {
            if (!name.starts_with(maker)) continue;
            for (std::string rest = name.substr(std::string_view(maker).size()); !rest.empty();) {
                if (const Chip* chip = find_part(catalog.chips, rest)) return chip;
                const std::size_t space = rest.find_last_of(' ');
                rest = space == std::string::npos ? "" : rest.substr(0, space);
            }
        }
    }
    return nullptr;
}

Bandwidth printed_rate_per_chip(const std::string& printed, double chips_per_node) {
    std::vector<Cards> cards = cards_of(printed);
    const auto keep = [&](auto&& is) {
        if (std::ranges::any_of(cards, is)) std::erase_if(cards, std::not_fn(is));
    };
    keep([](const Cards& c) { return c.purpose == Purpose::compute; });
    keep([](const Cards& c) { return c.infiniband; });
    if (cards.empty()) return {};
    const Cards& most = *std::ranges::max_element(cards, {}, &Cards::total);
    return Bandwidth::from_si(most.total() * unit::Gbit.si() / (most.of_node ? chips_per_node : 1));
}

Network network_of_chip(const Catalog& catalog, const Chip& chip, double chips) {
    const Server* server = server_with(catalog, chip);
    const Fabric& fabric = part_named(catalog.fabrics, default_fabric);
    if (server != nullptr) return resolve_factory(catalog, *server, fabric, chips, {}).network;
    // a chip without a server: eight of them in a box with one 400 Gb/s port each
    Server box = part_named(catalog.servers, default_server);
    box.chip = chip.id;
    return resolve_factory(catalog, box, fabric, chips, {}).network;
}

void use_printed_fabric(const Catalog& catalog, const std::string& printed, double chips_per_node,
                        const std::string& family, Network& network) {
    if (!family.empty()) {
        use_collectives(part_named(catalog.collectives, family), false, network.outer);
    }
    const Bandwidth rate = printed_rate_per_chip(printed, chips_per_node);
    if (rate > Bandwidth{}) network.outer.per_chip = rate;
}

std::string resolve_row_system(const Cells& cells, const Catalog& catalog, TrainingRow& row) {
    const std::string printed = cells.text("system");
    const Chip* chip = chip_of_system(catalog, printed);
    if (chip == nullptr) return "not usable: system '" + printed + "' is unknown";
    row.chip = chip->id;
    row.context.chip = resolve_rates(catalog, *chip);
    row.context.network = network_of_chip(catalog, *chip, row.chips);
    const double domain = cells.number("scaleup_domain").value_or(0);
    if (domain >= 1) row.context.network.domain = std::min(domain, row.chips);
    return "";
}

void use_row_words(const Cells& cells, const Catalog& catalog, const Word& said, TrainingRow& row) {
    const double nodes = cells.number("nodes").value_or(0);
    const double per_node = nodes >= 1 ? std::max(1.0, row.chips / nodes) : usual_node;
    use_printed_fabric(catalog, cells.text("scaleout_net") + ", " + cells.text("system"), per_node,
                       said.collectives, row.context.network);
    TrainContext& c = row.context;
    if (!said.precision.empty()) c.precision = *enum_named<Precision>(said.precision);
    const Chip& chip = part_named(catalog.chips, row.chip);
    if (said.format == name_of(Format::int8) && chip.int8.known()) {
        // integers go the way of FP8 products: as many bytes, another rate
        c.precision = Precision::fp8;
        c.chip.dense[static_cast<std::size_t>(Precision::fp8)] = chip.int8.value;
    }
    if (c.chip.rate(c.precision) <= FlopRate{}) {
        c.precision = Precision::bf16;
        row.defaults.push_back("bf16 in place of a format without a known rate");
    }
}

}  // namespace millwright
