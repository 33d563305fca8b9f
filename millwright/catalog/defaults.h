// Parts of the catalog that stand in where a question names none; what stood in is told.
#pragma once

#include <string_view>

namespace millwright {

inline constexpr std::string_view default_fabric = "rail-fat-tree";
inline constexpr std::string_view default_server = "hgx-h100";  // of a system known by its chip

}  // namespace millwright
