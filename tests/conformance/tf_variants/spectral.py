"""Complex numbers and Fourier transforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tests.conformance.tf_variants.building import composed
from tests.models.nodes import numbers

R = tf.raw_ops
REAL, IMAGINARY = numbers(2, 3, 4), numbers(2, 3, 4)[::-1].copy()
CONSTANT = (numbers(4) + 1j * numbers(4)[::-1]).astype(np.complex64)


def on_complex(operation: str, note: str, function: Callable[[Any], Any], *, axes: int = 3) -> None:
    """Of a complex tensor of this many axes."""
    parts = [part[(0,) * (3 - axes)] for part in (REAL, IMAGINARY)]
    composed(operation, note, lambda a, b: function(tf.complex(a, b)), *parts)


# ---- parts

composed("Complex", "", tf.complex, REAL, IMAGINARY)
composed("Complex", "of shapes that broadcast", tf.complex, REAL, IMAGINARY[0])
on_complex("Real", "", tf.math.real)
on_complex("Imag", "", tf.math.imag)
on_complex("ComplexAbs", "", tf.abs)
on_complex("Angle", "", tf.math.angle)
on_complex("Conj", "", tf.math.conj)
composed("Conj", "of real numbers", lambda x: R.Identity(input=x), REAL)
composed("Const", "complex", lambda x: tf.complex(x, x) * CONSTANT, REAL)

# ---- arithmetic on complex numbers

for name, compute in {
    "AddV2": lambda z: z + CONSTANT,
    "Sub": lambda z: z - CONSTANT,
    "Mul": lambda z: z * CONSTANT,
    "RealDiv": lambda z: z / CONSTANT,
    "Neg": lambda z: -z,
    "Square": tf.square,
    "Exp": tf.exp,
    "Sum": lambda z: tf.reduce_sum(z, 1),
    "Mean": lambda z: tf.reduce_mean(z, [0, 2], keepdims=True),
    "MatMul": lambda z: tf.matmul(z[0], z[1], transpose_b=True),
    "BatchMatMulV2": lambda z: tf.matmul(z, z, adjoint_b=True),
    "Transpose": lambda z: tf.transpose(z, [1, 0, 2]),
    "ConjugateTranspose": lambda z: R.ConjugateTranspose(x=z, perm=[0, 2, 1]),
    "Reshape": lambda z: tf.reshape(z, [-1, 4]),
    "StridedSlice": lambda z: z[:, ::2, -1],
    "Slice": lambda z: tf.slice(z, [0, 1, 0], [2, -1, 2]),
    "ExpandDims": lambda z: tf.expand_dims(z, -1),
    "Squeeze": lambda z: tf.squeeze(z[:1], [0]),
    "GatherV2": lambda z: tf.gather(z, [2, 0], axis=1),
    "Pack": lambda z: tf.stack([z, z], -1),
    "Unpack": lambda z: tf.unstack(z, axis=1, num=3)[1],
    "ConcatV2": lambda z: tf.concat([z, z], -1),
    "Split": lambda z: tf.split(z, 2, -1)[1],
    "Tile": lambda z: tf.tile(z, [1, 1, 2]),
    "Pad": lambda z: tf.pad(z, [[0, 0], [1, 0], [0, 2]]),
    "Roll": lambda z: tf.roll(z, 1, -1),
    "ReverseV2": lambda z: tf.reverse(z, [-1]),
    "ZerosLike": tf.zeros_like,
    "Shape": tf.shape,
    "Size": tf.size,
    "Rank": tf.rank,
    "Cast": lambda z: tf.cast(z, tf.float32),
    "SelectV2": lambda z: tf.where(tf.math.real(z) > 0, z, -z),
}.items():
    on_complex(name, "complex", compute)
composed("Cast", "to complex", lambda x: tf.cast(x, tf.complex64), REAL)

# ---- transforms

SIGNAL, VOLUME = numbers(2, 3, 8), numbers(2, 4, 6, 8)
for inverse in ("", "I"):
    on_complex(f"{inverse}FFT", "", lambda z, name=f"{inverse}FFT": getattr(R, name)(input=z))
    on_complex(f"{inverse}FFT2D", "", lambda z, name=f"{inverse}FFT2D": getattr(R, name)(input=z))
    on_complex(f"{inverse}FFT3D", "", lambda z, name=f"{inverse}FFT3D": getattr(R, name)(input=z))
on_complex("FFT", "of one axis", tf.signal.fft, axes=1)
composed(
    "FFT",
    "of real numbers, its length",
    lambda x: tf.abs(R.FFT(input=tf.cast(x, tf.complex64))),
    SIGNAL,
)


def _real(name: str, sizes: list[int]) -> Callable[[Any], Any]:
    return lambda x: getattr(R, name)(input=x, fft_length=sizes)


def _back(name: str, sizes: list[int]) -> Callable[[Any, Any], Any]:
    return lambda a, b: getattr(R, name)(input=tf.complex(a, b), fft_length=sizes)


for axes, several in (
    (1, ([8], [5], [1])),
    (2, ([6, 8], [3, 5])),
    (3, ([4, 6, 8], [2, 6, 7])),
):
    suffix = f"{axes}D" if axes > 1 else ""
    for sizes in several:
        note = f"fft_length={sizes}"
        composed(f"RFFT{suffix}", note, _real(f"RFFT{suffix}", sizes), VOLUME)
        composed(
            f"IRFFT{suffix}", note, _back(f"IRFFT{suffix}", sizes), VOLUME, VOLUME[::-1].copy()
        )
composed("RFFT", "of the size at hand", tf.signal.rfft, SIGNAL)
composed("IRFFT", "of what RFFT gave", lambda x: tf.signal.irfft(tf.signal.rfft(x)), SIGNAL)
composed("FFT", "short-time", lambda x: tf.abs(tf.signal.stft(x, 8, 4)), numbers(2, 40))
composed(
    "FFT",
    "shifted",
    lambda x: tf.abs(tf.signal.fftshift(tf.signal.fft(tf.cast(x, tf.complex64)))),
    SIGNAL,
)
