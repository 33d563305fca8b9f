#include "apps/cli/log_file.h"

#include <filesystem>

#include "apps/cli/commands.h"

namespace millwright::app {

std::string measurements_from(const std::string& path) {
    constexpr std::size_t limit = 256'000'000;
    FileText file = read_file(path, limit);
    if (!file.ok) {
        throw UserFault{{{{path, 0, 0},
                          "the file " + file.why,
                          "give a table (CSV) or a log of requests; docs/reference/tables.md tells "
                          "columns and keys"}}};
    }
    return std::move(file.text);
}

RequestLog log_of(const std::string& text, const std::string& path) {
    const std::vector<std::string> beside = settings_paths(path);
    for (const std::string& settings : beside) {
        if (!std::filesystem::exists(settings)) continue;
        return value_or_throw(read_request_log(text, path, measurements_from(settings), settings));
    }
    throw UserFault{{{{path, 0, 0},
                      "no settings of the engine beside the log",
                      "write them to " + join(beside, " or ")}}};
}

}  // namespace millwright::app
