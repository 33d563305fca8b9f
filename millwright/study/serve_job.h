// Serving jobs: requests simulated on the layout in which a factory serves most of them in time.
//
// One replica is simulated, as all are alike and get requests by turns (serve/best_layout.h). The
// year of the whole factory is paid by what it serves, idle chips and quiet hours too; where it
// serves by hours, these pay their part of it. Beside it stands what no engine gets around, a bound
// by the rates that makers state (serve/bound.h).
#pragma once

#include "millwright/base/ledger.h"
#include "millwright/serve/best_layout.h"
#include "millwright/serve/bound.h"
#include "millwright/serve/roofline.h"
#include "millwright/study/job_site.h"
#include "millwright/study/token_prices.h"

namespace millwright {

struct JobReport;

/// What a job asks for, with what stands in for what it leaves out.
struct ServeAsked {
    LikeRequests requests;
    ServicePromise promise;
    std::int64_t replica_chips = 0;  // at most
    double share = 1;                // of the factory's chips
    double chips = 0;                // that it makes: whole ones
    std::optional<DayHours> hours;
    double rate = 0;     // requests a second, in the mean of the hours; zero: the most
    double busiest = 0;  // and in the busiest of them
};

/// Without a layout that holds the model and keeps what comes in time, only what was asked, the
/// engine and the forms are set.
struct ServeReport {
    static constexpr JobKind kind = JobKind::serve;

    ServeAsked asked;
    std::string engine, forms;
    BestLayout layout;
    ServeOutcome outcome;        // of one replica in the busiest hour
    double most = 0;             // requests a second of all its chips, that it keeps in time
    double requests = 0;         // that it serves, in the mean of its hours
    double hours = 0;            // of a day
    TokenRate input, output;     // of the whole site, in the mean of its hours
    double output_per_chip = 0;  // tokens a second
    std::int64_t running = 0;    // sequences of a lane, in the mean
    Ledger<Seconds> token;       // between output tokens, in the mean (serve/steady.h)
    Ledger<Bytes> memory;        // of a chip
    Bytes usable;                // of it
    std::string bound_by;
    Dollars yearly;  // that its hours pay
    Dollars per_request;
    TokenPrices prices;
    ServeBound bound;           // of a chip
    double most_possible = 0;   // requests a second of the whole site by the bound
    Dollars least_per_request;  // by the bound, where it serves as many

    /// Of all requests that a year's hours bring.
    double requests_a_year() const;
};

/// The engine that serves on this factory: the job's own, or that of the chip's maker.
const Engine& engine_of(const Catalog& catalog, const Factory& factory, const ServeJob& job);

/// The replica that decodes most a chip on this factory by roofline: what a frontier of rules
/// weighs chips by.
Served replica_on(const Factory& factory, const ServeJob& job);

/// What no layout holds, or keeps in time as fast as it is asked, is infeasible.
JobReport report_job(const JobSite& site, const ServeJob& job);

/// What a request costs in the report's layout on this site, which may have other figures than the
/// report's. As many sequences run beside each other as in the report; where the job asks for the
/// most, requests come as much faster as tokens do in the mean.
std::vector<double> priced_again(const JobSite& site, const ServeJob& job,
                                 const ServeReport& report);

/// Time of the whole site at its best, or dollars, for one request.
double score_of(const ServeReport& report, Objective objective);
std::string_view score_name(const ServeReport& report, Objective objective);

}  // namespace millwright
