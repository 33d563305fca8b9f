// Replicas alike of a running cluster: their lanes, and the router in front of them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "millwright/serve/fleet.h"
#include "millwright/serve/lane.h"
#include "millwright/serve/router.h"

namespace millwright {

class ReplicaSet {
public:
    using Ended =
        std::function<void(std::size_t lane, const ServedRequest&, const Request& request)>;
    /// A step of a replica; its lane counts within that.
    using Steps = std::function<void(std::size_t replica, const ServeStep&)>;

    /// `concurrency`: of the whole set, zero where it is not known.
    ReplicaSet(const Fleet& fleet, const RouterSettings& router, std::int64_t concurrency,
               const Ended& ended, const Steps& steps);

    std::size_t lanes() const { return lanes_.size(); }
    ServeLane& lane(std::size_t i) { return *lanes_[i]; }
    const ServeLane& lane(std::size_t i) const { return *lanes_[i]; }
    std::size_t replica_of(std::size_t lane) const { return lane / each_; }
    std::size_t first_lane(std::size_t replica) const { return replica * each_; }
    std::size_t lanes_of_replica() const { return each_; }
    RequestRouter& router() { return router_; }
    const RequestRouter& router() const { return router_; }

    /// The lane for a request, `last` that of its conversation's last turn; none if no open
    /// replica takes more.
    std::optional<std::size_t> choose(const Request& request, Seconds now,
                                      std::optional<std::size_t> last);
    /// The lane of a replica for a request.
    std::size_t lane_in(std::size_t replica, const Request& request,
                        std::optional<std::size_t> last) const;

private:
    Replica replica_;
    StepCost cost_;
    std::size_t each_;
    std::vector<std::unique_ptr<ServeLane>> lanes_;
    RequestRouter router_;
};

}  // namespace millwright
