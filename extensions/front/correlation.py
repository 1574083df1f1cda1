"""The matching of two images by the patches around each place (FlowNet paper, section 3)."""

from __future__ import annotations

from typing import NamedTuple

from extensions.front.building import sliced
from extensions.ops.arithmetic import Multiply, Subtract
from extensions.ops.movement import Concat, Pad
from extensions.ops.pooling import AvgPool
from extensions.ops.reduction import ReduceMean
from extensions.ops.slicing import FAR
from extensions.ops.unary import Abs
from mo.errors import UnsupportedError
from mo.graph.graph import Graph
from mo.graph.node import Output

# More shifts than any flow network tries.
_SHIFTS_LIMIT = 4096


class Correlation(NamedTuple):
    """Patches of ``kernel`` pixels every ``stride``, shifted by multiples of ``step``.

    No shift is greater than ``most``; both images are padded first.
    """

    kernel: int
    most: int
    stride: int
    step: int
    pad: int
    by_product: bool

    def valid(self) -> bool:
        least = min(self.kernel, self.stride, self.step) > 0 and min(self.most, self.pad) >= 0
        return least and self.kernel % 2 == 1

    def channels(self, g: Graph, x: Output, y: Output) -> Output:
        """A channel for each shift of the second image: the mean product, or mean difference."""
        reach = self.most // self.step
        if (2 * reach + 1) ** 2 > _SHIFTS_LIMIT:
            raise UnsupportedError(
                f"a correlation over {2 * reach + 1} shifts in each direction is not supported",
                hint="Cut it off with --output.",
            )
        if self.pad:
            widths = [0, 0, self.pad, self.pad]
            x, y = (g.add(Pad(), image, widths, widths, 0.0) for image in (x, y))
        shifts = [self.step * i for i in range(-reach, reach + 1)]
        centre = self._shifted(g, x, 0, 0)
        means = [
            self._matched(g, centre, self._shifted(g, y, down, right))
            for down in shifts
            for right in shifts
        ]
        joined = g.add(Concat(axis=1), *means) if len(means) > 1 else means[0]
        if self.kernel == self.stride == 1:
            return joined
        windows = AvgPool(
            kernel=(self.kernel,) * 2,
            strides=(self.stride,) * 2,
            pads_begin=(0, 0),
            pads_end=(0, 0),
        )
        return g.add(windows, joined)

    def _matched(self, g: Graph, x: Output, y: Output) -> Output:
        """The mean over the channels, place by place."""
        both = g.add(Multiply(), x, y) if self.by_product else g.add(Abs(), g.add(Subtract(), x, y))
        return g.add(ReduceMean(keep_dims=True), both, [1])

    def _shifted(self, g: Graph, image: Output, down: int, right: int) -> Output:
        """The part of a padded image that a shift by as much as ``most`` still reaches."""
        starts = [self.most + down, self.most + right]
        ends = [(shift - self.most) or FAR for shift in (down, right)]
        return sliced(g, image, starts, ends, [2, 3], [1, 1])
