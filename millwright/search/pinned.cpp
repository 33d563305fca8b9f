// Plans whose coordinates someone has fixed.
//
// Whoever pins wants an answer about these plans, not that a better one exists: few are all listed,
// with what they take, whether or not they fit. Many go through the search as usual. Where that
// finds none that fits and is in time, it is run once more without the deadline, and where nothing
// fits at all whatever the memory, so that there are plans to show; their figures say what they
// lack.
#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/search/search.h"

namespace millwright {
namespace {

constexpr std::size_t few = 64;               // plans that are listed one and all
constexpr std::uint64_t looked_at = 2000000;  // numbers, to say why none can run

/// The first plans that can run, one more than `few` at the most, which tells that there are
/// many. Where few or none can, every number of the space is looked at.
std::vector<std::uint64_t> first_plans(const PlanSpace& space) {
    std::vector<std::uint64_t> found;
    for (std::uint64_t n = 0; n < space.numbers() && found.size() <= few; ++n) {
        if (can_run(space, plan_at(space, n))) found.push_back(n);
    }
    return found;
}

bool is_late(const Candidate& c, const SearchOptions& options) {
    const double each = c.step.si() / static_cast<double>(c.plan.global_batch);
    return options.slowest > Seconds{} && each > options.slowest.si();
}

Candidate evaluated(const TrainContext& context, const PlanSpace& space, std::uint64_t number,
                    const SearchOptions& options) {
    Candidate c{.plan = plan_at(space, number), .number = number};
    const Step step = evaluate(context, c.plan);
    c.step = step.times.total;
    c.memory = step.memory.total;
    c.fits = step.fits;
    c.late = is_late(c, options);
    const double chips = options.by_cost ? static_cast<double>(chips_used(c.plan)) : 1;
    c.score = c.step.si() * chips / static_cast<double>(c.plan.global_batch);
    return c;
}

/// All of them, those that fit first, then by score.
SearchResult evaluate_all(const TrainContext& context, const PlanSpace& space,
                          const std::vector<std::uint64_t>& numbers, const SearchOptions& options) {
    SearchResult result;
    for (const std::uint64_t number : numbers) {
        const Candidate c = evaluated(context, space, number, options);
        if (!c.fits) ++result.too_large;
        if (c.fits && c.late) ++result.late;
        result.pareto.push_back(c);
    }
    // what can be done as asked comes first; the number at last, so that no two rank alike
    const auto rank = [&](const Candidate& c) {
        return std::tuple(!c.fits, c.late, c.score, chips_used(c.plan), c.number);
    };
    std::sort(result.pareto.begin(), result.pareto.end(),
              [&](const Candidate& a, const Candidate& b) { return rank(a) < rank(b); });
    result.in_space = result.evaluated = numbers.size();
    if (result.pareto.empty()) return result;
    result.smallest = *std::min_element(
        result.pareto.begin(), result.pareto.end(),
        [](const Candidate& a, const Candidate& b) { return a.memory < b.memory; });
    // the first of the list, whether or not it fits: `feasible` says so
    result.best = result.with_more_memory = result.pareto.front();
    result.feasible = result.best.fits && !result.best.late;
    return result;
}

/// How the values of one option are bound: to divisors of a number, or to no more than it.
struct Binding {
    const char* option;
    Pin PlanPins::*pin;
    std::int64_t most;  // what the values divide, or are no more than
    const char* what;
    bool divides = true;
};

/// False, and a fault, if some value that is pinned cannot be.
/// A range is looked through up to `most` only: no number beyond divides it.
bool check(const Binding& c, const Pin& pin, Faults& faults) {
    const auto can_be = [&](std::int64_t v) { return c.divides ? c.most % v == 0 : v <= c.most; };
    const char* verb = c.divides ? "do not divide into" : "are fewer than";
    const std::size_t before = faults.size();
    for (const std::int64_t value : pin.values) {
        if (can_be(value)) continue;
        faults.push_back(
            {{c.option, 0, 0},
             fmt::format("{} {} {} {}", c.most, c.what, verb, value),
             fmt::format("choose a {} {}", c.divides ? "divisor of" : "number up to", c.most)});
    }
    // a list is meant word for word, so each value must do; of a range one is enough
    if (pin.to == 0) return faults.size() == before;
    for (std::int64_t i = pin.from; i <= std::min(pin.to, c.most); ++i) {
        if (can_be(i)) return true;
    }
    faults.push_back(
        {{c.option, 0, 0},
         fmt::format("{} {} {} anything of {} to {}", c.most, c.what, verb, pin.from, pin.to),
         "widen the range"});
    return false;
}

/// Experts are another kind of layer, not a number of one.
bool check_experts(const Model& model, const Pin& pin, Faults& faults) {
    const Binding some{"--expert", &PlanPins::expert, model.experts.value, "experts"};
    if (is_moe(model)) return check(some, pin, faults);
    const bool one = std::all_of(pin.values.begin(), pin.values.end(),
                                 [](std::int64_t value) { return value == 1; });
    if (one && pin.from <= 1) return true;
    faults.push_back({{"--expert", 0, 0}, "the model has no experts", "leave --expert out"});
    return false;
}

/// The pins whose values can be; a fault for each of the others. A pin that is at fault is dropped
/// whole, so that the rest can still be asked whether any plan has it.
PlanPins checked(const TrainContext& context, const SpaceLimits& limits, Faults& faults) {
    const Model& m = context.model;
    const auto sequence = static_cast<std::int64_t>(context.sequence);
    const std::int64_t heads = dividing_heads(m);
    // what divides any batch that there may be divides the largest
    std::int64_t batch = limits.global_batch;
    while (2 * batch <= limits.max_global_batch) batch *= 2;
    PlanPins pins = limits.pins;
    for (const Binding& c : {
             Binding{"--tensor", &PlanPins::tensor, heads, "attention heads"},
             Binding{"--context", &PlanPins::context, sequence, "tokens of a sequence"},
             Binding{"--micro-batch", &PlanPins::micro_batch, batch, "sequences of a step"},
             Binding{"--data", &PlanPins::data, batch, "sequences of a step"},
             Binding{"--pipeline", &PlanPins::pipeline, m.layers.value, "layers", false},
             Binding{"--virtual-stages", &PlanPins::virtual_stages, m.layers.value, "layers",
                     false},
         }) {
        if (!check(c, pins.*c.pin, faults)) pins.*c.pin = {};
    }
    if (!check_experts(m, pins.expert, faults)) pins.expert = {};
    return pins;
}

struct Obstruction {
    std::string why;
    std::string hint = "pin fewer coordinates, or others";
};

/// What is wrong with schedules and virtual stages where no choice of them is left.
Obstruction why_no_schedule(const PlanSpace& space, const PlanPins& pins) {
    // whether a schedule that is pinned, or any if none is, interleaves at all
    const bool some =
        pins.schedule.empty() || std::ranges::any_of(pins.schedule, [](Schedule schedule) {
            return row_of(schedule).virtual_stages;
        });
    for (const std::int64_t v : pins.virtual_stages.values) {
        if (v < 2 || !some || space.pipeline.empty()) continue;
        const Unsplit unsplit = why_unsplit(space, space.pipeline.front(), v);
        if (space.pipeline.front() > 1) return {unsplit.why, unsplit.instead};
        return {"virtual stages need a pipeline of two stages or more"};
    }
    std::vector<std::string> one, more;
    for (std::size_t i = 0; i < EnumNames<Schedule>::names.size(); ++i) {
        const bool many = row_of(static_cast<Schedule>(i)).virtual_stages;
        (many ? more : one).emplace_back(EnumNames<Schedule>::names[i]);
    }
    return {fmt::format("{} have one virtual stage, {} has two or more, of whole layers",
                        join(one, ", "), join(more, ", "))};
}

/// What stands in the way of the plan that comes furthest: a batch that does not divide is told
/// only where some plan has chips enough.
Obstruction why_none(const PlanSpace& space, const PlanPins& pins) {
    if (space.schedules.empty()) return why_no_schedule(space, pins);
    if (space.memory.empty()) return {"the server states no host memory to keep anything in"};
    // the first plan in the order of numbers wins among those that come equally far
    Plan closest;
    int furthest = -1;
    for (std::uint64_t n = 0; n < std::min(space.numbers(), looked_at); ++n) {
        const Plan plan = plan_at(space, n);
        const int here = tests_passed(space, plan);
        if (here <= furthest) continue;
        furthest = here;
        closest = plan;
    }
    if (furthest < 0) return {};
    Obstruction found{why_not(space, closest)};
    const bool unsplit = has_stages(closest) && !can_be_scheduled(space, closest);
    if (unsplit && closest.pipeline > 1) {
        found.hint = why_unsplit(space, closest.pipeline, closest.virtual_stages).instead;
    }
    return found;
}

}  // namespace

Faults pin_faults(const TrainContext& context, const SpaceLimits& limits) {
    Faults faults;
    SpaceLimits can_be = limits;
    can_be.pins = checked(context, limits, faults);
    const PlanSpace space = plan_space(context, can_be);
    if (!first_plans(space).empty()) return faults;
    Obstruction none = why_none(space, can_be.pins);
    faults.push_back(
        {{"", 0, 0}, "no plan has all that is pinned: " + none.why, std::move(none.hint)});
    return faults;
}

SearchResult search_pinned(const TrainContext& context, const SpaceLimits& limits,
                           const SearchOptions& options) {
    const PlanSpace space = plan_space(context, limits);
    const std::vector<std::uint64_t> numbers = first_plans(space);
    if (numbers.size() <= few) return evaluate_all(context, space, numbers, options);
    SearchResult found = search(context, limits, options);
    if (found.feasible) return found;
    SearchOptions lenient = options;
    lenient.slowest = Seconds{};
    // late plans fit: without the deadline they are the answer, else memory was in the way
    lenient.regardless = found.late == 0;
    const SearchResult front = search(context, limits, lenient);
    found.evaluated = front.evaluated;
    found.pruned = front.pruned;
    for (const Candidate& c : front.pareto) {
        // anew: the lenient search says of none that it does not fit or is late
        found.pareto.push_back(evaluated(context, space, c.number, options));
    }
    std::stable_sort(found.pareto.begin(), found.pareto.end(),
                     [](const Candidate& a, const Candidate& b) {
                         return std::tuple(!a.fits, a.late) < std::tuple(!b.fits, b.late);
                     });
    return found;
}

}  // namespace millwright
