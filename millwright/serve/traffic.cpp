// Each tenant has a clock of its own. The next request is of the tenant whose conversation began
// first, so that all turns of one come together, in O(tenants) a request. Draws are numbered by
// conversation or by request, in a stream for each tenant and purpose. An id is an owner and a
// block in 64 bits; groups of all tenants come first among owners, then conversations.
#include "millwright/serve/traffic.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "millwright/base/faults.h"
#include "millwright/base/limits.h"
#include "millwright/base/require.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

// An id of a beginning is its owner, a group or a conversation, and the number of its block. With
// these limits owners and blocks fit into 64 bits, so that ids of unlike content never meet.
constexpr std::int64_t most_groups = 1'000'000;
constexpr std::size_t most_tenants = 100;
constexpr std::int64_t least_block = 16;
constexpr unsigned block_bits = 26;

/// What a tenant draws for; each has a stream of its own.
enum class Drawn : std::uint64_t { arrival, prompt, output, group, turns, pause, count };
// streams of traffic begin here, so that those of an engine with the same seed are others
constexpr std::uint64_t first_stream = std::uint64_t{1} << 40U;

RandomStream stream_for(std::uint64_t seed, std::size_t tenant, Drawn what) {
    constexpr auto each = static_cast<std::uint64_t>(Drawn::count);
    return {seed, first_stream + tenant * each + static_cast<std::uint64_t>(what)};
}

bool one_turn(const Turns& turns) {
    const auto* fixed = std::get_if<FixedLength>(&turns.count);
    return fixed != nullptr && fixed->tokens == 1;
}

/// Numbers that no other tenant's groups and conversations have.
struct Numbering {
    std::size_t tenant = 0, tenants = 1;
    std::uint64_t first_group = 0, all_groups = 0;

    std::uint64_t conversation(std::uint64_t n) const { return n * tenants + tenant; }
    std::uint64_t group_id(std::uint64_t group, std::uint64_t block) const {
        return ((first_group + group) << block_bits) | block;
    }
    std::uint64_t own_id(std::uint64_t n, std::uint64_t block) const {
        return ((all_groups + conversation(n)) << block_bits) | block;
    }
};

/// One tenant's requests, conversation by conversation.
class TenantSource {
public:
    TenantSource(const Tenant& tenant, Arrivals arrivals, std::uint64_t seed, Numbering numbering)
        : tenant_(tenant),
          numbering_(numbering),
          seed_(seed),
          single_(one_turn(tenant.turns)),
          clock_(arrivals, stream(Drawn::arrival)) {
        begin();
    }

    /// When the next request's conversation begins, by the tenant's own clock.
    Seconds at() const { return began_; }

    Request take() {
        Request made = made_;
        if (!go_on()) begin();
        return made;
    }

private:
    RandomStream stream(Drawn what) const { return stream_for(seed_, numbering_.tenant, what); }

    /// The first turn of the next conversation.
    void begin() {
        began_ = clock_.next();
        const std::uint64_t groups = narrow<std::uint64_t>(tenant_.prefix.groups);
        group_ = groups > 0 ? stream(Drawn::group).at(begun_).below(groups) : 0;
        left_ = single_ ? 1 : length_at(tenant_.turns.count, stream(Drawn::turns), begun_);
        made_ = Request{};
        made_.priority = tenant_.priority;
        made_.tenant = narrow<std::uint32_t>(numbering_.tenant);
        if (!single_) made_.session = numbering_.conversation(begun_) + 1;
        ++begun_;
        lengthen(0);
        if (groups > 0) made_.prompt = std::max(made_.prompt, tenant_.prefix.tokens + 1);
        share_beginning();
    }

    /// The next turn; false if the conversation is over.
    bool go_on() {
        if (--left_ <= 0) return false;
        lengthen(made_.prompt + made_.output);
        if (made_.prompt + made_.output > tenant_.turns.longest) return false;
        made_.follows = true;
        made_.delay = pause();
        share_beginning();
        return true;
    }

