"""Functions of one number, and of several tensors of one shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from tests.conformance.caffe_variants.variant import (
    Array,
    Variant,
    positive,
    v,
)
from tests.front.caffe.formulas.common import sigmoid


def _activations() -> Iterator[Variant]:
    yield v("ReLU")
    yield v("ReLU", "relu_param", "negative_slope: 0.1")
    yield v("ReLU6", formula=lambda x: np.clip(x, 0, 6))
    yield v("ReLU6", "relu6_param", "n: 1", formula=lambda x: np.clip(x, 0, 1))
    yield v("PReLU", blobs=[(4,)])
    yield v("PReLU", "prelu_param", "channel_shared: true", blobs=[(1,)])
    yield v(
        *("PReLU", "", "", [(2, 4)], [(4,)]),
        formula=lambda x, s: np.where(x > 0, x, x * s),
        note="2-D",
    )
    yield v("ELU")
    yield v(
        *("ELU", "elu_param", "alpha: 0.5"),
        formula=lambda x: np.where(x > 0, x, 0.5 * (np.exp(x) - 1)),
    )
    yield v("Sigmoid")
    yield v("TanH")
    yield v("AbsVal")
    yield v("BNLL")
    yield v("Threshold", formula=lambda x: (x > 0).astype(np.float32))
    yield v(
        *("Threshold", "threshold_param", "threshold: 0.5"),
        formula=lambda x: (x > 0.5).astype(np.float32),
    )
    signs = lambda x, *_: np.where(x > 0, 1, -1).astype(np.float32)  # noqa: E731
    yield v("Binarization", formula=signs)
    zero = np.zeros((1, 4, 1, 1), np.float32)
    yield v("Binarization", blobs=[zero], formula=signs, note="thresholds of 0")
    yield v("Binarization", blobs=[(1, 4, 1, 1)], note="trained thresholds")
    yield v(
        *("PReLU", "prelu_param", "filler { value: 0.25 }"),
        formula=lambda x: np.where(x > 0, x, x / 4),
        opened=(0, 2, 3),
    )
    yield v("Clip", "clip_param", "min: -0.5 max: 1", formula=lambda x: np.clip(x, -0.5, 1))
    yield v("Swish", formula=lambda x: x * sigmoid(x))
    yield v("Swish", "swish_param", "beta: 2", formula=lambda x: x * sigmoid(2 * x))
    yield v("Softmax")
    yield v("Softmax", "softmax_param", "axis: 2")
    yield v("Softmax", "softmax_param", "axis: -1")
    yield v("Dropout", "dropout_param", "dropout_ratio: 0.3", formula=lambda x: x)
    yield v("Split", formula=lambda x: (x, x), tops=2)
    yield v("Power", "power_param", "scale: 2 shift: 3")
    yield v("Power", "power_param", "power: 2 scale: 0.5 shift: -1")
    yield v("Power", "power_param", "power: 0.5", [positive(2, 3, 4)])
    yield v("Power", "power_param", "power: -1.5 shift: 2", [positive(2, 3, 4)])
    yield v("Exp")
    yield v("Exp", "exp_param", "base: 2 scale: 0.5 shift: -1")
    yield v("Log", inputs=[positive(2, 3, 4)], formula=np.log)
    yield v(
        *("Log", "log_param", "base: 2 scale: 3 shift: 1", [positive(2, 3, 4)]),
        formula=lambda x: np.log2(1 + 3 * x),
    )


def _joins() -> Iterator[Variant]:
    two, three = [(2, 3, 4)] * 2, [(2, 3, 4)] * 3
    for operation in ("PROD", "SUM", "MAX"):
        yield v("Eltwise", "eltwise_param", f"operation: {operation}", two)
        yield v("Eltwise", "eltwise_param", f"operation: {operation}", three, note="of three")
    yield v("Eltwise", inputs=two)
    yield v("Eltwise", "eltwise_param", "coeff: 1 coeff: -1", two)
    yield v("Eltwise", "eltwise_param", "coeff: 20", two[:1], (), lambda x: 20 * x)
    yield v("Eltwise", "eltwise_param", "coeff: 0.5 coeff: -2 coeff: 3", three)
    yield v(
        *("Axpy", "", "", [(2, 3, 1, 1), (2, 3, 4, 5), (2, 3, 4, 5)]),
        formula=lambda a, x, y: a * x + y,
    )
    yield v("Concat", inputs=[(2, 3, 4), (2, 5, 4)])
    yield v("Concat", "concat_param", "axis: 2", [(2, 3, 4), (2, 3, 1)])
    yield v("Concat", "concat_param", "axis: -1", [(2, 3, 4), (2, 3, 1)])
    yield v(
        *("Concat", "concat_param", "concat_dim: 0", [(2, 3), (1, 3)]),
        formula=lambda a, b: np.concatenate([a, b], 0),
    )
    yield v("Slice", formula=lambda x: tuple(np.split(x, 2, 1)), tops=2, note="into 2")
    yield v("Slice", "slice_param", "axis: 2 slice_point: 1 slice_point: 4", tops=3)
    yield v(
        *("Slice", "slice_param", "axis: -1"),
        formula=lambda x: tuple(np.split(x, 4, 3)),
        tops=4,
    )
    yield v(
        *("Slice", "slice_param", "slice_dim: 0"),
        formula=lambda x: (x[:1], x[1:]),
        tops=2,
    )


def _shifts() -> Iterator[Variant]:
    """Numbers of a text file beside the net, added to each row or picture."""
    kind, section, named = "PowerFile", "power_file_param", "shift_file: 'shifts.txt'"

    def added(*shifts: float) -> Callable[[Array], Array]:
        return lambda x: x + np.reshape(shifts, (1, *x.shape[1:])).astype(np.float32)

    rows, many = (3, 6), np.linspace(-2, 3, 24).tolist()
    for given, text, shifts, note in (
        (rows, "1 0 -0.5\n\t0 1e0 2.5\n", (1, 0, -0.5, 0, 1, 2.5), "of a row"),
        (rows, "1 2 3 4 5 6 7 8", range(1, 7), "of more than a row"),
        ((2, 4, 2, 3), " ".join(map(str, many)), many, "of a picture"),
    ):
        files = {"shifts.txt": text}
        yield v(kind, section, named, [given], (), added(*shifts), note=note, files=files)
    elsewhere = "shift_file: 'examples/mnist/shifts.txt'"
    yield v(
        kind, section, elsewhere, [rows], (), added(*range(6)), files={"shifts.txt": "0 1 2 3 4 5"}
    )
    yield v(kind, section, "", [rows], (), lambda x: x)
    for text, note in (
        ("1 2 3", "too short"),
        ("1 2 x 4 5 6", "with a word"),
        ("1 inf", "infinite"),
    ):
        files = {"shifts.txt": text}
        yield v(kind, section, named, [rows], opened=(0,), note=note, files=files)
    for name in ("none.txt", "../shifts.txt", "/shifts.txt"):
        yield v(kind, section, f"shift_file: '{name}'", [rows])


def variants() -> Iterator[Variant]:
    yield from _activations()
    yield from _joins()
    yield from _shifts()
