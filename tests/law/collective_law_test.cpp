// The closed form behind `run`: more bytes never take less time. Between points of a curve time is
// straight in the size, and curves along which it falls are refused; so no algorithm's time falls,
// and the least of several does not either.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "millwright/base/units.h"
#include "millwright/collective/collectives.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace TEST_FILE {

constexpr double step = 1.15;  // of sizes
constexpr double same = 1 - 1e-12;

/// Sizes of a sweep at which time falls, as text.
std::string falls(const Network& network, Collective collective, const Group& group) {
    std::string text;
    Seconds before;
    for (double size = 512; size < 2e10; size *= step) {
        const Seconds now = collective_time(network, collective, group, size * unit::B).time;
        if (now < same * before) {
            text += fmt::format("{} of {} in {} at {:.4g} B: {:.4g} after {:.4g} s\n",
                                name_of(collective), group.size, group.domains, size, now.si(),
                                before.si());
        }
        before = now;
    }
    return text;
}

TEST(CollectiveLaw, MoreBytesNeverTakeLessTime) {
    const Catalog& catalog = built_in_catalog();
    for (const Server& server : catalog.servers) {
        const Factory factory = resolve_factory(
            catalog, server, part_named(catalog.fabrics, "rail-fat-tree"), 1024, {});
        for (const double ranks : {2.0, 3.0, 4.0, 8.0, 12.0, 16.0, 64.0, 72.0, 100.0, 512.0}) {
            for (const double stride : {1.0, 2.0, 5.0, 8.0}) {
                const Group group = group_on(factory.network, ranks, stride);
                for (const auto collective : {Collective::all_reduce, Collective::all_gather,
                                              Collective::reduce_scatter, Collective::all_to_all}) {
                    EXPECT_EQ(falls(factory.network, collective, group), "") << server.id;
                }
            }
        }
    }
}

// Whole domains more never raise what an all-reduce gets through, on quiet fabrics and on shared
// ones: all ranks must add the same buffer, over ways that are as long or longer.
TEST(CollectiveLaw, MoreDomainsNeverReduceFaster) {
    const Catalog& catalog = built_in_catalog();
    for (const Server& server : catalog.servers) {
        Network network =
            resolve_factory(catalog, server, part_named(catalog.fabrics, "rail-fat-tree"), 64, {})
                .network;
        network.tiers.clear();
        for (const char* family : {"infiniband", "ethernet", "efa", "tcpxo"}) {
            use_collectives(part_named(catalog.collectives, family), false, network.outer);
            for (double size = 64; size < 2e10; size *= 3.7) {
                Seconds before;
                for (const double domains : {2.0, 3.0, 4.0, 5.0, 8.0, 13.0, 32.0, 100.0, 512.0}) {
                    const Group group = group_on(network, domains * network.domain, 1);
                    const Seconds now =
                        collective_time(network, Collective::all_reduce, group, size * unit::B)
                            .time;
                    EXPECT_GE(now, same * before)
                        << server.id << " " << family << " " << domains << " " << size;
                    before = now;
                }
            }
        }
    }
}

TEST(CollectiveLaw, MessagesDoNotEither) {
    const Catalog& catalog = built_in_catalog();
    for (const Server& server : catalog.servers) {
        const Factory factory = resolve_factory(
            catalog, server, part_named(catalog.fabrics, "rail-fat-tree"), 1024, {});
        for (const double stride : {1.0, 8.0, 512.0}) {
            Seconds before;
            for (double size = 512; size < 2e10; size *= step) {
                const Seconds now = point_to_point_time(factory.network, stride, size * unit::B);
                EXPECT_GE(now, same * before) << server.id << " " << size;
                before = now;
            }
        }
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