    /// The lengths of the next request, whose prompt holds so many tokens that were said before.
    void lengthen(std::int64_t said) {
        made_.prompt = said + length_at(tenant_.prompt, stream(Drawn::prompt), asked_);
        made_.output = length_at(tenant_.output, stream(Drawn::output), asked_);
        ++asked_;
    }

    Seconds pause() const {
        Draw draw = stream(Drawn::pause).at(asked_);
        const bool tool = draw.uniform() < tenant_.turns.tool_share;
        const Pause& law = tool ? tenant_.turns.tool : tenant_.turns.think;
        if (law.variation == 0) return law.mean;
        return Seconds::from_si(draw.lognormal(law.mean.si(), law.variation));
    }

    /// A lone request shares its group's beginning, which is one id. A turn's prompt is ids of
    /// blocks: it shares them with turns to come, and with the group as far as whole blocks go.
    void share_beginning() {
        made_.prefix.clear();
        const std::int64_t shared = tenant_.prefix.groups > 0 ? tenant_.prefix.tokens : 0;
        if (single_) {
            if (shared == 0) return;
            made_.prefix = {numbering_.group_id(group_, 0)};
            made_.prefix_tokens = shared;
            return;
        }
        const Turns& turns = tenant_.turns;
        const std::int64_t blocks = std::min(made_.prompt, turns.longest) / turns.block;
        made_.prefix_tokens = turns.block;
        for (std::int64_t i = 0; i < blocks; ++i) {
            const auto block = narrow<std::uint64_t>(i);
            const bool of_group = (i + 1) * turns.block <= shared;
            made_.prefix.push_back(of_group ? numbering_.group_id(group_, block)
                                            : numbering_.own_id(begun_ - 1, block));
        }
    }

    Tenant tenant_;
    Numbering numbering_;
    std::uint64_t seed_;
    bool single_;
    ArrivalClock clock_;
    Seconds began_;
    std::uint64_t begun_ = 0, asked_ = 0;  // conversations, requests
    std::uint64_t group_ = 0;
    std::int64_t left_ = 0;  // turns, this one too
    Request made_;
};

/// Tenants' requests merged. Of like times the first tenant's go first.
class MergedSource {
public:
    explicit MergedSource(const RequestTraffic& traffic)
        : left_(traffic.requests), at_once_(traffic.arrivals.kind == ArrivalKind::at_once) {
        double shares = 0;
        Numbering numbering{.tenants = traffic.tenants.size()};
        for (const Tenant& tenant : traffic.tenants) {
            shares += tenant.share;
            numbering.all_groups += narrow<std::uint64_t>(tenant.prefix.groups);
        }
        for (const Tenant& tenant : traffic.tenants) {
            Arrivals arrivals = traffic.arrivals;
            const RequestRate all = at_once_ ? RequestRate::from_si(1) : arrivals.rate;
            arrivals.rate = tenant.share / shares / mean_of(tenant.turns.count) * all;
            tenants_.emplace_back(tenant, arrivals, traffic.seed, numbering);
            ++numbering.tenant;
            numbering.first_group += narrow<std::uint64_t>(tenant.prefix.groups);
        }
        start_ = next().at();
    }

    std::optional<Request> operator()() {
        if (left_ == 0) return std::nullopt;
        --left_;
        TenantSource& source = next();
        const Seconds at = at_once_ ? Seconds{} : source.at() - start_;
        Request request = source.take();
        request.arrival = at;
        return request;
    }

private:
    TenantSource& next() { return *std::ranges::min_element(tenants_, {}, &TenantSource::at); }

    std::vector<TenantSource> tenants_;
    std::int64_t left_;
    bool at_once_;
    Seconds start_;
};

bool is_time(Seconds time) { return time >= Seconds{} && is_within(time.si(), limits_in(unit::s)); }

