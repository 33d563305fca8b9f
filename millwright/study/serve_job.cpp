// A site that serves at its best, from two replicas that know nothing of each other.
//
// All chips could take in P requests a second, or answer D of them, and a request needs both, so no
// site serves more than min(P, D). Prices say the same: a million tokens cost yearly / (chips times
// tokens a second and chip), so the prompt and the answer of a request cost yearly / P and
// yearly / D, and a request costs the larger of the two. Their sum would be no bound.
#include "millwright/study/serve_job.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/text.h"
#include "millwright/study/job_report.h"

namespace millwright {
namespace {

ServeContext context_on(const Factory& factory, const ServeJob& job) {
    return {job.model, precision_on(factory, job), factory.rates, factory.network};
}

/// By default a replica stays within a scale-up domain of up to 64 chips, or spans 32.
std::int64_t replica_limit(const Factory& factory, const ServeJob& job) {
    const auto chips = static_cast<std::int64_t>(factory.job_chips);
    if (job.replica_chips > 0) return std::min(chips, job.replica_chips);
    const auto domain = static_cast<std::int64_t>(factory.network.domain);
    return std::min(chips, std::clamp<std::int64_t>(domain, 32, 64));
}

ServeRequest request_on(const Factory& factory, const ServeJob& job) {
    return {.prompt = job.prompt_tokens,
            .output = job.output_tokens,
            .per_token = job.time_per_token,
            .chips_at_most = replica_limit(factory, job)};
}

/// The best replicas for each half of a request, and what a chip does of each.
struct Halves {
    Served prefill, decode;

