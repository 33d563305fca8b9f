// What every question is answered in, and what holds for all headers of this room.
//
// A header is a question: `XQuestion`, `XAnswer` and `Result<XAnswer> x(const XQuestion&, const
// Setting&)`; more functions may take an answer on (`plan_by_flows`). Questions are plain values,
// typed where there is a type, and what they leave out has the command line's default. Answers are
// plain values that hold what they were made with. What cannot be done is an answer; what whoever
// asks can mend is a fault, all of them at once, whose place is a file's or, where there is none,
// the command line's name of the option. Nothing is printed, no file is written, no state is kept:
// questions may be asked side by side, in other settings too.
#pragma once

#include <functional>
#include <string_view>

#include "millwright/catalog/catalog.h"

namespace millwright {

/// Told of long work: what is done now, and the share of the whole that is done, from 0 to 1; an
/// empty text says that nothing is under way any more. Called from any of the threads, one call at
/// a time.
using Progress = std::function<void(std::string_view what, double share)>;

/// A catalog, or the built-in one: that is read (some 15 ms) where a question first asks for a name
/// in it, which questions about flows and fabrics of a file's own never do.
class CatalogRef {
public:
    CatalogRef() = default;
    CatalogRef(const Catalog& given) : given_(&given) {}  // NOLINT(google-explicit-constructor)

    operator const Catalog&() const {  // NOLINT(google-explicit-constructor)
        return given_ != nullptr ? *given_ : built_in_catalog();
    }

private:
    const Catalog* given_ = nullptr;
};

/// What a question is answered in. `catalog` is where names are looked up; it outlives the answers,
/// which may point into it. `threads` may work at once (zero: as many as there are cores), and the
/// answer does not depend on it. `progress` may be empty; of questions that are asked side by side
/// each calls it for itself.
struct Setting {
    CatalogRef catalog{};
    int threads = 0;
    Progress progress{};
};

}  // namespace millwright
