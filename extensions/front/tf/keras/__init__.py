"""Models of Keras in .h5 and .keras files, read without Keras."""

from extensions.front.tf.keras import (
    activation,
    convolution,
    normalization,
    pooling,
    recurrent,
    shaping,
)
from extensions.front.tf.keras.files import is_keras
from extensions.front.tf.keras.network import read_keras

__all__ = [
    "activation",
    "convolution",
    "is_keras",
    "normalization",
    "pooling",
    "read_keras",
    "recurrent",
    "shaping",
]
