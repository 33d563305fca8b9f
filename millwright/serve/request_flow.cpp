#include "millwright/serve/request_flow.h"

#include <algorithm>

namespace millwright {

RequestFlow::RequestFlow(const RequestSource& source, std::int64_t concurrency)
    : source_(source), concurrency_(concurrency) {
    read();
    for (std::int64_t i = 0; i < concurrency_; ++i) start_next({});
}

bool RequestFlow::Later::operator()(const DueRequest& a, const DueRequest& b) const {
    if (a.request.arrival != b.request.arrival) return a.request.arrival > b.request.arrival;
    return a.index > b.index;
}

void RequestFlow::read() {
    next_ = source_();
    if (next_) ++given_;
}

/// Of the source and of turns the first is a turn. In a closed loop none comes by itself.
bool RequestFlow::turn_is_first() const {
    if (coming_.empty()) return false;
    return closed() || !next_ || coming_.front().request.arrival <= next_->arrival;
}

std::optional<Seconds> RequestFlow::next() const {
    if (turn_is_first()) return coming_.front().request.arrival;
    if (closed() || !next_) return std::nullopt;
    return next_->arrival;
}

std::optional<DueRequest> RequestFlow::take() {
    if (!turn_is_first()) {
        const Seconds at = next_->arrival;
        auto due = next_of_source();
        if (due && due->request.arrival > at) {
            comes(std::move(*due));
            return std::nullopt;
        }
        return due;
    }
    std::ranges::pop_heap(coming_, Later{});
    DueRequest due = std::move(coming_.back());
    coming_.pop_back();
    return due;
}

void RequestFlow::comes(DueRequest due) {
    coming_.push_back(std::move(due));
    std::ranges::push_heap(coming_, Later{});
}

/// A place in a closed loop is free: the source's next request takes it, and what the source gives
/// before that for conversations under way waits for these.
void RequestFlow::start_next(Seconds at) {
    while (next_) {
        next_->arrival = at;
        if (auto due = next_of_source()) {
            comes(std::move(*due));
            return;
        }
    }
}

/// None if it waits for the answer of a turn before.
std::optional<DueRequest> RequestFlow::next_of_source() {
    DueRequest due{.request = std::move(*next_), .index = index_++, .progress = {}};
    read();
    if (due.request.session == 0) return due;
    Session& session = sessions_[due.request.session];
    if (due.request.follows && (session.under_way || !session.turns.empty())) {
        session.turns.push(std::move(due));
        return std::nullopt;
    }
    if (due.request.follows) follow(due, session);
    session.under_way = true;
    return due;
}

void RequestFlow::follow(DueRequest& due, const Session& session) {
    due.request.arrival = max(due.request.arrival, session.ended + due.request.delay);
}

void RequestFlow::ended(std::uint64_t session, Seconds end) {
    const bool goes_on = session != 0 && next_turn(sessions_[session], end);
    if (closed() && !goes_on) start_next(end);
}

/// False if none waits: the conversation has had its answers, as far as the source tells.
bool RequestFlow::next_turn(Session& session, Seconds end) {
    session.under_way = false;
    session.ended = end;
    if (session.turns.empty()) return false;
    DueRequest turn = std::move(session.turns.front());
    session.turns.pop();
    follow(turn, session);
    session.under_way = true;
    comes(std::move(turn));
    return true;
}

}  // namespace millwright
