// The command that starts one replica on its engine, by the options of a release.
#pragma once

#include <string>
#include <vector>

#include "millwright/api/serve.h"
#include "millwright/parts/engine.h"

namespace millwright {

inline constexpr std::string_view option_in_file = "file: ", option_mark = "{}",
                                  option_mark_and_one = "{+1}";

/// Words of the command, lines of the file of options that it names (none: it needs no file), and
/// what it cannot say.
struct EngineCommand {
    std::vector<std::string> words, options, notes;
};

/// Of the replicas of one pool of a feasible deployment; `options_path` is where the file of
/// options lies.
EngineCommand engine_command(const EngineLaunch& launch, const std::string& model,
                             const ServeAnswer& answer, const ServePool& pool,
                             const std::string& options_path);

/// As hubs call it, where the catalog knows.
std::string hub_name(const Catalog& catalog, const std::string& named);

}  // namespace millwright
