#include "millwright/catalog/toml_writer.h"

#include <algorithm>
#include <cctype>

#include "millwright/base/text.h"

namespace millwright::toml_out {
namespace {

/// A key without quotes where TOML takes it so.
std::string key_of(const std::string& name) {
    const bool bare = !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-' || c == '_';
    });
    return bare ? name : quoted(name);
}

}  // namespace

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < ' ' || byte == 0x7F) {
            out += fmt::format("\\u{:04X}", byte);
            continue;
        }
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string text_of(const Date& v) { return v.ok() ? to_text(v) : ""; }

namespace {

std::string bare(const Condition& v) {
    return fmt::format("{} {} {}", name_of(v.metric), name_of(v.comparison), text_of(v.limit));
}

}  // namespace

std::string text_of(const Condition& v) { return quoted(bare(v)); }

std::string text_of(const Conjunction& v) {
    std::vector<std::string> all;
    for (const Condition& condition : v.all) all.push_back(bare(condition));
    return quoted(join(all, " and "));
}

std::string curve_text(const Curve& curve) {
    return "x = " + text_of(curve.x) + ", y = " + text_of(curve.y);
}

// The catalog's id is kind, part and name; the first two are left away, as each part has a file.
std::string Sources::name(SourceId id) {
    const auto known = names_.find(id);
    if (known != names_.end()) return known->second;
    const std::string& full = catalog_.sources[id.index()].id;
    const std::string own = full.substr(full.find('/', full.find('/') + 1) + 1);
    std::string name = own;
    for (int i = 2; !taken_.insert(name).second; ++i) name = fmt::format("{}-{}", own, i);
    return names_[id] = name;
}

std::string Sources::text() const {
    std::string text;
    // sources cite nothing: the writer of their lines asks for names, and gets none
    Sources none(catalog_);
    for (const auto& [id, name] : names_) {
        text += fmt::format("\n[sources.{}]\n{}", key_of(name),
                            lines_of(none, catalog_.sources[id.index()]));
    }
    return text;
}

}  // namespace millwright::toml_out
