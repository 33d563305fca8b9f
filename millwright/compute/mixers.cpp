#include "millwright/compute/mixers.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/text.h"

namespace millwright {

std::string unmeasured_text(const Model& model) {
    std::vector<std::string> names;
    const Pattern pattern = pattern_of(model);
    for (const std::size_t kind : pattern.order) {
        const MixerKind mixer = pattern.kinds[kind].mixer.kind;
        const std::string name(name_of(mixer));
        if (mixer_row(mixer).measured || std::ranges::count(names, name) > 0) continue;
        names.push_back(name);
    }
    if (names.empty()) return "";
    return fmt::format(
        "no kernel of {} was measured: its time is that of plain products of the same sizes",
        join(names, " or "));
}

}  // namespace millwright
