// Lists of faults, put together: all of a file or of a question at once.
#pragma once

#include <iterator>

#include "millwright/base/result.h"

namespace millwright {

inline void append(Faults& faults, Faults more) {
    faults.insert(faults.end(), std::make_move_iterator(more.begin()),
                  std::make_move_iterator(more.end()));
}

}  // namespace millwright
