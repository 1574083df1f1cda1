"""Components that look at several frames, or are made of others, as nodes of the network.

All other components become one node of their own type, those that are unknown, too: extensions may
translate these.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from extensions.front.kaldi.component import Component
from extensions.front.kaldi.network import FARTHEST, OWN_TYPES, Network
from extensions.front.kaldi.sizes import context, sizes

# (network, component, its input, its name) -> its output
Expansion = Callable[[Network, Component, str, str], str]
EXPANSIONS: dict[str, Expansion] = {}


def place(network: Network, component: Component, x: str, name: str) -> str:
    """Put a component that reads ``x`` into the network; ModelFileError if it does not fit."""
    wanted, width = sizes(component)
    found = network.widths[x]
    if wanted not in (None, found):
        raise component.wrong(f"it takes {wanted} columns, its input '{x}' has {found}")
    if component.type in OWN_TYPES:
        raise component.wrong("Kaldi has no such component")
    expansion = EXPANSIONS.get(component.type)
    if expansion is None:
        return network.node(component.type, name, [x], width, component=component)
    made = expansion(network, component, x, name)
    if network.widths[made] != width:
        raise component.wrong(f"it gives {network.widths[made]} columns instead of {width}")
    return made if made == name else network.node("Identity", name, [made], width)


def expands(*types: str) -> Callable[[Expansion], Expansion]:
    """Decorator: the function stands for components of these types."""

    def register(function: Expansion) -> Expansion:
        EXPANSIONS.update(dict.fromkeys(types, function))
        return function

    return register


# ---- frames joined


@expands("TdnnComponent")
def tdnn(network: Network, c: Component, x: str, name: str) -> str:
    frames = [network.offset(x, offset) for offset in c.integers("TimeOffsets")]
    width = c.matrix("LinearParams").shape[0]
    return network.node(c.type, name, [network.append(frames)], width, component=c)


@expands("SpliceComponent")
def splice(network: Network, c: Component, x: str, name: str) -> str:
    """The last columns, which do not change over time, are joined only once."""
    constant = c.integer("ConstComponentDim")
    changing = network.columns(x, 0, network.widths[x] - constant)
    offsets = context(c)
    parts = [network.offset(changing, offset) for offset in offsets]
    if constant:
        last = network.columns(x, network.widths[x] - constant, constant)
        parts.append(network.offset(last, offsets[0]))
    return network.append(parts)


@expands("SpliceMaxComponent")
def splice_max(network: Network, c: Component, x: str, name: str) -> str:
    parts = [network.offset(x, offset) for offset in c.integers("Context")]
    return network.node("Max", name, parts, network.widths[x])


@expands("Splice")
def splice_1(network: Network, c: Component, x: str, name: str) -> str:
    """nnet1 repeats the first and the last frame of its own input."""
    offsets = c.integers("Context")
    before, after = max(0, -min(offsets)), max(0, *offsets)
    if max(before, after) > FARTHEST:
        raise c.wrong(f"a context of {before} and {after} frames")
    width = network.widths[x]
    edged = network.shared(
        "Edges", f"Edges({x},{before},{after})", [x], width, before=before, after=after
    )
    return network.append([network.offset(edged, offset) for offset in offsets])


@expands("TimeHeightConvolutionComponent")
def time_height(network: Network, c: Component, x: str, name: str) -> str:
    """A frame of each time in turn, all heights inside it; what is not required may be missing."""
    times = sorted({time for time, _ in c.pairs("Offsets")})
    required = set(c.integers("RequiredTimeOffsets"))
    frames = [
        frame if time in required else network.if_defined(frame)
        for time in times
        for frame in [network.offset(x, time)]
    ]
    width = sizes(c)[1]
    return network.node(c.type, name, frames, width, component=c, times=times)


@expands("RestrictedAttentionComponent")
def restricted_attention(network: Network, c: Component, x: str, name: str) -> str:
    """The first input is the frame itself, the others are those it looks at, in order of time."""
    left, right, stride = (
        c.integer("NumLeftInputs"),
        c.integer("NumRightInputs"),
        c.size("TimeStride"),
    )
    needed = range(-c.integer("NumLeftInputsRequired"), c.integer("NumRightInputsRequired") + 1)
    seen = []
    for step in range(-left, right + 1):
        frame = network.offset(x, step * stride)
        seen.append(frame if step in needed else network.if_defined(frame))
    return network.node(c.type, name, [x, *seen], sizes(c)[1], component=c)


# ---- statistics over many frames


@expands("StatisticsExtractionComponent")
def statistics_extraction(network: Network, c: Component, x: str, name: str) -> str:
    """Count, sum and (if asked for) sum of squares of the frames of a period."""
    step, period = c.size("InputPeriod"), c.size("OutputPeriod")
    width = sizes(c)[1]
    if period % step or period > FARTHEST:
        raise c.wrong(f"periods of {period} and {step} frames")
    squares = width > 1 + network.widths[x]
    if period == step:
        return network.node("Statistics", name, [x], width, squares=squares)
    terms = network.node("Statistics", f"{name}/terms", [x], width, squares=squares)
    return network.node("WindowSum", name, [terms], width, begin=0, end=period - step, step=step)


@expands("StatisticsPoolingComponent")
def statistics_pooling(network: Network, c: Component, x: str, name: str) -> str:
    """Mean and standard deviation over a window of periods.

    A window that only reaches ahead is about the utterance: Kaldi asks for its value at the first
    frame alone (nnet3-xvector-compute).
    """
    left, right, step = c.integer("LeftContext"), c.integer("RightContext"), c.size("InputPeriod")
    if left % step or right % step or max(left, right) > FARTHEST:
        raise c.wrong(f"a window of {left} and {right} frames every {step}")
    width = network.widths[x]
    if left == 0 and right > 0:
        if step != 1:
            raise c.wrong("an utterance is summed up in periods of one frame only")
        total = network.node("UtteranceSum", f"{name}/sum", [x], width, end=right)
    else:
        total = network.node(
            "WindowSum", f"{name}/sum", [x], width, begin=-left, end=right, step=step
        )
    return network.node(c.type, name, [total], sizes(c)[1], component=c)


@expands("SimpleSentenceAveragingComponent")
def sentence_average(network: Network, c: Component, x: str, name: str) -> str:
    """Each frame gets the average of all frames of the utterance."""
    width = network.widths[x]
    terms = network.node("Statistics", f"{name}/terms", [x], 1 + width, squares=False)
    sums = network.node("UtteranceSum", f"{name}/sum", [terms], 1 + width, end=math.inf)
    return network.node(c.type, name, [x, sums], width, component=c)


# ---- components without input, and of several


@expands("ConstantComponent", "DropoutMaskComponent")
def constant(network: Network, c: Component, x: str, name: str) -> str:
    """These look at no input."""
    return network.node(c.type, name, [], sizes(c)[1], component=c)


@expands("DistributeComponent")
def distribute(network: Network, c: Component, x: str, name: str) -> str:
    """Blocks of columns for x = 0, 1, ...: see ``extensions.front.kaldi.places``."""
    return network.node("Distribute", name, [x], c.size("OutputDim"))


@expands("CompositeComponent")
def composite(network: Network, c: Component, x: str, name: str) -> str:
    parts = c.value("parts")
    for number, part in enumerate(parts, 1):
        x = place(network, part, x, name if number == len(parts) else f"{name}/{number}")
    return x
