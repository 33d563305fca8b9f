// Lines in which somebody waits are ordered by what they were given; a charge takes a line out
// and puts it back. A walk merges lines by a heap as if each job got its chips, and begins a line
// only when it is due: it costs by jobs looked at, not by queues. Counts of needs tell whether
// any job fits without a walk.
#include "millwright/reliability/job_lines.h"

#include <algorithm>
#include <tuple>

#include "millwright/base/require.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

/// The largest that is no larger than `most`; zero where there is none.
std::int64_t largest_up_to(const std::map<std::int64_t, std::int64_t>& counts, std::int64_t most) {
    const auto above = counts.upper_bound(most);
    return above == counts.begin() ? 0 : std::prev(above)->first;
}

}  // namespace

bool operator<(const WaitingJob& a, const WaitingJob& b) {
    return std::tuple(b.priority, a.rank, a.job) < std::tuple(a.priority, b.rank, b.job);
}

JobLines::JobLines(JobOrder order, std::size_t queues)
    : order_(order), lines_(order == JobOrder::fair ? queues : 1), begun_(lines_.size()) {}

std::size_t JobLines::line_of(const ClusterJob& asked) const {
    return order_ == JobOrder::fair ? asked.queue : 0;
}

WaitingJob JobLines::entry_of(std::uint32_t job, const ClusterJob& asked, Seconds left) const {
    return {job, asked.priority, order_ == JobOrder::shortest ? left.si() : 0,
            real(asked.chips) * left};
}

JobLines::Counts& JobLines::counts_of(const ServerNeed& need) {
    if (!need.whole) return shared_;
    return need.one_domain ? in_domain_ : whole_;
}

void JobLines::join(std::uint32_t job, const ClusterJob& asked, Seconds left,
                    const ServerNeed& need) {
    const std::size_t at = line_of(asked);
    Line& line = lines_[at];
    if (line.jobs.empty()) by_use_.insert({line.used, static_cast<std::uint32_t>(at)});
    line.jobs.insert(entry_of(job, asked, left));
    ++waiting_;
    ++counts_of(need)[need.whole ? need.servers : need.chips];
}

void JobLines::leave(std::uint32_t job, const ClusterJob& asked, Seconds left,
                     const ServerNeed& need) {
    const std::size_t at = line_of(asked);
    Line& line = lines_[at];
    require(line.jobs.erase(entry_of(job, asked, left)) == 1, "the job stood in line");
    if (line.jobs.empty()) by_use_.erase({line.used, static_cast<std::uint32_t>(at)});
    --waiting_;
    Counts& counts = counts_of(need);
    const auto count = counts.find(need.whole ? need.servers : need.chips);
    if (--count->second == 0) counts.erase(count);
}

void JobLines::charge(std::uint32_t queue, Seconds chip_time) {
    if (order_ != JobOrder::fair) return;
    Line& line = lines_[queue];
    const bool waits = !line.jobs.empty();
    if (waits) by_use_.erase({line.used, queue});
    line.used += chip_time.si();
    if (waits) by_use_.insert({line.used, queue});
}

std::uint32_t JobLines::first() const {
    require(!empty(), "a job waits");
    return lines_[by_use_.begin()->second].jobs.begin()->job;
}

bool JobLines::any_fits(const FreeServers& free) const {
    const auto least = [](const Counts& counts) { return counts.begin()->first; };
    return (!shared_.empty() && least(shared_) <= free.most_chips()) ||
           (!whole_.empty() && least(whole_) <= free.whole()) ||
           (!in_domain_.empty() && least(in_domain_) <= free.most_whole());
}

bool JobLines::any_is_scattered(const FreeServers& free) const {
    const std::int64_t servers = free.free_chips() / free.cluster().chips_per_server;
    return largest_up_to(shared_, free.free_chips()) > free.most_chips() ||
           largest_up_to(whole_, servers) > free.whole() ||
           largest_up_to(in_domain_, servers) > free.most_whole();
}

bool JobLines::Walk::later(const Step& a, const Step& b) {
    return std::pair(a.used, a.queue) > std::pair(b.used, b.queue);
}

JobLines::Walk::Walk(JobLines& lines) : lines_(lines), line_(lines.by_use_.begin()) {
    ++lines_.walks_;
}

/// Lines are begun when their turn comes, as there may be many more than are looked at; a begun one
/// whose job has left stands anew by what it was given, and is passed over.
std::optional<std::uint32_t> JobLines::Walk::next() {
    const auto none = lines_.by_use_.end();
    while (line_ != none && lines_.begun_[line_->second] == lines_.walks_) ++line_;
    Step step;
    if (line_ != none &&
        (steps_.empty() || *line_ < std::pair(steps_.front().used, steps_.front().queue))) {
        step = {line_->first, line_->second, lines_.lines_[line_->second].jobs.begin()};
        lines_.begun_[step.queue] = lines_.walks_;
        ++line_;
    } else {
        if (steps_.empty()) return std::nullopt;
        std::ranges::pop_heap(steps_, later);
        step = steps_.back();
        steps_.pop_back();
    }
    const std::uint32_t job = step.at->job;
    step.used += step.at->chip_time.si();
    ++step.at;
    if (step.at != lines_.lines_[step.queue].jobs.end()) {
        steps_.push_back(step);
        std::ranges::push_heap(steps_, later);
    }
    return job;
}

}  // namespace millwright
