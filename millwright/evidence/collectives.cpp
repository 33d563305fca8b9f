// Rows of collective tables, by the definitions of nccl-tests.
#include <algorithm>
#include <cmath>

#include "millwright/base/text.h"
#include "millwright/collective/collectives.h"
#include "millwright/evidence/cells.h"
#include "millwright/evidence/collective_words.h"
#include "millwright/evidence/row_system.h"
#include "millwright/evidence/row_words.h"
#include "millwright/evidence/tables.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace {

constexpr double large_message = 8.0 * 1024 * 1024 * 1024;  // where the print says only "peak"
constexpr Bytes small_message = 4 * unit::MiB;              // below it start-up rules

/// Ports of expert-parallel kernels count payload; those rows give rates of one rank.
enum class Op { all_reduce, all_gather, reduce_scatter, all_to_all, point_to_point, unknown };

/// The collective that a printed name means; dispatch to experts and combining are exchanges of all
/// with all.
Op op_of(const std::string& printed) {
    const std::string op = lower(printed);
    if (contains(op, "all_reduce") || contains(op, "allreduce")) return Op::all_reduce;
    if (contains(op, "all_gather") || contains(op, "allgather")) return Op::all_gather;
    if (contains(op, "reduce_scatter")) return Op::reduce_scatter;
    if (contains(op, "all2all") || contains(op, "alltoall") || contains(op, "all_to_all") ||
        contains(op, "dispatch") || contains(op, "combine")) {
        return Op::all_to_all;
    }
    return contains(op, "p2p") ? Op::point_to_point : Op::unknown;
}

Collective collective_of(Op op) {
    switch (op) {
        case Op::all_gather: return Collective::all_gather;
        case Op::reduce_scatter: return Collective::reduce_scatter;
        case Op::all_to_all: return Collective::all_to_all;
        case Op::all_reduce:
        case Op::point_to_point:
        case Op::unknown: break;
    }
    return Collective::all_reduce;
}

struct CollectiveRow {
    std::string skipped;
    std::string chip;
    Network network;
    Group group;
    Op op = Op::unknown;
    Bytes size;
    double directions = 1;  // that the printed rate counts
};

/// The chip's own network, then what the row says against it: several nodes are domains of their
/// own unless NVLink joins them (a rack of NVL72), runs over InfiniBand alone have no domain beyond
/// a node, switches of a domain reduce unless they were told not to, others if they were told to.
Network network_of_row(const Cells& cells, const Catalog& catalog, const Chip& chip, double ranks,
                       const std::vector<CollectiveWord>& words) {
    const auto said = [&](CollectiveWord word) { return std::ranges::count(words, word) > 0; };
    Network network = network_of_chip(catalog, chip, ranks);
    const double nodes = std::max(1.0, cells.number("nodes").value_or(1));
    const bool joined = said(CollectiveWord::one_domain);
    const bool split = said(CollectiveWord::node_domains);
    if (split || (nodes > 1 && !joined && network.domain > ranks / nodes)) {
        network.domain = std::max(1.0, ranks / nodes);
    }
    if (joined) network.domain = std::max(network.domain, std::min(72.0, ranks));
    const Channel outside = network.outer;
    network.outer.reduced = {};
    use_printed_fabric(catalog, cells.text("system") + ", " + cells.text("notes"),
                       std::min(ranks, network.domain), said_in(cells, catalog, "", {}).collectives,
                       network);
    if (said(CollectiveWord::switch_silent)) network.inner.reduced = {};
    if (said(CollectiveWord::network_adds)) network.outer.reduced = outside.reduced;
    return network;
}

/// Of several reasons to skip a row the last stands.
CollectiveRow resolve(const Cells& cells, const Catalog& catalog, const char* column) {
    CollectiveRow row;
    row.skipped = unusable_value(cells, column);
    row.op = op_of(cells.text("op"));
    if (row.op == Op::unknown) row.skipped = "not usable: unknown collective";
    const double ranks = cells.number("chips").value_or(0);
    if (ranks < 2) row.skipped = "not usable: fewer than two chips";
    const Chip* chip = chip_of_system(catalog, cells.text("system"));
    if (chip == nullptr) row.skipped = "not usable: the chip is unknown";
    if (!row.skipped.empty()) return row;
    row.chip = chip->id;
    const auto words = collective_words(cells.text("system"), cells.text("notes"));
    row.directions = std::ranges::count(words, CollectiveWord::both_directions) > 0 ? 2 : 1;
    row.network = network_of_row(cells, catalog, *chip, ranks, words);
    row.group = group_on(row.network, ranks, 1);
    row.size = cells.number("bytes").value_or(large_message) * unit::B;
    return row;
}

/// Time of one call on an otherwise quiet network; a message goes to the neighbour. Published runs
/// call from a process a chip, each call launched by itself; the catalog's curves are of one
/// process that calls back to back. The two join as what overlaps in part does.
Seconds time_of(const CollectiveRow& row, const Framework& caller) {
    if (row.op == Op::point_to_point) return point_to_point_time(row.network, 1, row.size);
    const Seconds back_to_back =
        collective_time(row.network, collective_of(row.op), row.group, row.size).time;
    const double join = caller.row_call_join.value;
    const double both =
        std::pow(back_to_back.si(), join) + std::pow(caller.row_call.value.si(), join);
    return Seconds::from_si(std::pow(both, 1 / join));
}

}  // namespace

std::vector<ValidatedRow> validated_collective(const CsvTable& table, std::size_t index,
                                               const Catalog& catalog) {
    const Cells cells{table, index};
    const bool bus = cells.number("busbw_GBps").has_value();
    const char* column = bus ? "busbw_GBps" : "algbw_GBps";
    const CollectiveRow row = resolve(cells, catalog, column);
    ValidatedRow out;
    out.id = cells.text("id");
    out.metric = column;
    out.measured = cells.number(column).value_or(0);
    out.skipped = row.skipped;
    out.source = first_words(cells.text("source"));
    out.chip = row.chip;
    out.kernel = cells.text("op");
    out.scale = scale_of(cells.number("chips").value_or(0));
    if (!out.skipped.empty()) return {out};
    // algorithm bandwidth: size over time, as nccl-tests define it
    const Framework& caller = part_named(catalog.frameworks, default_framework);
    const Bandwidth rate = row.size / time_of(row, caller);
    const bool shared = bus && row.op != Op::point_to_point;
    const double factor = shared ? bus_factor(collective_of(row.op), row.group.size) : 1;
    settle(out, row.directions * factor * rate.in(unit::GB / unit::s));
    const bool small = row.size < small_message;
    // bands tell many domains from one, and small messages, where latency rules, from others
    const char* reach = row.group.domains > 1 ? "many-domains" : "one-domain";
    add_band(out, catalog, "collectives", std::string(reach) + (small ? "-small" : ""), true);
    return {out};
}

}  // namespace millwright
