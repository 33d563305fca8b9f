// Rows of collective tables, by the definitions of nccl-tests.
#include <algorithm>

#include "millwright/base/text.h"
#include "millwright/collective/collectives.h"
#include "millwright/evidence/cells.h"
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
};

/// The chip's own network, then what the row says against it: several nodes are domains of their
/// own unless NVLink joins them (a rack of NVL72), runs over InfiniBand alone have no domain beyond
/// a node, and switches that were told not to reduce do not.
Network network_of_row(const Cells& cells, const Catalog& catalog, const Chip& chip, double ranks) {
    const std::string system = lower(cells.text("system"));
    Network network = network_of_chip(catalog, chip, ranks);
    const double nodes = std::max(1.0, cells.number("nodes").value_or(1));
    const bool joined = contains(system, "nvl72") || contains(system, "multi-node nvlink");
    const bool split = contains(system, "infiniband only");
    if (split || (nodes > 1 && !joined && network.domain > ranks / nodes)) {
        network.domain = std::max(1.0, ranks / nodes);
    }
    if (joined) network.domain = std::max(network.domain, std::min(72.0, ranks));
    use_printed_fabric(catalog, cells.text("system") + ", " + cells.text("notes"),
                       std::min(ranks, network.domain), said_in(cells, catalog, "", {}).collectives,
                       network);
    const std::string said = system + " " + lower(cells.text("notes"));
    if (contains(said, "without sharp") || contains(said, "nvls off") ||
        contains(said, "nvls disabled")) {
        network.inner.reduced = {};
    }
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
    row.network = network_of_row(cells, catalog, *chip, ranks);
    row.group = group_on(row.network, ranks, 1);
    row.size = cells.number("bytes").value_or(large_message) * unit::B;
    return row;
}

/// Time of one call on an otherwise quiet network; a message goes to the neighbour.
Seconds time_of(const CollectiveRow& row) {
    if (row.op == Op::point_to_point) return point_to_point_time(row.network, 1, row.size);
    return collective_time(row.network, collective_of(row.op), row.group, row.size).time;
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
    const Bandwidth rate = row.size / time_of(row);
    const bool shared = bus && row.op != Op::point_to_point;
    const double factor = shared ? bus_factor(collective_of(row.op), row.group.size) : 1;
    settle(out, factor * rate.in(unit::GB / unit::s));
    const bool small = row.size < small_message;
    // bands tell many domains from one, and small messages, where latency rules, from others
    const char* reach = row.group.domains > 1 ? "many-domains" : "one-domain";
    add_band(out, catalog, "collectives", std::string(reach) + (small ? "-small" : ""), true);
    return {out};
}

}  // namespace millwright
