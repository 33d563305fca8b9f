// Laws of traffic: means and variations within their confidence widths over many seeds, order, and
// the same requests whatever is pulled from elsewhere meanwhile.
#include <gtest/gtest.h>

#include <cmath>

#include "millwright/base/whole.h"
#include "millwright/serve/traffic.h"

namespace millwright {
namespace TEST_FILE {

/// Mean and variation of the gaps between arrivals, over seeds.
struct GapFigures {
    double mean = 0, variation = 0;
    double mean_error = 0, variation_error = 0;  // of those, over seeds
};

template <class Of>
double mean_over(const std::vector<double>& values, Of&& of) {
    double sum = 0;
    for (const double value : values) sum += of(value);
    return sum / real(values.size());
}

double standard_error(const std::vector<double>& values) {
    const double mean = mean_over(values, [](double v) { return v; });
    const double squares = mean_over(values, [&](double v) { return (v - mean) * (v - mean); });
    return std::sqrt(squares / real(values.size() - 1));
}

std::vector<double> gaps_of(const RequestTraffic& traffic) {
    const auto source = requests_of(traffic);
    std::vector<double> gaps;
    double last = 0;
    (*source)();
    while (const auto request = (*source)()) {
        gaps.push_back(request->arrival.si() - last);
        last = request->arrival.si();
        EXPECT_GE(gaps.back(), 0);
    }
    return gaps;
}

GapFigures figures_of(RequestTraffic traffic, int seeds) {
    std::vector<double> means, variations;
    for (int seed = 0; seed < seeds; ++seed) {
        traffic.seed = static_cast<std::uint64_t>(seed);
        const auto gaps = gaps_of(traffic);
        const double mean = mean_over(gaps, [](double gap) { return gap; });
        const double square = mean_over(gaps, [](double gap) { return gap * gap; });
        means.push_back(mean);
        variations.push_back(std::sqrt(square - mean * mean) / mean);
    }
    const auto same = [](double v) { return v; };
    return {mean_over(means, same), mean_over(variations, same), standard_error(means),
            standard_error(variations)};
}

RequestTraffic arriving(ArrivalKind kind, double variation) {
    RequestTraffic traffic;
    traffic.arrivals = {.kind = kind, .rate = RequestRate::from_si(8), .variation = variation};
    traffic.requests = 4000;
    return traffic;
}

TEST(TrafficLaw, GapsHaveTheirMeanAndVariation) {
    const auto check = [](const RequestTraffic& traffic, double variation) {
        const GapFigures f = figures_of(traffic, 40);
        EXPECT_NEAR(f.mean, 1.0 / 8, 4 * f.mean_error + 1e-12);
        // the variation of a sample is biased by about one in its size
        EXPECT_NEAR(f.variation, variation, 4 * f.variation_error + 0.01 * variation + 1e-9);
    };
    check(arriving(ArrivalKind::poisson, 1), 1);
    check(arriving(ArrivalKind::gamma, 0.5), 0.5);
    check(arriving(ArrivalKind::gamma, 1), 1);
    check(arriving(ArrivalKind::gamma, 2.5), 2.5);
    check(arriving(ArrivalKind::constant, 1), 0);
}

// A Poisson process at two rates keeps the mean, and its gaps vary more than exponential ones.
TEST(TrafficLaw, BurstsKeepTheMeanRate) {
    RequestTraffic traffic = arriving(ArrivalKind::markov, 1);
    traffic.arrivals.bursts = {.factor = 5, .share = 0.15, .length = Seconds::from_si(2)};
    traffic.requests = 20'000;
    const GapFigures f = figures_of(traffic, 40);
    // the mean gap over N requests is a quotient with N fixed: its bias is below a percent here
    EXPECT_NEAR(f.mean, 1.0 / 8, 4 * f.mean_error + 0.01 / 8);
    EXPECT_GT(f.variation, 1.2);
    // bursts that bring everything leave nothing between
    traffic.arrivals.bursts = {.factor = 5, .share = 0.2, .length = Seconds::from_si(2)};
    traffic.requests = 2000;
    EXPECT_EQ(gaps_of(traffic).size(), 1999U);
}

TEST(TrafficLaw, TenantsTogetherKeepRateAndShares) {
    RequestTraffic traffic = arriving(ArrivalKind::gamma, 1.5);
    traffic.tenants.assign(3, Tenant{});
    traffic.tenants[1].share = 2;
    traffic.tenants[2].share = 5;
    const GapFigures f = figures_of(traffic, 40);
    EXPECT_NEAR(f.mean, 1.0 / 8, 4 * f.mean_error + 0.01 / 8);
}

TEST(TrafficLaw, TurnsCountAsRequestsOfTheRate) {
    RequestTraffic traffic = arriving(ArrivalKind::poisson, 1);
    traffic.tenants[0].turns.count = UniformLength{1, 7};
    const GapFigures f = figures_of(traffic, 40);
    EXPECT_NEAR(f.mean, 1.0 / 8, 4 * f.mean_error + 0.01 / 8);
}

TEST(TrafficLaw, LognormalLengthsHaveTheirMeanAndVariation) {
    constexpr std::uint64_t draws = 200'000;
    for (const double variation : {0.3, 1.0, 2.0}) {
        const Lengths law = LognormalLength{1500, variation};
        double sum = 0, squares = 0;
        for (std::uint64_t i = 0; i < draws; ++i) {
            const double tokens = real(length_at(law, {11, 3}, i));
            sum += tokens;
            squares += tokens * tokens;
        }
        const double mean = sum / real(draws);
        const double found = std::sqrt(squares / real(draws) - mean * mean) / mean;
        EXPECT_NEAR(mean, 1500, 5 * 1500 * variation / std::sqrt(real(draws)));
        EXPECT_NEAR(found, variation, 0.05 * variation) << variation;
    }
}

bool alike(const Request& a, const Request& b) {
    return a.arrival == b.arrival && a.prompt == b.prompt && a.output == b.output &&
           a.session == b.session && a.follows == b.follows && a.delay == b.delay &&
           a.tenant == b.tenant && a.prefix == b.prefix;
}

TEST(TrafficLaw, SourcesOfOneSeedGiveTheSameRequestsHoweverTheyArePulled) {
    RequestTraffic traffic = arriving(ArrivalKind::markov, 1);
    traffic.requests = 600;
    traffic.tenants.assign(2, Tenant{.prompt = LognormalLength{400, 1}});
    traffic.tenants[1].turns.count = UniformLength{1, 5};
    traffic.tenants[1].prefix = {.groups = 3, .tokens = 100};
    const auto a = requests_of(traffic), b = requests_of(traffic);
    std::vector<Request> first;
    for (int i = 0; i < 300; ++i) first.push_back(*(*a)());
    RequestTraffic longer = traffic;
    longer.requests = 900;
    const auto c = requests_of(longer);
    for (const Request& request : first) {
        EXPECT_TRUE(alike(request, *(*b)()));
        EXPECT_TRUE(alike(request, *(*c)()));  // a longer run begins the same
    }
    traffic.seed = 1;
    const auto d = requests_of(traffic);
    int same = 0;
    for (const Request& request : first) same += alike(request, *(*d)()) ? 1 : 0;
    EXPECT_LT(same, 3);
}

}  // namespace TEST_FILE
}  // namespace millwright
