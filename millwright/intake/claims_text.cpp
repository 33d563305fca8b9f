#include "millwright/intake/claims_text.h"

#include <cmath>

#include "millwright/catalog/toml_reader.h"
#include "millwright/intake/read.h"

namespace millwright {

/// Found by the reader of tables through its argument's namespace.
void read_value(TomlReading& r, std::string_view key, const toml::node& node, const Range&,
                ClaimLiteral& into) {
    if (node.is_string()) {
        toml_detail::read_text(r, key, node, into.text);
    } else if (const auto* whole = node.as_integer()) {
        into.text = std::to_string(whole->get());
    } else if (const auto* number = node.as_floating_point(); number && std::isfinite(**number)) {
        into.text = fmt::format("{}", **number);
    } else if (const auto* flag = node.as_boolean()) {
        into.text = flag->get() ? "true" : "false";
    } else if (node.is_date()) {
        Date date;
        toml_detail::read_date(r, key, node, date);
        if (date.ok()) into.text = to_text(date);
    } else {
        r.fault(node, fmt::format("'{}' needs a value", key),
                "such as \"50 GUSD\", \"5 % .. 7 %\", 2025-07-01, true or \"approved\"");
    }
}

namespace {

/// Of claims and of facts, which have readings inside.
void read_statements(TomlReading& r, const toml::table& root, std::string_view name,
                     std::vector<StatementText>& into) {
    std::set<std::string> known = field_keys<StatementText>();
    known.insert("reading");
    for (const toml::table* table : tables_named(r, root, name)) {
        StatementText statement;
        statement.at = r.place(*table);
        read_fields(r, *table, fmt::format("this [[{}]]", name), statement);
        read_tables(r, *table, "reading", statement.readings);
        toml_detail::check_keys(r, *table, known, "");
        into.push_back(std::move(statement));
    }
}

}  // namespace

Result<ClaimsText> parse_claims(std::string_view text, const std::string& file) {
    const auto root = parse_toml(text, file);
    if (!root) return failure(root.error());
    TomlReading r{.file = file, .sources = {}, .faults = {}};
    ClaimsText claims;
    claims.file = file;
    read_fields(r, *root, "the file", claims);
    read_statements(r, *root, "fact", claims.facts);
    read_statements(r, *root, "claim", claims.claims);
    read_tables(r, *root, "unknown", claims.unknowns);
    read_tables(r, *root, "reckoned", claims.reckoned);
    read_tables(r, *root, "define", claims.defines);
    read_tables(r, *root, "constraint", claims.constraints);
    read_tables(r, *root, "calendar", claims.calendars);
    std::set<std::string> known = field_keys<ClaimsText>();
    known.insert({"fact", "claim", "unknown", "reckoned", "define", "constraint", "calendar"});
    toml_detail::check_keys(r, *root, known, "");
    claims.faults = std::move(r.faults);
    return claims;
}

Result<ClaimsText> read_claims(const std::string& path) {
    const FileText file = read_file(path, scenario_file_limit);
    if (!file.ok) {
        return failure({{path, 0, 0}, "the file " + file.why, "docs/claims.md has one"});
    }
    return parse_claims(file.text, path);
}

}  // namespace millwright