Faults pause_faults(const Pause& pause, const std::string& name) {
    Faults faults;
    if (!is_time(pause.mean)) {
        faults.push_back({{name, 0, 0}, "the mean pause is out of range", "0 s or more"});
    }
    if (!(pause.variation >= 0 && pause.variation <= 100)) {
        faults.push_back({{name, 0, 0},
                          "the variation of pauses is out of range",
                          "deviation over mean, from 0 to 100"});
    }
    return faults;
}

Faults turn_faults(const Turns& turns, const std::string& name) {
    Faults faults = pause_faults(turns.think, name + ", think time");
    append(faults, pause_faults(turns.tool, name + ", tools"));
    const auto out = [&](std::string what, std::string hint) {
        faults.push_back({{name, 0, 0}, what + " is out of range", std::move(hint)});
    };
    if (!(turns.tool_share >= 0 && turns.tool_share <= 1)) {
        out("the share of tools in pauses", "from 0 to 1");
    }
    if (turns.longest < 1 || turns.longest > most_request_tokens) {
        out("the longest turn", fmt::format("from 1 to {} tokens", most_request_tokens));
    }
    if (turns.block < least_block || turns.block > most_request_tokens) {
        out("the block of shared beginnings",
            fmt::format("from {} to {} tokens", least_block, most_request_tokens));
    }
    return faults;
}

Faults tenant_faults(const Tenant& tenant, const std::string& name) {
    Faults faults = turn_faults(tenant.turns, name);
    if (!(tenant.share >= 1e-9 && tenant.share <= 1e9)) {
        faults.push_back({{name, 0, 0}, "the share is out of range", "from 1e-9 to 1e9"});
    }
    const SharedPrefix& prefix = tenant.prefix;
    if (prefix.groups < 0 || prefix.groups > most_groups) {
        faults.push_back({{name, 0, 0},
                          fmt::format("{} groups of shared beginnings", prefix.groups),
                          fmt::format("from 0 to {}", most_groups)});
    }
    if (prefix.tokens < 0 || (prefix.groups > 0) != (prefix.tokens > 0)) {
        faults.push_back({{name, 0, 0},
                          fmt::format("{} groups share {} tokens", prefix.groups, prefix.tokens),
                          "give groups and tokens, or neither"});
    } else if (prefix.groups > 0 && longest_of(tenant.prompt) <= prefix.tokens) {
        faults.push_back({{name, 0, 0},
                          fmt::format("no prompt is longer than the shared beginning of {} tokens",
                                      prefix.tokens),
                          "the beginning is part of the prompt: lengthen prompts"});
    }
    return faults;
}

}  // namespace

Faults traffic_faults(const RequestTraffic& traffic) {
    Faults faults = arrival_faults(traffic.arrivals, "arrivals");
    if (traffic.requests < 1 || traffic.requests > most_drawn_requests) {
        faults.push_back({{"requests", 0, 0},
                          fmt::format("{} requests", traffic.requests),
                          fmt::format("from 1 to {}", most_drawn_requests)});
    }
    if (traffic.tenants.empty() || traffic.tenants.size() > most_tenants) {
        faults.push_back({{"tenants", 0, 0},
                          fmt::format("{} tenants", traffic.tenants.size()),
                          fmt::format("from 1 to {}", most_tenants)});
        return faults;
    }
    const bool several = traffic.tenants.size() > 1;
    for (std::size_t i = 0; i < traffic.tenants.size(); ++i) {
        const std::string name = several ? fmt::format("tenant {}", i + 1) : "traffic";
        append(faults, tenant_faults(traffic.tenants[i], name));
    }
    return faults;
}

Result<RequestSource> requests_of(const RequestTraffic& traffic) {
    if (Faults faults = traffic_faults(traffic); !faults.empty()) return failure(std::move(faults));
    return RequestSource(
        [source = std::make_shared<MergedSource>(traffic)]() { return (*source)(); });
}

}  // namespace millwright
