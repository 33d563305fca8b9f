// Dispatch to experts against DeepEP's measured times.
#include <cmath>

#include <gtest/gtest.h>

#include "millwright/base/units.h"
#include "millwright/collective/collectives.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace TEST_FILE {

/// Of so many places those that eight even picks meet.
double met(double places) { return places * (1 - std::pow(1 - 1 / places, 8)); }

// Combining 4,096 tokens a rank of width 7168 in BF16, eight experts each, by DeepEP's normal
// kernels on HGX H100: 961, 1827 and 3641 us over one, two and four hosts (tables of
// ai-dynamo/aiconfigurator). A token comes once from each rank of the host, and once from each
// other host, that holds experts of it.
TEST(Dispatch, IsAsLongAsDeepEpMeasured) {
    const Catalog& catalog = built_in_catalog();
    const Network net = resolve_factory(catalog, part_named(catalog.servers, "hgx-h100"),
                                        part_named(catalog.fabrics, "rail-fat-tree"), 64, {})
                            .network;
    const Bytes all = 4096 * 7168 * 2.0 * unit::B;
    for (const auto& [hosts, measured] : {std::pair(1.0, 961.0), {2.0, 1827.0}, {4.0, 3641.0}}) {
        const Bytes near = met(8 * hosts) * 7 / 8 * all;
        const Bytes far = met(hosts) * (1 - 1 / hosts) * all;
        const Seconds time = dispatch_time(net, group_on(net, 8 * hosts, 1), near, far);
        EXPECT_NEAR(time.in(unit::us) / measured, 1, 0.25) << hosts;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
