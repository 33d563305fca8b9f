// Rows of a sample in bins along one of its columns.
#pragma once

#include <cstddef>
#include <vector>

#include "millwright/chance/sample.h"

namespace millwright {

/// Rows in the order of a column, and where each bin of them begins, with the end as one more.
struct Bins {
    std::vector<std::size_t> rows, first;

    std::size_t count() const { return first.size() - 1; }
};

/// About as many bins as asked, of about equal counts; rows of equal values are never parted. A
/// column of a few values only, not more than bins, has a bin for each.
Bins bins_along(const Matrix& sample, std::size_t column, std::size_t asked);

/// How many bins serve means over so many rows: the cube root of the rows and at most fifty, so
/// that both what varies within a bin and the noise of its mean vanish as rows grow.
std::size_t bins_for(std::size_t rows);

}  // namespace millwright
