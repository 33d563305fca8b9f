#include "apps/cli/output.h"

#include <filesystem>
#include <iostream>

#include <nlohmann/json.hpp>

#include "millwright/base/names.h"

namespace millwright::app {
namespace {

/// What the results in the folder call themselves; empty if there are none that do, as in a file
/// that is cut off or of another program.
std::string name_there(const std::filesystem::path& path) {
    constexpr std::size_t limit = 256'000'000;
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) return "";
    const FileText file = read_file(path.string(), limit);
    const auto json = nlohmann::json::parse(file.text, nullptr, false);
    if (!json.is_object() || !json.contains("name") || !json["name"].is_string()) return "";
    return json["name"].get<std::string>();
}

}  // namespace

std::string output_folder(const std::string& out, const std::string& name, const std::string& file,
                          const std::vector<std::string>& files) {
    const std::string folder = out.empty() ? "out/" + folder_name(name) : out;
    if (Faults faults = check_output(folder, files); !faults.empty()) throw UserFault{faults};
    const std::filesystem::path there = std::filesystem::path(folder) / file;
    std::error_code error;
    if (!std::filesystem::exists(there, error)) return folder;
    const std::string other = name_there(there);
    if (other == name) return folder;
    if (out.empty()) {
        throw UserFault{{{{there.string(), 0, 0},
                          "holds results of another name, '" + other + "'",
                          "choose a folder with --out DIR, or move that one away"}}};
    }
    std::cerr << "note: " << there.string() << " held results of another name, '" << other
              << "'; they are replaced\n";
    return folder;
}

void write_or_throw(const std::string& folder, const std::vector<OutputFile>& files,
                    const Stale& stale) {
    if (Faults faults = write_output(folder, files, stale); !faults.empty()) {
        throw UserFault{std::move(faults)};
    }
}

}  // namespace millwright::app
