// Traffic of clients: rates kept in every window, order, lengths by time of day, seeds.
#include "millwright/serve/client_traffic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "millwright/base/text.h"

namespace millwright {
namespace TEST_FILE {

ClientHistory client(std::vector<double> rates, GapLaw law, double shape) {
    ClientHistory made;
    Seconds begin;
    for (const double rate : rates) {
        made.windows.push_back({begin, RequestRate::from_si(rate), law, shape});
        begin += Seconds::from_si(600);
    }
    return made;
}

ClientTraffic two_clients() {
    ClientTraffic traffic;
    traffic.folder.window = Seconds::from_si(600);
    traffic.folder.clients = {client({0.1, 0, 0.2}, GapLaw::gamma, 0.1),
                              client({0, 0.05, 0.3}, GapLaw::weibull, 0.5)};
    traffic.folder.clients[1].lengths = {{Seconds{}, {{10}, {1}}, {{1, 2}, {1, 1}}},
                                         {Seconds::from_si(1200), {{20}, {1}}, {{3}, {1}}}};
    return traffic;
}

std::vector<Request> all_of(const ClientTraffic& traffic) {
    const auto source = requests_of(traffic);
    EXPECT_TRUE(source) << (source ? "" : to_text(source.error()));
    std::vector<Request> all;
    if (!source) return all;
    while (auto request = (*source)()) all.push_back(std::move(*request));
    return all;
}

TEST(ClientTraffics, TheGammaFunctionIsThatOfTheLibrary) {
    for (const double x : {0.05, 0.5, 1.0, 1.5, 2.0, 3.3, 11.9, 12.0, 55.5, 1001.0}) {
        EXPECT_NEAR(log_gamma(x), std::lgamma(x), 1e-12 * (1 + std::abs(std::lgamma(x)))) << x;
    }
}

/// However much gaps vary, the mean number of requests is what the rates add up to.
TEST(ClientTraffics, EveryWindowHasItsRateOnAverage) {
    constexpr int seeds = 400;
    std::map<std::pair<std::uint32_t, int>, double> counts;
    std::map<std::pair<std::uint32_t, int>, double> squares;
    ClientTraffic traffic = two_clients();
    for (int seed = 0; seed < seeds; ++seed) {
        traffic.seed = static_cast<std::uint64_t>(seed);
        std::map<std::pair<std::uint32_t, int>, double> here;
        const auto all = all_of(traffic);
        // the first request is at zero: its own time is drawn again with none before it
        ClientTraffic late = traffic;
        late.begin = Seconds::from_si(1200);
        for (const Request& request : all_of(late)) here[{request.tenant, 2}] += 1;
        late.begin = Seconds{};
        late.end = Seconds::from_si(600);
        for (const Request& request : all_of(late)) here[{request.tenant, 0}] += 1;
        here[{9, 0}] = static_cast<double>(all.size());
        for (const auto& [key, count] : here) {
            counts[key] += count;
            squares[key] += count * count;
        }
    }
    const auto expect = [&](std::uint32_t tenant, int window, double mean) {
        const auto key = std::pair(tenant, window);
        const double found = counts[key] / seeds;
        const double error = std::sqrt((squares[key] / seeds - found * found) / seeds);
        EXPECT_NEAR(found, mean, 4 * error) << tenant << " " << window;
    };
    expect(0, 0, 60);
    expect(0, 2, 120);
    expect(1, 2, 180);
    expect(9, 0, 60 + 120 + 30 + 180);
    EXPECT_EQ(counts[std::pair(1U, 0)], 0);
}

TEST(ClientTraffics, RequestsAreInOrderWithLengthsOfTheirHour) {
    ClientTraffic traffic = two_clients();
    double last = 0;
    int count = 0;
    for (const Request& request : all_of(traffic)) {
        EXPECT_GE(request.arrival.si(), last);
        last = request.arrival.si();
        EXPECT_TRUE(request.prompt == 10 ? request.output <= 2 : request.output == 3);
        ++count;
    }
    EXPECT_GT(count, 100);
    EXPECT_LE(last, 1800);
    traffic.begin = Seconds::from_si(1200);
    for (const Request& request : all_of(traffic)) EXPECT_EQ(request.prompt, 20);
    traffic.requests = 5;
    EXPECT_EQ(all_of(traffic).size(), 5U);
    // the scale multiplies all rates
    traffic.requests = 1'000'000;
    traffic.scale = 50;
    EXPECT_NEAR(static_cast<double>(all_of(traffic).size()), 50 * 300, 3500);
}

TEST(ClientTraffics, TheSeedMakesTheRequests) {
    ClientTraffic traffic = two_clients();
    const auto times = [](const std::vector<Request>& all) {
        std::vector<double> out;
        for (const Request& request : all) out.push_back(request.arrival.si());
        return out;
    };
    const auto first = times(all_of(traffic));
    EXPECT_EQ(first, times(all_of(traffic)));
    traffic.seed = 1;
    EXPECT_NE(first, times(all_of(traffic)));
}

TEST(ClientTraffics, FaultsAreToldTogether) {
    ClientTraffic traffic = two_clients();
    traffic.scale = 0;
    traffic.requests = 0;
    traffic.begin = Seconds::from_si(1800);
    const auto source = requests_of(traffic);
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().size(), 3U);
    EXPECT_TRUE(contains(to_text(source.error()), "windows end at 1800 s"));
}

}  // namespace TEST_FILE
}  // namespace millwright
