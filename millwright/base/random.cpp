// Of the counter's first two words the lower 16 bits of the second number the blocks of a draw,
// all else is the draw's own counter: draws of one stream never meet. Sums are written in the
// order in which they are to be added, as their last bits are part of the contract. Laws that
// refuse numbers take more words of their own draw and move no other.
#include "millwright/base/random.h"

#include <bit>
#include <cmath>
#include <stdexcept>

#include "millwright/base/require.h"

namespace millwright {
namespace {

// Constants of Philox4x32-10 as published; the key moves on by them from round to round.
constexpr int rounds = 10;
constexpr std::uint64_t multiplier_0 = 0xD2511F53, multiplier_1 = 0xCD9E8D57;
constexpr std::uint32_t weyl_0 = 0x9E3779B9, weyl_1 = 0xBB67AE85;

std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32U); }
std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }

/// c[0] + c[1] x + ..., from the last on.
template <std::size_t n>
double polynomial(const std::array<double, n>& c, double x) {
    double sum = c[n - 1];
    for (std::size_t i = n - 1; i-- > 0;) sum = sum * x + c[i];
    return sum;
}

// ln 2 in two parts: products of the first with whole numbers of an exponent are exact.
constexpr double ln2_high = 0x1.62e42fefap-1;
constexpr double ln2_low = 0x1.cf79abc9e3b3ap-40;

// Wichura's PPND16: the middle, the tails, the far tails; quotients of polynomials.
using Eight = std::array<double, 8>;
constexpr Eight middle_over{3.3871328727963666080e0,  1.3314166789178437745e+2,
                            1.9715909503065514427e+3, 1.3731693765509461125e+4,
                            4.5921953931549871457e+4, 6.7265770927008700853e+4,
                            3.3430575583588128105e+4, 2.5090809287301226727e+3};
constexpr Eight middle_under{1,
                             4.2313330701600911252e+1,
                             6.8718700749205790830e+2,
                             5.3941960214247511077e+3,
                             2.1213794301586595867e+4,
                             3.9307895800092710610e+4,
                             2.8729085735721942674e+4,
                             5.2264952788528545610e+3};
