"""YOLO v3 as GluonCV exports it (``yolo3_mobilenet1.0_voc``), with few layers and channels.

The names of heads and what follows them are GluonCV's; the image is [N, H, W, C], as its export
with preprocessing has it.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.models.mxnet import container, symbol, variable, version2


class Exported:
    """A symbol and its parameters under construction."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.nodes = [variable("data")]
        self.arrays: dict[str, np.ndarray] = {}

    def op(self, kind: str, name: str, *inputs: int, **attributes: object) -> int:
        attrs = {key: str(value) for key, value in attributes.items()}
        entry = {"op": kind, "name": name, "inputs": [[n, 0, 0] for n in inputs], "attrs": attrs}
        self.nodes.append(entry)
        return len(self.nodes) - 1

    def weights(self, name: str, *shape: int) -> int:
        self.arrays[f"arg:{name}"] = self.random.uniform(-0.5, 0.5, shape).astype(np.float32)
        self.nodes.append(variable(name))
        return len(self.nodes) - 1

    def conv(self, name: str, x: int, before: int, channels: int, size: int, stride: int) -> int:
        parts = [
            self.weights(f"{name}_weight", channels, before, size, size),
            self.weights(f"{name}_bias", channels),
        ]
        window = {"kernel": (size, size), "stride": (stride, stride), "pad": (size // 2,) * 2}
        return self.op("Convolution", f"{name}_fwd", x, *parts, num_filter=channels, **window)

    def write(self, folder: Path) -> Path:
        (folder / "yolo-symbol.json").write_text(json.dumps(symbol(*self.nodes)))
        arrays = [version2(array) for array in self.arrays.values()]
        path = folder / "yolo-0000.params"
        path.write_bytes(container(arrays, list(self.arrays)))
        return path


def yolo3_voc(folder: Path, width: int = 8, classes: int = 20) -> Path:
    net = Exported(9)
    x = net.op("transpose", "transpose0", 0, axes=(0, 3, 1, 2))
    x = net.op("_div_scalar", "_div_scalar0", x, scalar=255)
    maps, before = [], 3
    for number in range(5):
        x = net.conv(f"mobilenet0_conv{number}", x, before, width, 3, 2)
        x = net.op("Activation", f"mobilenet0_relu{number}_fwd", x, act_type="relu")
        maps, before = [x, *maps[:2]], width
    found = []
    for number, level in enumerate(maps):
        scope = f"yolov30_yolooutputv3{number}"
        head = net.conv(f"{scope}_conv0", level, width, 3 * (classes + 5), 1, 1)
        rows = net.op("Reshape", f"{scope}_reshape0", head, shape=(0, 3 * (classes + 5), -1))
        rows = net.op("transpose", f"{scope}_transpose0", rows, axes=(0, 2, 1))
        found.append(net.op("Reshape", f"{scope}_reshape1", rows, shape=(0, -1, classes + 5)))
    net.op("Concat", "yolov30_concat0", *found, dim=1, num_args=3)
    return net.write(folder)
