// What a fleet holds over time, of a run of any length in little memory.
#pragma once

#include <vector>

#include "millwright/serve/simulate.h"

namespace millwright {

/// Means over slices of time: as many slices as a power of two of seconds cuts the run into, 128 at
/// most. A step counts for as long as it takes, and an idle lane holds nothing.
class ServeTimeline {
public:
    struct Slice {
        Seconds begin, length;            // the last one ends with the run
        double running = 0, waiting = 0;  // sequences with a cache and without, of all lanes
        double cache_share = 0;           // of the blocks, in use; mean of the lanes
    };

    /// A step that ends in finite time.
    void add(const ServeStep& step);
    /// What ran side by side, from the same moment on.
    void add(const ServeTimeline& other);

    /// From the beginning to the last step's end, without a gap. `lanes`: how many there were.
    std::vector<Slice> slices(double lanes) const;

private:
    struct Sum {  // things x seconds
        double running = 0, waiting = 0, cache = 0;
    };

    void widen();

    std::vector<Sum> sums_;
    double width_ = 0x1p-20;  // of a slice, in seconds
    double slices_a_second_ = 0x1p20;
    double end_ = 0;
};

}  // namespace millwright
