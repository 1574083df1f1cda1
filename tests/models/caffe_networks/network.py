"""A net under construction that knows the channels of its blobs, and short words for layers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.models.caffe import Net

# What the numbers of channels are divided by.
NARROW = 8


class Network(Net):
    """A net that knows the channels of its blobs."""

    def __init__(self, *inputs: tuple[str, Sequence[int]], narrow: int = NARROW) -> None:
        super().__init__(*inputs)
        self.channels = {name: shape[1] for name, shape in inputs}
        self.narrow = narrow
        self.count = 0

    def n(self, channels: int) -> int:
        return max(channels // self.narrow, 2)

    def name(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def add(
        self, kind: str, bottoms: str | Sequence[str], text: str = "", channels: int = 0
    ) -> str:
        """A layer without weights."""
        first = bottoms if isinstance(bottoms, str) else bottoms[0]
        top = self.layer(kind, self.name(kind.lower()), bottoms, text)
        self.channels[top] = channels or self.channels[first]
        return top

    def in_place(self, kind: str, x: str, text: str = "", *blobs: np.ndarray) -> str:
        return self.layer(kind, self.name(kind.lower()), x, text, blobs, x)

    def conv(
        self,
        x: str,
        out: int,
        kernel: int | tuple[int, int] = 1,
        stride: int = 1,
        pad: int | tuple[int, int] = 0,
        group: int = 1,
        bias: bool = True,
        kind: str = "Convolution",
        more: str = "",
        gain: float = 1.0,
    ) -> str:
        """A convolution with exactly ``out`` channels."""
        rows, columns = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        pads = pad if isinstance(pad, tuple) else (pad, pad)
        into = self.channels[x]
        shape = (out, into // group) if kind == "Convolution" else (into, out // group)
        area = rows * columns / (stride**2 if kind != "Convolution" else 1)
        scale = gain * (2 / (into // group * area)) ** 0.5
        blobs = [self.numbers(*shape, rows, columns, scale=scale)]
        blobs += [self.numbers(out, scale=0.05)] if bias else []
        text = f"num_output: {out} kernel_h: {rows} kernel_w: {columns} stride: {stride} "
        text += f"pad_h: {pads[0]} pad_w: {pads[1]} group: {group} {more}"
        text += "" if bias else " bias_term: false"
        name = self.name("conv")
        self.layer(kind, name, x, f"convolution_param {{ {text} }}", blobs)
        self.channels[name] = out
        return name

    def relu(self, x: str) -> str:
        return self.in_place("ReLU", x)

    def cr(self, x: str, out: int, *sizes: int | tuple[int, int], group: int = 1) -> str:
        """Convolution and ReLU, with a number of channels to be narrowed."""
        return self.relu(self.conv(x, self.n(out), *sizes, group=group))

    def norm(self, x: str) -> str:
        """BatchNorm and Scale, in place."""
        c = self.channels[x]
        mean, variance = self.numbers(c, scale=0.1), self.random.uniform(0.7, 1.3, c)
        blobs = [mean * 2, (variance * 2).astype(np.float32), np.array([2], np.float32)]
        self.in_place("BatchNorm", x, "batch_norm_param { use_global_stats: true }", *blobs)
        factor = self.random.uniform(0.6, 0.9, c).astype(np.float32)
        return self.in_place(
            "Scale", x, "scale_param { bias_term: true }", factor, self.numbers(c, scale=0.1)
        )

    def cbr(self, x: str, out: int, *sizes: int | tuple[int, int], group: int = 1) -> str:
        return self.relu(self.cb(x, out, *sizes, group=group))

    def chain(self, x: str, *convolutions: Sequence[int | tuple[int, int]]) -> str:
        """One convolution, each [channels, kernel, stride, pad], behind the other."""
        for out, *sizes in convolutions:
            assert isinstance(out, int)
            x = self.cbr(x, out, *sizes)
        return x

    def cb(self, x: str, out: int, *sizes: int | tuple[int, int], group: int = 1) -> str:
        return self.norm(self.conv(x, self.n(out), *sizes, group=group, bias=False))

    def pool(self, x: str, kernel: int, stride: int, pad: int = 0, method: str = "MAX") -> str:
        text = f"pool: {method} kernel_size: {kernel} stride: {stride} pad: {pad}"
        return self.add("Pooling", x, f"pooling_param {{ {text} }}")

    def pool_all(self, x: str) -> str:
        return self.add("Pooling", x, "pooling_param { pool: AVE global_pooling: true }")

    def concat(self, *values: str, axis: int = 1) -> str:
        text = f"concat_param {{ axis: {axis} }}"
        return self.add("Concat", values, text, sum(self.channels[v] for v in values))

    def total(self, *values: str) -> str:
        return self.add("Eltwise", values, "eltwise_param { operation: SUM }")

    def lrn(self, x: str) -> str:
        return self.add("LRN", x, "lrn_param { local_size: 5 alpha: 0.0001 beta: 0.75 }")

    def fc(self, x: str, out: int, features: int) -> str:
        name = self.name("fc")
        blobs = [self.numbers(out, features, scale=(2 / features) ** 0.5), self.numbers(out)]
        self.layer("InnerProduct", name, x, f"inner_product_param {{ num_output: {out} }}", blobs)
        self.channels[name] = out
        return name

    def softmax(self, x: str, name: str = "prob", axis: int = 1) -> str:
        self.channels[name] = self.channels[x]
        return self.layer("Softmax", name, x, f"softmax_param {{ axis: {axis} }}")


def image(size: int, width: int = 0, channels: int = 3) -> tuple[str, tuple[int, ...]]:
    return "data", (1, channels, size, width or size)
