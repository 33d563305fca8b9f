// One lane of a replica: its queues, its cache, and the steps that it makes.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <queue>
#include <span>
#include <unordered_map>
#include <vector>

#include "millwright/serve/prefix_cache.h"
#include "millwright/serve/request_flow.h"
#include "millwright/serve/simulate.h"
#include "millwright/serve/step_cost.h"
#include "millwright/serve/tier_links.h"
#include "millwright/serve/waiting_lines.h"

namespace millwright {

/// Requests wait in order of priority, then of arrival, or by turns of tenants (waiting_lines.h);
/// those with a cache run. All running
/// sequences whose prompts are done get their tokens in the same steps, so a sequence ends at a
/// step that is known when its first token comes, and nothing is done for each token.
class ServeLane {
public:
    /// What is told of a request that ended, and which it was.
    using Ended = std::function<void(const ServedRequest&, const Request&)>;
    /// What is told of its caches: a piece came or went.
    using CacheNews = std::function<void(std::uint64_t id, bool kept, Seconds at)>;

    /// `sink`, if there is one, is told of every step. What leaves the prefix cache goes to
    /// `below`.
    ServeLane(const Replica& replica, StepCost& cost, Ended ended, StepSink sink = {},
              TierLinks below = TierLinks{});
    ServeLane(const ServeLane&) = delete;
    ServeLane& operator=(const ServeLane&) = delete;

    /// A request that the lane has from `at` on, which does not fall from one to the next.
    void take(const DueRequest& due, Seconds at);
    /// Makes one step, or goes to where the next request is ready. The lane has requests.
    void advance();
    /// Its chips fail: all that it had, in the order in which it came, and empty caches.
    std::vector<DueRequest> give_up(Seconds at);
    /// Tells of pieces of prompts from now on.
    void tell_of_caches(CacheNews news);
    /// Tokens of a prompt that its caches, those below too, have.
    double kept_tokens(const Request& request) const;

    Seconds now() const { return now_; }
    /// When it goes on; only where it has something to do.
    Seconds next() const { return waits_ ? wakes() : now_; }
    std::size_t there() const { return coming_.size() + waiting_.size() + running(); }
    /// At once, so far: what the lane keeps memory for.
    std::size_t most_there() const { return slots_.size(); }
    /// That came and have no memory yet.
    std::size_t waiting() const { return coming_.size() + waiting_.size(); }

    std::uint64_t preemptions = 0, steps = 0, dropped = 0;
    Seconds busy;
    double most_cache = 0;     // share of blocks
    double cache_seconds = 0;  // share of blocks in use x time
    double running_seconds = 0;
    LatencyCounts between_tokens;

private:
    using Slot = std::uint32_t;
    enum class State : std::uint8_t { waiting, loading, prompting, answering };
    struct Sequence {
        Request request;
        std::uint64_t index = 0, moves = 0;
        State state = State::waiting;
        bool started = false;        // its first token is out
        double to_compute = 0;       // tokens of the prompt, and of an answer that was lost
        double computed = 0;         // of these, found ones included
        double found = 0;            // in the prefix cache
        double shared = 0;           // that pieces of the prefix cache hold for it
        double answered = 0;         // tokens, before this stay
        double began = 0, ends = 0;  // steps of answering, of this stay
        Seconds ready, scheduled, first;
        Seconds loaded;          // its beginning, from memory below
        std::uint64_t stay = 0;  // which admission; what was noted of older ones is void
        std::size_t place = 0;   // among those answering
    };
    struct Ending {
        double step;
        std::uint64_t stay;
        Slot slot;
        bool operator>(const Ending& other) const {
            return step != other.step ? step > other.step : stay > other.stay;
        }
    };

    struct Fresh {
        Slot slot;
        std::uint64_t stay;
        Seconds at;
    };

    std::size_t running() const { return loading_.size() + prompting_.size() + answering_.size(); }
    double answering() const { return static_cast<double>(answering_.size()); }
    double length(const Sequence& s) const;
    double blocks_used() const;
    double blocks_for(const Sequence& s) const;
    void note_ready();
    WaitingRequest in_line(Slot slot) const;
    bool fits(const Sequence& s) const;
    bool ever_fits(const Sequence& s) const;
    void admit(Slot slot);
    void find_beginning(Sequence& s);
    std::size_t kept_pieces(const Request& request) const;
    void listen();
    void note_loaded(Seconds by);
    void load(Slot slot);
    void bring(std::span<const std::uint64_t> ids, Sequence& s);
    Seconds wakes() const;
    double answered(const Sequence& s) const;
    void drop(Slot slot);
    double budget() const;
    void plan_prompts();
    void add_chunk(Slot slot, double tokens);
    bool admit_next(double left);
    double growth(std::size_t sequences) const;
    void make_room();
    void forget_prefixes();
    Slot victim() const;
    void preempt(Slot slot);
    std::size_t computed_pieces(const Sequence& s) const;
    void leave(Sequence& s, std::size_t computed);
    void finish_prompts(bool stalled);
    void note_gaps();
    void begin_answer(Slot slot);
    void end_answers();
    void end(Slot slot);
    void account(const StepLoad& load, Seconds time);
    void tell(const StepLoad& load, Seconds time, double cache_share) const;

    const EngineSettings engine_;
    const ReplicaMemory memory_;
    StepCost& cost_;
    Ended ended_;
    StepSink steps_;
    double capacity_ = 0, fixed_ = 0;  // blocks; of a sequence's fixed sizes
    double block_ = 1, speed_ = 1;     // tokens of a block, and of a sequence's step
    double blocks_a_token_ = 1;        // none where a model keeps states alone
    double last_half_ = 0;             // of a sequence's last block, on average

    std::vector<Sequence> slots_;
    std::vector<Slot> free_;
    std::deque<Slot> coming_, loading_, prompting_;
    WaitingLines waiting_;
    std::vector<Slot> answering_;
    std::vector<Fresh> fresh_;  // began after the last step in which the others got tokens
    std::priority_queue<Ending, std::vector<Ending>, std::greater<>> endings_;
    PrefixCache prefixes_;
    TierLinks below_;
    CacheNews news_;
    Seconds loader_free_;  // it brings one beginning after the other
    std::unordered_map<std::uint64_t, Seconds> arriving_;  // pieces under way, and when they come
    // tokens of those prompting; of those answering, less those of their steps; of all that pieces
    // hold; and that were reserved at admission
    double prompt_tokens_ = 0, answer_base_ = 0, shared_tokens_ = 0, reserved_ = 0;
    double answer_steps_ = 0;
    std::uint64_t stays_ = 0;
    Seconds now_, last_answer_, step_began_;
    bool waits_ = false;  // for a request, or for a beginning
    Seconds front_;       // when the front end is done with what came: it takes one after the other
    std::vector<PromptChunk> chunks_;
    std::vector<Slot> chunk_slots_;
    std::int64_t prompts_ended_ = 0;
    std::int64_t images_ = 0;  // of prompts that this step begins
    bool answers_ = true;      // whether running sequences get tokens in this step
};

}  // namespace millwright