constexpr Eight tail_over{1.42343711074968357734e0,  4.63033784615654529590e0,
                          5.76949722146069140550e0,  3.64784832476320460504e0,
                          1.27045825245236838258e0,  2.41780725177450611770e-1,
                          2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr Eight tail_under{1,
                           2.05319162663775882187e0,
                           1.67638483018380384940e0,
                           6.89767334985100004550e-1,
                           1.48103976427480074590e-1,
                           1.51986665636164571966e-2,
                           5.47593808499534494600e-4,
                           1.05075007164441684324e-9};
constexpr Eight far_over{6.65790464350110377720e0,  5.46378491116411436990e0,
                         1.78482653991729133580e0,  2.96560571828504891230e-1,
                         2.65321895265761230930e-2, 1.24266094738807843860e-3,
                         2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr Eight far_under{1,
                          5.99832206555887937690e-1,
                          1.36929880922735805310e-1,
                          1.48753612908506148525e-2,
                          7.86869131145613259100e-4,
                          1.84631831751005468180e-5,
                          1.42151175831644588870e-7,
                          2.04426310338993978564e-15};

}  // namespace

PhiloxCounter philox(PhiloxCounter c, PhiloxKey key) {
    for (int round = 0; round < rounds; ++round) {
        const std::uint64_t a = multiplier_0 * c[0];
        const std::uint64_t b = multiplier_1 * c[2];
        c = {high(b) ^ c[1] ^ key[0], low(b), high(a) ^ c[3] ^ key[1], low(a)};
        key = {key[0] + weyl_0, key[1] + weyl_1};
    }
    return c;
}

Draw::Draw(std::uint64_t seed, std::uint64_t stream, std::uint64_t counter)
    : key_{low(seed), high(seed)},
      counter_{low(counter), high(counter) << 16U, low(stream), high(stream)} {
    constexpr std::uint64_t end = std::uint64_t{1} << 48U;
    require(counter < end, "a draw's counter is below 2^48");
}

std::uint64_t Draw::bits() {
    if (left_ == 0) {
        words_ = philox(counter_, key_);
        ++counter_[1];  // the block: its lower 16 bits
        left_ = 2;
    }
    --left_;
    // a block is four words of 32 bits: two numbers, the first pair first
    const std::size_t at = left_ == 1 ? 0 : 2;
    return (std::uint64_t{words_[at + 1]} << 32U) | words_[at];
}

double Draw::uniform() { return static_cast<double>(bits() >> 11U) * 0x1p-53; }

double Draw::uniform_open() { return (static_cast<double>(bits() >> 12U) + 0.5) * 0x1p-52; }

/// A remainder would favour small numbers by up to n in 2^64.
/// As many bits as hold n - 1, thrown away where they make n or more: at most half the time.
std::uint64_t Draw::below(std::uint64_t n) {
    require(n > 0, "there is a whole number below n");
    const int unused = std::countl_zero((n - 1) | 1U);
    std::uint64_t number = bits() >> unused;
    while (number >= n) number = bits() >> unused;
    return number;
}

double Draw::exponential(double mean) { return -mean * portable_log(uniform_open()); }

double Draw::normal() { return normal_quantile(uniform_open()); }

/// Of ln X the variance is s2 = ln(1 + variation^2) and the mean ln(mean) - s2 / 2.
double Draw::lognormal(double mean, double variation) {
    const double variance = portable_log(1 + variation * variation);
    return mean * portable_exp(std::sqrt(variance) * normal() - variance / 2);
}

/// With d = shape - 1/3, c = 1 / sqrt(9 d) and v = (1 + c x)^3 of a normal x, d v is taken where
/// ln u < x^2 / 2 + d - d v + d ln v. The power is u^(1/shape); its exponent ends at -700, where
/// portable_exp() does and the number is zero for all purposes.
/// Marsaglia and Tsang, "A simple method for generating gamma variables" (2000): a cube of a
/// normal number, seldom refused. Shapes below one are those of one more, times a power.
double Draw::gamma(double shape, double scale) {
    const double boost =
        shape < 1 ? portable_exp(std::fmax(portable_log(uniform_open()) / shape, -700)) : 1;
    const double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3;
    const double c = 1 / std::sqrt(9 * d);
    for (;;) {
        const double x = normal();
        const double root = 1 + c * x;
        const double chance = uniform_open();
        if (root <= 0) continue;
        const double v = root * root * root;
        const double allowed = x * x / 2 + d - d * v + d * portable_log(v);
        if (portable_log(chance) < allowed) return boost * d * v * scale;
    }
}

/// The middle one of n uniform numbers is a beta number: whether it is below the chance settles
/// half of the trials (Ahrens and Dieter, 1974); few are counted one by one.
/// If the middle one is below the chance, it and all that are smaller come true, and the others are
/// uniform above it; if not, it and all above come to nothing. O(log n) beta numbers.
std::uint64_t Draw::binomial(std::uint64_t n, double chance) {
    constexpr std::uint64_t few = 16;
    std::uint64_t sure = 0;
    while (n > few) {
        const std::uint64_t middle = (n + 1) / 2;
        const double left = gamma(static_cast<double>(middle), 1);
        const double right = gamma(static_cast<double>(n + 1 - middle), 1);
        const double at = left / (left + right);
        if (at <= chance) {
            sure += middle;
            n -= middle;
            chance = (chance - at) / (1 - at);
        } else {
            n = middle - 1;
            chance /= at;
        }
    }
    for (; n > 0; --n) sure += uniform() < chance ? 1 : 0;
    return sure;
}

/// Of a process of rate one in so long: jumps to its m-th event while that is far ahead.
/// The m-th event comes after a gamma number of shape m. If that lies beyond the end, the m - 1
/// before it are uniform up to it, and a binomial number says how many of them are in time. m is
/// 7/8 of the mean, so that it seldom does; each round leaves about an eighth.
std::uint64_t Draw::poisson(double mean) {
    constexpr double few = 16;
    std::uint64_t events = 0;
    while (mean > few) {
        const auto jump = static_cast<std::uint64_t>(mean * 7 / 8);
        const double when = gamma(static_cast<double>(jump), 1);
        if (when > mean) return events + binomial(jump - 1, mean / when);
        events += jump;
        mean -= when;
    }
    for (mean -= exponential(1); mean > 0; mean -= exponential(1)) ++events;
    return events;
}

/// x = 2^k m with m near one; ln m is twice the series of artanh((m - 1) / (m + 1)).
/// m lies between the roots of 1/2 and 2, so |s| < 0.172: what follows the term of s^23 is below
/// 2^-65 of the sum. The small summands are added first, or their last bits would be lost.
double portable_log(double x) {
    constexpr double half_root = 0.70710678118654752440;
    int exponent = 0;
    double m = std::frexp(x, &exponent);
    if (m < half_root) {
        m *= 2;
        --exponent;
    }
    const double s = (m - 1) / (m + 1);
    const double q = s * s;
    double sum = 0;
    for (int odd = 23; odd >= 3; odd -= 2) sum = (sum + 1.0 / odd) * q;
    const double k = exponent;
    return k * ln2_high + (2 * s + (2 * s * sum + k * ln2_low));
}

/// e^x = 2^k e^r with |r| at most half of ln 2; the series of e^r from its last term on.
/// |r| < 0.347: the first term left out, r^15 / 15!, is below 2^-62.
double portable_exp(double x) {
    constexpr double ln2 = 0.69314718055994530942;
    const double k = std::floor(x / ln2 + 0.5);
    const double r = (x - k * ln2_high) - k * ln2_low;
    double sum = 1;
    for (int term = 14; term >= 1; --term) sum = 1 + r * sum / term;
    return std::ldexp(sum, static_cast<int>(k));
}

double normal_quantile(double chance) {
    constexpr double middle = 0.425, tail = 5;
    const double q = chance - 0.5;
    if (std::fabs(q) <= middle) {
        const double r = middle * middle - q * q;
        return q * polynomial(middle_over, r) / polynomial(middle_under, r);
    }
    // the smaller side of the two: by symmetry the other differs in sign alone
    double r = std::sqrt(-portable_log(q < 0 ? chance : 1 - chance));
    if (r <= tail) {
        r -= 1.6;
        r = polynomial(tail_over, r) / polynomial(tail_under, r);
    } else {
        r -= tail;
        r = polynomial(far_over, r) / polynomial(far_under, r);
    }
    return q < 0 ? -r : r;
}

}  // namespace millwright
