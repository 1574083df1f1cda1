"""Components of nnet3 that join, sum up or move columns, or follow each other."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("openvino")

from tests.front.kaldi.networks import Cases, Network, Part, agree
from tests.front.kaldi.parts import affine, f4, normal, relu
from tests.front.kaldi.writing import Writer, component

R = np.random.default_rng(7)
CASES = Cases()
case, part = CASES.case, CASES.part

case(
    "sums of equal groups",
    6,
    "SumGroupComponent",
    [("Sizes", [2, 2, 2])],
    3,
    lambda x: x.reshape(3, 2).sum(1),
)
case(
    "sums of groups",
    6,
    "SumGroupComponent",
    [("Sizes", [1, 3, 2])],
    3,
    lambda x: np.array([x[0], x[1:4].sum(), x[4:].sum()]),
)
case(
    "sum of blocks",
    6,
    "SumBlockComponent",
    [("InputDim", 6), ("OutputDim", 2), ("Scale", 0.5)],
    2,
    lambda x: 0.5 * x.reshape(3, 2).sum(0),
)
case(
    "product of blocks",
    6,
    "ElementwiseProductComponent",
    [("InputDim", 6), ("OutputDim", 3)],
    3,
    lambda x: x[:3] * x[3:],
)
case(
    "permute",
    6,
    "PermuteComponent",
    [("ColumnMap", [3, 1, 0, 5, 4, 2])],
    6,
    lambda x: x[[3, 1, 0, 5, 4, 2]],
)
case(
    "permute of old files",
    3,
    "PermuteComponent",
    [("ColumnMap", f4([2, 0, 1]))],
    3,
    lambda x: x[[2, 0, 1]],
)


case(
    "the first of distributed blocks",
    6,
    "DistributeComponent",
    [("InputDim", 6), ("OutputDim", 2)],
    2,
    lambda x: x[:2],
)


@pytest.mark.parametrize("name", CASES)
def test_component(name: str) -> None:
    CASES.agree(name)


@pytest.mark.parametrize("binary", [True, False])
def test_parts_of_a_composite_component_follow_each_other(binary: bool) -> None:
    first, second = affine(R, 5, 6), relu(5)
    writer = Writer(binary)
    writer.data = b""
    for inner in (first, second):
        component(inner.kind, inner.fields, writer)
    fields = [("MaxRowsProcess", 100), ("NumComponents", 2), ("", writer.data)]
    both = Part(
        "CompositeComponent",
        fields,
        5,
        lambda x, t: second.function(lambda s: first.function(x, s), t),
    )
    network = Network().input("input", 6).add("c", both, "input").output("c")
    agree(network, {"input": normal(R, 12, 6)}, binary=binary)
