// DualPipe (DeepSeek-V3 2024, arXiv 2412.19437): half of the micro-batches enter at either end. A
// rank holds the stage that is its own from the one end and the one that is its own from the other,
// and does a forward pass of the one way and a backward pass of the other beside each other, where
// exchanges with experts and messages hide behind the work of the other pass.
//
// With h the distance to the nearer end, "near" what enters there and "far" the other way, a rank
// of p does, as it was published: near forwards; near and far by turns; far backwards whose weight
// gradients follow at once, and far forwards; pairs, most of the time; far backwards and pairs; and
// far and near backwards, the later of which leave weight gradients for the end.
//
// For like stages all ranks wait (p/2 - 1)(F&B + B - 3W) together, F&B a pair, B a backward pass
// with and W the weight gradient alone; unlike stages have no formula, so the order is walked.
#include <algorithm>
#include <deque>

#include "millwright/base/whole.h"
#include "millwright/train/walk.h"

namespace millwright {
namespace {

/// The order of one rank, put together phase by phase.
class DualOrder {
public:
    DualOrder(const Plan& plan, std::int64_t rank) : half_(plan.pipeline / 2) {
        const std::int64_t mirrored = plan.pipeline - 1 - rank;
        distance_ = std::min(rank, mirrored);
        each_ = micro_batches(plan) / 2;
        near_.chunk = rank < mirrored ? 0 : 1;
        far_.chunk = 1 - near_.chunk;
    }

    std::vector<Slot> made() {
        const std::int64_t ahead = half_ - distance_ - 1;
        times(2 * ahead, [&] { forward(near_); });
        times(distance_ + 1, [&] { forward(near_), forward(far_); });
        times(ahead, [&] { backward(far_, true), gradient(), forward(far_); });
        bool first = ahead == 0;  // the ranks in the middle start their first turn one by one
        times(each_ - 2 * half_ + distance_ + 1, [&] {
            forward(near_), backward(far_, false, !first);
            forward(far_), backward(near_, false, true);
            first = false;
        });
        times(ahead, [&] { backward(far_), forward(far_), backward(near_, false, true); });
        std::int64_t at_once = distance_ + 1;  // backwards with their weight gradients
        const auto last = [&](Way& way) { backward(way, at_once-- <= 0); };
        times(distance_ + 1, [&] { last(far_), last(near_); });
        times(ahead, [&] { gradient(), backward(near_, true); });
        times(distance_ + 1, [&] { gradient(); });
        return std::move(order_);
    }

private:
    struct Way {
        std::int64_t chunk = 0, forwards = 0, backwards = 0;
    };

    template <class Do>
    static void times(std::int64_t count, Do once) {
        for (std::int64_t i = 0; i < count; ++i) once();
    }
    /// Micro-batches of the first half enter at the first rank.
    std::int64_t numbered(const Way& way, std::int64_t n) const { return way.chunk * each_ + n; }

    void forward(Way& way) {
        order_.push_back({TaskKind::forward, numbered(way, way.forwards++), way.chunk});
    }
    void backward(Way& way, bool defers = false, bool beside = false) {
        const std::int64_t n = numbered(way, way.backwards++);
        order_.push_back({TaskKind::backward, n, way.chunk, defers, beside});
        if (defers) deferred_.push_back({TaskKind::weight_gradient, n, way.chunk});
    }
    void gradient() {
        order_.push_back(deferred_.front());
        deferred_.pop_front();
    }

    std::int64_t half_, distance_ = 0, each_ = 0;
    Way near_, far_;
    std::deque<Slot> deferred_;
    std::vector<Slot> order_;
};

std::vector<Slot> dual_order(const Plan& plan, std::int64_t rank) {
    return DualOrder(plan, rank).made();
}

double dual_held(const Plan& plan, std::int64_t) {
    return std::min(real(micro_batches(plan)), real(plan.pipeline) + 1);
}

std::int64_t both_ways(const Plan&) { return 2; }
std::int64_t full_pipeline(const Plan& plan) { return 2 * plan.pipeline; }
std::int64_t half_more(const Plan& plan) { return 3 * plan.pipeline; }

/// Beyond the passes of m - 3p/2 + 1 pairs, on the ranks at the ends.
double unpaired(const Plan& plan) { return 3 * real(plan.pipeline) - 2; }

}  // namespace

template <>
constinit const ScheduleRow RowOf<Schedule::dualpipe>::row{.order = dual_order,
                                                           .span = walked_span,
                                                           .in_flight = dual_held,
                                                           .least_stages = 2,
                                                           .stages_divide = 2,
                                                           .round = both_ways,
                                                           .fewest = full_pipeline,
                                                           .both_ends = true,
                                                           .settled = half_more,
                                                           .alone = unpaired};

}  // namespace millwright
