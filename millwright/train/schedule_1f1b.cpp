// 1F1B and interleaved 1F1B (Narayanan 2021): after a few forward passes ahead a stage does one
// forward and one backward by turns. Interleaved stages hold chunks far apart in the model and take
// micro-batches in rounds of like size, of as many as there are stages or a few more.
//
// A stage j with q passes ahead of its first backward waits there for as long as the way through
// the later stages and back is longer than these, and likewise before its last backward:
//     D_j = f_j + max(q f_j, D_j+1) + b_j       from its first forward to its first backward
//     E_j = f_j + max(q b_j, E_j+1) + b_j       from its last forward to its last backward
//     time = max over j of   sum_{i<j} (f_i + b_i) + M (f_j + b_j) + both waits
// which for like stages is (M + p - 1)(f + b). Interleaved stages have 2 q passes ahead and 1/v of
// the time of each. The forward passes of the first v - 1 chunks of the first round come before,
// at the pace of the slowest stage on the way, or of the lap round all stages; the backward passes
// of the last round likewise. Left out are ways that go deeper between by turns: unlike stages and
// few micro-batches may take a per cent more (a law).
#include <algorithm>

#include "millwright/base/whole.h"
#include "millwright/train/schedule.h"

namespace millwright {
namespace {

/// Micro-batches in rounds that go through chunk after chunk: at least one for each stage, or all
/// if there are fewer.
struct Rounds {
    std::int64_t count = 1, least = 0, larger = 0;  // the first `larger` have one more

    explicit Rounds(const Plan& plan) {
        const std::int64_t all = micro_batches(plan);
        count = std::max<std::int64_t>(1, all / plan.pipeline);
        least = all / count;
        larger = all % count;
    }
    std::int64_t most() const { return least + (larger > 0 ? 1 : 0); }
};

/// n-th forward (or backward) of a rank.
Slot nth_slot(const Plan& plan, const Rounds& rounds, std::int64_t n, bool forward) {
    const std::int64_t v = plan.virtual_stages;
    const std::int64_t in_larger = rounds.larger * (rounds.least + 1) * v;  // slots
    const bool large = n < in_larger;
    const std::int64_t size = rounds.least + (large ? 1 : 0);
    const std::int64_t from = large ? n : n - in_larger;
    const std::int64_t before = (large ? 0 : rounds.larger * (rounds.least + 1)) +
                                from / (size * v) * size;  // micro-batches of earlier rounds
    const std::int64_t chunk = from % (size * v) / size;
    return {forward ? TaskKind::forward : TaskKind::backward, before + from % size,
            forward ? chunk : v - 1 - chunk};
}

/// `warm` forwards ahead.
std::vector<Slot> by_turns(const Plan& plan, const Rounds& rounds, std::int64_t warm) {
    const std::int64_t total = micro_batches(plan) * plan.virtual_stages;
    warm = std::min(total, warm);
    std::vector<Slot> order;
    const auto add = [&](std::int64_t n, bool forward) {
        order.push_back(nth_slot(plan, rounds, n, forward));
    };
    for (std::int64_t n = 0; n < warm; ++n) add(n, true);
    for (std::int64_t n = warm; n < total; ++n) {
        add(n, true);
        add(n - warm, false);
    }
    for (std::int64_t n = total - warm; n < total; ++n) add(n, false);
    return order;
}

std::vector<Slot> one_chunk_order(const Plan& plan, std::int64_t rank) {
    return by_turns(plan, Rounds(plan), plan.pipeline - rank - 1);
}

/// Two forwards ahead for each later stage, a slot of the way there and one of the way back; and
/// all chunks but the last of the first round, which come before any micro-batch can turn.
std::vector<Slot> interleaved_order(const Plan& plan, std::int64_t rank) {
    const Rounds rounds(plan);
    return by_turns(plan, rounds,
                    2 * (plan.pipeline - rank - 1) + (plan.virtual_stages - 1) * rounds.most());
}

// --- span ----------------------------------------------------------------------------------

/// One way, forward or backward: passes of the chunks before a stage's turns begin, or after they
/// end, which take no less than laps round all stages.
struct OneWay {
    double passes = 0;
    Seconds laps;

    OneWay(Seconds all, Seconds slowest, double chunks, double round)
        : passes((chunks - 1) * round),
          laps(max(all + (chunks - 2) * round * slowest, (chunks - 1) * all)) {}

