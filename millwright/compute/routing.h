// How many tokens come to the experts of a rank, evenly spread or as popular experts attract them.
#pragma once

#include "millwright/parts/model.h"

namespace millwright {

/// `tokens` of a whole expert-parallel group that each go to `top_k` of `experts`, which `ranks`
/// hold in equal parts.
struct ExpertRouting {
    double tokens = 0, top_k = 1, experts = 1, ranks = 1;
    // of a power law: experts attract x^-exponent on [1, 0.8 tokens]; 0 is balanced
    double exponent = 0;
    // places beyond one for each expert: copies of the fullest, and experts where they even out
    // best (DeepSeek's EPLB: the load of an expert is shared by its copies)
    double redundant = 0;
};

/// Of one rank: pairs of a token and an expert, and how many of its experts have any.
struct ExpertLoad {
    double rows = 0, active = 0;
};

/// The fullest rank: under balanced routing each is, under a power law the mean over a fixed set
/// of draws, the same on every machine. An expert gets no more than all tokens. For more than
/// 65,536 experts, which no model has, routing counts as balanced.
ExpertLoad fullest_rank(const ExpertRouting& routing);

/// Of so many places those that `picks` even picks meet: all miss one with (1 - 1 / places)^picks.
double places_met(double places, double picks);

/// Domains, of `domains`, in which a token's experts may lie: all, or fewer under group-limited
/// routing (DeepSeek-V2).
double domains_open(const Model& model, double domains);

}  // namespace millwright
