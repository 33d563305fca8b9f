// Files of data/ as compiled into the program; the list is made by the build.
#pragma once

#include <span>
#include <string_view>

namespace millwright {

/// Both texts live as long as the program.
struct EmbeddedFile {
    std::string_view path;  // below data/, such as "chips/h100-sxm.toml"
    std::string_view text;
};

/// Every file of data/, made by cmake/embed.cmake.
std::span<const EmbeddedFile> embedded_files();

}  // namespace millwright
