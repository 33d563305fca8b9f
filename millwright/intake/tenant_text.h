// Tenants of a served deployment as written: who asks, how often, and what.
#pragma once

#include "millwright/base/result.h"
#include "millwright/intake/text.h"

namespace millwright {

/// One [[tenant]]. Lengths are distributions in tokens as on the command line: "1024",
/// "uniform(a,b)", "lognormal(mean,cv)" or a file of lengths.
struct TenantText {
    Place at;
    Written<std::string> name;
    Written<double> share, weight;
    Written<std::int64_t> priority;
    Written<std::string> prompt, output, turns;
    Written<std::int64_t> prefix_tokens, prefix_groups;
    Written<Seconds> think;
};

template <std::same_as<TenantText> T>
struct Fields<T> {
    static constexpr auto table = std::tuple{
        Field{"name", &T::name, "name of the tenant", Need::required},
        Field{"share", &T::share, "of all requests, over the sum of shares", Need::required,
              Range{1e-9, 1e9}},
        Field{"weight", &T::weight,
              "of what it is due where the lanes are shared by tokens; 1 if left out",
              Need::optional, Range{1e-6, 1e6}},
        Field{"priority", &T::priority, "requests of a higher one go first; 0 if left out",
              Need::optional, Range{-1e6, 1e6}},
        Field{"prompt", &T::prompt, "tokens of a prompt: a distribution", Need::required},
        Field{"output", &T::output, "tokens of an answer: a distribution", Need::required},
        Field{"turns", &T::turns, "turns of a conversation: a distribution; 1 if left out"},
        Field{"prefix_tokens", &T::prefix_tokens, "with which prompts of a group begin alike",
              Need::optional, Range{1, 1e8}},
        Field{"prefix_groups", &T::prefix_groups, "as likely as each other; 1 if left out",
              Need::optional, Range{1, 1e6}},
        Field{"think", &T::think, "mean time before the next turn; 30 s if left out",
              Need::optional, Range{0, 1e9}},
    };
};

struct TenantsText {
    std::string file;
    std::vector<TenantText> tenants;
    Faults faults;  // of reading; what they are about counts as not given
};

/// Fails where the file cannot be read or is no TOML; else see `TenantsText::faults`.
Result<TenantsText> read_tenants_text(const std::string& path);

}  // namespace millwright
