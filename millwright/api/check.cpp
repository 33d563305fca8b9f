// A path does not say what it is, so the order in which kinds are tried counts. A configuration of
// a model is known by its name, and so is a folder that holds one. Of other folders those with
// files of ranks are traces, the rest are read as catalogs. Files are told apart by keys that one
// kind alone has; what has none of them is read as a scenario.
#include "millwright/api/check.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/text.h"
#include "millwright/catalog/hugging_face.h"
#include "millwright/catalog/toml_reader.h"
#include "millwright/compute/weights.h"
#include "millwright/fabric/failures.h"
#include "millwright/factory/overrides.h"
#include "millwright/intake/frontier_text.h"
#include "millwright/intake/read.h"
#include "millwright/intake/rule_query.h"
#include "millwright/intake/shape_file.h"
#include "millwright/lawful/question.h"
#include "millwright/study/uncertain_inputs.h"
#include "millwright/trace/chakra.h"

namespace millwright {
namespace {

namespace fs = std::filesystem;

/// Resolved, not run: what no factory can do is an answer, and no fault of the file.
Result<CheckAnswer> check_scenario(const std::string& path, const Catalog& catalog) {
    const auto told = [](const Resolved& resolved) {
        const Scenario& s = resolved.scenario;
        return CheckAnswer{.what = fmt::format("scenario with {} and {}",
                                               counted(s.factories.size(), "factory", "factories"),
                                               counted(s.jobs.size(), "job"))};
    };
    return read_scenario(path)
        .and_then([&](const ScenarioText& text) -> Result<Resolved> {
            auto resolved = resolve_with_overrides(text, catalog);
            if (!resolved) return resolved;
            const auto ranged = ranged_inputs(text, *resolved->catalog);
            if (!ranged) return failure(ranged.error());
            return resolved;
        })
        .map(told);
}

Result<CheckAnswer> check_frontier(const std::string& path, const Catalog& catalog) {
    const auto told = [](const Frontier& f) {
        return CheckAnswer{.what = fmt::format("frontier of {} over {}",
                                               counted(f.parties.size(), "buyer"),
                                               counted(f.months.size(), "month"))};
    };
    return read_frontier(path)
        .and_then([&](const FrontierText& text) { return resolve(text, catalog); })
        .map(told);
}

/// A shape has no size yet; links that it has at no size can be told all the same.
Result<CheckAnswer> check_fabric(const std::string& path) {
    const auto shape = read_shape(path);
    if (!shape) return failure(shape.error());
    Faults faults;
    for (const std::string& name : unknown_links(*shape)) {
        faults.push_back({{path, 0, 0},
                          fmt::format("no link '{}' in the fabric", name),
                          "--link-table FILE of `millwright flows` lists all"});
    }
    if (!faults.empty()) return failure(std::move(faults));
    return CheckAnswer{.what = fmt::format("fabric, {}, of {}", name_of(shape->kind),
                                           counted(capacity_of(*shape), "endpoint"))};
}

/// Models of the catalog have layers that operations describe; here they may lack them, which is
/// told with the answer, so that a configuration can be looked at before it can be timed.
Result<CheckAnswer> check_model(const std::string& path) {
    constexpr std::size_t limit = 4'000'000;
    const FileText file = read_file(path, limit);
    if (!file.ok) {
        return failure(
            {{path, 0, 0}, "the model file " + file.why, "give the path of a config.json"});
    }
    return model_from_config(file.text, path).map([](Model model) {
        std::string what = "model of " + weights_text(model);
        return CheckAnswer{std::move(what), std::move(model)};
    });
}

/// Files of the folder itself; none where it cannot be read.
std::size_t files_of(const fs::path& folder, const std::vector<std::string>& extensions) {
    std::error_code error;
    const fs::directory_iterator entries(folder, error);
    return static_cast<std::size_t>(std::count_if(begin(entries), end(entries), [&](const auto& e) {
        return std::ranges::find(extensions, e.path().extension().string()) != extensions.end();
    }));
}

/// How many parts of each kind the folder adds or replaces: "2 chips, 1 server". All parts were
/// read by then, so files are counted. A folder without any is a fault: a wrong path would be sound
/// otherwise.
Result<CheckAnswer> check_catalog(const std::string& path) {
    const auto catalog = load_catalog(path);
    if (!catalog) return tl::make_unexpected(catalog.error());
    if (const auto book = resolve_rulebook(*catalog); !book) {
        return tl::make_unexpected(book.error());
    }
    std::vector<std::string> counts;
    for (const std::string& kind : part_kinds()) {
        std::vector<std::string> extensions{".toml"};
        if (kind == "models") extensions.emplace_back(".json");
        const std::size_t count = files_of(fs::path(path) / kind, extensions);
        if (count == 0) continue;
        with_kind(kind,
                  [&](const auto& k) { counts.push_back(counted(count, k.singular, k.name)); });
    }
    if (!counts.empty()) return CheckAnswer{.what = "catalog folder: " + join(counts, ", ")};
    return failure({{path, 0, 0},
                    "the folder holds no parts of a catalog",
                    "a part is a file such as chips/NAME.toml"});
}

Result<CheckAnswer> check_folder(const std::string& path) {
    if (files_of(path, {".et", ".json"}) == 0) return check_catalog(path);
    return read_chakra(path).map([](const ChakraTrace& trace) {
        return CheckAnswer{.what = "Chakra trace of " + counted(trace.ranks.size(), "rank")};
    });
}

/// Whether a file has one of these keys or tables, which no other kind of file has. A file that is
/// no TOML has none: it is read as a scenario, whose reader says what is wrong.
bool has_key(const std::string& path, std::initializer_list<std::string_view> keys) {
    const FileText file = read_file(path, scenario_file_limit);
    const auto root = parse_toml(file.text, path);
    if (!file.ok || !root) return false;
    return std::ranges::any_of(keys, [&](std::string_view key) { return root->contains(key); });
}

bool is_fabric(const std::string& path) {
    return has_key(path, {"kind", "port", "hop", "tier", "domain", "dragonfly", "dimensions"});
}

/// The configuration that a path names: itself, or config.json of a folder without parts.
std::string model_path(const std::string& path) {
    if (path.ends_with(".json")) return path;
    const std::string inside = (fs::path(path) / "config.json").string();
    std::error_code error;
    return fs::is_regular_file(inside, error) ? inside : "";
}

}  // namespace

Result<CheckAnswer> check(const CheckQuestion& question, const Setting& setting) {
    const std::string& path = question.path;
    std::error_code error;
    if (const std::string config = model_path(path); !config.empty()) return check_model(config);
    if (fs::is_directory(path, error)) return check_folder(path);
    if (is_fabric(path)) return check_fabric(path);
    return has_key(path, {"party"}) ? check_frontier(path, setting.catalog)
                                    : check_scenario(path, setting.catalog);
}

}  // namespace millwright
