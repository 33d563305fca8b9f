// The random stream: known answers of its bits, and laws of its numbers that a biased, correlated
// or machine-dependent generator breaks.
#include "millwright/base/random.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace millwright {
namespace TEST_FILE {

/// Vectors that the authors of Philox publish with it (philox4x32-10).
TEST(Random, PhiloxKnownAnswers) {
    EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
              (PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    constexpr std::uint32_t ones = 0xffffffff;
    EXPECT_EQ(philox({ones, ones, ones, ones}, {ones, ones}),
              (PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
              (PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, ADrawIsAFunctionOfSeedStreamAndCounter) {
    std::set<std::uint64_t> seen;
    for (std::uint64_t seed : {0ULL, 1ULL, 1ULL << 32U}) {
        for (std::uint64_t stream : {0ULL, 1ULL, 1ULL << 32U}) {
            for (std::uint64_t counter : {0ULL, 1ULL, 1ULL << 16U, 1ULL << 32U, 1ULL << 47U}) {
                Draw draw = RandomStream{seed, stream}.at(counter);
                Draw again(seed, stream, counter);
                for (int i = 0; i < 6; ++i) {
                    const std::uint64_t bits = draw.bits();
                    EXPECT_EQ(bits, again.bits());
                    EXPECT_TRUE(seen.insert(bits).second);
                }
            }
        }
    }
    EXPECT_THROW(Draw(0, 0, std::uint64_t{1} << 48U), std::logic_error);
}

/// Bits of the laws, as every machine must give them.
TEST(Random, LawsGiveTheSameBitsEverywhere) {
    const RandomStream stream{20260201, 7};
    const auto bits = [](double x) { return std::bit_cast<std::uint64_t>(x); };
    EXPECT_EQ(bits(stream.at(1).uniform()), 4603957823774361909ULL);
    EXPECT_EQ(bits(stream.at(2).exponential(3)), 4616973942678645228ULL);
    EXPECT_EQ(bits(stream.at(3).normal()), 13829099757367379118ULL);
    EXPECT_EQ(bits(stream.at(4).lognormal(2, 0.5)), 4613253559038738179ULL);
    EXPECT_EQ(bits(stream.at(5).gamma(0.3, 2)), 4551355413818190934ULL);
    EXPECT_EQ(stream.at(6).below(1'000'000), 783801U);
    EXPECT_EQ(stream.at(7).poisson(1234.5), 1202U);
    EXPECT_EQ(stream.at(8).binomial(1000, 0.25), 233U);
}

/// Logarithm and exponential of our own are those of the C library but for the last bits.
TEST(Random, PortableFunctionsAreExact) {
    const RandomStream stream{1, 1};
    constexpr double ulp = 0x1p-52;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        Draw draw = stream.at(i);
        const double x = 1400 * draw.uniform() - 700;
        const double y = std::exp(x) * (1 + draw.uniform());
        EXPECT_NEAR(portable_exp(x) / std::exp(x), 1, 2 * ulp) << x;
        const double log = std::log(y);
        EXPECT_NEAR(portable_log(y), log, 2 * ulp * std::max(std::fabs(log), 0x1p-60)) << y;
        const double near = 1 + (draw.uniform() - 0.5) * 1e-3;
        EXPECT_NEAR(portable_log(near), std::log(near), 2 * ulp * std::fabs(std::log(near)));
    }
    EXPECT_EQ(portable_log(1), 0);
    EXPECT_EQ(portable_exp(0), 1);
}

TEST(Random, QuantilesOfTheNormalLaw) {
    for (double x = -8; x <= 5; x += 0.01) {
        const double chance = std::erfc(-x / std::sqrt(2.0)) / 2;
        // beyond zero the chance itself is only given to a half unit of its last place
        const double given = 0x1p-53 * chance / (std::exp(-x * x / 2) * 0.3989);
        EXPECT_NEAR(normal_quantile(chance), x, 4e-15 * std::fabs(x) + 2 * given + 1e-15) << x;
    }
    EXPECT_EQ(normal_quantile(0.5), 0);
    EXPECT_EQ(normal_quantile(0.125), -normal_quantile(0.875));
}

using Law = std::function<double(Draw)>;
constexpr std::uint64_t samples = 100'000;

struct Moments {
    double mean = 0, variance = 0;
};

Moments moments_of(const Law& law, std::uint64_t stream) {
    double sum = 0, squares = 0;
    for (std::uint64_t i = 0; i < samples; ++i) {
        const double x = law(RandomStream{42, stream}.at(i));
        sum += x;
        squares += x * x;
    }
    const double mean = sum / samples;
    return {mean, squares / samples - mean * mean};
}

/// Mean and variance within five standard errors; the fourth moment of each law is below `tails`
/// times its variance squared.
void expect_moments(const Law& law, double mean, double variance, double tails) {
    const Moments m = moments_of(law, 3);
    const double n = samples;
    EXPECT_NEAR(m.mean, mean, 5 * std::sqrt(variance / n));
    EXPECT_NEAR(m.variance, variance, 5 * variance * std::sqrt((tails - 1) / n));
}

TEST(Random, LawsHaveTheirMeansAndVariances) {
    expect_moments([](Draw d) { return d.uniform(); }, 0.5, 1.0 / 12, 1.8);
    expect_moments([](Draw d) { return d.exponential(3); }, 3, 9, 9);
    expect_moments([](Draw d) { return d.normal(); }, 0, 1, 3);
    expect_moments([](Draw d) { return d.lognormal(2, 0.5); }, 2, 1, 9);
    for (const double shape : {0.2, 0.9, 1.0, 2.5, 40.0}) {
        expect_moments([=](Draw d) { return d.gamma(shape, 2); }, 2 * shape, 4 * shape,
                       3 + 6 / shape);
    }
    for (const double mean : {0.01, 0.7, 5.0, 16.0, 17.0, 300.0}) {
        expect_moments([=](Draw d) { return static_cast<double>(d.poisson(mean)); }, mean, mean,
                       3 + 1 / mean);
    }
    for (const double chance : {0.0, 0.03, 0.5, 0.9}) {
        expect_moments([=](Draw d) { return static_cast<double>(d.binomial(100, chance)); },
                       100 * chance, 100 * chance * (1 - chance), 4);
    }
}

/// Kolmogorov and Smirnov: the largest gap to the law's own distribution; 2.2 is passed by chance
/// once in ten thousand times.
void expect_distribution(const Law& law, const std::function<double(double)>& below) {
    std::vector<double> x;
    for (std::uint64_t i = 0; i < samples; ++i) x.push_back(law(RandomStream{7, 9}.at(i)));
    std::ranges::sort(x);
    double gap = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double at = below(x[i]);
        gap = std::max({gap, at - static_cast<double>(i) / samples,
                        static_cast<double>(i + 1) / samples - at});
    }
    EXPECT_LT(gap * std::sqrt(static_cast<double>(samples)), 2.2);
}

TEST(Random, LawsHaveTheirDistributions) {
    expect_distribution([](Draw d) { return d.uniform(); }, [](double x) { return x; });
    expect_distribution([](Draw d) { return d.exponential(1); },
                        [](double x) { return 1 - std::exp(-x); });
    expect_distribution([](Draw d) { return d.normal(); },
                        [](double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; });
    expect_distribution([](Draw d) { return d.gamma(2, 1); },
                        [](double x) { return 1 - (1 + x) * std::exp(-x); });
    expect_distribution([](Draw d) { return d.gamma(0.5, 2); },
                        [](double x) { return std::erf(std::sqrt(x / 2)); });
}

/// Counts of each value against even chances: chi-square within five of its deviations.
TEST(Random, WholeNumbersAreEvenlyLikely) {
    for (const std::uint64_t n : {1ULL, 2ULL, 3ULL, 10ULL, 1000ULL}) {
        std::vector<double> counts(n);
        for (std::uint64_t i = 0; i < samples; ++i) ++counts[RandomStream{5, n}.at(i).below(n)];
        double chi = 0;
        const double even = static_cast<double>(samples) / static_cast<double>(n);
        for (const double c : counts) chi += (c - even) * (c - even) / even;
        const double freedom = static_cast<double>(n - 1);
        EXPECT_NEAR(chi, freedom, 5 * std::sqrt(2 * freedom) + 1e-9) << n;
    }
    // five eighths of 2^64: what a remainder or a product of floats would favour by a half
    const std::uint64_t n = (1ULL << 63U) + (1ULL << 61U);
    std::uint64_t lower = 0;
    for (std::uint64_t i = 0; i < samples; ++i) lower += RandomStream{5, 0}.at(i).below(n) < n / 2;
    EXPECT_NEAR(static_cast<double>(lower), samples / 2.0, 5 * std::sqrt(samples / 4.0));
    EXPECT_THROW(Draw(0, 0, 0).below(0), std::logic_error);
}

/// Neighbours in counter, stream, seed and within a draw have nothing to do with each other.
TEST(Random, NeighboursAreIndependent) {
    const auto correlation = [](const std::function<double(std::uint64_t)>& a,
                                const std::function<double(std::uint64_t)>& b) {
        double sum = 0;
        for (std::uint64_t i = 0; i < samples; ++i) sum += a(i) * b(i);
        return sum / samples;
    };
    const auto at = [](std::uint64_t seed, std::uint64_t stream, std::uint64_t shift) {
        return [=](std::uint64_t i) { return RandomStream{seed, stream}.at(i + shift).normal(); };
    };
    const auto second = [](std::uint64_t i) {
        Draw draw = RandomStream{1, 1}.at(i);
        draw.normal();
        return draw.normal();
    };
    const double most = 5 / std::sqrt(static_cast<double>(samples));
    EXPECT_NEAR(correlation(at(1, 1, 0), at(1, 1, 1)), 0, most);
    EXPECT_NEAR(correlation(at(1, 1, 0), at(1, 2, 0)), 0, most);
    EXPECT_NEAR(correlation(at(1, 1, 0), at(2, 1, 0)), 0, most);
    EXPECT_NEAR(correlation(at(1, 1, 0), at(1, 1ULL << 32U, 0)), 0, most);
    EXPECT_NEAR(correlation(at(1, 1, 0), second), 0, most);
    EXPECT_GT(correlation(at(1, 1, 0), at(1, 1, 0)), 0.9);  // the law can fail
}

}  // namespace TEST_FILE
}  // namespace millwright
