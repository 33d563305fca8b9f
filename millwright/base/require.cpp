#include "millwright/base/require.h"

namespace millwright {

void broken(std::string_view what, const std::source_location& at) {
    // the path below the house's own folder, wherever it was built
    std::string_view file = at.file_name();
    const std::size_t house = file.rfind("millwright/");
    if (house != std::string_view::npos) file.remove_prefix(house);
    throw BrokenContract(std::string(file) + ":" + std::to_string(at.line()) +
                         ": not so: " + std::string(what));
}

}  // namespace millwright