    double prefilled(const ServeRequest& asked) const {  // requests a second and chip
        return prefill.prefill.si() / asked.prompt / static_cast<double>(prefill.chips);
    }
    /// The same of answers.
    double decoded(const ServeRequest& asked) const {
        return decode.decode.si() / asked.output / static_cast<double>(decode.chips);
    }
    double requests(const ServeRequest& asked) const {
        return std::min(prefilled(asked), decoded(asked));
    }
};

/// Feasible alike: what fits a replica does not hang on what it is for.
Halves halves_on(const ServeContext& context, ServeRequest request) {
    Halves halves;
    halves.decode = best_replica(context, request);
    request.by_prefill = true;
    halves.prefill = best_replica(context, request);
    return halves;
}

/// Sizes of replicas and batches are whole, and grow by leaps: what leapt.
std::string leap(const Halves& from, const Halves& to) {
    std::vector<std::string> words;
    const Served& a = from.decode;
    const Served& b = to.decode;
    if (a.chips != b.chips) {
        words.push_back(fmt::format("decodes a batch of {} on {}, not of {} on {}", b.batch,
                                    counted(b.chips, "chip"), a.batch, a.chips));
    } else if (a.batch != b.batch) {
        words.push_back(fmt::format("decodes a batch of {}, not of {}", b.batch, a.batch));
    }
    if (from.prefill.chips != to.prefill.chips) {
        words.push_back(fmt::format("prefills on {}, not on {}", counted(to.prefill.chips, "chip"),
                                    from.prefill.chips));
    }
    return join(words, "; ");
}

/// Replicas are chosen anew for the larger resource, none larger than was asked.
std::vector<Sensitivity> sensitivities(const ServeContext& context, const ServeReport& report) {
    const Halves now{report.prefill, report.decode};
    const auto with = [&](const char* resource, const auto& enlarge) {
        ServeContext larger = context;
        enlarge(larger);
        const Halves then = halves_on(larger, report.asked);
        Sensitivity s{.resource = resource};
        s.change = now.requests(report.asked) / then.requests(report.asked) - 1;
        if (s.change < 1 / tenth_more - 1 - 1e-9) s.since = leap(now, then);
        return s;
    };
    return {
        with("FLOP rate",
             [](ServeContext& c) {
                 for (FlopRate& rate : c.chip.dense) rate = tenth_more * rate;
             }),
        with("memory bandwidth",
             [](ServeContext& c) {
                 c.chip.memory_bandwidth = tenth_more * c.chip.memory_bandwidth;
             }),
        with("scale-up bandwidth",
             [](ServeContext& c) {
                 c.network.inner.per_chip = tenth_more * c.network.inner.per_chip;
             }),
        with("scale-out bandwidth",
             [](ServeContext& c) {
                 c.network.outer.per_chip = tenth_more * c.network.outer.per_chip;
             }),
        with("memory capacity",
             [](ServeContext& c) { c.chip.memory_capacity = tenth_more * c.chip.memory_capacity; }),
    };
}

/// Weights are read while products are made, so only the longer of the two is a part.
Ledger<Seconds> token_ledger(const DecodeTime& token) {
    Ledger<Seconds> ledger{.name = "output token"};
    const bool reads = token.weights >= token.products;
    ledger.add(reads ? "reading weights" : "products", max(token.weights, token.products));
    ledger.add("reading keys and values", token.cache);
    ledger.add("launches", token.launches);
    ledger.add("communication", token.communication);
    return ledger;
}

/// Of one chip: weights and caches are spread over the replica.
Ledger<Bytes> memory_ledger(const Served& replica) {
    const auto chips = static_cast<double>(replica.chips);
    Ledger<Bytes> ledger{.name = "memory per chip"};
    ledger.add("weights", replica.weights / chips);
    ledger.add("keys and values",
               static_cast<double>(replica.batch) * replica.cache_per_sequence / chips);
    return ledger;
}

std::string bound_by(const ServeReport& report) {
    const Halves halves{report.prefill, report.decode};
    if (halves.prefilled(report.asked) < halves.decoded(report.asked)) return "prefill";
    const auto longest = std::ranges::max_element(
        report.token.parts, {}, [](const Ledger<Seconds>& part) { return part.value.si(); });
    return "decode: " + longest->name;
}

void add_prices(const JobSite& site, ServeReport& report) {
    const auto share = [&](const Served& replica) {
        return static_cast<double>(replica.chips) / site.factory.chips;
    };
    const Served& in = report.prefill;
    const Served& out = report.decode;
    report.per_million_input = per_million_tokens(site.yearly, share(in), in.prefill);
    report.per_million_output = per_million_tokens(site.yearly, share(out), out.decode);
    report.per_request = std::max(report.asked.prompt * report.per_million_input,
                                  report.asked.output * report.per_million_output) /
                         unit::million_tokens.in(unit::token);
}

void fill(const JobSite& site, ServeReport& report) {
    const Served& out = report.decode;
    report.requests =
        site.factory.chips * Halves{report.prefill, report.decode}.requests(report.asked);
    report.output = report.requests * report.asked.output * unit::token / unit::s;
    report.output_per_chip = report.output.si() / site.factory.chips;
    report.token = token_ledger(out.token_time);
    report.memory = memory_ledger(out);
    report.usable = out.usable / static_cast<double>(out.chips);
    report.bound_by = bound_by(report);
    add_prices(site, report);
}

std::string why_infeasible(const Factory& factory, const ServeReport& report) {
    const Served& r = report.decode;
    if (factory.rates.rate(report.precision) <= FlopRate{}) {
        return fmt::format("the chip has no known {} rate", name_of(report.precision));
    }
    if (r.feasible) {
        return fmt::format("a replica of {} takes {} for an output token, {} are allowed",
                           counted(r.chips, "chip"), to_text(r.token_time.total()),
                           to_text(report.asked.per_token));
    }
    return fmt::format("memory: weights and one request need {}; a replica of {} has {} for them",
                       to_text(r.weights + r.cache_per_sequence), counted(r.chips, "chip"),
                       to_text(r.usable));
}

}  // namespace

Precision precision_on(const Factory& factory, const ServeJob& job) {
    const bool fp8 = factory.rates.rate(Precision::fp8) > FlopRate{};
    return job.precision.value_or(fp8 ? Precision::fp8 : Precision::bf16);
}

Served replica_on(const Factory& factory, const ServeJob& job) {
    if (factory.rates.rate(precision_on(factory, job)) <= FlopRate{}) return {};
    return best_replica(context_on(factory, job), request_on(factory, job));
}

JobReport report_job(const JobSite& site, const ServeJob& job) {
    const Factory& factory = site.factory;
    JobReport out;
    ServeReport report{.asked = request_on(factory, job), .precision = precision_on(factory, job)};
    if (!factory.cannot.empty()) {
        out.infeasible = factory.cannot;
    } else {
        if (factory.rates.rate(report.precision) > FlopRate{}) {
            const Halves best = halves_on(context_on(factory, job), report.asked);
            report.prefill = best.prefill;
            report.decode = best.decode;
        }
        out.feasible = report.decode.feasible && report.decode.in_time;
        if (!out.feasible) out.infeasible = why_infeasible(factory, report);
    }
    if (out.feasible) {
        fill(site, report);
        out.sensitivities = sensitivities(context_on(factory, job), report);
    }
    out.of = std::move(report);
    return out;
}

std::vector<double> priced_again(const JobSite& site, const ServeJob& job,
                                 const ServeReport& report) {
    const ServeContext context = context_on(site.factory, job);
    ServeReport again = report;
    const auto chips = [](const Served& replica) { return static_cast<double>(replica.chips); };
    // sizes stay; batches are found anew, as the site's figures admit them
    again.prefill = replica_of(context, report.asked, chips(report.prefill));
    again.decode = replica_of(context, report.asked, chips(report.decode));
    add_prices(site, again);
    return {again.per_request.in(unit::USD)};
}

double score_of(const ServeReport& report, Objective objective) {
    return objective == Objective::cost ? report.per_request.in(unit::USD) : 1 / report.requests;
}

std::string_view score_name(const ServeReport&, Objective objective) {
    return objective == Objective::cost ? "dollars for a served request"
                                        : "time of the whole site for a served request";
}

}  // namespace millwright
