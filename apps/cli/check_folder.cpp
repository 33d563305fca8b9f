#include "apps/cli/check_folder.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/commands.h"
#include "millwright/intake/rule_query.h"
#include "millwright/trace/chakra.h"

namespace millwright::app {
namespace {

namespace fs = std::filesystem;

std::size_t files_of(const fs::path& folder, const std::vector<std::string>& extensions) {
    std::error_code error;
    const fs::directory_iterator entries(folder, error);
    return static_cast<std::size_t>(std::count_if(begin(entries), end(entries), [&](const auto& e) {
        return std::ranges::find(extensions, e.path().extension().string()) != extensions.end();
    }));
}

/// How many parts of each kind the folder adds or replaces: "2 chips, 1 servers".
std::string checked_catalog(const std::string& path) {
    value_or_throw(resolve_rulebook(value_or_throw(load_catalog(path))));
    std::vector<std::string> counts;
    for (const std::string& kind : part_kinds()) {
        std::vector<std::string> extensions{".toml"};
        if (kind == "models") extensions.emplace_back(".json");
        const std::size_t count = files_of(fs::path(path) / kind, extensions);
        if (count > 0) counts.push_back(fmt::format("{} {}", count, kind));
    }
    if (!counts.empty()) return "catalog folder: " + join(counts, ", ");
    throw UserFault{{{{path, 0, 0},
                      "the folder holds no parts of a catalog",
                      "a part is a file such as chips/NAME.toml"}}};
}

}  // namespace

std::string checked_folder(const std::string& path) {
    if (files_of(path, {".et", ".json"}) == 0) return checked_catalog(path);
    const ChakraTrace trace = value_or_throw(read_chakra(path));
    return fmt::format("Chakra trace of {} ranks", trace.ranks.size());
}

}  // namespace millwright::app
