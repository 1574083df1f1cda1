"""The pass runner: order, switches, log, bodies."""

from __future__ import annotations

import logging
from dataclasses import replace

from extensions.ops.activation import ReLU
from extensions.ops.control_flow import If
from extensions.pipeline import TRANSFORMS, passes
from mo.cli.config import Config, TransformRequest
from mo.cli.transforms import ARGUMENTS
from mo.graph.body import Body, PortMap
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.pipeline.passes import Pass, run_passes


def named(config: Config) -> dict[str, Pass]:
    return {step.name: step for step in passes(config)}


def test_fusing_can_be_switched_off():
    steps = named(Config(disable_fusing=True))
    off = [name for name, step in steps.items() if name.startswith("fuse") and not step.enabled]
    assert off == [
        "fuse_dilations",
        "fuse_activations",
        "fuse_blocks",
        "fuse_normalizations",
        "fuse_attention",
        "fuse_padding",
        "fuse_linear",
    ]
    assert all(step.enabled for name, step in named(Config()).items() if name.startswith("fuse"))


def test_what_transform_knows_is_what_it_runs():
    assert TRANSFORMS.keys() == ARGUMENTS.keys()
    asked = tuple(TransformRequest(name) for name in TRANSFORMS)
    assert list(TRANSFORMS) == [n for n in named(Config(transforms=asked)) if n in TRANSFORMS]


def test_precision_and_version_choose_their_passes():
    def enabled(**changes) -> set[str]:
        config = replace(Config(), **changes)
        return {step.name for step in passes(config) if step.enabled}

    assert "compress_weights" in enabled(compress_to_fp16=True)
    assert "compress_weights" in enabled(data_type="FP16")
    assert "half_precision" in enabled(data_type="FP16", ir_version=10)
    assert "older_forms" in enabled(ir_version=10)
    assert not {"compress_weights", "half_precision", "older_forms"} & enabled()


def branch(value: str) -> Graph:
    g = Graph(name=value)
    g.output(g.add(ReLU(), g.input("x", (2,)), name=value), "y")
    return g


def with_branches() -> Graph:
    g = Graph()
    x = g.input("x", (2,))
    condition = g.input("c", (), ElementType.boolean)
    one = (PortMap(1, 0),)
    bodies = [Body(branch(name), one, (PortMap(0, 0),), prefix=name) for name in ("then_", "else_")]
    g.output(g.add(If(then_body=bodies[0], else_body=bodies[1]), condition, x), "y")
    return g


def test_a_pass_walks_into_bodies_unless_it_concerns_the_model_only():
    seen: list[str] = []

    def note(graph: Graph) -> int:
        seen.append(graph.graph["name"])
        return 0

    run_passes(with_branches(), [Pass("all", note)])
    assert seen == ["model", "then_", "else_"]
    seen.clear()
    run_passes(with_branches(), [Pass("outer", note, in_bodies=False)])
    assert seen == ["model"]


def test_the_log_tells_name_changes_and_what_is_off(caplog):
    with caplog.at_level(logging.INFO, "mo.passes"):
        run_passes(branch("r"), [Pass("one", lambda g: 3), Pass("two", lambda g: 1, enabled=False)])
    first, second = caplog.messages
    assert first.startswith("one ")
    assert "3 changes" in first
    assert second.split() == ["two", "off"]


def test_debugging_shows_the_graph_after_a_pass_that_changed_it(caplog):
    with caplog.at_level(logging.DEBUG, "mo.passes"):
        run_passes(branch("r"), [Pass("one", lambda g: 1), Pass("two", lambda g: 0)])
    assert "after one:\nx: Parameter f32[2]\nr: ReLU(x)" in caplog.text
    assert "after two" not in caplog.text
