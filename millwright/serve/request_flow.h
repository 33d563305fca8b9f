// Requests in the order in which they are due: those of a source at their own times or by places in
// a closed loop, and turns of conversations after the answers for which they wait.
#pragma once

#include <compare>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <queue>
#include <vector>

#include "millwright/parts/request.h"

namespace millwright {

/// What a request has got already from a replica that gave it up.
struct RequestProgress {
    bool started = false;  // its first token is out
    Seconds scheduled, first_token;
    double answered = 0;      // tokens
    std::uint64_t moves = 0;  // from one replica to another
};

/// A request and its place in the order in which the source gives them.
struct DueRequest {
    Request request;
    std::uint64_t index = 0;
    RequestProgress progress;
};

/// A request that is due goes to a replica; then `ended` is told when its answer ends. Nothing is
/// kept of requests that ended but when their conversations last had an answer.
class RequestFlow {
public:
    /// `concurrency`: requests that are there at all times; zero: they come at their own times. The
    /// source outlives this.
    RequestFlow(const RequestSource& source, std::int64_t concurrency);

    /// When the next one is due; none if nothing comes before an answer ends.
    std::optional<Seconds> next() const;
    /// The next one; none if it turned out to wait for an answer.
    std::optional<DueRequest> take();
    /// An answer: the conversation's next turn, or the next request of a closed loop, may come.
    void ended(std::uint64_t session, Seconds end);
    /// Where the last turn of a conversation went, for the caller's use; zero at first.
    std::size_t& place(std::uint64_t session) { return sessions_[session].place; }

    std::uint64_t given() const { return given_; }  // by the source so far

private:
    struct Session {
        bool under_way = false;
        Seconds ended;
        std::size_t place = 0;
        std::queue<DueRequest, std::list<DueRequest>> turns;
    };
    struct Later {
        bool operator()(const DueRequest& a, const DueRequest& b) const;
    };

    bool closed() const { return concurrency_ > 0; }
    bool turn_is_first() const;
    void read();
    void comes(DueRequest due);
    void start_next(Seconds at);
    std::optional<DueRequest> next_of_source();
    bool next_turn(Session& session, Seconds end);
    static void follow(DueRequest& due, const Session& session);

    const RequestSource& source_;
    std::int64_t concurrency_ = 0;
    std::optional<Request> next_;
    std::uint64_t index_ = 0, given_ = 0;
    std::vector<DueRequest> coming_;  // a heap, the earliest first
    std::map<std::uint64_t, Session> sessions_;
};

}  // namespace millwright
