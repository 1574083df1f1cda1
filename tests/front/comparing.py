"""What a conversion gave, beside what its framework computes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import text
from tests.ops import runtime


def compare_results(
    graph: Graph,
    results: Sequence[np.ndarray],
    expected: Sequence[np.ndarray],
    tolerance: float,
    what: str,
    to_scale: bool = False,
) -> None:
    """Assert that results are those expected, and of the types that we inferred.

    Numbers near zero may be off by a tenth of the tolerance; ``to_scale``: as a share of the
    greatest number of the output, if that is above a hundredth.
    """
    assert len(results) == len(expected)
    inferred = [node.inputs[0] for node in graph.results()]
    for index, (mine, array, wanted) in enumerate(zip(inferred, results, expected)):
        where = f"output {index} with {what}"
        assert isinstance(mine, Output)
        is_text = wanted.dtype == object and array.dtype.kind == "U"
        assert array.dtype == wanted.dtype or is_text, f"{where}: {array.dtype}, not {wanted.dtype}"
        assert array.shape == wanted.shape, f"{where}: {array.shape}, not {wanted.shape}"
        assert runtime.contains(mine.shape, array.shape), (
            f"{where}: inferred {text(mine.shape)}, computed {array.shape}"
        )
        if array.dtype.kind in "iubU":
            np.testing.assert_array_equal(array, wanted, err_msg=where)
            continue
        coarse = max(tolerance, 4e-3) if array.dtype.itemsize < 4 else tolerance
        greatest = float(np.abs(wanted[np.isfinite(wanted)]).max(initial=0)) if to_scale else 1.0
        np.testing.assert_allclose(
            array.astype(np.float64),
            wanted.astype(np.float64),
            rtol=coarse,
            atol=coarse * max(greatest, 1e-2) / 10,
            err_msg=where,
        )


def operations(graph: Graph) -> list[str]:
    """The operations of a graph in order, without inputs, constants and results."""
    return [
        node.type
        for node in graph.topological()
        if node.type not in ("Parameter", "Const", "Result")
    ]
