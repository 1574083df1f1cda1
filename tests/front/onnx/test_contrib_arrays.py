"""Shapes, sets, spectra, distances and images of the domain com.microsoft."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx.microsoft import MICROSOFT, agreed
from tests.front.onnx.running import agree_model, reference, refused
from tests.models.nodes import Sized, fixed, model_of, numbers, single

X = numbers(2, 3, 4)


def test_old_names_of_standard_operations() -> None:
    agreed("Trilu", X, fixed(1), upper=0)
    for pads in ([0, 1, 2, 0, 0, 1], [[0, 1, 2, 0, 0, 1]]):
        agreed("Pad", X, fixed(pads), fixed(1.5))
    agreed("Pad", X, fixed([0, 1, 0, 0, 0, 1]), mode="reflect")
    agreed("GatherND", X, fixed([[0, 1], [1, 2]]))
    agreed("ExpandDims", X, fixed(1, np.int32))
    agreed("Range", fixed([2.0]), fixed([7.0]), fixed([1.5]))
    agreed("Range", fixed(2), fixed(7))
    agreed("GridSample", numbers(1, 2, 4, 5), numbers(1, 3, 3, 2, low=-1.2, high=1.2))


def test_different_values_as_they_come() -> None:
    agreed("Unique", np.array([2, 1, 1, 3, 4, 3], np.float32), outputs=3)


def test_rows_of_a_table() -> None:
    """There is no kernel for it."""
    table, ids = numbers(5, 4), np.array([[0, 3], [4, 0]])
    agreed("TorchEmbedding", fixed(table), ids, expected=table[ids])


@pytest.mark.parametrize("axis", [None, 0, 1])
@pytest.mark.parametrize(("size", "step"), [(2, 1), (2, 2), (1, 2)])
def test_windows_along_an_axis(axis: int | None, size: int, step: int) -> None:
    agreed("UnfoldTensor", X, dim=axis, size=size, step=step)


def test_inverse_matrices() -> None:
    agreed("Inverse", numbers(2, 3, 3) + 3 * np.eye(3, dtype=np.float32), tolerance=1e-3)


# ---- complex numbers; there are no kernels for them


def pairs(x: np.ndarray) -> np.ndarray:
    return np.stack([x.real, x.imag], -1).astype(np.float32)


@pytest.mark.parametrize("axes", [1, 2])
def test_spectra_of_real_signals(axes: int) -> None:
    x = numbers(2, 6, 8)
    along = tuple(range(3 - axes, 3))
    spectrum = pairs(np.fft.rfftn(x, axes=along))
    agreed("Rfft", x, signal_ndim=axes, normalized=0, onesided=1, expected=spectrum)
    agreed("Irfft", spectrum, signal_ndim=axes, normalized=0, onesided=1, expected=x)
    refused("Rfft", x, normalized=1, domain=MICROSOFT, match="normalised")


def test_products_of_complex_numbers() -> None:
    x, y = numbers(2, 3, 2), numbers(3, 2)
    a, b = (v[..., 0] + 1j * v[..., 1] for v in (x, y))
    agreed("ComplexMul", x, y, expected=pairs(a * b))
    agreed("ComplexMulConj", x, y, expected=pairs(a * b.conj()))


# ---- distances and sparse matrices


@pytest.mark.parametrize("metric", ["sqeuclidean", "euclidean"])
def test_distances(metric: str) -> None:
    agreed("CDist", numbers(4, 3), numbers(5, 3, high=1), metric=metric)
    refused("CDist", X[0], X[1], metric="cosine", domain=MICROSOFT, match="'cosine'")


def test_a_sparse_matrix_times_a_dense_one() -> None:
    values = onnx.numpy_helper.from_array(np.array([2.0, -1.0, 3.0], np.float32), "a")
    places = onnx.numpy_helper.from_array(np.array([1, 5, 6]), "places")
    node = helper.make_node("SparseToDenseMatMul", ["a", "b"], ["y"], domain=MICROSOFT, alpha=0.5)
    b = numbers(4, 5)
    model = model_of([node], [("b", b)], ["y"], opset=17, domain=MICROSOFT)
    sparse = helper.make_sparse_tensor(values, places, [2, 4])
    model.graph.sparse_initializer.append(sparse)
    dense = np.array([[0, 2, 0, 0], [0, -1, 3, 0]], np.float32)
    agree_model(model, [b], expected=dense @ b / 2)


# ---- activations


def test_gates() -> None:
    y, gate, vector = numbers(2, 3, 4, high=1), numbers(2, 3, 1), numbers(4)
    agreed("GatedAdd", X, y, gate)
    agreed("ScaledSiLU", X, alpha=0.7)
    agreed("ScaledSiLU", X, fixed(1.3))
    agreed("LinearAttentionGate", X, fixed(vector), fixed(-np.abs(vector)), y, outputs=2)
    agreed("LinearAttentionGate", X, fixed(vector), fixed(-np.abs(vector)))


# ---- images

IMAGE, WEIGHTS, BIAS = numbers(2, 6, 5, 4), numbers(3, 4, 3, 3), numbers(3)


def behind(x: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1))


def in_front(x: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(x.transpose(0, 3, 1, 2))


def test_convolutions_with_the_channels_behind() -> None:
    """There are no kernels: the standard convolution must give the same."""
    how: dict[str, Any] = {"pads": [1, 1, 1, 1], "strides": [2, 1]}
    inputs = (in_front(IMAGE), fixed(WEIGHTS), fixed(BIAS))
    plain = behind(reference(single("Conv", inputs, opset=17, attributes=how), inputs[:1])[0])
    given = (fixed(WEIGHTS), fixed(BIAS))
    agreed("NhwcConv", IMAGE, *given, expected=plain, **how)
    more = numbers(*plain.shape)
    expected = np.maximum(plain + more, 0)
    agreed("NhwcFusedConv", IMAGE, *given, more, activation="Relu", expected=expected, **how)


@pytest.mark.parametrize("kind", [np.uint8, np.int8])
def test_poolings_with_the_channels_behind(kind: Any) -> None:
    x = numbers(2, 6, 5, 4, dtype=kind, low=-99, high=99)
    agreed("NhwcMaxPool", x, kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 1, 1])


def test_a_transposed_convolution_whose_pads_are_an_input() -> None:
    x, w = numbers(1, 3, 4, 5), fixed(WEIGHTS)
    how: dict[str, Any] = {"strides": [2, 2], "output_padding": [1, 0]}
    agreed("ConvTransposeWithDynamicPads", x, w, fixed([1, 0, 1, 1]), **how)
    pads = Sized(np.array([1, 0, 1, 1]))
    refused(
        "ConvTransposeWithDynamicPads", x, w, pads, domain=MICROSOFT, match="pads must be", **how
    )


@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
@pytest.mark.parametrize("size", [(3, 4), (1, 2)])
def test_crops_of_boxes(mode: str, size: tuple[int, int]) -> None:
    image = numbers(2, 3, 6, 5)
    boxes = np.array([[0, 0, 1, 1], [0.11, 0.22, 0.73, 0.94], [-0.2, 0.3, 0.7, 1.3]], np.float32)
    given = (image, boxes, np.array([0, 1, 1], np.int32), fixed(size, np.int32))
    agreed("CropAndResize", *given, mode=mode, extrapolation_value=2.5)
