// Files of data/ as compiled into the program; the list is made by the build.
#pragma once

#include <span>
#include <string_view>

namespace millwright {

struct EmbeddedFile {
    std::string_view path;  // below data/, such as "chips/h100-sxm.toml"
    std::string_view text;
};

std::span<const EmbeddedFile> embedded_files();

}  // namespace millwright
