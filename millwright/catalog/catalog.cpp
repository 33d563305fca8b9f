#include "millwright/catalog/catalog.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>

#include "millwright/base/names.h"
#include "millwright/base/text.h"
#include "millwright/catalog/embedded.h"
#include "millwright/catalog/hugging_face.h"
#include "millwright/catalog/references.h"
#include "millwright/catalog/rule_reader.h"
#include "millwright/catalog/toml_reader.h"

namespace millwright {
namespace {

constexpr std::size_t part_file_limit = 4'000'000;

/// Reads [sources.*] of a part file and gives each an entry in the catalog.
void read_sources(Catalog& catalog, TomlReading& r, const toml::table& root,
                  const std::string& id) {
    const toml::table* list = root["sources"].as_table();
    if (list == nullptr) return;
    for (const auto& [name, node] : *list) {
        const toml::table* table = node.as_table();
        if (table == nullptr) {
            r.fault(node, "a source needs a table with title, publisher and grade",
                    "write [sources.NAME] and its fields below it");
            continue;
        }
        Source source;
        read_fields(r, *table, "source '" + std::string(name.str()) + "'", source);
        toml_detail::check_keys(r, *table, field_keys<Source>(), "");
        if (!source.dated.empty() && !is_publication_date(source.dated)) {
            r.fault(*table, "'" + excerpt(source.dated) + "' in 'dated' is no date",
                    "write YYYY, YYYY-MM or YYYY-MM-DD");
        }
        source.id = id + "/" + std::string(name.str());
        r.sources[std::string(name.str())] = static_cast<SourceId>(catalog.sources.size());
        catalog.sources.push_back(std::move(source));
    }
}

template <class Part>
void read_nested(TomlReading&, const toml::table&, Part&, std::set<std::string>&) {}

template <class Kernels>
void read_table(TomlReading& r, const toml::table& root, const std::string& key, Kernels& into,
                std::set<std::string>& known) {
    for (const std::string& field : field_keys<Kernels>()) known.insert(key + "." + field);
    const toml::node* node = toml_detail::at_path(root, key);
    if (node != nullptr && node->is_table()) read_fields(r, *node->as_table(), key, into);
}

/// [gemm.bf16], [attention] and their like, one table of figures each.
void read_nested(TomlReading& r, const toml::table& root, KernelFamily& family,
                 std::set<std::string>& known) {
    for_each_table(family,
                   [&](const char* key, auto& table) { read_table(r, root, key, table, known); });
}

void read_nested(TomlReading& r, const toml::table& root, Rule& rule,
                 std::set<std::string>& known) {
    read_rule_tables(r, root, rule, known);
}

void read_nested(TomlReading& r, const toml::table& root, Authority& authority,
                 std::set<std::string>& known) {
    read_authority_tables(r, root, authority, known);
}

template <class Part>
void put(std::vector<Part>& parts, Part part) {
    const auto same = std::find_if(parts.begin(), parts.end(),
                                   [&](const Part& other) { return other.id == part.id; });
    if (same != parts.end()) {
        *same = std::move(part);
    } else {
        parts.push_back(std::move(part));
    }
}

void note_places(const TomlReading& r, const toml::table& table, const std::string& prefix,
                 PartPlace& place) {
    for (const auto& [key, node] : table) {
        const std::string name = prefix + std::string(key.str());
        if (node.is_string()) place.at[name] = r.place(node);
        if (const toml::table* inner = node.as_table()) note_places(r, *inner, name + ".", place);
    }
}

/// What a part file is read into; `place` is null for built-in parts.
struct PartTarget {
    Catalog& catalog;
    const std::string& id;
    PartPlace* place;
};

template <class Part>
Faults read_part(const PartTarget& target, std::vector<Part>& parts, std::string_view text,
                 const std::string& file) {
    auto& [catalog, id, place] = target;
    auto root = parse_toml(text, file);
    if (!root) {
        if (place != nullptr && find_part(parts, id) == nullptr) {
            parts.emplace_back();
            parts.back().id = id;
        }
        return root.error();
    }
    TomlReading r{.file = file, .sources = {}, .faults = {}};
    if (place != nullptr) note_places(r, *root, "", *place);
    read_sources(catalog, r, *root, id);
    Part part;
    part.id = id;
    read_fields(r, *root, "the file", part);
    std::set<std::string> known = field_keys<Part>();
    read_nested(r, *root, part, known);
    root->erase("sources");
    toml_detail::check_keys(r, *root, known, "");
    if (r.faults.empty() || place != nullptr) put(parts, std::move(part));
    return r.faults;
}

template <class Part>
bool named(const Part& part, const std::string& wanted) {
    if (slug(part.id) == wanted || slug(part.name) == wanted) return true;
    if constexpr (requires { part.aliases; }) {
        return std::any_of(part.aliases.begin(), part.aliases.end(),
                           [&](const std::string& alias) { return slug(alias) == wanted; });
    }
    return false;
}

Catalog load_embedded() {
    Catalog catalog;
    Faults faults;
    for (const EmbeddedFile& file : embedded_files()) {
        if (file.path.starts_with("topologies/")) continue;  // scenario/shape_file reads them
        const std::size_t dash = file.path.find('/');
        const std::string stem = std::filesystem::path(file.path).stem().string();
        const Faults found = add_part(catalog, file.path.substr(0, dash), stem, file.text,
                                      "data/" + std::string(file.path));
        faults.insert(faults.end(), found.begin(), found.end());
    }
    if (faults.empty()) faults = reference_faults(catalog);
    if (!faults.empty()) throw std::logic_error("built-in catalog: " + to_text(faults));
    return catalog;
}

bool holds_parts(const std::filesystem::path& folder) {
    std::error_code error;
    const std::filesystem::directory_iterator entries(folder, error);
    return std::any_of(begin(entries), end(entries), [](const auto& entry) {
        return entry.path().extension() == ".toml" || entry.path().extension() == ".json";
    });
}

/// One file of a folder of parts.
Faults add_file(Catalog& catalog, const std::string& kind, const std::filesystem::path& path,
                PartPlaces& places) {
    const auto refused = [&](std::string message, std::string hint) {
        return Faults{{{path.string(), 0, 0}, std::move(message), std::move(hint)}};
    };
    if (first_control(path.stem().string()) != std::string::npos) {
        return refused("the file name holds control characters or is not UTF-8",
                       "it names the part: give it a plain name");
    }
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) {  // a pipe would be waited for
        return refused("this is not a regular file", "a part is a file: take this away");
    }
    const FileText file = read_file(path.string(), part_file_limit);
    if (!file.ok) return refused("the file " + file.why, "mend it or take it away");
    return add_part(catalog, kind, path.stem().string(), file.text, path.string(), &places);
}

Faults add_folder(Catalog& catalog, const std::filesystem::path& folder, const std::string& kind,
                  PartPlaces& places) {
    Faults faults;
    std::error_code error;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder / kind, error)) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const std::filesystem::path& path : files) {
        const bool config = kind == "models" && path.extension() == ".json";
        if (path.extension() != ".toml" && !config) continue;
        const Faults found = add_file(catalog, kind, path, places);
        faults.insert(faults.end(), found.begin(), found.end());
    }
    return faults;
}

