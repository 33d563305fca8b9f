// Tenants of a load: several kinds of users who share a deployment.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/result.h"
#include "millwright/serve/traffic.h"

namespace millwright {

struct NamedTenant {
    std::string name;
    double weight = 1;  // of what it is due where lanes are shared by tokens
    Tenant requests;
};

/// Reads a file of [[tenant]] tables. Faults, all at once, with their places: what cannot be read,
/// lengths that are no distribution, a beginning that no prompt is longer than.
Result<std::vector<NamedTenant>> read_tenants(const std::string& path);

/// Mean time before a conversation's next turn, where none is given: to read and to write.
inline constexpr Seconds usual_think = 30 * unit::s;

}  // namespace millwright
