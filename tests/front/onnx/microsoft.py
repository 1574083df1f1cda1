"""Tests of single nodes of the domain com.microsoft."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto

from tests.front.onnx.running import agree_model
from tests.models.nodes import single

MICROSOFT = "com.microsoft"


def agreed(op: str, *inputs: Any, outputs: Any = 1, **options: Any) -> Any:
    """As ``running.agree`` for com.microsoft, but ``opset`` may be an attribute."""
    how = {key: options.pop(key) for key in ("dynamic", "expected", "tolerance") if key in options}
    built = single(op, inputs, opset=17, domain=MICROSOFT, attributes=options, outputs=outputs)
    for item in built.graph.output:
        if item.name == "scores":
            # Nothing else tells onnxruntime the type of this output.
            item.type.tensor_type.elem_type = TensorProto.FLOAT
    arrays = [value for value in inputs if isinstance(value, np.ndarray)]
    return agree_model(built, arrays, **how)
