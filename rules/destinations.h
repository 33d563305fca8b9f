// Country groups of 15 CFR 740 supplement 1, as far as advanced-computing rules use them.
#pragma once

#include <string_view>

#include "base/date.h"

namespace millwright {

/// When the lists were last compared with the regulation.
inline constexpr Date destinations_verified_on = on(2026, 6, 20);

bool in_d1(std::string_view country);
bool in_d4(std::string_view country);
bool in_d5(std::string_view country);
bool in_a5(std::string_view country);
bool in_a6(std::string_view country);

/// Two capital letters, as ISO 3166 codes are written.
bool is_country_code(std::string_view country);

/// China with Hong Kong, and Macau.
bool is_china(std::string_view country);
bool is_macau(std::string_view country);

/// Country group D:5 or Macau: the parties that presumption of denial meets.
bool is_arms_embargoed(std::string_view country);

/// Macau, or D:1, D:4 or D:5 and neither A:5 nor A:6.
bool needs_licence_scope(std::string_view country);

}  // namespace millwright