    /// That lead to a stage, `until` the slowest there or before.
    Seconds led(Seconds until) const { return max(passes * until, laps); }
};

/// From a stage's first forward to its first backward, or from last to last: ways beyond what is
/// its own to do, from the last stage to the first.
class RankTurn {
public:
    /// `own` and `other` as the stage's passes come, `ahead` of the own beside the turn itself,
    /// `fewer` at the next stage, where a turn takes `next`.
    Seconds beyond(Seconds own, Seconds other, double ahead, double fewer, Seconds next) {
        const Seconds turn = max(max(ahead * own, alone_), (ahead - fewer) * own + next);
        alone_ = own + other + turn;
        return turn - ahead * own;
    }
    /// The same with passes of other chunks before, at the pace of this stage, a later one, or
    /// those that lead here.
    Seconds with_chunks(Seconds own, Seconds other, Seconds beyond, double passes, Seconds led) {
        const Seconds most = max(alone_ + led, with_ + own + other);
        with_ = max(alone_ + passes * own, with_ + own + other);
        return beyond + most - alone_ - passes * own;
    }

private:
    Seconds alone_, with_;
};

/// Times of all chunks of a stage; `step`: passes ahead for each stage behind.
template <bool chunked>
Seconds span_of(const Plan& plan, const StagePasses& stages, double step) {
    const double m = real(micro_batches(plan));
    const double v = chunked ? real(plan.virtual_stages) : 1;
    const Rounds rounds(plan);
    const StagePass& whole = stages.each.back();
    const OneWay down(stages.all_forward, whole.slowest_forward, v, real(rounds.most()));
    const OneWay up(stages.all_backward, whole.slowest_backward, v, real(rounds.least));
    const double share = 1 / v;
    const double slots = m * v - down.passes;
    Seconds forwards = stages.all_forward, backwards = stages.all_backward;  // of earlier stages
    RankTurn first, last;
    Seconds longest, next;
    double behind = 0;
    for (std::size_t j = stages.each.size(); j-- > 0; behind += step) {
        const Seconds f = stages.each[j].forward, b = stages.each[j].backward;
        forwards = forwards - f;
        backwards = backwards - b;
        const double ahead = std::min(behind, slots - 1);
        Seconds before = first.beyond(f, b, ahead, step, next);
        Seconds after = last.beyond(b, f, ahead, step, next);
        Seconds waits;
        if constexpr (chunked) {
            const Seconds led = down.led(stages.each[j].slowest_forward);
            const Seconds left = up.led(stages.each[j].slowest_backward);
            before = first.with_chunks(f, b, before, down.passes, led);
            after = last.with_chunks(b, f, after, up.passes, left);
            const bool apart = slots > behind;
            waits = apart ? before + after
                          : max(before + left - up.passes * b, after + led - down.passes * f);
        } else {
            waits = slots - 1 > behind ? before + after : max(before, after);
        }
        longest = max(longest, m * (f + b) + share * (forwards + waits + backwards));
        next = f + b;
    }
    return longest;
}

Seconds one_chunk_span(const Plan& plan, const StagePasses& stages) {
    return span_of<false>(plan, stages, 1);
}

Seconds interleaved_span(const Plan& plan, const StagePasses& stages) {
    return span_of<true>(plan, stages, 2);
}

// --- in flight -----------------------------------------------------------------------------

double one_chunk_held(const Plan& plan, std::int64_t rank) {
    return std::min(real(micro_batches(plan)), real(plan.pipeline - rank));
}

/// The 2 (p - 1 - r) + (v - 1) n + 1 forwards up to the first backward of rank r, of 1/v of a stage
/// each, in rounds of n micro-batches: n + (2 (p - r) - 1 - n) / v.
double interleaved_held(const Plan& plan, std::int64_t rank) {
    const std::int64_t round = Rounds(plan).most();
    const double more = real(2 * (plan.pipeline - rank) - 1 - round) / real(plan.virtual_stages);
    return std::min(real(micro_batches(plan)), real(round) + more);
}

std::int64_t all_stages(const Plan& plan) { return plan.pipeline; }

}  // namespace

template <>
constinit const ScheduleRow RowOf<Schedule::one_f_one_b>::row{.order = one_chunk_order,
                                                              .span = one_chunk_span,
                                                              .in_flight = one_chunk_held,
                                                              .by_turns = true};

template <>
constinit const ScheduleRow RowOf<Schedule::interleaved>::row{.order = interleaved_order,
                                                              .span = interleaved_span,
                                                              .in_flight = interleaved_held,
                                                              .virtual_stages = true,
                                                              .least_stages = 2,
                                                              .round = all_stages};

}  // namespace millwright
