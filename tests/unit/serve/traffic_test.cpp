// Traffic by laws: order, sharing, conversations, tenants, faults.
#include "millwright/serve/traffic.h"

#include <gtest/gtest.h>

#include <map>

#include "millwright/base/text.h"

namespace millwright {
namespace TEST_FILE {

std::vector<Request> all_of(const RequestTraffic& traffic) {
    const auto source = requests_of(traffic);
    EXPECT_TRUE(source) << (source ? "" : to_text(source.error()));
    std::vector<Request> all;
    if (!source) return all;
    while (auto request = (*source)()) all.push_back(std::move(*request));
    EXPECT_FALSE((*source)());  // the end stays the end
    return all;
}

std::string told(const RequestTraffic& traffic) {
    const auto source = requests_of(traffic);
    return source ? "" : to_text(source.error());
}

TEST(TrafficSource, ConstantArrivalsComeAtEvenTimes) {
    RequestTraffic traffic;
    traffic.arrivals = {.kind = ArrivalKind::constant, .rate = RequestRate::from_si(4)};
    traffic.requests = 9;
    const auto all = all_of(traffic);
    ASSERT_EQ(all.size(), 9U);
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_NEAR(all[i].arrival.in(unit::s), 0.25 * static_cast<double>(i), 1e-12);
    }
}

TEST(TrafficSource, AllAtOnceIsAtZeroAndTenantsTakeTurns) {
    RequestTraffic traffic;
    traffic.arrivals.kind = ArrivalKind::at_once;
    traffic.requests = 400;
    traffic.tenants.assign(2, Tenant{});
    traffic.tenants[0].share = 3;
    std::map<std::uint32_t, int> counts;
    for (const Request& request : all_of(traffic)) {
        EXPECT_EQ(request.arrival, Seconds{});
        ++counts[request.tenant];
    }
    EXPECT_EQ(counts[0], 300);
    EXPECT_EQ(counts[1], 100);
}

TEST(TrafficSource, TenantsKeepPriorityAndLengthsOfTheirOwn) {
    RequestTraffic traffic;
    traffic.requests = 2000;
    traffic.tenants.assign(2, Tenant{});
    traffic.tenants[0].prompt = FixedLength{10};
    traffic.tenants[1].prompt = FixedLength{20};
    traffic.tenants[1].priority = 5;
    traffic.tenants[1].share = 4;
    int second = 0;
    for (const Request& request : all_of(traffic)) {
        EXPECT_EQ(request.prompt, request.tenant == 0 ? 10 : 20);
        EXPECT_EQ(request.priority, request.tenant == 0 ? 0 : 5);
        EXPECT_EQ(request.session, 0U);
        second += request.tenant == 1 ? 1 : 0;
    }
    EXPECT_NEAR(second, 1600, 5 * 18);
}

/// What one tenant draws does not move what another does.
TEST(TrafficSource, ATenantsLengthsStayWhenAnotherChanges) {
    RequestTraffic traffic;
    traffic.requests = 500;
    traffic.tenants.assign(2, Tenant{.prompt = LognormalLength{500, 1}});
    const auto lengths = [](const std::vector<Request>& all) {
        std::vector<std::int64_t> first;
        for (const Request& r : all) {
            if (r.tenant == 0 && first.size() < 100) first.push_back(r.prompt);
        }
        return first;
    };
    const auto before = lengths(all_of(traffic));
    traffic.tenants[1].prompt = UniformLength{1, 9};
    EXPECT_EQ(lengths(all_of(traffic)), before);
}

TEST(TrafficSource, ASharedBeginningIsPartOfThePrompt) {
    RequestTraffic traffic;
    traffic.requests = 300;
    traffic.tenants[0].prompt = UniformLength{50, 150};
    traffic.tenants[0].prefix = {.groups = 3, .tokens = 100};
    std::map<std::uint64_t, int> groups;
    for (const Request& request : all_of(traffic)) {
        ASSERT_EQ(request.prefix.size(), 1U);
        EXPECT_EQ(request.prefix_tokens, 100);
        EXPECT_GE(request.prompt, 101);  // a token of its own at least
        EXPECT_LE(request.prompt, 150);
        ++groups[request.prefix[0]];
    }
    EXPECT_EQ(groups.size(), 3U);
}

TEST(TrafficSource, TenantsShareNoBeginnings) {
    RequestTraffic traffic;
    traffic.requests = 200;
    traffic.tenants.assign(2, Tenant{});
    for (Tenant& tenant : traffic.tenants) tenant.prefix = {.groups = 2, .tokens = 64};
    traffic.tenants[1].turns.count = FixedLength{2};
    std::map<std::uint64_t, std::uint32_t> owner;
    for (const Request& request : all_of(traffic)) {
        for (const std::uint64_t id : request.prefix) {
            EXPECT_EQ(owner.emplace(id, request.tenant).first->second, request.tenant);
        }
    }
}

RequestTraffic conversations() {
    RequestTraffic traffic;
    traffic.requests = 100;
    Tenant& tenant = traffic.tenants[0];
    tenant.prompt = FixedLength{100};
    tenant.output = FixedLength{30};
    tenant.turns.count = FixedLength{4};
    tenant.turns.think = {Seconds::from_si(7)};
    return traffic;
}

TEST(TrafficSource, TurnsGrowByAllThatWasSaid) {
    const auto all = all_of(conversations());
    ASSERT_EQ(all.size(), 100U);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto turn = static_cast<std::int64_t>(i % 4);
        EXPECT_EQ(all[i].prompt, 100 + turn * 130);
        EXPECT_EQ(all[i].session, 1 + i / 4);
        EXPECT_EQ(all[i].follows, turn > 0);
        EXPECT_EQ(all[i].delay.in(unit::s), turn > 0 ? 7 : 0);
        EXPECT_EQ(all[i].arrival, all[i - i % 4].arrival);
        ASSERT_EQ(all[i].prefix_tokens, 16);
        EXPECT_EQ(all[i].prefix.size(), static_cast<std::size_t>(all[i].prompt / 16));
        if (turn == 0) continue;
        // a turn begins with all of the turn before
        const auto& before = all[i - 1].prefix;
        EXPECT_TRUE(std::equal(before.begin(), before.end(), all[i].prefix.begin()));
    }
}

