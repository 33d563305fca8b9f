// Random numbers as a function of seed, stream and counter: no state, no order of calls, the same
// bits on every machine and for any number of threads.
//
// The bits are Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1,
// 2, 3", SC 2011): the seed is its key; stream, counter and block its 128-bit counter, so that
// streams and draws never overlap. Laws are made of them by additions, products, quotients and
// square roots, which IEEE 754 fixes to the bit; logarithms and exponentials are series of our own
// (`portable_log`, `portable_exp`), as those of C libraries differ in the last bit. The build
// allows no fused multiply-add, which would differ too.
//
// Give each thing that draws a stream of its own (a server, a request, a purpose), and each of its
// events a counter: what one of them draws then never moves what another does.
#pragma once

#include <array>
#include <cstdint>

namespace millwright {

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

/// Four random words for a counter under a key.
PhiloxCounter philox(PhiloxCounter counter, PhiloxKey key);

/// The numbers of one draw, one after another; as a rule one is enough. A draw has 131,072 words
/// of 64 bits; no law here comes near that.
class Draw {
public:
    /// `counter` is below 2^48.
    Draw(std::uint64_t seed, std::uint64_t stream, std::uint64_t counter);

    /// 64 bits, each as likely set as not.
    std::uint64_t bits();

    /// At least zero and below one, in steps of 2^-53.
    double uniform();

    /// Above zero and below one.
    double uniform_open();

    /// A whole number below `n`, each as likely as the others to the last bit; `n` above zero.
    std::uint64_t below(std::uint64_t n);

    /// By inversion, one word a number.
    double exponential(double mean);

    /// With mean zero and deviation one; rises with the bits it is made of, one word a number.
    double normal();

    /// By its mean and its coefficient of variation, deviation over mean.
    double lognormal(double mean, double variation);

    /// `shape` and `scale` above zero; a few words a number, as many as are refused.
    /// With mean shape x scale and variance shape x scale^2.
    double gamma(double shape, double scale);

    /// How many of `n` trials come true, each with the same chance.
    std::uint64_t binomial(std::uint64_t n, double chance);

    /// How many events of a process of rate one fall into `mean` units of time; none where that is
    /// zero or less.
    std::uint64_t poisson(double mean);

private:
    PhiloxKey key_;
    PhiloxCounter counter_;
    PhiloxCounter words_{};
    unsigned left_ = 0;  // pairs of words not yet given
};

/// A seed and a stream; `at` is the draw of a counter.
struct RandomStream {
    std::uint64_t seed = 0;
    std::uint64_t stream = 0;

    Draw at(std::uint64_t counter) const { return {seed, stream, counter}; }
};

/// The natural logarithm of a positive number, within two units of the last place.
double portable_log(double x);

/// e^x for |x| <= 700, within two units of the last place.
double portable_exp(double x);

/// The x below which a normal number of mean zero and deviation one lies with this chance, between
/// zero and one (Wichura, algorithm AS 241, 1988), to 1e-15 of itself.
double normal_quantile(double chance);

}  // namespace millwright
