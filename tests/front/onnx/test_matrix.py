"""Matrix products and Einstein sums."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from onnx import helper

from tests.front.comparing import operations
from tests.front.onnx.running import agree, agree_model, refused
from tests.models.nodes import fixed, model_of, numbers

PRODUCTS = [
    ((3,), (3,)),
    ((3,), (3, 4)),
    ((2, 3), (3,)),
    ((2, 3), (3, 4)),
    ((5, 2, 3), (3,)),
    ((3,), (5, 3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((5, 1, 2, 3), (6, 3, 4)),
]


@pytest.mark.parametrize("opset", [1, 9, 13])
@pytest.mark.parametrize(("a", "b"), PRODUCTS)
def test_product(a: tuple[int, ...], b: tuple[int, ...], opset: int) -> None:
    agree("MatMul", numbers(*a), numbers(*b), opset=opset)
    # A matrix of unknown size does not run beside a constant batch.
    dynamic = not 1 < len(a) < len(b)
    agree("MatMul", numbers(*a), fixed(numbers(*b)), opset=opset, dynamic=dynamic)


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.float64])
def test_product_of_other_types(dtype: Any) -> None:
    agree("MatMul", numbers(2, 3, dtype=dtype), numbers(3, 4, dtype=dtype))


def test_product_whose_sides_do_not_fit() -> None:
    refused("MatMul", numbers(2, 3), numbers(4, 5), match="do not multiply")


# ---- Gemm


@pytest.mark.parametrize("opset", [7, 9, 11, 13])
@pytest.mark.parametrize("trans_a", [None, 0, 1])
@pytest.mark.parametrize("trans_b", [None, 0, 1])
def test_gemm(opset: int, trans_a: int | None, trans_b: int | None) -> None:
    a = numbers(3, 2) if trans_a else numbers(2, 3)
    b = numbers(4, 3) if trans_b else numbers(3, 4)
    for c in (numbers(2, 4), numbers(4), numbers(1, 4), numbers(2, 1), numbers(1), numbers()):
        shared: dict[str, Any] = {"opset": opset, "transA": trans_a, "transB": trans_b}
        agree("Gemm", a, fixed(b), fixed(c), **shared)
        # A bias needs to know how many columns there are.
        agree("Gemm", a, b, fixed(c), dynamic=False, **shared)


@pytest.mark.parametrize("alpha", [None, 0.5])
@pytest.mark.parametrize("beta", [None, 0.0, 2.0])
def test_gemm_factors(alpha: float | None, beta: float | None) -> None:
    agree("Gemm", numbers(2, 3), numbers(3, 4), numbers(4), alpha=alpha, beta=beta)
    agree("Gemm", numbers(2, 3), fixed(numbers(3, 4)), alpha=alpha, beta=beta)


@pytest.mark.parametrize("opset", [1, 6])
def test_gemm_of_old_sets(opset: int) -> None:
    a, b, c = numbers(2, 3), numbers(3, 4), numbers(4)
    agree("Gemm", a, b, c, opset=opset, broadcast=1, expected=a @ b + c)


@pytest.mark.parametrize("dtype", [np.int32, np.float64])
def test_gemm_of_other_types(dtype: Any) -> None:
    a, b, c = (numbers(*shape, dtype=dtype) for shape in [(2, 3), (3, 4), (4,)])
    agree("Gemm", a, b, c)
    agree("Gemm", a, b, c, alpha=2.0, beta=3.0)


def test_gemm_with_constants_is_a_product_and_a_sum() -> None:
    graph = agree("Gemm", numbers(2, 3), fixed(numbers(3, 4)), fixed(numbers(4)), alpha=0.5)
    assert operations(graph) == ["MatMul", "Add"]


# ---- integers


@pytest.mark.parametrize("kinds", [(np.uint8, np.uint8), (np.uint8, np.int8), (np.int8, np.int8)])
@pytest.mark.parametrize("zeros", [(None, None), (3, None), (3, 2)])
def test_integer_product(kinds: tuple[Any, Any], zeros: tuple[Any, Any]) -> None:
    a = numbers(2, 5, dtype=kinds[0], low=-9, high=9)
    b = numbers(5, 4, dtype=kinds[1], low=-9, high=9)
    points = [None if z is None else fixed(z, kind) for z, kind in zip(zeros, kinds)]
    agree("MatMulInteger", a, b, *points, opset=10)
    agree("MatMulInteger", a, fixed(b), *points, opset=10)


def test_integer_product_with_a_zero_point_per_row_and_column() -> None:
    a, b = numbers(2, 5, dtype=np.uint8, high=9), numbers(5, 4, dtype=np.uint8, high=9)
    rows, columns = np.array([1, 2], np.uint8), np.array([3, 1, 0, 2], np.uint8)
    expected = (a.astype(np.int32) - rows[:, None]) @ (b.astype(np.int32) - columns)
    agree("MatMulInteger", a, b, fixed(rows), fixed(columns), expected=expected.astype(np.int32))


# ---- Einsum

EQUATIONS: list[tuple[str, list[tuple[int, ...]]]] = [
    ("ij->ji", [(2, 3)]),
    ("ij->", [(2, 3)]),
    ("ij->j", [(2, 3)]),
    ("ij,jk->ik", [(2, 3), (3, 4)]),
    ("bij,bjk->bik", [(5, 2, 3), (5, 3, 4)]),
    ("i,j->ij", [(2,), (3,)]),
    ("bhid,bhjd->bhij", [(2, 3, 4, 5), (2, 3, 6, 5)]),
    ("bij, bjk -> bik", [(5, 2, 3), (5, 3, 4)]),
    ("ij,ij,ij->i", [(2, 3), (2, 3), (2, 3)]),
    ("ij,jk", [(2, 3), (3, 4)]),
    ("ba", [(2, 3)]),
    ("i,i", [(3,), (3,)]),
    ("...ij->...ji", [(5, 2, 3)]),
    ("...ij,...jk->...ik", [(5, 2, 3), (5, 3, 4)]),
    ("...ij,jk->...ik", [(6, 5, 2, 3), (3, 4)]),
    ("...ij,...jk->...ik", [(5, 2, 3), (1, 3, 4)]),
    ("b...,b...->b...", [(2, 3, 4), (2, 3, 4)]),
    ("...i,...i", [(2, 3), (2, 3)]),
    ("IJ,Jk->Ik", [(2, 3), (3, 4)]),
    ("ii->i", [(3, 3)]),
    ("iji->j", [(3, 2, 3)]),
]


@pytest.mark.parametrize(("equation", "shapes"), EQUATIONS)
def test_einsum(equation: str, shapes: list[tuple[int, ...]]) -> None:
    agree("Einsum", *[numbers(*shape) for shape in shapes], opset=12, equation=equation)


def test_einsum_with_an_initializer() -> None:
    agree("Einsum", numbers(2, 3), fixed(numbers(3, 4)), equation="ij,jk->ik")


def test_einsum_that_does_not_fit() -> None:
    refused("Einsum", numbers(2, 3), match="'equation' is missing")
    refused("Einsum", numbers(2, 3), equation="ij,jk->ik", match="2 terms for 1")
    refused("Einsum", numbers(2, 3), equation="ijk->k", match="term")
    refused("Einsum", numbers(2, 3), equation="ij->k", match="'k'")


# ---- determinants


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6])
def test_determinants(count: int) -> None:
    agree("Det", numbers(count, count), dynamic=False)
    agree("Det", numbers(2, 3, count, count), dynamic=(0, 1), tolerance=1e-3)


def test_large_determinants_are_refused() -> None:
    refused("Det", numbers(9, 9), match="9 rows")
    refused("Det", numbers(2, 3), match="square")


@pytest.mark.parametrize("kind", ["Add", "Mul", "Sub", "Div"])
@pytest.mark.parametrize("columns", [3, 5])
def test_numbers_of_channels_behind_a_product(kind: str, columns: int) -> None:
    """The CPU runtime would take them for numbers of the columns."""
    x, w, c = numbers(5, 3, 2, 4), numbers(4, columns), numbers(3, 1, 1, low=1)
    for between in ("Neg", "Identity"):
        nodes = [
            helper.make_node("MatMul", ["x", "w"], ["p"]),
            helper.make_node(between, ["p"], ["n"]),
            helper.make_node(kind, ["n", "c"], ["y"]),
        ]
        agree_model(model_of(nodes, [("x", x)], ["y"], [("w", w), ("c", c)]), [x])
