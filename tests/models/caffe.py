"""Caffe nets written by hand: a .prototxt as text, a .caffemodel in the wire format."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.models.wire import field, varint

Blobs = Sequence[np.ndarray]


def blob(array: np.ndarray, legacy: bool = False) -> bytes:
    """A BlobProto; the old form has four sizes, ones in front."""
    numbers = field(5, np.ascontiguousarray(array, "<f4").tobytes())
    if legacy:
        shape = [1] * (4 - array.ndim) + list(array.shape)
        return b"".join(field(i, size) for i, size in enumerate(shape, 1)) + numbers
    return field(7, field(1, b"".join(map(varint, array.shape)))) + numbers


def caffemodel(weights: dict[str, Blobs], generation: int = 2) -> bytes:
    """A NetParameter of layers with blobs, in the current form or (1) as V1 layers."""
    content = field(1, b"net")
    for name, blobs in weights.items():
        if generation == 1:
            parts = b"".join(field(6, blob(array, legacy=True)) for array in blobs)
            content += field(2, field(4, name.encode()) + parts)
        else:
            parts = b"".join(field(7, blob(array)) for array in blobs)
            content += field(100, field(1, name.encode()) + field(2, b"Any") + parts)
    return content


class Net:
    """A net under construction: its text, its weights, and the shape of each blob's channels."""

    def __init__(self, *inputs: tuple[str, Sequence[int]], seed: int = 0) -> None:
        self.random = np.random.default_rng(seed)
        self.text = 'name: "net"\n'
        self.weights: dict[str, Blobs] = {}
        # Texts that lie beside the net, by their names.
        self.files: dict[str, str] = {}
        self.inputs = dict(inputs)
        for name, shape in inputs:
            dims = " ".join(f"dim: {dim}" for dim in shape)
            self.text += f'input: "{name}"\ninput_shape {{ {dims} }}\n'

    def layer(
        self,
        kind: str,
        name: str,
        bottoms: str | Sequence[str],
        parameters: str = "",
        blobs: Blobs = (),
        tops: str | Sequence[str] = "",
    ) -> str:
        """Add a layer; returns its first top, called like the layer if nothing else is said."""
        bottoms = [bottoms] if isinstance(bottoms, str) else bottoms
        tops = [tops or name] if isinstance(tops, str) else tops
        lines = [f'name: "{name}"', f'type: "{kind}"']
        lines += [f'bottom: "{b}"' for b in bottoms] + [f'top: "{t}"' for t in tops]
        lines += [parameters] if parameters else []
        self.text += "layer {\n" + "".join(f"  {line}\n" for line in lines) + "}\n"
        self.weights[name] = blobs
        return tops[0]

    def numbers(self, *shape: int, scale: float = 1.0) -> np.ndarray:
        return (self.random.standard_normal(shape) * scale).astype(np.float32)

    def save(self, folder: Path, stem: str = "net") -> Path:
        """Write all files; returns the path of the weights."""
        path = folder / f"{stem}.caffemodel"
        path.with_suffix(".prototxt").write_text(self.text)
        path.write_bytes(caffemodel(self.weights))
        for name, content in self.files.items():
            (folder / name).write_text(content)
        return path
