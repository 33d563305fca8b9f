#include "millwright/evidence/row_system.h"

#include <algorithm>
#include <cmath>
#include <regex>

#include "millwright/base/text.h"
#include "millwright/catalog/defaults.h"
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

/// Collective family that a printed network means; empty for the server's own.
std::string family_of_fabric(const std::string& printed) {
    const std::string name = lower(printed);
    if (contains(name, "efa")) return "efa";
    if (contains(name, "tcpx") || contains(name, "fastrak")) return "tcpxo";
    for (const char* word : {"roce", "ethernet", "omni-path"}) {
        if (contains(name, word) && !contains(name, "infiniband") && !contains(name, " ib ")) {
            return "ethernet";
        }
    }
    return "";
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
    std::smatch found;
    // "8x400G" or "8 x NDR 400 Gb/s", cards and gigabits each; GB is memory, or gigabytes
    static const std::regex cards(R"(\b(\d{1,4})\s?x[^,;]*?(\d{2,4})\s?G(?!B))");
    static const std::regex rate(R"((\d{2,4})\s?G(?!B))");
    // of several networks, the one for compute
    const std::size_t compute = printed.find("Compute:");
    const std::string text = compute == std::string::npos ? printed : printed.substr(compute);
    const double gigabit = unit::Gbit.si();
    if (std::regex_search(text, found, cards)) {
        const double total =
            number_of(found[1].str()).value_or(0) * number_of(found[2].str()).value_or(0);
        return Bandwidth::from_si(total * gigabit / chips_per_node);
    }
    if (contains(text, "GB/s") || !std::regex_search(text, found, rate)) return {};
    const double each = number_of(found[1].str()).value_or(0);
    const bool per_node = contains(text, "per node");
    return Bandwidth::from_si(each * gigabit / (per_node ? chips_per_node : 1));
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
                        Network& network) {
    const std::string family = family_of_fabric(printed);
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
    const double nodes = cells.number("nodes").value_or(0);
    const double per_node = nodes >= 1 ? std::max(1.0, row.chips / nodes) : usual_node;
    use_printed_fabric(catalog, cells.text("scaleout_net") + " " + printed, per_node,
                       row.context.network);
    if (row.context.chip.rate(row.context.precision) <= FlopRate{}) {
        row.context.precision = Precision::bf16;
        row.defaults.push_back("bf16 in place of a format without a known rate");
    }
    return "";
}

}  // namespace millwright
