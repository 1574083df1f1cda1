"""Layers that feed a net, that judge it, and that only some fork knows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.conformance.caffe_variants.variant import Array, Variant, v

_IMAGE = (2, 3, 8, 9)


def _twice(x: Array) -> Array:
    return 2 * x


def _feeders() -> Iterator[Variant]:
    """A layer that feeds a net, and one that doubles what it feeds."""
    shape = "shape { dim: 2 dim: 3 dim: 8 dim: 9 }"
    for kind, section, text, tops in (
        ("Input", "input_param", shape, 1),
        ("GlobalInput", "input_param", shape, 1),
        ("Data", "data_param", "source: 'lmdb' backend: LMDB batch_size: 2", 2),
        ("ImageData", "image_data_param", "batch_size: 2 new_height: 8 new_width: 9", 2),
        ("MemoryData", "memory_data_param", "batch_size: 2 channels: 3 height: 8 width: 9", 2),
        ("WindowData", "window_data_param", "batch_size: 2", 2),
        ("HDF5Data", "hdf5_data_param", "source: 'list.txt' batch_size: 2", 2),
        ("DummyData", "dummy_data_param", shape, 1),
        ("DummyData", "dummy_data_param", "num: 2 channels: 3 height: 8 width: 9", 1),
    ):
        net = f'layer {{ name: "in0" type: "{kind}" top: "in0" '
        net += 'top: "label" ' if tops == 2 else ""
        net += f"{section} {{ {text} }} }}\n"
        net += 'layer { name: "out" type: "Power" bottom: "in0" top: "out" '
        net += "power_param { scale: 2 } }"
        yield v(kind, section, text, [_IMAGE], formula=_twice, net=net)


def _judges() -> Iterator[Variant]:
    """A layer that is left out of a net that is run."""
    net = """
    input: "in0" input_shape { dim: 2 dim: 3 dim: 8 dim: 9 }
    layer { name: "out" type: "Power" bottom: "in0" top: "out" power_param { scale: 2 } }
    """
    for kind in (
        *("Accuracy", "ContrastiveLoss", "EuclideanLoss", "HDF5Output", "HingeLoss"),
        *("InfogainLoss", "MultinomialLogisticLoss", "SigmoidCrossEntropyLoss"),
        *("SmoothL1Loss", "SoftmaxWithLoss"),
    ):
        judge = f'layer {{ name: "j" type: "{kind}" bottom: "out" bottom: "in0" top: "loss" }}'
        yield v(kind, inputs=[_IMAGE], formula=_twice, net=net + judge)
    more = 'layer { name: "more" type: "AbsVal" bottom: "in0" top: "more" }'
    more += ' layer { name: "quiet" type: "Silence" bottom: "more" }'
    yield v("Silence", inputs=[_IMAGE], formula=_twice, net=net + more)


def _constants() -> Iterator[Variant]:
    net = """
    input: "in0" input_shape { dim: 2 dim: 4 }
    layer { name: "out" type: "Parameter" top: "own" parameter_param { shape { dim: 4 } } }
    layer { name: "sum" type: "Bias" bottom: "in0" bottom: "own" top: "out" }
    """
    shape = "shape { dim: 4 }"
    yield v("Parameter", "parameter_param", shape, [(2, 4)], [(4,)], np.add, net=net)


def _unpooling() -> Iterator[Variant]:
    """SegNet: what a pooling has kept goes back to where it was."""
    net = """
    input: "in0" input_shape { dim: 2 dim: 3 dim: 8 dim: 10 }
    layer { name: "pool" type: "Pooling" bottom: "in0" top: "pool" top: "mask"
            pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
    layer { name: "out" type: "Upsample" bottom: "pool" bottom: "mask" top: "out" }
    """

    def greatest_alone(x: Array) -> Array:
        blocks = x.reshape(2, 3, 4, 2, 5, 2)
        kept = blocks == blocks.max((3, 5), keepdims=True)
        return np.where(kept, blocks, 0).reshape(x.shape)

    image = [(2, 3, 8, 10)]
    yield v("Upsample", inputs=image, formula=greatest_alone, net=net, note="behind its pooling")


def _unknown() -> Iterator[Variant]:
    """Layers that have no translation, and why."""
    yield v("Recurrent", "recurrent_param", "num_output: 4")
    yield v("Python", "python_param", "module: 'layers' layer: 'Warp' param_str: \"{'by': 3}\"")


def variants() -> Iterator[Variant]:
    yield from _feeders()
    yield from _judges()
    yield from _constants()
    yield from _unpooling()
    yield from _unknown()
