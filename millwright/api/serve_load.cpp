// A load is a function that begins its requests anew: every run sees the same ones, and takes
// them one by one. Traffic is checked once when it is made, so that later beginnings cannot fail.
// Loads that exclude each other are told by option, before a trace is read.
#include "millwright/api/serve_load.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/faults.h"
#include "millwright/base/plural.h"
#include "millwright/base/whole.h"
#include "millwright/intake/client_windows.h"
#include "millwright/intake/request_trace.h"
#include "millwright/serve/client_traffic.h"
#include "millwright/serve/simulate.h"
#include "millwright/serve/traffic.h"

namespace millwright {
namespace {

constexpr std::int64_t usual_requests = 1000;
constexpr double usual_variation = 2;  // of gamma gaps: bursts, where no other is given

constexpr const char* loads = "give one of --trace FILE, --rate R and --concurrency C";

Lengths usual(double tokens) { return FixedLength{static_cast<std::int64_t>(tokens)}; }

RequestTraffic traffic_of(const LoadAsked& load) {
    RequestTraffic traffic;
    traffic.requests = requests_asked(load);
    traffic.seed = load.seed;
    Arrivals& arrivals = traffic.arrivals;
    arrivals.kind =
        load.concurrency > 0 ? ArrivalKind::at_once : load.arrivals.value_or(ArrivalKind::poisson);
    arrivals.rate = RequestRate::from_si(load.rate.value_or(1));
    arrivals.variation = load.variation.value_or(usual_variation);
    if (!load.tenants.empty()) {
        traffic.tenants.clear();
        for (const NamedTenant& named : load.tenants) traffic.tenants.push_back(named.requests);
        return traffic;
    }
    Tenant& tenant = traffic.tenants.front();
    tenant.prompt = load.prompt.value_or(usual(default_prompt_tokens));
    tenant.output = load.output.value_or(usual(default_output_tokens));
    if (load.prefix_tokens > 0) {
        tenant.prefix = {.groups = std::max<std::int64_t>(1, load.prefix_groups),
                         .tokens = load.prefix_tokens};
    }
    if (load.turns) {
        tenant.turns.count = *load.turns;
        tenant.turns.think = {.mean = load.think.value_or(usual_think), .variation = 1};
    }
    return traffic;
}

/// Faults of traffic by the names of the options that it is made of.
Faults by_option(Faults faults) {
    for (Fault& fault : faults) {
        if (fault.at.file == "arrivals") fault.at.file = "--rate";
        if (fault.at.file == "requests") fault.at.file = "--requests";
        if (fault.at.file == "traffic") fault.at.file = "--prefix-tokens";
    }
    return faults;
}

/// Clients that were observed, and so many of their requests.
Result<RequestsAnew> of_clients(const LoadAsked& load, std::vector<std::string>& notes) {
    auto folder = read_client_windows(load.trace);
    if (!folder) return failure(std::move(folder.error()));
    const ClientTraffic traffic{
        .folder = std::move(*folder), .requests = requests_asked(load), .seed = load.seed};
    auto checked = requests_of(traffic);
    if (!checked) return failure(std::move(checked.error()));
    const auto clients = narrow<std::int64_t>(traffic.folder.clients.size());
    notes.push_back(fmt::format("{} of {}, {}", counted(traffic.requests, "request"),
                                counted(clients, "client"), load.trace));
    for (const std::string& note : traffic.folder.notes) notes.push_back(note);
    return RequestsAnew([traffic] { return requests_of(traffic).value(); });
}

/// The same, each prompt longer by its images.
RequestsAnew with_images(RequestsAnew all, std::int64_t images, std::int64_t tokens) {
    if (images <= 0) return all;
    return [all = std::move(all), images, tokens] {
        return [source = all(), images, tokens]() mutable -> std::optional<Request> {
            std::optional<Request> request = source();
            if (request) {
                request->images = images;
                request->prompt += images * tokens;
            }
            return request;
        };
    };
}

Result<RequestsAnew> of_trace(const LoadAsked& load, std::vector<std::string>& notes) {
    if (holds_client_windows(load.trace)) return of_clients(load, notes);
    auto trace = read_trace(load.trace);
    if (!trace) return failure(std::move(trace.error()));
    notes.push_back(
        fmt::format("trace of the form {}: {}, prompts of {:.0f} and answers of {:.0f} "
                    "tokens on average, within {}",
                    trace->format, counted(trace->requests, "request"), trace->mean_prompt,
                    trace->mean_output, to_text(trace->span)));
    for (const std::string& note : trace->notes) notes.push_back(note);
    return first_of(trace->start, load.requests);
}

}  // namespace

std::int64_t requests_asked(const LoadAsked& load) {
    if (load.requests > 0) return load.requests;
    return std::max(usual_requests, rounds_of_run * load.concurrency);
}

/// What tenants tell, and nobody else does beside them.
Faults tenants_faults(const LoadAsked& load) {
    Faults faults;
    const auto refuse = [&](bool given, const char* option, const char* message, const char* hint) {
        if (given) faults.push_back({{option, 0, 0}, message, hint});
    };
    if (load.tenants.empty()) {
        refuse(load.fair, "--fairness", "there is one tenant", "give --tenants FILE");
        return faults;
    }
    const char* own = "each tenant tells its own";
    refuse(load.prompt.has_value(), "--prompt", own, "leave it out");
    refuse(load.output.has_value(), "--output", own, "leave it out");
    refuse(load.prefix_tokens > 0, "--prefix-tokens", own, "leave it out");
    refuse(load.turns.has_value(), "--turns", own, "leave it out");
    refuse(!load.trace.empty(), "--tenants", "a trace tells who asks what", "leave one out");
    return faults;
}

Faults load_faults(const LoadAsked& load) {
    Faults faults;
    const auto refuse = [&](const char* option, const char* message, const char* hint) {
        faults.push_back({{option, 0, 0}, message, hint});
    };
    const int given =
        int{!load.trace.empty()} + int{load.rate.has_value()} + int{load.concurrency > 0};
    if (given == 0) refuse("--rate", "nothing says what load is served", loads);
    if (given > 1) {
        refuse(load.trace.empty() ? "--concurrency" : "--trace", "two loads at once", loads);
    }
    if (load.arrivals && !load.rate) {
        refuse("--arrivals", "a law of arrivals is for requests at a rate", "add --rate R");
    }
    if (load.variation && load.arrivals != ArrivalKind::gamma) {
        refuse("--variation", "only gamma arrivals have a variation", "add --arrivals gamma");
    }
    const char* told = "a trace tells its own";
    if (!load.trace.empty() && load.prompt) refuse("--prompt", told, "leave it out");
    if (!load.trace.empty() && load.output) refuse("--output", told, "leave it out");
    if (!load.trace.empty() && load.prefix_tokens > 0) {
        refuse("--prefix-tokens", told, "leave it out");
    }
    if (!load.trace.empty() && load.turns) refuse("--turns", told, "leave it out");
    if (load.think && !load.turns) refuse("--think", "says nothing without --turns", "give both");
    if (load.prefix_groups > 0 && load.prefix_tokens == 0) {
        refuse("--prefix-groups", "says nothing without --prefix-tokens", "give both");
    }
    append(faults, tenants_faults(load));
    if (load.images > 0 && (!load.trace.empty() || load.turns)) {
        refuse("--images", "images are of made-up prompts of one turn", "leave it out");
    }
    if (load.trace.empty()) append(faults, by_option(traffic_faults(traffic_of(load))));
    return faults;
}

Result<RequestsAnew> requests_anew(const LoadAsked& load, std::vector<std::string>& notes) {
    if (!load.trace.empty()) return of_trace(load, notes);
    const RequestTraffic traffic = traffic_of(load);
    auto checked = requests_of(traffic);
    if (!checked) return failure(std::move(checked.error()));
    return with_images([traffic] { return requests_of(traffic).value(); }, load.images,
                       load.image_tokens);
}

RequestsAnew first_of(RequestsAnew all, std::int64_t count) {
    if (count <= 0) return all;
    return [all = std::move(all), count] {
        return [source = all(), left = count]() mutable -> std::optional<Request> {
            if (left-- <= 0) return std::nullopt;
            return source();
        };
    };
}

RequestSpan span_of(const RequestsAnew& requests) {
    RequestSpan span;
    const RequestSource source = requests();
    while (const std::optional<Request> request = source()) {
        const std::int64_t tokens = request->prompt + request->output;
        span.shortest = span.count == 0 ? tokens : std::min(span.shortest, tokens);
        span.longest = std::max(span.longest, tokens);
        span.prompt += real(request->prompt);
        span.output += real(request->output);
        span.last = max(span.last, request->arrival);
        span.shares = span.shares || !request->prefix.empty();
        ++span.count;
    }
    if (span.count == 0) return span;
    span.prompt /= real(span.count);
    span.output /= real(span.count);
    return span;
}

}  // namespace millwright
