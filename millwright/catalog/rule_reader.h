// The parts of a rule's or authority's file that are lists of tables: [[event]], [[line]],
// [[requirement]]; [[verdict]], [[class]].
#pragma once

#include <set>
#include <string>

#include "millwright/catalog/toml_reader.h"
#include "millwright/parts/authority.h"

namespace millwright {

/// Reads them into `rule` and adds their keys to `known`; faults go to `r`.
void read_rule_tables(TomlReading& r, const toml::table& root, Rule& rule,
                      std::set<std::string>& known);

/// The same for an authority: [[verdict]], of which it needs one, and [[class]].
void read_authority_tables(TomlReading& r, const toml::table& root, Authority& authority,
                           std::set<std::string>& known);

/// "density >= 5.92".
/// Six digits, for people; files get text_of() of toml_writer.h, which loses none.
std::string to_text(const Condition& condition);

}  // namespace millwright
