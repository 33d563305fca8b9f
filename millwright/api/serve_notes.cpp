// Notes are added when all else is known, as most tell of what was chosen or came of the run. A
// note stands only where it changes how figures are to be read: what stood in, what they leave
// out, and runs too short for queues to settle. None of them is a fault.
#include "millwright/api/serve_notes.h"

#include <cmath>

#include <fmt/format.h>

#include "millwright/api/serve_steps.h"
#include "millwright/base/plural.h"
#include "millwright/base/units.h"
#include "millwright/base/whole.h"
#include "millwright/catalog/bands.h"
#include "millwright/compute/mixers.h"
#include "millwright/serve/adapters.h"

namespace millwright {
namespace {

/// Of layouts that nobody gave: that the smallest may leave little room beside its weights.
void note_room(const ServePool& pool, ServeAnswer& answer) {
    const double held = held_beside(pool.fleet.replica, answer.span.longest);
    if (held >= few_sequences) return;
    answer.notes.push_back(
        fmt::format("the cache of a replica holds {:.0f} of the longest "
                    "requests: more ways or chips leave more room",
                    std::floor(held)));
}

void note_defaults(ServeAnswer& answer) {
    const ServeQuestion& q = answer.asked;
    const auto note = [&](std::string text) { answer.notes.push_back(std::move(text)); };
    if (answer.feasible() && (q.layout.tensor == 0 || q.replicas == 0)) {
        for (const ServePool& pool : answer.pools) {
            note(fmt::format(
                "{}{}{}", q.prefill > 0 ? pool.role + ": " : std::string(), layout_text(pool),
                q.layout.tensor == 0 ? ", the smallest with room for some of the longest request"
                                     : ", as many as there is room for"));
        }
    }
    if (answer.feasible() && q.layout.tensor == 0) note_room(answer.pools.back(), answer);
    if (q.engine.empty()) note(fmt::format("engine {}, as none is named", answer.engine));
    if (!q.precision) note(fmt::format("weights in {}, as no precision is given", answer.forms));
    if (q.load.trace.empty()) {
        const bool own = !q.load.tenants.empty();
        const char* prompts = own || q.load.prompt ? "as given" : "by default";
        const char* answers = own || q.load.output ? "as given" : "by default";
        note(fmt::format("{}; prompts of {:.0f} tokens on average {}, answers of {:.0f} {}",
                         counted(answer.span.count, "request"), answer.span.prompt, prompts,
                         answer.span.output, answers));
    }
}

/// A run that ends before it is steady says little of what a longer one would.
void note_short(ServeAnswer& answer) {
    constexpr double few_answers = 5;  // that fit into the time in which requests come
    const ServeOutcome& o = answer.outcome;
    const Seconds comes = answer.span.last;
    if (answer.asked.load.concurrency > 0 || o.completed == 0 || o.saturated) return;
    if (comes <= Seconds{} || comes >= few_answers * o.latency.mean()) return;
    answer.notes.push_back(fmt::format(
        "requests come for {} and an answer takes {}: in so short a run queues have hardly begun; "
        "more --requests tell more",
        to_text(comes), to_text(o.latency.mean())));
}

void note_adapters(const Replica& r, std::vector<std::string>& notes) {
    const Adapters& a = r.engine.adapters;
    if (a.count == 0) return;
    notes.push_back(fmt::format(
        "{} of rank {} take {} of a chip; projections of attention and dense MLPs have them{}",
        counted(a.count, "adapter"), a.rank, to_text(adapter_bytes(r)),
        is_moe(r.model) ? ", experts do not" : ""));
}

void note_rest(const Catalog& catalog, ServeAnswer& answer) {
    const ServeQuestion& q = answer.asked;
    std::vector<std::string>& notes = answer.notes;
    const Chip& chip = answer.factory.chip;
    const Model* model = answer.pools.empty() ? nullptr : &answer.pools[0].fleet.replica.model;
    const double idle = real(q.chips) - answer.chips();
    if (answer.feasible() && idle > 0) {
        notes.push_back(fmt::format("{} idle: neither counted nor paid", counted(idle, "chip")));
    }
    for (const ServePool& pool : answer.pools) {
        if (!has_wide_experts(pool.fleet.replica)) continue;
        const Replica& r = pool.fleet.replica;
        notes.push_back(fmt::format(
            "experts of {} are spread wide: {:.0f} further places for copies, two-batch overlap {}",
            pool.role == "all" ? "a replica" : "the pool of " + pool.role, redundant_experts(r),
            overlaps_exchange(r) ? "on" : "off"));
    }
    if (model != nullptr) note_adapters(answer.pools[0].fleet.replica, notes);
    if (q.load.images > 0) {
        notes.push_back(fmt::format("{} a prompt, each {} of it", counted(q.load.images, "image"),
                                    counted(q.load.image_tokens, "token")));
    }
    if (q.load.prefix_tokens > 0 && model != nullptr &&
        !answer.pools[0].fleet.replica.engine.prefix_cache) {
        notes.emplace_back("prompts begin alike, but the prefix cache is off");
    }
    if (q.cluster.router.kind == RouterKind::session && q.load.trace.empty() && !q.load.turns) {
        notes.emplace_back(
            "no request goes on a conversation: the router by session takes the "
            "replica with the least to do");
    }
    if (std::string text = unmeasured_text(catalog, chip); !text.empty()) {
        notes.push_back(std::move(text));
    }
    if (model == nullptr) return;
    if (std::string text = unmeasured_text(*model); !text.empty()) notes.push_back(std::move(text));
}

}  // namespace

void add_notes(const Catalog& catalog, ServeAnswer& answer) {
    note_defaults(answer);
    note_rest(catalog, answer);
    note_short(answer);
}

}  // namespace millwright
