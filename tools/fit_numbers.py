"""Numbers of a fit: linear equations, and how large a list of errors is."""

import math
import statistics


def solved(matrix):
    """Gauss with pivots; a ridge is on the diagonal, so there is a solution."""
    n = len(matrix)
    for c in range(n):
        pivot = max(range(c, n), key=lambda r: abs(matrix[r][c]))
        matrix[c], matrix[pivot] = matrix[pivot], matrix[c]
        for r in range(c + 1, n):
            factor = matrix[r][c] / matrix[c][c]
            matrix[r] = [a - factor * b for a, b in zip(matrix[r], matrix[c])]
    x = [0.0] * n
    for c in reversed(range(n)):
        x[c] = (matrix[c][-1] - sum(matrix[c][j] * x[j] for j in range(c + 1, n))) / matrix[c][c]
    return x


def summary(errors):
    sizes = sorted(abs(math.exp(e) - 1) for e in errors)
    ninth = sizes[min(len(sizes) - 1, math.ceil(0.9 * len(sizes)) - 1)]
    bias = math.exp(statistics.mean(errors)) - 1
    return f"{100 * statistics.median(sizes):5.1f} {100 * ninth:5.1f} {100 * bias:+6.1f}"
