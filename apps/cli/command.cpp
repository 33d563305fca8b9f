// Commands enter from their own sources while statics are made, in whatever order the linker has
// put them; the table is sorted when it is read.
#include "apps/cli/command.h"

#include <algorithm>
#include <tuple>

namespace millwright::app {
namespace {

/// Within a function, so that it is there before the first command of any source enters.
std::vector<Command>& table() {
    static std::vector<Command> all;
    return all;
}

}  // namespace

Registered::Registered(const Command& command) { table().push_back(command); }

std::vector<Command> commands() {
    std::vector<Command> all = table();
    std::ranges::sort(all, {}, [](const Command& c) { return std::tuple(c.group, c.name); });
    return all;
}

}  // namespace millwright::app
