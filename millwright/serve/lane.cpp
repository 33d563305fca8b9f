// Lengths of those answering are never stored: at step k of answering a sequence that began at step
// b with n tokens has n + speed (k - b), so the sum over all is a base that changes when one begins
// or ends, and speed x k for each.
#include "millwright/serve/lane.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "millwright/base/require.h"

namespace millwright {
namespace {

/// Part of the blocks, whole ones, that stays free when another sequence is admitted beside running
/// ones, so that these may grow (vLLM's watermark).
constexpr double watermark = 0.01;

/// An id stands for a beginning, so one that comes again says nothing new of the prompt.
void cut_at_repeat(std::vector<std::uint64_t>& ids) {
    std::unordered_set<std::uint64_t> seen;
    const auto again =
        std::ranges::find_if(ids, [&](std::uint64_t id) { return !seen.insert(id).second; });
    ids.erase(again, ids.end());
}

double real_count(std::int64_t count) { return static_cast<double>(count); }

}  // namespace

ServeLane::ServeLane(const Replica& replica, StepCost& cost, Ended ended, StepSink sink,
                     TierLinks below)
    : engine_(replica.engine),
      memory_(memory_of(replica)),
      cost_(cost),
      ended_(std::move(ended)),
      steps_(std::move(sink)),
      waiting_(replica.engine.tenant_weights, replica.engine.speculation.tokens_a_step()),
      below_(std::move(below)) {
    capacity_ = real_count(memory_.blocks);
    const bool grows = memory_.block > Bytes{};
    fixed_ = grows ? memory_.sequence / memory_.block : 1;
    block_ = real_count(engine_.block_size);
    blocks_a_token_ = grows ? 1 / block_ : 0;
    last_half_ = grows ? (1 - 1 / block_) / 2 : 0;
    speed_ = engine_.speculation.tokens_a_step();
    require(capacity_ > 0, "a replica has room for a block");
    if (!below_.empty()) listen();
}

void ServeLane::take(const DueRequest& due, Seconds at) {
    Slot slot = 0;
    if (free_.empty()) {
        slot = narrow<Slot>(slots_.size());
        slots_.emplace_back();
    } else {
        slot = free_.back();
        free_.pop_back();
    }
    const RequestProgress& got = due.progress;
    slots_[slot] = {.request = due.request,
                    .index = due.index,
                    .moves = got.moves,
                    .started = got.started,
                    .to_compute = real_count(due.request.prompt) + got.answered,
                    .answered = got.answered,
                    .ready = max(at, front_) + engine_.figures.request,
                    .scheduled = got.scheduled,
                    .first = got.first_token};
    front_ = slots_[slot].ready;
    Request& taken = slots_[slot].request;
    if (taken.prefix_tokens > 0) {  // pieces that go beyond the prompt are none of it
        const std::int64_t whole = taken.prompt / taken.prefix_tokens;
        taken.prefix.resize(std::min(taken.prefix.size(), static_cast<std::size_t>(whole)));
        cut_at_repeat(taken.prefix);
    }
    coming_.push_back(slot);
    if (!ever_fits(slots_[slot])) {
        coming_.pop_back();
        drop(slot);
    }
}

void ServeLane::drop(Slot slot) {
    ++dropped;
    const Sequence& s = slots_[slot];
    const Seconds at = s.request.arrival;
    ended_({.index = s.index,
            .arrival = at,
            .scheduled = at,
            .first_token = at,
            .end = at,
            .tenant = s.request.tenant},
           s.request);
    free_.push_back(slot);
}

double ServeLane::length(const Sequence& s) const {
    return s.to_compute + speed_ * (answer_steps_ - s.began);
}

/// Last blocks are half full on average. A model of states alone counts its sequences.
double ServeLane::blocks_used() const {
    const double tokens =
        engine_.reservation == Reservation::whole
            ? reserved_
            : prompt_tokens_ + answer_base_ + answering() * speed_ * answer_steps_;
    return (tokens - shared_tokens_ + prefixes_.held_tokens()) * blocks_a_token_ +
           static_cast<double>(running()) * (last_half_ + fixed_);
}

double ServeLane::blocks_for(const Sequence& s) const {
    double tokens = s.to_compute;
    if (engine_.reservation == Reservation::whole) {
        tokens = real_count(s.request.prompt + s.request.output);
    }
    if (engine_.prefix_cache) tokens -= prefixes_.kept(s.request.prefix).held_tokens;
    return std::max(0.0, tokens) * blocks_a_token_ + last_half_ + fixed_;
}

bool ServeLane::ever_fits(const Sequence& s) const {
    return holds(memory_, engine_, s.request.prompt + s.request.output);
}

bool ServeLane::fits(const Sequence& s) const {
    if (running() >= static_cast<std::size_t>(engine_.max_sequences)) return false;
    // the others, those whose prompts are not done too, and this one have room for a step more
    const double growing = engine_.reservation == Reservation::growing && running() > 0
                               ? std::floor(watermark * capacity_) + growth(running() + 1)
                               : 0;
    return blocks_used() + blocks_for(s) + growing <= capacity_;
}

/// What was ready when the step is planned: at its start, or where engines plan ahead at the start
/// of the one before.
void ServeLane::note_ready() {
    const bool stepping = running() > loading_.size();
    const Seconds planned = engine_.plans_ahead && stepping ? step_began_ : now_;
    note_loaded(now_);
    while (!coming_.empty() && slots_[coming_.front()].ready <= planned) {
        waiting_.join(in_line(coming_.front()), answer_steps_);
        coming_.pop_front();
    }
}

WaitingRequest ServeLane::in_line(Slot slot) const {
    const Sequence& s = slots_[slot];
    return {slot, s.request.tenant, s.request.priority, s.ready};
}

void ServeLane::admit(Slot slot) {
    Sequence& s = slots_[slot];
    s.stay = ++stays_;
    s.computed = s.found = s.shared = 0;
    s.loaded = now_;
    const Request& r = s.request;
    if (engine_.prefix_cache && !r.prefix.empty()) find_beginning(s);
    if (r.prefilled && s.answered <= 0) s.computed = s.to_compute;
    waiting_.charge(r.tenant, s.to_compute - s.computed);
    if (!s.started) s.scheduled = now_;
    prompt_tokens_ += s.to_compute;
    reserved_ += real_count(r.prompt + r.output);
    s.state = s.loaded > now_ ? State::loading : State::prompting;
    if (s.loaded > now_) {
        load(slot);
    } else {
        prompting_.push_back(slot);
    }
    forget_prefixes();
}

/// What a sequence holds is free again; of the pieces of its beginning so many were computed.
void ServeLane::leave(Sequence& s, std::size_t computed) {
    if (s.state == State::prompting || s.state == State::loading) prompt_tokens_ -= s.to_compute;
    if (s.state == State::answering) {
        answer_base_ -= s.to_compute - speed_ * s.began;
        waiting_.ends(s.request.tenant, s.began, answer_steps_);
    }
    reserved_ -= real_count(s.request.prompt + s.request.output);
    shared_tokens_ -= s.shared;
    if (s.shared > 0) {
        const std::span<const std::uint64_t> ids = s.request.prefix;
        prefixes_.lose(ids.subspan(computed));
        prefixes_.release(ids.first(computed));
    }
    s.shared = 0;
    if (s.state == State::answering) {
        slots_[answering_.back()].place = s.place;
        answering_[s.place] = answering_.back();
        answering_.pop_back();
    }
}

double ServeLane::budget() const {
    if (engine_.batching == Batching::fixed) return HUGE_VAL;
    const double all = real_count(engine_.max_batched_tokens);
    if (engine_.batching == Batching::prefill_first) return all;
    return std::max(0.0, all - answering() * (1 + engine_.speculation.depth));
}

void ServeLane::add_chunk(Slot slot, double tokens) {
    Sequence& s = slots_[slot];
    if (s.computed <= s.found) images_ += s.request.images;
    s.computed += tokens;
    chunks_.push_back({tokens, s.computed});
    chunk_slots_.push_back(slot);
    if (s.computed >= s.to_compute) ++prompts_ended_;
}

/// Admits the first that waits if there is room and, where prompts stay whole, tokens for it.
bool ServeLane::admit_next(double left) {
    if (waiting_.empty()) return false;
    const Slot slot = waiting_.next(answer_steps_);
    const Sequence& s = slots_[slot];
    if (!fits(s)) return false;
    const bool alone = chunks_.empty();  // what is longer than a step has one to itself
    if (!engine_.chunked && s.to_compute > left && !alone) return false;
    waiting_.take(answer_steps_);
    admit(slot);
    return true;
}

void ServeLane::plan_prompts() {
    chunks_.clear();
    chunk_slots_.clear();
    prompts_ended_ = images_ = 0;
    answers_ = true;
    if (engine_.batching == Batching::fixed && running() > prompting_.size()) return;
    double left = budget();
    for (std::size_t i = 0; left > 0;) {
        if (i == prompting_.size() && !admit_next(left)) break;
        if (i == prompting_.size()) continue;  // what was admitted is loaded first
        const Slot slot = prompting_[i];
        if (slots_[slot].computed >= slots_[slot].to_compute) {  // by another pool
            begin_answer(slot);
            prompting_.erase(prompting_.begin() + static_cast<std::ptrdiff_t>(i));
            continue;
        }
        ++i;
        const double rest = slots_[slot].to_compute - slots_[slot].computed;
        const double tokens = engine_.chunked ? std::min(rest, left) : rest;
        add_chunk(slot, tokens);
        left -= tokens;
    }
    if (engine_.batching != Batching::mixed && !chunks_.empty()) answers_ = false;
}

/// Blocks that so many sequences grow into in a step.
double ServeLane::growth(std::size_t sequences) const {
    if (engine_.reservation == Reservation::whole) return 0;
    return static_cast<double>(sequences) * speed_ * blocks_a_token_;
}

/// Running sequences that grow beyond the blocks give way until the others fit.
void ServeLane::make_room() {
    while (running() > 1 && blocks_used() + growth(answering_.size()) > capacity_)
        preempt(victim());
    forget_prefixes();
}

void ServeLane::finish_prompts(bool stalled) {
    for (const Slot slot : chunk_slots_) {
        if (slots_[slot].computed < slots_[slot].to_compute) continue;
        begin_answer(slot);
        if (stalled) fresh_.push_back({slot, slots_[slot].stay, now_});
    }
    std::erase_if(prompting_, [&](Slot s) { return slots_[s].state != State::prompting; });
}

void ServeLane::begin_answer(Slot slot) {
    Sequence& s = slots_[slot];
    if (!s.started) s.first = now_ + engine_.figures.reply;
    s.started = true;
    prompt_tokens_ -= s.to_compute;
    s.state = State::answering;
    s.began = answer_steps_;
    answer_base_ += s.to_compute - speed_ * s.began;
    s.place = answering_.size();
    answering_.push_back(slot);
    waiting_.begins(s.request.tenant, answer_steps_);
    const double left = real_count(s.request.output) - s.answered - 1;
    s.ends = s.began + std::max(0.0, std::ceil(left / speed_));
    endings_.push({s.ends, s.stay, slot});
}

void ServeLane::end_answers() {
    while (!endings_.empty() && endings_.top().step <= answer_steps_) {
        const Ending ending = endings_.top();
        endings_.pop();
        if (slots_[ending.slot].stay == ending.stay) end(ending.slot);
    }
}

void ServeLane::end(Slot slot) {
    Sequence& s = slots_[slot];
    leave(s, s.request.prefix.size());
    s.state = State::waiting;
    s.stay = 0;
    free_.push_back(slot);
    ended_({.index = s.index,
            .arrival = s.request.arrival,
            .scheduled = s.scheduled,
            .first_token = s.first,
            .end = now_ + engine_.figures.reply,
            .prompt = s.request.prompt,
            .output = s.request.output,
            .cached = static_cast<std::int64_t>(s.found),
            .tenant = s.request.tenant},
           s.request);
}

/// Where the next request is ready, or a beginning loaded.
Seconds ServeLane::wakes() const {
    require(!coming_.empty() || !loading_.empty(), "a lane that advances has something to do");
    Seconds next =
        loading_.empty() ? slots_[coming_.front()].ready : slots_[loading_.front()].loaded;
    if (!coming_.empty()) next = min(next, slots_[coming_.front()].ready);
    // what is ready while beginnings are loaded may have to wait for them
    if (next <= now_ && !loading_.empty()) next = slots_[loading_.front()].loaded;
    return max(now_, next);
}

void ServeLane::advance() {
    if (waits_) now_ = wakes();
    waits_ = false;
    note_ready();
    make_room();
    plan_prompts();
    if (chunks_.empty() && answering_.empty()) {
        waits_ = true;
        return;
    }
    StepLoad load{.chunks = chunks_, .prompts_ended = prompts_ended_};
    load.sequences = static_cast<std::int64_t>(running());
    load.images = images_;
    if (answers_ && !answering_.empty()) {
        load.running = static_cast<std::int64_t>(answering_.size());
        load.cached = answer_base_ + answering() * speed_ * answer_steps_ + answering();
    }
    const Seconds time = cost_.step(load);
    step_began_ = now_;
    now_ += time;
    account(load, time);
    const bool stalled = load.running == 0 && !answering_.empty();
    if (load.running > 0) {
        ++answer_steps_;
        note_gaps();
    }
    if (!stalled) {
        fresh_.clear();
        last_answer_ = now_;
    }
    finish_prompts(stalled);
    end_answers();
}

}  // namespace millwright
