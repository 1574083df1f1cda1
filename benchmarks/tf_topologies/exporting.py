"""Networks of TensorFlow in files, with what they compute for inputs of several sizes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

v1 = tf.compat.v1
Feed = dict[str, np.ndarray]


class Exported(NamedTuple):
    """The flags that name a model, its inputs, and the outputs for each of them."""

    flags: dict[str, Any]
    feeds: Sequence[Feed]
    expected: Sequence[Sequence[np.ndarray]]


Builder = Callable[[Path], Exported]


class Weights:
    """Random variables, made when a function asks for them the first time."""

    def __init__(self) -> None:
        self.random = np.random.default_rng(0)
        self.made: dict[str, Any] = {}

    def __call__(self, name: str, *shape: int, around: float = 0.0) -> Any:
        if name not in self.made:
            fan = max(1, int(np.prod(shape[:-1])))
            spread = 0.1 if len(shape) == 1 else (2 / fan) ** 0.5
            value = around + self.random.normal(0, spread, shape)
            with tf.init_scope():
                self.made[name] = tf.Variable(value.astype(np.float32))
        return self.made[name]


def frozen(
    function: Callable[..., Any],
    folder: Path,
    feeds: Sequence[Feed],
    shapes: dict[str, Sequence[int | None]],
    **flags: Any,
) -> Exported:
    """A frozen graph of a function, whose inputs have these shapes, None for what is open."""
    specs = [
        tf.TensorSpec(shape, tf.as_dtype(feeds[0][name].dtype), name=name)
        for name, shape in shapes.items()
    ]
    concrete = tf.function(function).get_concrete_function(*specs)
    path = folder / "net.pb"
    graph = convert_variables_to_constants_v2(concrete).graph.as_graph_def()
    path.write_bytes(graph.SerializeToString())
    expected = [
        [np.asarray(value) for value in tf.nest.flatten(concrete(*map(tf.constant, feed.values())))]
        for feed in feeds
    ]
    return Exported({"input_model": path, **flags}, feeds, expected)


def images(*sizes: tuple[int, int], batch: int = 1) -> list[Feed]:
    random = np.random.default_rng(1)
    return [
        {"image": random.uniform(-1, 1, (batch, height, width, 3)).astype(np.float32)}
        for height, width in sizes
    ]
