// Paths that a file names.
#pragma once

#include <filesystem>
#include <string>

namespace millwright {

/// A relative path is read from the folder of the file that names it, if it is there.
inline std::string beside(const std::string& file, const std::string& path) {
    const std::filesystem::path near = std::filesystem::path(file).parent_path() / path;
    std::error_code error;
    return std::filesystem::exists(near, error) ? near.string() : path;
}

}  // namespace millwright
