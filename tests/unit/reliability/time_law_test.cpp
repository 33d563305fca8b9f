// Laws of times: how they are written, their means, and the chance that nothing fails meanwhile.
#include <gtest/gtest.h>

#include <cmath>

#include "millwright/base/text.h"
#include "millwright/reliability/time_law.h"

namespace millwright {
namespace TEST_FILE {

TimeLaw law_of(const char* text) { return read_time_law(text, {"here", 1, 1}).value(); }

TEST(TimeLaw, IsWrittenAsItIsRead) {
    for (const char* text : {"10 min", "0 s", "exponential(2 h)", "lognormal(39 min, 2.5)"}) {
        const TimeLaw law = law_of(text);
        const TimeLaw again = law_of(to_text(law).c_str());
        EXPECT_EQ(again.kind, law.kind) << text;
        EXPECT_EQ(again.mean, law.mean) << text;
        EXPECT_EQ(again.variation, law.variation) << text;
    }
    EXPECT_EQ(law_of("lognormal(39 min, 2.5)").mean, 39 * unit::minute);
}

TEST(TimeLaw, FaultsSayWhatIsWrong) {
    const auto said = [](const char* text) {
        return to_text(read_time_law(text, {"here", 1, 1}).error());
    };
    EXPECT_NE(said("10").find("unit"), std::string::npos);
    EXPECT_NE(said("-1 s").find("less than zero"), std::string::npos);
    EXPECT_NE(said("lognormal(1 s)").find("coefficient"), std::string::npos);
    EXPECT_NE(said("lognormal(1 s, nan)").find("no number"), std::string::npos);
    EXPECT_FALSE(read_time_law("exponential(", {}));
    EXPECT_FALSE(read_time_law("", {}));
}

TEST(TimeLaw, DrawsHaveTheirMean) {
    for (const char* text : {"exponential(10 s)", "lognormal(10 s, 1.5)"}) {
        const TimeLaw law = law_of(text);
        double sum = 0;
        constexpr int draws = 40000;
        for (int i = 0; i < draws; ++i) {
            Draw draw(7, 1, static_cast<std::uint64_t>(i));
            sum += law.drawn(draw).si() / draws;
        }
        EXPECT_NEAR(sum, 10, 0.3) << text;
    }
}

// The Laplace transform: of a constant e^-x, of an exponential 1 / (1 + x); of a log-normal by
// counting draws that no failure meets.
TEST(TimeLaw, ChanceWithoutFailure) {
    const Seconds mtbf = 20 * unit::s;
    EXPECT_NEAR(chance_without_failure(law_of("10 s"), mtbf), std::exp(-0.5), 1e-14);
    EXPECT_NEAR(chance_without_failure(law_of("exponential(10 s)"), mtbf), 1 / 1.5, 1e-14);
    const TimeLaw heavy = law_of("lognormal(10 s, 2)");
    double sum = 0;
    constexpr int draws = 40000;
    for (int i = 0; i < draws; ++i) {
        Draw draw(8, 1, static_cast<std::uint64_t>(i));
        sum += std::exp(-(heavy.drawn(draw) / mtbf)) / draws;
    }
    EXPECT_NEAR(chance_without_failure(heavy, mtbf), sum, 0.005);
}

}  // namespace TEST_FILE
}  // namespace millwright
