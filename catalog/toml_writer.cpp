#include "catalog/toml_writer.h"

#include "base/text.h"

namespace millwright::toml_out {

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        const bool control = static_cast<unsigned char>(c) < ' ';
        out += control ? ' ' : c;
    }
    return out + '"';
}

std::string text_of(const std::vector<std::string>& list) {
    std::vector<std::string> items;
    for (const std::string& item : list) items.push_back(quoted(item));
    return "[" + join(items, ", ") + "]";
}

std::string text_of(Seconds v) { return quoted(fmt::format("{:.6g} us", v.in(unit::us))); }
std::string text_of(Bytes v) { return quoted(fmt::format("{:.6g} GB", v.in(unit::GB))); }

std::string curve_text(const Curve& curve) {
    const auto list = [](const std::vector<double>& values) {
        std::vector<std::string> items;
        for (const double value : values) items.push_back(fmt::format("{:.6g}", value));
        return "[" + join(items, ", ") + "]";
    };
    return "x = " + list(curve.x) + ", y = " + list(curve.y);
}

std::string sources_text(const Sources& sources) {
    std::string text;
    for (const SourceId id : sources.used) {
        const Source& source = sources.catalog.sources[id];
        const std::string name = source.id.substr(source.id.find('/') + 1);
        text += "\n[sources." + name + "]\n";
        for_each_field<Source>([&](const auto& field) {
            using T = std::decay_t<decltype(source.*field.member)>;
            if constexpr (std::is_same_v<T, std::string>) {
                const std::string& value = source.*field.member;
                if (!value.empty()) text += fmt::format("{} = {}\n", field.key, quoted(value));
            } else {
                text += fmt::format("{} = \"{}\"\n", field.key, name_of(source.*field.member));
            }
        });
    }
    return text;
}

}  // namespace millwright::toml_out