/// Subfolders that hold parts (TOML or JSON) must be of a kind, and one must be there.
Faults kind_faults(const std::string& folder) {
    const std::vector<std::string> kinds = part_kinds();
    Faults faults;
    bool any = false;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (!entry.is_directory(error)) continue;
        const std::string name = entry.path().filename().string();
        if (std::find(kinds.begin(), kinds.end(), name) != kinds.end()) {
            any = true;
        } else if (!name.starts_with('.') && holds_parts(entry.path())) {
            faults.push_back({{entry.path().string(), 0, 0},
                              fmt::format("no kind of part is called '{}'", name),
                              hint_from(name, kinds, "kinds")});
        }
    }
    std::sort(faults.begin(), faults.end(),
              [](const Fault& a, const Fault& b) { return a.at.file < b.at.file; });
    if (!any && faults.empty()) {
        faults.push_back({{folder, 0, 0},
                          "the folder holds no parts of a catalog",
                          "parts are in subfolders: " + join(kinds, ", ")});
    }
    return faults;
}

}  // namespace

std::vector<std::string> part_kinds() {
    return {"chips", "links",  "switches",    "servers",  "fabrics", "models",
            "sites", "prices", "frameworks",  "bands",    "kernels", "collectives",
            "rules", "groups", "authorities", "processes"};
}

namespace {

Faults add_config(Catalog& catalog, const std::string& id, std::string_view text,
                  const std::string& file) {
    auto model = model_from_config(text, file);
    if (!model) return model.error();
    catalog.sources.push_back(config_source(id, file));
    model->id = id;
    cite(*model, static_cast<SourceId>(catalog.sources.size() - 1));
    put(catalog.models, std::move(*model));
    return {};
}

Faults add_kind(const PartTarget& to, std::string_view kind, std::string_view text,
                const std::string& file) {
    Catalog& c = to.catalog;
    if (kind == "chips") return read_part(to, c.chips, text, file);
    if (kind == "links") return read_part(to, c.links, text, file);
    if (kind == "switches") return read_part(to, c.switches, text, file);
    if (kind == "servers") return read_part(to, c.servers, text, file);
    if (kind == "fabrics") return read_part(to, c.fabrics, text, file);
    if (kind == "sites") return read_part(to, c.sites, text, file);
    if (kind == "prices") return read_part(to, c.prices, text, file);
    if (kind == "bands") return read_part(to, c.bands, text, file);
    if (kind == "frameworks") return read_part(to, c.frameworks, text, file);
    if (kind == "kernels") return read_part(to, c.kernels, text, file);
    if (kind == "collectives") return read_part(to, c.collectives, text, file);
    if (kind == "processes") return read_part(to, c.processes, text, file);
    if (kind == "rules") return read_part(to, c.rules, text, file);
    if (kind == "authorities") return read_part(to, c.authorities, text, file);
    if (kind == "groups") return read_part(to, c.groups, text, file);
    if (kind != "models") {
        return {{{file, 0, 0},
                 fmt::format("no kind of part is called '{}'", kind),
                 hint_from(kind, part_kinds(), "kinds")}};
    }
    return file.ends_with(".json") ? add_config(c, to.id, text, file)
                                   : read_part(to, c.models, text, file);
}

}  // namespace

