"""The order in which replacements run, and which do not."""

from __future__ import annotations

import pytest

from mo.classic.errors import Error
from mo.classic.replacement import FrontReplacementPattern, MiddleReplacementPattern
from mo.classic.schedule import ANCHORS, scheduled
from tests.classic.conftest import Workshop
from tests.classic.models import chain, node


def replacement(name: str, base: type = FrontReplacementPattern, **methods: object) -> type:
    return type(name, (base,), methods)


def order(*classes: type) -> list[str]:
    return [cls.__name__ for cls in scheduled(classes) if cls.__name__ not in ANCHORS]


def test_what_is_not_ordered_runs_in_falling_order_of_names():
    assert order(replacement("A"), replacement("C"), replacement("B")) == ["C", "B", "A"]


def test_a_class_runs_behind_what_it_names():
    first = replacement("A")
    second = replacement("B", run_after=lambda self: [first])
    third = replacement("C", run_after=lambda self: [second])
    assert order(third, second, first) == ["A", "B", "C"]


def test_what_is_named_runs_although_nobody_loaded_it():
    named = replacement("Named")
    assert order(replacement("A", run_before=lambda self: [named])) == ["A", "Named"]


def test_phases_follow_each_other():
    middle = replacement("Z", MiddleReplacementPattern)
    assert order(middle, replacement("A")) == ["A", "Z"]


def test_a_circle_is_told():
    one = replacement("One")
    two = replacement("Two", run_after=lambda self: [one], run_before=lambda self: [one])
    with pytest.raises(Error, match="Extensions wait for each other: 'One', 'Two'"):
        scheduled([two])


def test_what_is_no_class_is_told():
    wrong = replacement("Wrong", run_after=lambda self: ["FrontStart"])
    with pytest.raises(Error, match=r"Wrong.run_after gives 'FrontStart', which is no class"):
        scheduled([wrong])


SIGN = """
    from mo.front.common.replacement import FrontReplacementPattern

    class Erased(FrontReplacementPattern):
        id = 'erase_negations'
        enabled = {enabled}

        def find_and_replace_pattern(self, graph):
            for node in graph.get_op_nodes(op='Neg'):
                graph.erase_node(node)
"""


@pytest.mark.parametrize(
    ("enabled", "variable", "value", "is_run"),
    [
        (True, "", "", True),
        (False, "", "", False),
        (True, "MO_DISABLED_TRANSFORMS", "erase_negations", False),
        (False, "MO_ENABLED_TRANSFORMS", "x, my_ext.front.erased.Erased", True),
    ],
)
def test_classes_are_switched(
    workshop: Workshop,
    monkeypatch: pytest.MonkeyPatch,
    enabled: bool,
    variable: str,
    value: str,
    is_run: bool,
):
    if variable:
        monkeypatch.setenv(variable, value)
    workshop.write(front__erased=SIGN.format(enabled=enabled))
    text = str(workshop.convert(chain(node("Neg", "x", to="a"), node("Exp", "a"))))
    assert ("Negative" not in text) == is_run
