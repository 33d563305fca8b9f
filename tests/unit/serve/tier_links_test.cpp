// Memory below the chips: what stays there, what goes on, what bringing it back takes.
#include "millwright/serve/tier_links.h"

#include <gtest/gtest.h>

#include "millwright/serve/cluster.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

using Ids = std::vector<std::uint64_t>;

Ids ids_of(const std::vector<CacheTier::Piece>& pieces) {
    Ids ids;
    for (const CacheTier::Piece& piece : pieces) ids.push_back(piece.id);
    return ids;
}

TEST(CacheTier, ThoseNotUsedForLongestMakeRoom) {
    CacheTier tier(30);
    std::vector<CacheTier::Piece> gone;
    for (const std::uint64_t id : {1U, 2U, 3U}) tier.put({id, 10}, gone);
    EXPECT_TRUE(gone.empty());
    tier.use(1);
    tier.put({4, 10}, gone);
    EXPECT_EQ(ids_of(gone), Ids{2});
    tier.put({3, 10}, gone);  // is there: used again
    tier.put({5, 20}, gone);
    EXPECT_EQ(ids_of(gone), (Ids{2, 1, 4}));
    EXPECT_EQ(tier.tokens(), 30);
    tier.put({6, 31}, gone);
    EXPECT_FALSE(tier.has(6));
    EXPECT_EQ(tier.tokens(), 0);
}

TierLinks::Link link(double tokens, double ms_a_token, bool shared = false) {
    return {std::make_shared<CacheTier>(tokens), ms_a_token * unit::ms, 5 * unit::ms, shared};
}

TEST(TierLinks, WhatMakesRoomGoesToTheNext) {
    TierLinks links({link(20, 1), link(20, 10)});
    for (const std::uint64_t id : {1U, 2U, 3U, 4U}) links.left({id, 10});
    const Ids all{1, 2, 3, 4};
    for (const std::uint64_t id : all) EXPECT_TRUE(links.has(id));
    EXPECT_NEAR(links.load(Ids{4, 3}, 10).in(unit::ms), 25, 1e-9);
    EXPECT_NEAR(links.load(all, 10).in(unit::ms), 25 + 205, 1e-9);
    links.left({5, 10});
    EXPECT_FALSE(links.has(1));
    links.clear();
    EXPECT_FALSE(links.has(5));
}

TEST(TierLinks, SharedMemoryGetsWhatNobodyHoldsAndOutlivesALane) {
    TierLinks links({link(100, 1, true)});
    links.left({1, 10});
    EXPECT_FALSE(links.has(1));
    links.rests({1, 10});
    EXPECT_TRUE(links.has(1));
    links.clear();
    EXPECT_TRUE(links.has(1));
}

TEST(TierLinks, TellsOfItsOwnMemoryAlone) {
    TierLinks links({link(10, 1), link(100, 1, true)});
    std::vector<std::pair<std::uint64_t, bool>> told;
    links.tell([&](std::uint64_t id, bool kept) { told.emplace_back(id, kept); });
    links.left({1, 10});
    links.rests({2, 10});
    links.left({3, 10});
    links.clear();
    EXPECT_EQ(told, (std::vector<std::pair<std::uint64_t, bool>>{
                        {1, true}, {3, true}, {1, false}, {3, false}}));
}

/// Two conversations by turns on a chip that holds the pieces of one.
std::vector<Request> by_turns(int count) {
    std::vector<Request> all;
    for (int i = 0; i < count; ++i) {
        Request r = request_at(i * unit::s, 257, 2);
        r.prefix_tokens = 64;
        for (std::uint64_t piece = 0; piece < 4; ++piece) {
            r.prefix.push_back(100 * (1 + static_cast<std::uint64_t>(i) % 2) + piece);
        }
        all.push_back(r);
    }
    return all;
}

ServeOutcome kept_below(std::vector<CacheTierSettings> tiers) {
    Replica r = with_blocks(plain_replica(), 20);  // of 16 tokens
    r.engine.prefix_cache = true;
    return simulate_cluster({.pools = {{r, 1, std::move(tiers)}}}, {}, {}, source_of(by_turns(10)))
        .all;
}

TEST(CacheTiers, HostMemoryKeepsWhatTheChipHasNoRoomFor) {
    const Bytes enough = Bytes::from_si(600 * tiny_cache_token);
    const Bandwidth fast = 1e6 * unit::GBps, slow = Bandwidth::from_si(256 * tiny_cache_token);
    const ServeOutcome none = kept_below({});
    const ServeOutcome host = kept_below({{enough, fast, {}, false}});
    const ServeOutcome shared = kept_below({{enough, fast, {}, true}});
    EXPECT_EQ(none.cached_tokens, 0);
    EXPECT_EQ(host.cached_tokens, 8 * 256);
    EXPECT_EQ(shared.cached_tokens, 8 * 256);
    EXPECT_LT(host.first_token.mean(), none.first_token.mean());
    const ServeOutcome waits = kept_below({{enough, slow, {}, false}});
    EXPECT_EQ(waits.cached_tokens, 8 * 256);
    EXPECT_NEAR(waits.first_token.most() / unit::s, 1, 0.1);  // to bring it back
    EXPECT_EQ(kept_below({{0.1 * enough, fast, {}, false}}).cached_tokens, 0);
}

/// Two beginnings by turns, of which the first is brought back from the third second to the fourth,
/// and a request in between.
ServedRequest beside_a_load(Request between) {
    Replica r = with_blocks(plain_replica(), 20);
    r.engine.prefix_cache = true;
    std::vector<Request> all = by_turns(3);
    between.arrival = 2.5 * unit::s;
    all.push_back(std::move(between));
    const CacheTierSettings tier{Bytes::from_si(600 * tiny_cache_token),
                                 Bandwidth::from_si(256 * tiny_cache_token),
                                 {},
                                 false};
    FleetRecord record{.requests = true};
    simulate_cluster({.pools = {{r, 1, {tier}}}}, {}, {}, source_of(std::move(all)), &record);
    EXPECT_EQ(record.served.size(), 4U);
    EXPECT_GE(record.served.at(2).first_token, 3 * unit::s);
    return record.served.at(3);
}

TEST(CacheTiers, ALoadUnderWayHoldsNobodyElseBack) {
    EXPECT_LT(beside_a_load(request_at({}, 16, 2)).first_token, 2.6 * unit::s);
}

TEST(CacheTiers, WhoNeedsWhatIsUnderWayWaitsForIt) {
    const ServedRequest alike = beside_a_load(by_turns(3).back());
    EXPECT_GE(alike.first_token, 3 * unit::s);
    EXPECT_LT(alike.first_token, 3.2 * unit::s);
    EXPECT_EQ(alike.cached, 256);
}

}  // namespace TEST_FILE
}  // namespace millwright
