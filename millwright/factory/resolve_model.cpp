// Names and paths to models.
#include <filesystem>

#include <fmt/format.h>

#include "millwright/base/paths.h"
#include "millwright/base/text.h"
#include "millwright/catalog/hugging_face.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace {

/// The file of a model that is no part of the catalog: a configuration, or a folder with one.
std::string config_path(const std::string& name, const Place& at) {
    if (name.ends_with(".json")) return beside(at.file, name);
    const std::filesystem::path inside =
        std::filesystem::path(beside(at.file, name)) / "config.json";
    // must not throw: most names are no paths
    std::error_code error;
    return std::filesystem::exists(inside, error) ? inside.string() : "";
}

}  // namespace

Result<Model> resolve_model(const Catalog& catalog, const std::string& name, const Place& at) {
    if (const Model* model = find_part(catalog.models, name)) return *model;
    const std::string path = config_path(name, at);
    if (path.empty()) {
        return failure({at, "no model '" + name + "' in the catalog",
                        name_hint(catalog.models, name, "models") +
                            "; a config.json, or a folder with one, works too"});
    }
    // configurations have a few kilobytes; what is larger is some other file
    const FileText file = read_file(path, 4'000'000);
    if (!file.ok) {
        return failure(
            {at, "the model file '" + path + "' " + file.why, "give the path of a config.json"});
    }
    return model_from_config(file.text, path);
}

}  // namespace millwright
