"""Operations of the domain com.microsoft, which onnxruntime's optimiser and quantiser write.

Semantics: the operator schemas of onnxruntime ("Contrib Operators"), and what its CPU kernels do.
"""

from __future__ import annotations

from extensions.front.onnx.contrib import grouped, layers, products, q_linear, transformer

__all__ = ["grouped", "layers", "products", "q_linear", "transformer"]
