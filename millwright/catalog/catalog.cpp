// A part file is read in four steps: its sources, so that figures can name them; the fields of the
// part; the tables inside it; and then what nobody asked for. No step stops at a fault, so that all
// of a file are told at once. Names of other parts are looked up when all parts are there, as a
// file may name one that is read later.
#include "millwright/catalog/catalog.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>

#include "millwright/base/faults.h"
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
                  const std::string& part) {
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
        source.id = part + "/" + std::string(name.str());
        r.sources[std::string(name.str())] = SourceId(catalog.sources.size());
        catalog.sources.push_back(std::move(source));
    }
}

// Kinds of parts without tables inside their file.
template <class Part>
void read_nested(TomlReading&, const toml::table&, Part&, std::set<std::string>&) {}

/// What stands at the key and is no table is told by check_keys(), as the fields below are known.
template <class Kernels>
void read_table(TomlReading& r, const toml::table& root, const std::string& key, Kernels& into,
                std::set<std::string>& known) {
    for (const std::string& field : field_keys<Kernels>()) known.insert(key + "." + field);
    const toml::node* node = toml_detail::at_path(root, key);
    if (node != nullptr && node->is_table()) read_fields(r, *node->as_table(), key, into);
}

/// [gemm.bf16], [attention] and their like, one table of figures each.
template <HasTables Part>
void read_nested(TomlReading& r, const toml::table& root, Part& part,
                 std::set<std::string>& known) {
    for_each_table(part,
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

/// A part of the same id is replaced where it stands, so that the order of lists does not change.
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

/// Where each text of the file stands, by its dotted key: names of other parts are texts.
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
        // an empty part, so that who names it is not blamed too
        if (place != nullptr && find_part(parts, id) == nullptr) {
            parts.emplace_back();
            parts.back().id = id;
        }
        return root.error();
    }
    TomlReading r{.file = file, .sources = {}, .faults = {}};
    if (place != nullptr) note_places(r, *root, "", *place);
    read_sources(catalog, r, *root, std::string(kind_of<Part>().name) + "/" + id);
    Part part;
    part.id = id;
    read_fields(r, *root, "the file", part);
    std::set<std::string> known = field_keys<Part>();
    read_nested(r, *root, part, known);
    // read already, under names that nobody can know beforehand
    root->erase("sources");
    toml_detail::check_keys(r, *root, known, "");
    if (r.faults.empty() || place != nullptr) put(parts, std::move(part));
    return r.faults;
}

/// References are checked only if every file is sound: what a faulty one lacks would be told again.
Catalog load_embedded() {
    Catalog catalog;
    Faults faults;
    for (const EmbeddedFile& file : embedded_files()) {
        if (file.path.starts_with("topologies/")) continue;  // intake/shape_file reads them
        // "chips/h100-sxm.toml": kind and id
        const std::size_t dash = file.path.find('/');
        const std::string stem = std::filesystem::path(file.path).stem().string();
        const Faults found = add_part(catalog, file.path.substr(0, dash), stem, file.text,
                                      "data/" + std::string(file.path));
        append(faults, found);
    }
    if (faults.empty()) faults = reference_faults(catalog);
    if (!faults.empty()) throw std::logic_error("built-in catalog: " + to_text(faults));
    return catalog;
}

/// Whether any file of the folder ends as parts do.
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

/// Sorted, since folders are listed in no order and the last of two parts with one id stays.
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
        append(faults, found);
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
        // other subfolders may hold what they like, but parts in one that is misspelt would go
        // unread
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
    // most likely it is the wrong folder
    if (!any && faults.empty()) {
        faults.push_back({{folder, 0, 0},
                          "the folder holds no parts of a catalog",
                          "parts are in subfolders: " + join(kinds, ", ")});
    }
    return faults;
}

}  // namespace

std::string kind_named(std::string_view word) {
    std::string name;
    for_each_kind([&](const auto& kind) {
        if (word == kind.name || word == kind.singular) name = kind.name;
    });
    return name;
}

std::vector<std::string> part_kinds() {
    std::vector<std::string> names;
    for_each_kind([&](const auto& kind) { names.emplace_back(kind.name); });
    return names;
}

namespace {

/// A configuration cites itself: every figure of the model is from its file.
Faults add_config(Catalog& catalog, const std::string& id, std::string_view text,
                  const std::string& file) {
    auto model = model_from_config(text, file);
    if (!model) return model.error();
    catalog.sources.push_back(config_source(id, file));
    model->id = id;
    cite(*model, SourceId(catalog.sources.size() - 1));
    put(catalog.models, std::move(*model));
    return {};
}

/// A model may be a configuration of Hugging Face too.
Faults add_kind(const PartTarget& to, std::string_view name, std::string_view text,
                const std::string& file) {
    Faults faults;
    const auto read = [&]<class Part>(const PartKind<Part>& kind) {
        const bool config = std::is_same_v<Part, Model> && file.ends_with(".json");
        faults = config ? add_config(to.catalog, to.id, text, file)
                        : read_part(to, to.catalog.*kind.parts, text, file);
    };
    if (with_kind(name, read)) return faults;
    return {{{file, 0, 0},
             fmt::format("no kind of part is called '{}'", name),
             hint_from(name, part_kinds(), "kinds")}};
}

}  // namespace

Faults add_part(Catalog& catalog, std::string_view kind, const std::string& id,
                std::string_view text, const std::string& file, PartPlaces* places) {
    if (places == nullptr) return add_kind({catalog, id, nullptr}, kind, text, file);
    PartPlace& place = (*places)[fmt::format("{}/{}", kind, id)];
    // of two files with one id, the later is the part
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
        append(faults, found);
    }
    const Faults found = reference_faults(catalog, places);
    append(faults, found);
    if (!faults.empty()) return failure(in_order(std::move(faults)));
    return catalog;
}

std::string name_hint(const std::vector<std::string>& ids, const std::vector<std::string>& aliases,
                      std::string_view name, std::string_view kinds) {
    std::vector<std::string> known = ids;
    known.insert(known.end(), aliases.begin(), aliases.end());
    std::string near = did_you_mean(name, known);
    // "meta-llama/Llama-3.1-70B" of the hub: what follows the slash is the name
    if (near.empty()) near = did_you_mean(name.substr(name.rfind('/') + 1), known);
    return fmt::format("{}; `millwright list {}` shows all",
                       near.empty() ? hint_from(name, ids, kinds) : near, kinds);
}

}  // namespace millwright
