// millwright check: are these files well formed?
#include <filesystem>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/commands.h"
#include "base/text.h"
#include "catalog/hugging_face.h"
#include "catalog/toml_reader.h"
#include "report/json_text.h"
#include "scenario/frontier_text.h"
#include "scenario/read.h"
#include "scenario/resolve.h"
#include "scenario/rule_query.h"
#include "scenario/shape_file.h"

namespace millwright::app {
namespace {

struct Checked {
    std::string path, what;
};

std::string checked_scenario(const std::string& path, const Common& common) {
    const ScenarioText text = value_or_throw(read_scenario(path));
    const Scenario scenario = value_or_throw(resolve(text, catalog(common)));
    return fmt::format("scenario with {} factories and {} jobs", scenario.factories.size(),
                       scenario.jobs.size());
}

std::string checked_model(const std::string& path) {
    const FileText file = read_file(path, 4'000'000);
    if (!file.ok) throw UserFault{{{{path, 0, 0}, "the model file " + file.why, ""}}};
    const Model model = value_or_throw(model_from_config(file.text, path));
    return fmt::format("model of {:.4g} billion weights, {:.4g} billion met by a token",
                       parameters(model) / 1e9, active_parameters(model) / 1e9);
}

/// Whether a file is of a kind, by a table or key that no other kind has: a frontier by its
/// parties, a fabric by its ports.
bool has_key(const std::string& path, std::string_view key) {
    const FileText file = read_file(path, scenario_file_limit);
    const auto root = parse_toml(file.text, path);
    return file.ok && root && root->contains(key);
}

std::string checked_fabric(const std::string& path) {
    const FabricShape shape = value_or_throw(read_shape(path));
    return fmt::format("fabric, {}, of {:.0f} endpoints", name_of(shape.kind), capacity_of(shape));
}

std::string checked_frontier(const std::string& path, const Common& common) {
    const FrontierText text = value_or_throw(read_frontier(path));
    const Frontier frontier = value_or_throw(resolve(text, catalog(common)));
    return fmt::format("frontier of {} buyers over {} months", frontier.parties.size(),
                       frontier.months.size());
}

std::string checked(const std::string& path, const Common& common) {
    if (std::filesystem::is_directory(path)) {
        value_or_throw(resolve_rulebook(value_or_throw(load_catalog(path))));
        return "catalog folder";
    }
    if (path.ends_with(".json")) return checked_model(path);
    if (has_key(path, "port")) return checked_fabric(path);
    return has_key(path, "party") ? checked_frontier(path, common) : checked_scenario(path, common);
}

}  // namespace

int check_command(const std::vector<std::string>& paths, const Common& common) {
    Faults faults;
    std::vector<Checked> good;
    for (const std::string& path : paths) {
        try {
            good.push_back({path, checked(path, common)});
        } catch (const UserFault& fault) {
            faults.insert(faults.end(), fault.faults.begin(), fault.faults.end());
        }
    }
    if (common.json) {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const Checked& c : good) list.push_back({{"path", c.path}, {"what", c.what}});
        std::cout << json_text(list) << "\n";
    } else {
        for (const Checked& c : good) std::cout << c.path << ": ok, " << c.what << "\n";
    }
    if (!faults.empty()) throw UserFault{faults};
    return exit_done;
}

}  // namespace millwright::app
