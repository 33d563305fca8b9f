// What tokens of a served model cost, by what the chips did for each.
#pragma once

#include "millwright/serve/token_times.h"

namespace millwright {

/// Dollars a million, of those that there were; the sum over all tokens is what the run cost.
struct TokenPrices {
    Dollars input, cached, output;
};

/// `cost` is of the run, whose parts are shared as `shares` says.
TokenPrices token_prices(Dollars cost, const TokenShares& shares, const ServeOutcome& run);

}  // namespace millwright