TEST(TrafficSource, ConversationsShareTheirGroupsBeginningAlone) {
    RequestTraffic traffic = conversations();
    traffic.tenants[0].prefix = {.groups = 1, .tokens = 50};  // three blocks and two tokens
    const auto all = all_of(traffic);
    for (std::size_t i = 4; i < all.size(); ++i) {
        const auto& first = all[0].prefix;
        const auto& here = all[i].prefix;
        const auto same = std::ranges::mismatch(first, here).in1 - first.begin();
        EXPECT_EQ(same, 3) << i;
    }
}

TEST(TrafficSource, AConversationEndsBeforeItIsTooLong) {
    RequestTraffic traffic = conversations();
    traffic.tenants[0].turns.longest = 390;  // the third turn has 360 + 30 tokens
    for (const Request& request : all_of(traffic)) EXPECT_LE(request.prompt + request.output, 390);
    const auto all = all_of(traffic);
    EXPECT_EQ(all[2].session, all[0].session);
    EXPECT_NE(all[3].session, all[0].session);
}

TEST(TrafficSource, PausesAreOfPeopleOrTools) {
    RequestTraffic traffic = conversations();
    traffic.requests = 4000;
    traffic.tenants[0].turns.tool = {Seconds::from_si(1)};
    traffic.tenants[0].turns.tool_share = 0.25;
    int tools = 0, pauses = 0;
    for (const Request& request : all_of(traffic)) {
        if (!request.follows) continue;
        ++pauses;
        tools += request.delay.in(unit::s) == 1 ? 1 : 0;
    }
    EXPECT_EQ(pauses, 3000);
    EXPECT_NEAR(tools, 750, 5 * 24);
}

TEST(TrafficSource, AllFaultsAreTold) {
    RequestTraffic traffic;
    traffic.arrivals.rate = RequestRate::from_si(std::nan(""));
    traffic.requests = 0;
    traffic.tenants.assign(2, Tenant{});
    traffic.tenants[0].share = 0;
    traffic.tenants[1].prefix = {.groups = 2, .tokens = 5000};
    traffic.tenants[1].turns.block = 1;
    traffic.tenants[1].turns.think.mean = Seconds::from_si(-1);
    const std::string text = told(traffic);
    for (const char* part :
         {"rate of nan", "0 requests", "tenant 1: error: the share", "tenant 2: error: no prompt",
          "the block of shared beginnings", "the mean pause is out of range"}) {
        EXPECT_TRUE(contains(text, part)) << part << "\n" << text;
    }
    RequestTraffic none;
    none.tenants.clear();
    EXPECT_TRUE(contains(told(none), "0 tenants"));
    RequestTraffic bursts;
    bursts.arrivals.kind = ArrivalKind::markov;
    bursts.arrivals.bursts = {.factor = 20, .share = 0.1};
    EXPECT_TRUE(contains(told(bursts), "factor x share"));
    RequestTraffic half;
    half.tenants[0].prefix.groups = 1;
    EXPECT_TRUE(contains(told(half), "give groups and tokens, or neither"));
}

}  // namespace TEST_FILE
}  // namespace millwright
