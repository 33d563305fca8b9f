// Numbers of things in words.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace millwright {

/// "1 chip", "12 chips"; `many` where the plural is not the singular with an s.
template <class Number>
std::string counted(Number number, std::string_view one, std::string_view many = {}) {
    const bool single = static_cast<double>(number) == 1;
    return fmt::format("{:.0f} {}{}", static_cast<double>(number),
                       single || many.empty() ? one : many, single || !many.empty() ? "" : "s");
}

}  // namespace millwright
