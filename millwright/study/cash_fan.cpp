#include "millwright/study/cash_fan.h"

#include <algorithm>

#include "millwright/money/cash_flow.h"

namespace millwright {

std::vector<double> cash_so_far(const Venture& venture) {
    std::vector<double> sums;
    Dollars sum;
    for (const MonthFlow& month : cash_flows(venture)) {
        sum += free_cash(month);
        sums.push_back(sum.in(unit::USD));
    }
    return sums;
}

std::vector<Summary> cash_fan(const std::vector<std::vector<double>>& samples) {
    std::size_t months = 0;
    for (const std::vector<double>& sample : samples) months = std::max(months, sample.size());
    std::vector<Summary> fan;
    for (std::size_t month = 0; month < months; ++month) {
        Matrix cash{0, 1, {}};
        for (const std::vector<double>& sample : samples) {
            if (sample.empty()) continue;
            cash.values.push_back(sample[std::min(month, sample.size() - 1)]);
        }
        cash.rows = cash.values.size();
        fan.push_back(summary(cash, 0));
    }
    return fan;
}

}  // namespace millwright
