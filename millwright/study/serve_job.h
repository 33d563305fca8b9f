// Serving jobs, by roofline: a bound until requests are simulated. Prefill and decode each run on
// the replicas that do most of it a chip, as if the site did nothing else, with batches always
// full: no site serves more, no request costs less, and more of a resource never serves fewer.
#pragma once

#include "millwright/base/ledger.h"
#include "millwright/serve/roofline.h"
#include "millwright/study/job_site.h"

namespace millwright {

struct JobReport;

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

JobReport report_job(const JobSite& site, const ServeJob& job);

/// Time of the whole site, or dollars, for one request.
double score_of(const ServeReport& report, Objective objective);
std::string_view score_name(const ServeReport& report, Objective objective);

}  // namespace millwright
