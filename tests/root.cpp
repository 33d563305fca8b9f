#include "tests/root.h"

namespace millwright {

std::string repository_root() { return MILLWRIGHT_ROOT; }

}  // namespace millwright
