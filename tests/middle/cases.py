"""A graph to which the rules of a pass are applied."""

from __future__ import annotations

import numpy as np

from extensions.middle.sharing import share_constants
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.show import show
from mo.middle.rewriter import apply

random = np.random.default_rng(0)


def weights(*shape):
    return (random.standard_normal(shape) + 2).astype(np.float32)


class Case:
    """A graph with one input; ``after`` applies rules and shows what is left."""

    def __init__(self, *shape, dtype=ElementType.f32):
        self.g = Graph()
        self.x = self.g.input("x", shape, dtype)

    def after(self, result: Output, *rules) -> list[str]:
        self.g.output(result, "y")
        apply(self.g, *rules)
        share_constants(self.g)
        return show(self.g).splitlines()[1:]

    def unchanged(self, result: Output, *rules) -> bool:
        self.g.output(result, "y")
        return apply(self.g, *rules) == 0
