"""Fourier transforms of whole signals and of frames, mel weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx.running import agree, refused
from tests.models.nodes import Sized, fixed, numbers

REAL, COMPLEX = numbers(2, 6, 5, 1), numbers(2, 6, 5, 2)


def number(value: int, is_fixed: bool) -> Any:
    array = np.array(value, np.int64)
    return fixed(array) if is_fixed else array


def transformed(x: np.ndarray, axis: int, length: int | None, inverse: bool) -> np.ndarray:
    """By numpy, since onnxruntime does not take every axis."""
    values = x[..., 0] + (1j * x[..., 1] if x.shape[-1] == 2 else 0)
    result = (np.fft.ifft if inverse else np.fft.fft)(values, length, axis)
    return np.stack([result.real, result.imag], -1).astype(np.float32)


def pairs(values: np.ndarray) -> np.ndarray:
    return np.stack([values.real, values.imag], -1).astype(np.float32)


@pytest.mark.parametrize("x", [REAL, COMPLEX], ids=["real", "complex"])
@pytest.mark.parametrize("inverse", [0, 1])
@pytest.mark.parametrize("length", [None, 4, 8])
def test_whole_spectra(x: np.ndarray, inverse: int, length: int | None) -> None:
    for axis in (1, 2):
        expected = transformed(x, axis, length, bool(inverse))
        for is_fixed in (True, False):
            given = None if length is None else number(length, is_fixed)
            shared: dict[str, Any] = {"inverse": inverse, "expected": expected}
            agree("DFT", x, given, opset=17, axis=axis, dynamic=(0, 1, 2), **shared)
            agree("DFT", x, given, number(axis, is_fixed), opset=20, dynamic=(0, 1, 2), **shared)


def test_the_last_axis_of_the_signal_is_meant_where_none_is_given() -> None:
    agree("DFT", REAL, opset=20, expected=transformed(REAL, 2, None, False), dynamic=(0, 1, 2))
    agree("DFT", REAL, opset=17, expected=transformed(REAL, 1, None, False), dynamic=(0, 1, 2))


@pytest.mark.parametrize("length", [None, 4, 8])
def test_halves_of_spectra_of_real_numbers(length: int | None) -> None:
    expected = pairs(np.fft.rfft(REAL[..., 0], length, 1))
    given = None if length is None else number(length, True)
    for axis in (-3, 1):
        shared: dict[str, Any] = {"onesided": 1, "expected": expected, "dynamic": (0, 1, 2)}
        agree("DFT", REAL, given, fixed(np.array(axis)), opset=20, **shared)
        agree("DFT", REAL, given, np.array(axis), opset=20, **shared)
        agree("DFT", REAL, given, opset=17, axis=axis, **shared)


@pytest.mark.parametrize("length", [None, 7, 10])
def test_real_numbers_from_halves_of_spectra(length: int | None) -> None:
    half = pairs(np.fft.rfft(numbers(2, 10, 5), axis=1))
    expected = np.fft.irfft(half[..., 0] + 1j * half[..., 1], length, 1)[..., None]
    given = None if length is None else number(length, True)
    shared: dict[str, Any] = {"onesided": 1, "inverse": 1, "dynamic": (0, 1, 2)}
    shared["expected"] = expected.astype(np.float32)
    agree("DFT", half, given, fixed(np.array(1)), opset=20, **shared)
    agree("DFT", half, given, opset=17, axis=1, **shared)


def test_half_a_spectrum_of_complex_numbers_is_refused() -> None:
    refused("DFT", COMPLEX, opset=17, onesided=1, match="complex")


# ---- frames


@pytest.mark.parametrize("onesided", [None, 0])
@pytest.mark.parametrize("is_fixed", [True, False])
def test_spectra_of_frames(onesided: int | None, is_fixed: bool) -> None:
    signal, window = numbers(2, 40, 1), fixed(np.hanning(8).astype(np.float32))
    step = number(5, is_fixed)
    shared: dict[str, Any] = {"opset": 17, "onesided": onesided, "dynamic": (0, 1)}
    agree("STFT", signal, step, window, **shared)
    agree("STFT", signal, step, window, number(8, is_fixed), **shared)
    agree("STFT", signal, step, None, number(7, is_fixed), **shared)


def test_frames_of_complex_numbers() -> None:
    shared: dict[str, Any] = {"opset": 17, "onesided": 0, "dynamic": (0, 1)}
    agree("STFT", numbers(2, 40, 2), number(4, True), None, number(8, True), **shared)


# ---- the mel scale


@pytest.mark.parametrize("is_fixed", [True, False])
def test_mel_weights(is_fixed: bool) -> None:
    for given in ((8, 16, 8192, 0.0, 4096.0), (20, 256, 16000, 100.0, 7000.0)):
        integers = [np.array(value, np.int64) for value in given[:3]]
        edges = [np.array(value, np.float32) for value in given[3:]]
        inputs = [fixed(array) if is_fixed else Sized(array) for array in (*integers, *edges)]
        agree("MelWeightMatrix", *inputs, opset=17)
