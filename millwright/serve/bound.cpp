// Every step reads the weights that its tokens meet once, and the cache of each sequence; every
// token is multiplied with the weights that it meets. More sequences share the weights' reading, so
// the most that memory and the time of a token admit are taken.
#include "millwright/serve/bound.h"

#include <algorithm>

#include "millwright/base/require.h"
#include "millwright/base/units.h"
#include "millwright/base/whole.h"
#include "millwright/compute/operation_parts.h"
#include "millwright/compute/routing.h"
#include "millwright/compute/weights.h"
#include "millwright/serve/layouts.h"
#include "millwright/serve/roofline.h"

namespace millwright {
namespace {

constexpr double most_sequences = 1e6;  // sequences; no engine runs as many

/// What all chips of a replica together take for a token.
class Roofline {
public:
    Roofline(const Replica& r, double chips, const MeanRequest& request)
        : r_(r), chips_(chips), request_(request) {
        const Model& m = r.model;
        tables_ = real(m.vocab.value) * real(m.hidden.value);
        weights_ = memory_of(with_ways(r, {})).weights;
        routed_ = routed_parameters(m) * r.formats.experts.bytes * unit::B;
        // grown caches are a line of the length, or bend down where windows fill: ends bound them
        const SequenceCache first = sequence_cache(m, request.found + request.prompt);
        const SequenceCache last =
            sequence_cache(m, request.found + request.prompt + request.output);
        const double narrow = std::min(1.0, r.formats.cache_bytes / bf16_bytes);
        moved_ = narrow * 0.5 * (first.moved + last.moved);
        const SequenceCache own = sequence_cache(m, request.prompt);
        const SequenceCache grown = sequence_cache(m, request.prompt + request.output);
        held_ = narrow * 0.5 * (own.held + grown.held);
    }

    FlopRate rate() const {
        FlopRate fastest;
        for (const WeightFormat& f : {r_.formats.attention, r_.formats.dense, r_.formats.experts}) {
            fastest = max(fastest, r_.chip.rate(f.products));
        }
        return chips_ * fastest;
    }

    /// Of so many tokens, of which some are followed by another that is chosen.
    Seconds products(double tokens, double chosen) const {
        const double tables = (r_.model.tied_embeddings ? 1 : 2) * tables_;
        const double places = real(r_.model.positions.value) * real(r_.model.hidden.value);
        const double inner = active_parameters(r_.model) - tables - places;
        return 2 * (tokens * inner + chosen * tables_) * unit::flop / rate();
    }

    Seconds reading_weights(double batch) const {
        Bytes read = weights_;
        if (!r_.model.tied_embeddings) read = read - tables_ * bf16_bytes * unit::B;
        if (is_moe(r_.model)) {
            const double experts = real(r_.model.experts.value);
            const ExpertLoad met = fullest_rank({.tokens = batch,
                                                 .top_k = routed_experts(r_.model),
                                                 .experts = experts,
                                                 .ranks = 1,
                                                 .exponent = r_.routing_skew});
            read = read - (1 - std::min(1.0, met.active / experts)) * routed_;
        }
        return read / (chips_ * r_.chip.memory_bandwidth);
    }

    Seconds reading_caches(double batch) const {
        return batch * moved_ / (chips_ * r_.chip.memory_bandwidth);
    }

    /// From a token to the next, no prompt between them.
    Seconds token(double batch) const {
        return max(products(batch, batch), reading_weights(batch) + reading_caches(batch));
    }

    /// That memory holds.
    double most() const {
        const Bytes whole = chips_ * max(r_.chip.memory_reported, r_.chip.memory_capacity);
        if (weights_ + held_ > whole) return 0;
        return held_ > Bytes{} ? std::min(most_sequences, (whole - weights_) / held_)
                               : most_sequences;
    }

private:
    const Replica& r_;
    double chips_;
    MeanRequest request_;
    double tables_ = 0;
    Bytes weights_, routed_, moved_, held_;
};

}  // namespace

ServeBound serve_bound(const Replica& replica, double chips, const MeanRequest& request,
                       Seconds per_token) {
    require(chips >= 1 && request.output > 0, "a chip answers with tokens");
    const Roofline roofline(replica, chips, request);
    double low = std::min(1.0, roofline.most()), high = roofline.most();
    if (low < 1 || roofline.rate() <= FlopRate{}) return {};
    if (per_token > Seconds{} && roofline.token(low) > per_token) return {};
    const auto in_time = [&](double batch) {
        return per_token <= Seconds{} || roofline.token(batch) <= per_token;
    };
    if (in_time(high)) low = high;
    while (high > 1.001 * low) {  // no batch in time is left above `high`
        const double middle = 0.5 * (low + high);
        (in_time(middle) ? low : high) = middle;
    }
    const double decoded = std::max(0.0, request.output - 1);  // the first comes of the prompt
    const Seconds products = roofline.products(request.prompt + decoded, request.output);
    const Seconds weights = decoded / high * roofline.reading_weights(high);
    const Seconds caches = decoded * roofline.reading_caches(1);
    const Seconds longest = max(products, weights + caches);
    ServeBound bound{.rate = RequestRate::from_si(1 / (chips * longest.si())), .batch = high};
    bound.limited_by = products >= weights + caches ? "products"
                       : weights >= caches          ? "reading weights"
                                                    : "reading keys and values";
    return bound;
}

}  // namespace millwright
