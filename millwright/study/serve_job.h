// Serving jobs, by roofline: a bound until requests are simulated. Prefill and decode each run on
// the replicas that do most of it a chip, as if the site did nothing else, with batches always
// full: no site serves more, no request costs less, and more of a resource never serves fewer.
#pragma once

#include "millwright/base/ledger.h"
#include "millwright/serve/roofline.h"
#include "millwright/study/job_site.h"

namespace millwright {

struct JobReport;

/// Without a replica that holds the model and is in time, only what was asked and the replicas are
/// set. Tokens per second and prices are of the best case.
struct ServeReport {
    static constexpr JobKind kind = JobKind::serve;

    ServeRequest asked;
    Precision precision = Precision::bf16;
    Served prefill, decode;                         // the best replica for each
    double requests = 0;                            // a second, of the whole site
    TokenRate output;                               // of the whole site
    double output_per_chip = 0;                     // tokens a second
    Ledger<Seconds> token;                          // between the output tokens of a request
    Ledger<Bytes> memory;                           // of a chip that decodes
    Bytes usable;                                   // of it
    std::string bound_by;                           // prefill, or what of decode
    Dollars per_million_input, per_million_output;  // by the time of chips that each takes alone
    Dollars per_request;
};

/// The format a job is served in: its own, else FP8 where the chip has it, else BF16.
Precision precision_on(const Factory& factory, const ServeJob& job);

/// The replica that decodes most a chip on this factory.
Served replica_on(const Factory& factory, const ServeJob& job);

/// A job whose time per token no replica keeps is infeasible, as one that does not fit is.
JobReport report_job(const JobSite& site, const ServeJob& job);

/// What a request costs on replicas of the report's sizes on this site, which may have other
/// figures than the report's.
std::vector<double> priced_again(const JobSite& site, const ServeJob& job,
                                 const ServeReport& report);

/// Time of the whole site, or dollars, for one request.
double score_of(const ServeReport& report, Objective objective);
std::string_view score_name(const ServeReport& report, Objective objective);

}  // namespace millwright
