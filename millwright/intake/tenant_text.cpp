#include "millwright/intake/tenant_text.h"

#include <set>

#include "millwright/catalog/toml_reader.h"
#include "millwright/intake/read.h"

namespace millwright {
namespace {

void check_tenant_names(TomlReading& r, const std::vector<TenantText>& tenants) {
    std::set<std::string> seen;
    for (const TenantText& tenant : tenants) {
        if (!tenant.name.given || seen.insert(tenant.name.value).second) continue;
        r.faults.push_back({tenant.name.at,
                            fmt::format("two tenants are named '{}'", tenant.name.value),
                            "give each its own name"});
    }
}

}  // namespace

Result<TenantsText> read_tenants_text(const std::string& path) {
    const FileText file = read_file(path, scenario_file_limit);
    if (!file.ok) {
        return failure({{path, 0, 0},
                        "the file " + file.why,
                        "each [[tenant]] has a name, a share, prompt and output; see "
                        "docs/serving.md, \"Tenants\""});
    }
    const auto root = parse_toml(file.text, path);
    if (!root) return failure(root.error());
    TomlReading r{.file = path, .sources = {}, .faults = {}};
    TenantsText text{.file = path, .tenants = {}, .faults = {}};
    require_table(r, *root, "tenant", "[[tenant]]", "each is one kind of user");
    read_tables(r, *root, "tenant", text.tenants);
    toml_detail::check_keys(r, *root, {"tenant"}, "");
    check_tenant_names(r, text.tenants);
    text.faults = std::move(r.faults);
    return text;
}

}  // namespace millwright
