"""Models of Keras in .h5 and .keras files, read without Keras."""

from extensions.front.tf.keras import (
    activation,
    attention,
    convolution,
    masks,
    normalization,
    operations,
    parts,
    pooling,
    preprocessing,
    recurrent,
    reductions,
    shaping,
)
from extensions.front.tf.keras.files import is_keras
from extensions.front.tf.keras.network import read_keras

__all__ = [
    "activation",
    "attention",
    "convolution",
    "is_keras",
    "masks",
    "normalization",
    "operations",
    "parts",
    "pooling",
    "preprocessing",
    "read_keras",
    "recurrent",
    "reductions",
    "shaping",
]