Faults add_part(Catalog& catalog, std::string_view kind, const std::string& id,
                std::string_view text, const std::string& file, PartPlaces* places) {
    if (places == nullptr) return add_kind({catalog, id, nullptr}, kind, text, file);
    PartPlace& place = (*places)[fmt::format("{}/{}", kind, id)];
    place = {.file = file};
    Faults faults = add_kind({catalog, id, &place}, kind, text, file);
    place.sound = faults.empty();
    return faults;
}

const Catalog& built_in_catalog() {
    static const Catalog catalog = load_embedded();
    return catalog;
}

Result<Catalog> load_catalog(const std::string& folder) {
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error)) {
        const bool there = std::filesystem::exists(folder, error);
        return failure(
            {{folder, 0, 0},
             there ? "this is a file; a catalog is a folder" : "the catalog folder does not exist",
             "it holds subfolders such as chips, servers and models"});
    }
    Faults faults = kind_faults(folder);
    Catalog catalog = built_in_catalog();
    PartPlaces places;
    for (const std::string& kind : part_kinds()) {
        const Faults found = add_folder(catalog, folder, kind, places);
        faults.insert(faults.end(), found.begin(), found.end());
    }
    const Faults found = reference_faults(catalog, places);
    faults.insert(faults.end(), found.begin(), found.end());
    if (!faults.empty()) return failure(in_order(std::move(faults)));
    return catalog;
}

template <class Part>
const Part* find_part(const std::vector<Part>& parts, std::string_view name) {
    const std::string wanted = slug(name);
    if (wanted.empty()) return nullptr;
    for (const Part& part : parts) {
        if (part.id == name) return &part;
    }
    for (const Part& part : parts) {
        if (named(part, wanted)) return &part;
    }
    return nullptr;
}

template <class Part>
std::string name_hint(const std::vector<Part>& parts, std::string_view name,
                      std::string_view kinds) {
    std::vector<std::string> known = ids(parts);
    for (const Part& part : parts) {
        if constexpr (requires { part.aliases; }) {
            known.insert(known.end(), part.aliases.begin(), part.aliases.end());
        }
    }
    std::string near = did_you_mean(name, known);
    if (near.empty()) near = did_you_mean(name.substr(name.rfind('/') + 1), known);
    return fmt::format("{}; `millwright list {}` shows all",
                       near.empty() ? hint_from(name, ids(parts), kinds) : near, kinds);
}

template <class Part>
const Part& part_named(const std::vector<Part>& parts, std::string_view name) {
    const Part* part = find_part(parts, name);
    if (part == nullptr) throw std::logic_error("the catalog lacks '" + std::string(name) + "'");
    return *part;
}

#define MILLWRIGHT_LOOK_UP(Part)                                                       \
    template const Part* find_part<Part>(const std::vector<Part>&, std::string_view);  \
    template const Part& part_named<Part>(const std::vector<Part>&, std::string_view); \
    template std::string name_hint<Part>(const std::vector<Part>&, std::string_view,   \
                                         std::string_view);
MILLWRIGHT_LOOK_UP(Chip)
MILLWRIGHT_LOOK_UP(Link)
MILLWRIGHT_LOOK_UP(Switch)
MILLWRIGHT_LOOK_UP(Server)
MILLWRIGHT_LOOK_UP(Fabric)
MILLWRIGHT_LOOK_UP(Model)
MILLWRIGHT_LOOK_UP(Site)
MILLWRIGHT_LOOK_UP(PriceItem)
MILLWRIGHT_LOOK_UP(Band)
MILLWRIGHT_LOOK_UP(Framework)
MILLWRIGHT_LOOK_UP(KernelFamily)
MILLWRIGHT_LOOK_UP(CollectiveFamily)
MILLWRIGHT_LOOK_UP(Rule)
MILLWRIGHT_LOOK_UP(CountryGroup)
MILLWRIGHT_LOOK_UP(Authority)
MILLWRIGHT_LOOK_UP(Process)
#undef MILLWRIGHT_LOOK_UP

}  // namespace millwright
