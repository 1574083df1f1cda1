"""What keeps a case of the ONNX backend tests from passing: the IR, the runtime, or the case.

Each limit has its words for the table and, where it is the IR's or the runtime's, the smallest
model that shows it: ``shows()`` is true as long as the runtime has the limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import ml_dtypes
import numpy as np
import openvino as ov
from openvino import opset13 as op

_PRECISE = {"INFERENCE_PRECISION_HINT": "f32"}


class Limit(NamedTuple):
    cases: str
    reason: str
    shows: Callable[[], bool] | None = None


def reason(case: str) -> str:
    """Why a case cannot pass; '' if nothing is known to be in its way."""
    return next((limit.reason for limit in LIMITS if re.search(limit.cases, case)), "")


def _computed(result: Any, parameter: Any, array: np.ndarray) -> np.ndarray:
    """What the CPU device computes for one input."""
    model = ov.Model([op.result(result)], [parameter])
    compiled = ov.Core().compile_model(model, "CPU", _PRECISE)
    given = ov.Tensor(parameter.get_output_element_type(0), ov.Shape(array.shape))
    given.data[...] = array.view(given.data.dtype)
    request = compiled.create_infer_request()
    request.infer({0: given})
    return np.array(request.get_output_tensor(0).data)


_PASSED_ON = """<?xml version="1.0"?><net name="n" version="11"><layers>
<layer id="0" name="x" type="Parameter" version="opset1"><data shape="2" element_type="{0}"/>
<output><port id="0" precision="{1}"><dim>2</dim></port></output></layer>
<layer id="1" name="r" type="Result" version="opset1">
<input><port id="0" precision="{1}"><dim>2</dim></port></input></layer></layers>
<edges><edge from-layer="0" from-port="0" to-layer="1" to-port="0"/></edges></net>"""


def _is_read(element_type: str) -> bool:
    text = _PASSED_ON.format(element_type, element_type.upper().replace("F32", "FP32"))
    try:
        ov.Core().read_model(model=text.encode(), weights=b"")
    except RuntimeError:
        return False
    return True


def _lacks_element_types() -> bool:
    return _is_read("f32") and not any(map(_is_read, ("i2", "f8e4m3fnuz", "f8e5m2fnuz")))


def _computes_doubles_as_floats() -> bool:
    x = op.parameter([1], np.float64)
    small = _computed(op.add(x, op.constant(np.array([1e-12]))), x, np.array([1.0]))
    return small[0] == 1.0


def _saturates_doubles() -> bool:
    x, y = op.parameter([1], np.float64), op.parameter([1], np.float32)
    narrow = _computed(op.convert(x, "f32"), x, np.array([np.inf]))
    wide = _computed(op.convert(y, "f64"), y, np.array([np.inf], np.float32))
    return bool(np.isfinite(narrow[0]) and np.isfinite(wide[0]))


def _rounds_bfloat16_once() -> bool:
    """(x + 1) - 1 is 0 if every sum is rounded to the eight bits of a bfloat16."""
    kind = ov.Type.bf16
    x, one = op.parameter([1], kind), op.constant(np.array([1.0]), kind)
    tiny = np.array([2**-10], ml_dtypes.bfloat16)
    found = _computed(op.subtract(op.add(x, one), one), x, tiny)
    return float(found.view(ml_dtypes.bfloat16)[0]) == 2**-10


def _draws_its_own_numbers() -> bool:
    """A seed gives numbers of the runtime's generator, which is not numpy's."""
    seed = 0
    limits = (op.constant(np.float32(0)), op.constant(np.float32(1)))
    drawn = op.random_uniform(op.constant(np.array([4])), *limits, "f32", global_seed=1, op_seed=1)
    x = op.parameter([1], np.float32)
    found = _computed(op.add(drawn, op.multiply(x, op.constant(np.float32(0)))), x, np.ones(1, "f"))
    return not np.allclose(found, np.random.default_rng(seed).random(4, np.float32), atol=1e-3)


def _sums_blocks_apart() -> bool:
    """Equal filters on equal numbers give sums that differ in the last bit at sizes of 1e9."""
    x = op.parameter([1, 512, 13, 13], np.float32)
    weights = op.constant(np.full((1000, 512, 1, 1), 1.0, np.float32))
    y = op.convolution(x, weights, [1, 1], [0, 0], [0, 0], [1, 1])
    mean = op.reduce_mean(y, op.constant(np.array([2, 3])), True)
    image = np.random.default_rng(0).uniform(1e6, 4e7, (1, 512, 13, 13)).astype(np.float32)
    return np.unique(_computed(mean, x, image)).size > 1


def _divides_by_the_reciprocal() -> bool:
    """-2.5 / (5 / 255) is just below the half between two steps; the product is beyond it."""
    x = op.parameter([2], np.float32)
    one, scale = op.constant(np.array([1.0], np.float32)), np.float32(5) / np.float32(255)
    parts = op.split(x, op.constant(np.int64(0)), 2)
    found = _computed(
        op.divide(op.multiply(parts.output(0), one), parts.output(1)),
        x,
        np.array([-2.5, scale], np.float32),
    )
    return found[0] != np.float32(-2.5) / scale


LIMITS = (
    Limit("FNUZ|INT2|_int2", "the IR has no such element type", _lacks_element_types),
    Limit(
        "FLOAT16_to_DOUBLE|FLOAT_to_DOUBLE|DOUBLE_to_FLOAT",
        "the CPU device turns an infinite double into the largest float",
        _saturates_doubles,
    ),
    Limit(
        "operator_add|float64|double",
        "the CPU device computes doubles as floats",
        _computes_doubles_as_floats,
    ),
    Limit(
        "bf16",
        "the CPU device computes in f32 and rounds to bf16 at the end; expected are numbers "
        "rounded after each operation",
        _rounds_bfloat16_once,
    ),
    Limit(
        "bernoulli|training_dropout",
        "expected are the random numbers of numpy",
        _draws_its_own_numbers,
    ),
    Limit(
        "squeezenet",
        "the network's last numbers are 9.5e9, where the last bit of a sum decides its softmax",
        _sums_blocks_apart,
    ),
    Limit(
        "dynamicquantizelinear",
        "one number lies half-way between two steps; the CPU device divides by multiplying",
        _divides_by_the_reciprocal,
    ),
    Limit(
        "resize_downsample_scales_.*_align_corners",
        "expected are steps between corners of size * scale; the standard's text, and onnxruntime, "
        "count whole pixels",
    ),
    Limit("image_decoder", "the IR has no operation that decodes an image"),
    Limit("regex_full_match", "the IR has no operation that matches a regular expression"),
    Limit("gradient", "training: the IR has no derivatives"),
    Limit(
        "sequence|loop1[36]_seq|if_opt|optional",
        "the IR has tensors only, and the length of the sequence (or whether a value is there) is "
        "not in the model",
    ),
)
