// The shelf of rule regimes: what took effect when, and where it is written.
#pragma once

#include <span>
#include <string_view>

#include "base/date.h"

namespace millwright {

struct Regime {
    std::string_view id;
    std::string_view title;
    std::string_view citation;
    Date announced;
    Date effective;
    Date ended;  // Date{} while in force
    std::string_view confidence;
};

std::span<const Regime> regimes();

/// The regime of that id; throws if there is none.
const Regime& regime(std::string_view id);

/// Effective on `date` and not yet ended.
bool in_force(std::string_view id, const Date& date);

}  // namespace millwright
