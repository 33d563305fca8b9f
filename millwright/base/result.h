// Faults a user made, and results that carry either a value or every fault found.
//
// A bug is not a fault: it throws, is caught only in apps/, and is loud.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace millwright {

/// A place in a file, counted from 1; line 0 means the file as a whole.
struct Place {
    std::string file;
    int line = 0;
    int column = 0;
};

/// The place of a byte of a file's text; columns count bytes.
Place place_at(std::string_view text, std::size_t offset, const std::string& file);

/// One thing the user can mend: where, what is wrong, and what to do about it.
struct Fault {
    Place at;
    std::string message;
    std::string hint;
};

using Faults = std::vector<Fault>;

/// Faults file by file and from the top of each, every one once.
Faults in_order(Faults faults);

/// A value, or every fault for which there is none.
template <class T>
using Result = tl::expected<T, Faults>;

/// `file:line:column: error: message`, and the hint on a line of its own.
/// Line and column are left out where the line is zero, the file where it has no name.
std::string to_text(const Fault& fault);
std::string to_text(const Faults& faults);

/// What a function of any Result returns in place of a value.
inline tl::unexpected<Faults> failure(Fault fault) {
    return tl::unexpected<Faults>(Faults{std::move(fault)});
}

inline tl::unexpected<Faults> failure(Faults faults) {
    return tl::unexpected<Faults>(std::move(faults));
}

}  // namespace millwright
