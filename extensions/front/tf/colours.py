"""The colours of pixels [..., 3]."""

from __future__ import annotations

import numpy as np

from extensions.front.building import rank_of, typed
from extensions.front.tf.common import converts, number
from extensions.ops import arithmetic as a
from extensions.ops.movement import Concat, Split
from extensions.ops.reduction import ReduceMax, ReduceMean, ReduceMin
from extensions.ops.unary import Abs
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("AdjustContrastv2")
def adjust_contrast(g: Graph, node: SourceNode, x: Output, factor: Output) -> Output:
    """Distances from the mean of each channel, times a factor."""
    rank = rank_of(x)
    mean = g.add(ReduceMean(keep_dims=True), x, [rank - 3, rank - 2])
    distance = g.add(a.Subtract(), x, mean)
    return g.add(a.Add(), g.add(a.Multiply(), distance, typed(g, factor, x.dtype)), mean)


@converts("RGBToHSV")
def rgb_to_hsv(g: Graph, node: SourceNode, x: Output) -> Output:
    return _joined(g, *_to_hsv(g, x))


@converts("HSVToRGB")
def hsv_to_rgb(g: Graph, node: SourceNode, x: Output) -> Output:
    return _to_rgb(g, *_channels(g, x))


@converts("AdjustSaturation")
def adjust_saturation(g: Graph, node: SourceNode, x: Output, factor: Output) -> Output:
    hue, saturation, value = _to_hsv(g, x)
    scaled = g.add(a.Multiply(), saturation, typed(g, factor, x.dtype))
    return _to_rgb(g, hue, _within(g, scaled), value)


@converts("AdjustHue")
def adjust_hue(g: Graph, node: SourceNode, x: Output, delta: Output) -> Output:
    hue, saturation, value = _to_hsv(g, x)
    turned = g.add(
        a.FloorMod(), g.add(a.Add(), hue, typed(g, delta, x.dtype)), number(g, 1.0, x.dtype)
    )
    return _to_rgb(g, turned, saturation, value)


def _channels(g: Graph, x: Output) -> tuple[Output, ...]:
    return g.add_multi(Split(num_splits=3), x, g.constant(np.int64((rank_of(x)) - 1)))


def _joined(g: Graph, *channels: Output) -> Output:
    return g.add(Concat(axis=(rank_of(channels[0])) - 1), *channels)


def _within(g: Graph, x: Output) -> Output:
    return g.add(a.Minimum(), g.add(a.Maximum(), x, 0.0), 1.0)


def _to_hsv(g: Graph, x: Output) -> tuple[Output, Output, Output]:
    """Hue, saturation and value, each from 0 to 1 (Smith 1978)."""
    axis = [(rank_of(x)) - 1]
    red, green, blue = _channels(g, x)
    value = g.add(ReduceMax(keep_dims=True), x, axis)
    spread = g.add(a.Subtract(), value, g.add(ReduceMin(keep_dims=True), x, axis))
    saturation = _over(g, spread, value)
    sectors = [
        (g.add(a.Equal(), red, value), green, blue, 0.0),
        (g.add(a.Equal(), green, value), blue, red, 2.0),
    ]
    hue = _sector(g, red, green, 4.0, spread)
    for is_greatest, first, second, start in reversed(sectors):
        hue = g.add(a.Select(), is_greatest, _sector(g, first, second, start, spread), hue)
    flat = g.add(a.Equal(), spread, number(g, 0.0, x.dtype))
    hue = g.add(a.Select(), flat, number(g, 0.0, x.dtype), hue)
    turned = g.add(a.FloorMod(), g.add(a.Multiply(), hue, 1 / 6), number(g, 1.0, x.dtype))
    return turned, saturation, value


def _sector(g: Graph, first: Output, second: Output, start: float, spread: Output) -> Output:
    return g.add(a.Add(), _over(g, g.add(a.Subtract(), first, second), spread), start)


def _over(g: Graph, x: Output, y: Output) -> Output:
    """x / y, 0 where y is not positive."""
    zero = number(g, 0.0, x.dtype)
    positive = g.add(a.Greater(), y, zero)
    divisor = g.add(a.Select(), positive, y, number(g, 1.0, x.dtype))
    return g.add(a.Select(), positive, g.add(a.Divide(), x, divisor), zero)


def _to_rgb(g: Graph, hue: Output, saturation: Output, value: Output) -> Output:
    """Each channel is the value less a share of the saturation that its hue tells."""
    angle = g.add(a.Multiply(), hue, 6.0)
    red = _within(g, g.add(a.Subtract(), g.add(Abs(), g.add(a.Subtract(), angle, 3.0)), 1.0))
    others = [
        _within(
            g,
            g.add(
                a.Subtract(),
                number(g, 2.0, hue.dtype),
                g.add(Abs(), g.add(a.Subtract(), angle, centre)),
            ),
        )
        for centre in (2.0, 4.0)
    ]
    channels = []
    for pure in (red, *others):
        share = g.add(a.Multiply(), g.add(a.Subtract(), pure, 1.0), saturation)
        channels.append(g.add(a.Multiply(), g.add(a.Add(), share, 1.0), value))
    return _joined(g, *channels)
