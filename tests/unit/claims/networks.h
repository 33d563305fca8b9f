// Networks of claims for tests.
#pragma once

#include <string>

#include "millwright/claims/build.h"

namespace millwright {

inline Result<ClaimNetwork> network_of(const std::string& text) {
    const auto parsed = parse_claims(text, "a.toml");
    if (!parsed) return failure(parsed.error());
    return claim_network(*parsed, built_in_catalog());
}

inline std::string claim_table(const std::string& id, const std::string& is,
                               const std::string& more = "") {
    return "[[claim]]\nid = \"" + id + "\"\nis = \"" + is + "\"\n" + more + "\n";
}

inline std::string constraint_table(const std::string& id, const std::string& require,
                                    const std::string& more = "") {
    return "[[constraint]]\nid = \"" + id + "\"\nrequire = '" + require + "'\n" + more + "\n";
}

}  // namespace millwright
