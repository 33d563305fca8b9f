// Which replica gets a request.
#include "millwright/serve/router.h"

#include <gtest/gtest.h>

namespace millwright {
namespace TEST_FILE {

Request with_prefix(std::int64_t prompt, std::vector<std::uint64_t> ids, std::int64_t each) {
    Request r{.prompt = prompt};
    r.prefix = std::move(ids);
    r.prefix_tokens = each;
    return r;
}

std::size_t sent(RequestRouter& router, const Request& request = {}) {
    const std::size_t replica = router.choose(request, {}, {}).value();
    router.sent(replica, request.prompt);
    return replica;
}

TEST(Router, TurnsSkipThoseThatAreClosed) {
    RequestRouter router({}, 3);
    router.set_open(1, false);
    EXPECT_EQ(sent(router), 0U);
    EXPECT_EQ(sent(router), 2U);
    EXPECT_EQ(sent(router), 0U);
    router.set_open(0, false);
    router.set_open(2, false);
    EXPECT_FALSE(router.choose({}, {}, {}));
    EXPECT_FALSE(router.any_open());
}

TEST(Router, ConversationsStayWhereTheyAreWhileThatIsOpen) {
    for (const RouterKind kind : {RouterKind::round_robin, RouterKind::session}) {
        RequestRouter router({.kind = kind}, 4);
        EXPECT_EQ(router.choose({}, {}, 3), 3U);
        router.set_open(3, false);
        EXPECT_NE(router.choose({}, {}, 3), 3U);
    }
    RequestRouter least({.kind = RouterKind::least_loaded}, 2);
    least.sent(1, 1);
    EXPECT_EQ(least.choose({}, {}, 1), 0U);
}

TEST(Router, TheLeastLoadedHasFewestRequestsAndEqualsTakeTurns) {
    RequestRouter router({.kind = RouterKind::least_loaded}, 3);
    EXPECT_EQ(sent(router), 0U);
    EXPECT_EQ(sent(router), 1U);
    EXPECT_EQ(sent(router), 2U);
    router.ended(1, 1);
    EXPECT_EQ(sent(router), 1U);
    EXPECT_EQ(router.outstanding(), 3);
}

TEST(Router, OfTwoDrawnTheEmptierIsTaken) {
    RequestRouter router({.kind = RouterKind::power_of_two, .seed = 5}, 2);
    router.sent(0, 1);  // two are drawn of two
    for (int i = 0; i < 20; ++i) EXPECT_EQ(router.choose({}, {}, {}), 1U);
    RequestRouter many({.kind = RouterKind::power_of_two, .seed = 5}, 10);
    std::vector<int> got(10);
    for (int i = 0; i < 1000; ++i) ++got[sent(many)];
    for (const int count : got) EXPECT_NEAR(count, 100, 5);
}

TEST(Router, NoneTakesMoreThanItsLimit) {
    RequestRouter router({.kind = RouterKind::least_loaded, .most_each = 2}, 2);
    for (int i = 0; i < 4; ++i) sent(router);
    EXPECT_FALSE(router.choose({}, {}, {}));
    router.ended(1, 1);
    EXPECT_EQ(router.choose({}, {}, {}), 1U);
}

TEST(Router, APromptGoesToItsBeginningUnlessTheQueueThereIsLonger) {
    RequestRouter router({.kind = RouterKind::prefix}, 3);
    router.note(11, 2, true, {});
    router.note(12, 2, true, {});
    router.note(11, 1, true, {});
    const Request r = with_prefix(100, {11, 12}, 40);  // 20, 60 and 100 tokens to compute
    EXPECT_EQ(router.choose(r, {}, {}), 2U);
    router.sent(2, 30);
    EXPECT_EQ(router.choose(r, {}, {}), 2U);
    router.sent(2, 30);
    EXPECT_EQ(router.choose(r, {}, {}), 1U);
    router.note(11, 1, false, {});
    EXPECT_EQ(router.choose(r, {}, {}), 2U);
}

TEST(Router, NewsOfCachesComeLate) {
    RequestRouter router({.kind = RouterKind::prefix, .delay = 2 * unit::s}, 2);
    router.note(7, 1, true, 1 * unit::s);
    const Request r = with_prefix(100, {7}, 64);
    router.sent(1, 10);
    EXPECT_EQ(router.choose(r, 2.9 * unit::s, {}), 0U);
    EXPECT_EQ(router.choose(r, 3 * unit::s, {}), 1U);
}

TEST(PrefixView, OnlyLeadingPiecesCount) {
    PrefixView view;
    for (const std::uint64_t id : {1U, 2U, 3U}) view.note(id, 0, true);
    view.note(2, 1, true);
    view.note(1, 2, true);
    view.note(1, 2, true);  // two caches of the replica have it
    std::vector<std::size_t> pieces(3);
    const std::vector<std::uint64_t> ids{1, 2, 3, 4};
    view.overlaps(ids, pieces);
    EXPECT_EQ(pieces, (std::vector<std::size_t>{3, 0, 1}));
    view.note(1, 2, false);
    view.note(1, 0, false);
    view.overlaps(ids, pieces);
    EXPECT_EQ(pieces, (std::vector<std::size_t>{0, 0, 1}));
}

}  // namespace TEST_FILE
}  // namespace millwright
