"""Operations of the domain com.microsoft, which onnxruntime's optimiser and quantiser write.

Semantics: the operator schemas of onnxruntime ("Contrib Operators"), and what its CPU kernels do.
"""

from __future__ import annotations

from extensions.front.onnx.contrib import (
    arrays,
    attended,
    blocks,
    decoding,
    experts,
    grouped,
    hashing,
    images,
    integers,
    layers,
    packed,
    positions,
    products,
    q_linear,
    quantized,
    sparse,
    streams,
    training,
    transformer,
    warping,
    words,
)
