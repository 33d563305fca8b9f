#include "report/files.h"

#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace millwright {
namespace {

namespace fs = std::filesystem;

fs::path temporary(const fs::path& folder, const OutputFile& file) {
    const fs::path path = folder / file.name;
    return path.parent_path() / ("." + path.filename().string() + ".partial");
}

bool write_whole(const fs::path& path, const std::string& text) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.close();
    return out.good();
}

void remove_partials(const fs::path& folder, const std::vector<OutputFile>& files) {
    std::error_code error;
    for (const OutputFile& file : files) fs::remove(temporary(folder, file), error);
}

Fault cannot_write(const fs::path& path) {
    return {{path.string(), 0, 0},
            "cannot write here",
            "choose another folder with --out; check its rights and the space left"};
}

}  // namespace

Faults check_output(const std::string& folder) {
    std::error_code error;
    if (folder.empty()) return {{{"", 0, 0}, "the output folder has no name", "give --out DIR"}};
    fs::path path = fs::absolute(folder, error).lexically_normal();
    if (fs::exists(path, error) && !fs::is_directory(path, error)) {
        return {{{folder, 0, 0}, "is a file, not a folder", "choose another name for --out"}};
    }
    while (!fs::exists(path, error) && path.has_parent_path() && path != path.parent_path()) {
        path = path.parent_path();
    }
    const bool writable = fs::is_directory(path, error) && access(path.c_str(), W_OK) == 0;
    return writable ? Faults{} : Faults{cannot_write(folder)};
}

Faults write_output(const std::string& folder, const std::vector<OutputFile>& files) {
    std::error_code error;
    fs::create_directories(folder, error);
    for (const OutputFile& file : files) {
        if (!error) fs::create_directories((fs::path(folder) / file.name).parent_path(), error);
    }
    if (error) return {cannot_write(folder)};
    for (const OutputFile& file : files) {
        if (write_whole(temporary(folder, file), file.text)) continue;
        remove_partials(folder, files);
        return {cannot_write(fs::path(folder) / file.name)};
    }
    for (const OutputFile& file : files) {
        fs::rename(temporary(folder, file), fs::path(folder) / file.name, error);
        if (!error) continue;
        remove_partials(folder, files);
        return {cannot_write(fs::path(folder) / file.name)};
    }
    return {};
}

}  // namespace millwright
