// Who of those that wait goes next: by priority and coming, or to the tenant that was served least.
#include "millwright/serve/waiting_lines.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace millwright {
namespace TEST_FILE {

using Slots = std::vector<std::uint32_t>;

WaitingRequest waiting(std::uint32_t slot, std::uint32_t tenant = 0, std::int64_t priority = 0) {
    return {slot, tenant, priority, static_cast<double>(slot) * unit::s};
}

Slots order_of(WaitingLines lines) {
    Slots slots;
    while (!lines.empty()) {
        slots.push_back(lines.next(0));
        lines.take(0);
    }
    return slots;
}

TEST(WaitingLines, GoInOrderOfPriorityAndOfComing) {
    WaitingLines lines({}, 1);
    lines.join(waiting(0), 0);
    lines.join(waiting(1, 1), 0);
    lines.join(waiting(2, 0, 3), 0);
    lines.join(waiting(3, 1, 3), 0);
    EXPECT_EQ(lines.size(), 4U);
    EXPECT_EQ(order_of(lines), (Slots{2, 3, 0, 1}));
    EXPECT_EQ(lines.slots(), (Slots{2, 3, 0, 1}));
    lines.clear();
    EXPECT_TRUE(lines.empty());
    EXPECT_THROW(lines.next(0), std::logic_error);
}

/// One that gave way was ready before those that came meanwhile.
TEST(WaitingLines, OneThatGaveWayGoesBackToItsPlace) {
    WaitingLines lines({}, 1);
    lines.join(waiting(1), 0);
    lines.join(waiting(4), 0);
    lines.join_again(waiting(2), 0);
    lines.join_again(waiting(0, 0, -1), 0);
    EXPECT_EQ(order_of(lines), (Slots{1, 2, 4, 0}));
}

/// Tenant 0 has been given a long prompt: the others' requests go first until they have as much.
TEST(WaitingLines, TheTenantThatWasServedLeastGoesNext) {
    WaitingLines lines({1, 1}, 1);
    lines.join(waiting(0, 0), 0);
    lines.join(waiting(1, 1), 0);
    lines.join(waiting(2, 0), 0);
    lines.join(waiting(3, 1), 0);
    EXPECT_EQ(lines.next(0), 0U);  // none was served: who came first
    lines.take(0);
    lines.charge(0, 1000);
    EXPECT_EQ(lines.next(0), 1U);
    lines.take(0);
    lines.charge(1, 400);
    EXPECT_EQ(lines.next(0), 3U);
    lines.take(0);
    lines.charge(1, 700);
    EXPECT_EQ(lines.next(0), 2U);
}

TEST(WaitingLines, AHigherPriorityGoesFirstWhoeverWasServedLeast) {
    WaitingLines lines({1, 1}, 1);
    lines.charge(0, 1000);
    lines.join(waiting(0, 0, 1), 0);
    lines.join(waiting(1, 1), 0);
    EXPECT_EQ(lines.next(0), 0U);
}

/// A token of an answer counts as two of a prompt, while it is given and after.
TEST(WaitingLines, AnswersAreCountedAsTheyAreGiven) {
    WaitingLines lines({1, 1}, 2);  // two tokens a step
    lines.join(waiting(0, 0), 0);
    lines.join(waiting(1, 1), 0);
    lines.charge(1, 100);
    lines.begins(0, 5);
    EXPECT_EQ(lines.next(29), 0U);  // 2 x 2 x 24 = 96
    EXPECT_EQ(lines.next(31), 1U);  // 104
    lines.ends(0, 5, 31);
    EXPECT_EQ(lines.next(1000), 1U);
}

TEST(WaitingLines, AWeightIsAShareOfWhatIsServed) {
    WaitingLines lines({3, 1}, 1);
    lines.join(waiting(0, 0), 0);
    lines.join(waiting(1, 1), 0);
    lines.charge(0, 299);
    lines.charge(1, 100);
    EXPECT_EQ(lines.next(0), 0U);
    lines.charge(0, 2);
    EXPECT_EQ(lines.next(0), 1U);
}

/// Who was away begins beside the others, not with all that it did not ask for.
TEST(WaitingLines, IdleTimeIsNotSavedUp) {
    WaitingLines lines({1, 1, 1}, 1);
    lines.join(waiting(0, 0), 0);
    lines.charge(0, 5000);
    lines.join(waiting(1, 1), 0);
    lines.charge(1, 10);
    EXPECT_EQ(lines.next(0), 0U);
    lines.take(0);
    // none waits but tenant 1; tenant 2, beyond what weights are given for, comes at its level
    lines.join(waiting(2, 2), 0);
    lines.charge(2, 1);
    EXPECT_EQ(lines.next(0), 1U);
}

/// Of tenants that always wait none is ahead of another by more than the largest requests.
TEST(WaitingLines, TenantsThatWaitAreServedAlike) {
    EXPECT_TRUE(rc::check([] {
        constexpr std::size_t tenants = 3;
        constexpr double most = 1000;
        WaitingLines lines({1, 1, 1}, 1);
        std::array<double, tenants> served{};
        std::uint32_t slot = 0;
        const auto join = [&](std::uint32_t tenant) { lines.join(waiting(slot++, tenant), 0); };
        std::vector<std::uint32_t> tenant_of;
        const auto add = [&](std::uint32_t tenant) {
            join(tenant);
            tenant_of.push_back(tenant);
        };
        for (std::uint32_t i = 0; i < 2 * tenants; ++i) add(i % tenants);  // one always waits
        for (int i = 0; i < 200; ++i) {
            const std::uint32_t tenant = tenant_of[lines.next(0)];
            lines.take(0);
            const double tokens = *rc::gen::inRange(1, 1001);
            lines.charge(tenant, tokens);
            served[tenant] += tokens;
            add(tenant);
            const auto [least, highest] = std::ranges::minmax(served);
            RC_ASSERT(highest - least <= 2 * most);
        }
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
