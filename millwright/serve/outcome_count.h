// What is counted of a run while it goes on: nothing is kept of single requests.
#pragma once

#include "millwright/serve/lane.h"
#include "millwright/serve/simulate.h"

namespace millwright {

/// A line through points that are not kept, by least squares.
class Trend {
public:
    void add(double x, double y);
    double slope() const;
    double last() const { return last_; }  // the largest x

private:
    double n_ = 0, x_ = 0, y_ = 0, xx_ = 0, xy_ = 0, last_ = 0;
};

/// Of a replica, a pool or a whole deployment.
class OutcomeCount {
public:
    OutcomeCount(const ServeLoad& load, const ServeObjectives& objectives)
        : load_(load), objectives_(objectives) {}

    void served(const ServedRequest& one);
    void dropped(std::uint32_t tenant);
    /// What a lane did, once all that count has been served; `lanes`: how many there are.
    void add(const ServeLane& lane, double lanes);
    /// The end, with so many requests that came.
    ServeOutcome take(std::uint64_t requests);
    /// Requests that ended, dropped ones too.
    std::uint64_t ended() const { return outcome_.completed + outcome_.dropped; }

private:
    ServeLoad load_;
    ServeObjectives objectives_;
    Trend waits_;
    ServeOutcome outcome_;
};

}  // namespace millwright
