// millwright check: are these files well formed?
#include <filesystem>
#include <iostream>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/check_folder.h"
#include "apps/cli/commands.h"
#include "millwright/base/text.h"
#include "millwright/catalog/hugging_face.h"
#include "millwright/catalog/toml_reader.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/frontier_text.h"
#include "millwright/intake/read.h"
#include "millwright/intake/shape_file.h"
#include "millwright/lawful/question.h"
#include "millwright/report/json_text.h"
#include "millwright/report/table.h"

namespace millwright::app {
namespace {

struct Checked {
    std::string path, what;
    Faults faults;
    std::optional<Model> model;
};

std::string checked_scenario(const std::string& path, const Common& common) {
    const ScenarioText text = value_or_throw(read_scenario(path));
    const Scenario scenario = value_or_throw(resolve(text, catalog(common)));
    return fmt::format("scenario with {} factories and {} jobs", scenario.factories.size(),
                       scenario.jobs.size());
}

Model checked_model(const std::string& path) {
    const FileText file = read_file(path, 4'000'000);
    if (!file.ok) {
        throw UserFault{
            {{{path, 0, 0}, "the model file " + file.why, "give the path of a config.json"}}};
    }
    return value_or_throw(model_from_config(file.text, path));
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

/// The configuration that a path names: itself, or config.json of a folder without parts.
std::string model_path(const std::string& path) {
    if (path.ends_with(".json")) return path;
    const std::string inside = (std::filesystem::path(path) / "config.json").string();
    std::error_code error;
    return std::filesystem::is_regular_file(inside, error) ? inside : "";
}

Checked checked(const std::string& path, const Common& common) {
    Checked c{.path = path};
    std::error_code error;
    if (const std::string config = model_path(path); !config.empty()) {
        c.model = checked_model(config);
        c.what = "model of " + weights_text(*c.model);
    } else if (std::filesystem::is_directory(path, error)) {
        c.what = checked_folder(path);
    } else if (has_key(path, "port")) {
        c.what = checked_fabric(path);
    } else {
        c.what = has_key(path, "party") ? checked_frontier(path, common)
                                        : checked_scenario(path, common);
    }
    return c;
}

nlohmann::ordered_json json_of(const Checked& c) {
    nlohmann::ordered_json json{{"path", c.path},
                                {"ok", c.faults.empty()},
                                {"what", c.what},
                                {"faults", nlohmann::ordered_json::array()}};
    for (const Fault& f : c.faults) {
        json["faults"].push_back({{"file", f.at.file},
                                  {"line", f.at.line},
                                  {"column", f.at.column},
                                  {"message", f.message},
                                  {"hint", f.hint}});
    }
    if (!c.model) return json;
    const WeightCount w = weights_of(*c.model);
    json["parameters"] = w.total;
    json["active_parameters"] = w.active;
    json["extra_parameters"] = w.extra;
    json["untimed"] = c.model->untimed;
    json["caveats"] = c.model->caveats;
    return json;
}

void print(const Checked& c) {
    if (!c.faults.empty()) return;
    std::cout << c.path << ": ok, " << c.what << "\n";
    if (!c.model) return;
    for (const std::string& what : c.model->untimed) {
        std::cout << wrapped("  cannot be timed yet: ", what, 4);
    }
    for (const std::string& what : c.model->caveats) std::cout << wrapped("  note: ", what, 4);
}

}  // namespace

int check_command(const std::vector<std::string>& paths, const Common& common) {
    Faults faults;
    std::vector<Checked> all;
    for (const std::string& path : paths) {
        try {
            all.push_back(checked(path, common));
        } catch (const UserFault& fault) {
            all.push_back({.path = path, .what = "", .faults = fault.faults, .model = {}});
            faults.insert(faults.end(), fault.faults.begin(), fault.faults.end());
        }
    }
    if (common.json) {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const Checked& c : all) list.push_back(json_of(c));
        std::cout << json_text(list.size() == 1 ? list.front() : list) << "\n";
    } else {
        for (const Checked& c : all) print(c);
    }
    if (!faults.empty()) throw UserFault{faults};
    return exit_done;
}

}  // namespace millwright::app
