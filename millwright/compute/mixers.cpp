#include "millwright/compute/mixers.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/text.h"

namespace millwright {

std::string unmeasured_text(const Model& model) {
    std::vector<std::string> names;
    for (const Layer& layer : model.own_layers) {
        const std::string name(name_of(layer.mixer.kind));
        if (mixer_row(layer.mixer.kind).measured || std::ranges::count(names, name) > 0) continue;
        names.push_back(name);
    }
    if (names.empty()) return "";
    return fmt::format(
        "no kernel of {} was measured: its time is that of plain products of the same sizes",
        join(names, " or "));
}

}  // namespace millwright
