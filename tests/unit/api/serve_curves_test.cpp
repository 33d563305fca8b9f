// Curves of a deployment: those of its requests, made up or of a trace.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "millwright/api/serve.h"
#include "tests/folder.h"

namespace millwright {
namespace TEST_FILE {

ServeQuestion question() {
    ServeQuestion q{.model = "llama-3.2-1b", .server = "hgx-h100", .chips = 2};
    q.load.rate = 20;
    q.load.requests = 200;
    q.load.prompt = FixedLength{256};
    q.load.output = FixedLength{32};
    q.limits.max_sequences = 32;
    q.curves = true;
    return q;
}

ServeCurves curves(const ServeQuestion& q, int threads = 1) {
    return serve(q, {.threads = threads}).value().curves.value();
}

TEST(ServeCurves, AreThereWhereTheyAreAskedFor) {
    ServeQuestion q = question();
    const ServeCurves c = curves(q);
    EXPECT_EQ(c.closed.front().concurrency, 1);
    EXPECT_EQ(c.closed.back().concurrency, 32);
    EXPECT_DOUBLE_EQ(c.asked.si(), 20);
    ASSERT_TRUE(c.knee().has_value());
    EXPECT_DOUBLE_EQ(c.knee()->si(), 2 * c.open.knee->si());
    q.curves = false;
    EXPECT_FALSE(serve(q, {}).value().curves.has_value());
}

TEST(ServeCurves, AskedAtTheKneeADeploymentKeepsUpAndFarBeyondItDoesNot) {
    ServeQuestion q = question();
    const double knee = curves(q).knee()->si();
    q.curves = false;
    q.load.requests = 2000;
    q.load.rate = 0.9 * knee;
    EXPECT_FALSE(serve(q, {}).value().outcome.saturated);
    q.load.rate = 1.3 * knee;
    EXPECT_TRUE(serve(q, {}).value().outcome.saturated);
}

TEST(ServeCurves, ThreadsChangeNothing) {
    const ServeCurves one = curves(question(), 1), three = curves(question(), 3);
    EXPECT_EQ(one.open.knee, three.open.knee);
    ASSERT_EQ(one.closed.size(), three.closed.size());
    for (std::size_t i = 0; i < one.closed.size(); ++i) {
        EXPECT_EQ(one.closed[i].outcome.seconds, three.closed[i].outcome.seconds);
    }
}

TEST(ServeCurves, OfATraceHaveItsRequestsNearerOrFurtherApart) {
    const TestFolder folder;
    const auto write = [&](double apart) {
        std::string text = "arrival_s,prompt,output\n";
        for (int i = 0; i < 400; ++i) text += fmt::format("{},256,32\n", apart * i);
        return folder.put("trace.csv", text);
    };
    ServeQuestion q = question();
    q.load = {.trace = write(0.1)};
    const ServeCurves c = curves(q);
    EXPECT_NEAR(c.asked.si(), 10, 0.1);
    EXPECT_EQ(c.requests, 200);  // of each replica
    EXPECT_FALSE(c.of_part);
    ASSERT_TRUE(c.knee().has_value());
    EXPECT_NEAR(c.knee()->si() / curves(question()).knee()->si(), 1, 0.15);
    write(0);
    EXPECT_FALSE(curves(q).knee().has_value());  // at once: no arrivals to scale
    EXPECT_FALSE(curves(q).closed.empty());
}

}  // namespace TEST_FILE
}  // namespace millwright
