// What is wrong with the links of a factory's fabric.
#pragma once

#include "millwright/base/result.h"
#include "millwright/factory/factory.h"

namespace millwright {

/// Degraded links that the fabric does not have at this size, and chips that failed ones cut off
/// from each other; nothing if all can talk. Makes the graph where links are degraded.
Faults link_faults(const Factory& factory, const Place& at);

}  // namespace millwright
