#include "millwright/study/token_prices.h"

namespace millwright {

TokenPrices token_prices(Dollars cost, const TokenShares& shares, const ServeOutcome& run) {
    const auto million = [&](double share, double tokens) {
        return tokens > 0 ? cost * (share * 1e6 / tokens) : Dollars{};
    };
    return {.input = million(shares.input, run.input_tokens - run.cached_tokens),
            .cached = million(shares.cached, run.cached_tokens),
            .output = million(shares.output, run.output_tokens)};
}

}  // namespace millwright
