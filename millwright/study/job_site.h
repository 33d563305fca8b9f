// Where a job is to be done, and how long one may look for the best way.
#pragma once

#include "millwright/factory/factory.h"

namespace millwright {

/// Holds references: it lives as long as the call that it is made for.
struct JobSite {
    const Scenario& scenario;
    const Catalog& catalog;
    const Factory& factory;
    Dollars yearly;           // what the factory costs a year; zero: nothing is priced
    int threads = 0;          // zero: as many as there are cores
    bool best_only = false;   // no fronts, and no other size where this one does not do
    bool optimistic = false;  // chips never measured count as predicted
};

/// What a tenth more of one resource does to the best way of doing a job.
struct Sensitivity {
    std::string resource;
    double change = 0;  // of the time it takes, -0.05 is 5 % faster
    std::string since;  // what makes it gain more than the tenth; empty where it does not
};

inline constexpr double tenth_more = 1.1;

}  // namespace millwright
