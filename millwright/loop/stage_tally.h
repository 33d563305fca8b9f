// What went through a stage of a data loop, and how busy it was.
#pragma once

#include <algorithm>
#include <cstdint>

namespace millwright {

/// Of events or of runs, from time zero to the end; times in days. `in` is `out` plus `dropped`
/// plus `left`; `area`, the number there over the time, is `stayed`, what those that have gone were
/// there for, plus `staying`, the same of those that are left (Little's law). Late is the second
/// half of the time.
struct StageTally {
    std::int64_t in = 0, out = 0, dropped = 0, left = 0;
    std::int64_t most = 0;           // there at once
    double area = 0;                 // of numbers over days
    double stayed = 0, staying = 0;  // of days over numbers
    double third = 0, fourth = 0;    // of the area, in the third quarter of the time and the last
    double busy = 0, capacity = 0;   // what was served, and could have been; zero: no limit
    double offered = 0;              // what came to be served
    double late_offered = 0, late_capacity = 0;
};

/// Sums of both; `most` is the greater.
inline void add(StageTally& to, const StageTally& from) {
    to.in += from.in;
    to.out += from.out;
    to.dropped += from.dropped;
    to.left += from.left;
    to.most = std::max(to.most, from.most);
    to.area += from.area;
    to.stayed += from.stayed;
    to.staying += from.staying;
    to.third += from.third;
    to.fourth += from.fourth;
    to.busy += from.busy;
    to.capacity += from.capacity;
    to.offered += from.offered;
    to.late_offered += from.late_offered;
    to.late_capacity += from.late_capacity;
}

/// What was served over what could have been; zero where there is no limit.
inline double utilisation(const StageTally& stage) {
    return stage.capacity > 0 ? stage.busy / stage.capacity : 0;
}

/// What came in the second half of the time, over what can be served; zero where there is no limit.
inline double load(const StageTally& stage) {
    return stage.late_capacity > 0 ? stage.late_offered / stage.late_capacity : 0;
}

/// Whether more comes than can be served, and ever more is there.
inline bool grows(const StageTally& stage) { return load(stage) > 1 && stage.fourth > stage.third; }

}  // namespace millwright
