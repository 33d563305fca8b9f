// Weights of a model, of its layers one by one.
#pragma once

#include <string>

#include "millwright/parts/model.h"

namespace millwright {

/// Weights of a model; `active` are those that a token meets, `extra` the multi-token-prediction
/// blocks, which the other two leave out.
/// `total` and `active` include embeddings.
struct WeightCount {
    double total = 0, active = 0, extra = 0, active_extra = 0;
};

/// Weights of what mixes the tokens of one layer, by its row.
double mixer_parameters(const Model& model, const Mixer& mixer);
/// Weights of a dense MLP of inner width `ffn`.
double mlp_parameters(const Model& model, std::int64_t ffn);
/// Weights of a layer of experts if `used` routed ones count: shared ones and the router's row of
/// every expert are included whatever `used` is.
double experts_parameters(const Model& model, double used);
/// Weights of a layer that a token meets: of its routed experts those that it picks.
double active_weights(const Model& model, const Layer& layer);
/// Norms of a layer: one before its mixer and one before its channel, as it has them.
double norms_of(const Layer& layer);

WeightCount weights_of(const Model& model);
/// All weights, embeddings included, multi-token-prediction blocks left out.
double parameters(const Model& model);
/// Weights a token meets: routed experts count `top_k` of `experts`; embeddings included.
double active_parameters(const Model& model);
/// Weights of the routed experts of all layers, met by a token or not.
double routed_parameters(const Model& model);
/// Weights of the multi-token-prediction blocks, which share embedding and head with the model.
double extra_parameters(const Model& model);
/// "671.0 billion weights and 11.61 billion for multi-token prediction, 37.55 billion met by a
/// token".
std::string weights_text(const Model& model);

}  // namespace millwright
