"""Attention of the ONNX standard, and the parts that other domains build theirs from."""

from __future__ import annotations

from extensions.front.onnx.attention import cache, rotary, standard, state
