"""Operations of the domain ai.onnx.ml, by family."""

from __future__ import annotations

from extensions.front.onnx.ml import encoders, ensembles, features, linear, machines
