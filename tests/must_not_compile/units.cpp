// Unit mistakes that the type system refuses; one a case.
#include "millwright/base/quantity.h"

using namespace millwright;

void cases() {
    [[maybe_unused]] const Bandwidth rate = 900 * unit::GBps;
#if CASE == 0
    [[maybe_unused]] const Seconds time = 80 * unit::GB / rate;
#elif CASE == 1
    [[maybe_unused]] const Bandwidth bare = 900.0;  // no unit
#elif CASE == 2
    [[maybe_unused]] const auto sum = 80 * unit::GB + rate;  // amount and rate
#elif CASE == 3
    [[maybe_unused]] const Seconds wrong = rate / (80 * unit::GB);  // upside down
#elif CASE == 4
    [[maybe_unused]] const double number = rate;  // leaves without a unit
#elif CASE == 5
    [[maybe_unused]] const double number = rate.in(unit::GB);  // rate in an amount
#elif CASE == 6
    [[maybe_unused]] const bool less = unit::W < unit::J;  // power and energy
#elif CASE == 7
    [[maybe_unused]] const Dollars cost = 0.08 * unit::USD / unit::kWh * unit::MW;  // no time
#elif CASE == 8
    [[maybe_unused]] const FlopRate flops = 989.5 * unit::TFLOP;  // amount for a rate
#elif CASE == 9
    [[maybe_unused]] const Bytes capacity = 80 * unit::GBps;  // rate for an amount
#elif CASE == 10
    [[maybe_unused]] const Area area = 814 * unit::m3;  // volume for an area
#elif CASE == 11
    [[maybe_unused]] const Mass gases = 380 * unit::gram / unit::kWh;  // no energy
#endif
}
