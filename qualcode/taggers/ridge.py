"""Ridge regression of many codes at once, each on its own rows (Hoerl and Kennard, 1970; dual form, Saunders, 1998)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ITERATIONS = 200
PRECISION = 1e-3


def solve(
    kernel: NDArray[np.float32], target: NDArray[np.float32], weight: NDArray[np.float32], *, penalty: float
) -> NDArray[np.float32]:
    """Dual coefficients that minimise, column by column, the weighted squared error plus the penalty.

    All columns go through one conjugate gradient (Hestenes and Stiefel, 1952): rows of weight 0 are as good as left
    out, so codes that were judged on different rows, and folds, cost one product of matrices a step.

    Args:
        kernel: shape (n, n), inner products of the rows.
        target: shape (n, columns).
        weight: shape (n, columns), 0 or more; how often each row counts.
        penalty: on the squared length of the weights.

    Returns:
        Shape (n, columns); `kernel @ result` are the fitted values, those of rows of weight 0 included.
    """
    root = np.sqrt(weight)
    residual = root * target
    solution = np.zeros_like(residual)
    direction = residual.copy()
    length = (residual * residual).sum(axis=0)
    enough = PRECISION**2 * np.maximum(length, 1e-12)
    for _ in range(ITERATIONS):
        if (length <= enough).all():
            break
        moved = root * (kernel @ (root * direction)) + penalty * direction
        step = length / np.maximum((direction * moved).sum(axis=0), 1e-12)
        solution += step * direction
        residual -= step * moved
        new = (residual * residual).sum(axis=0)
        direction = residual + new / np.maximum(length, 1e-20) * direction
        length = new
    return np.asarray(root * solution, dtype=np.float32)
