"""The walk over a model's nodes: whose fault an exception in a translation is."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mo.errors import InferenceError, UnsupportedError
from mo.front.model import Model, ModelInput, SourceNode
from mo.front.registry import Translations
from mo.front.translate import translate
from mo.graph.element_type import ElementType


def translated(function: Callable[..., Any], **attributes: Any) -> None:
    translations = Translations()
    translations.converts("Twist")(function)
    translate(model("Twist", **attributes), translations)


def model(*types: str, **attributes: Any) -> Model:
    names = ["x", *(f"y{number}" for number in range(len(types)))]
    nodes = [
        SourceNode(kind, out, [given], [out], attributes)
        for kind, given, out in zip(types, names, names[1:])
    ]
    return Model("net", "onnx", nodes, [ModelInput("x", (2, 3), ElementType.f32)], names[-1:])


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (lambda g, node, x: no_such_name, NameError),  # type: ignore[name-defined]  # noqa: F821
        (lambda g, node, x: np.no_such_name, AttributeError),
        (lambda g, node, x: g.ad(x), AttributeError),
        (lambda g, node, x: __import__("no_such_module"), ImportError),
    ],
)
def test_names_that_do_not_exist_are_defects(
    function: Callable[..., Any], kind: type[Exception]
) -> None:
    """They reach the launcher, which ends with exit code 1."""
    with pytest.raises(kind):
        translated(function)


@pytest.mark.parametrize(
    ("function", "attributes"),
    [
        (lambda g, node, x: node.attributes["axis"], {}),
        (lambda g, node, x: node.attributes["mode"].lower(), {"mode": 3}),
        (lambda g, node, x: [0, 1][node.attributes["axis"]], {"axis": 7}),
        (lambda g, node, x: float(node.attributes["alpha"]), {"alpha": "much"}),
        (lambda g, node, x: len(node.attributes["pads"]), {"pads": 1}),
        (lambda g, node, x, y=None: y.dtype, {}),
        (lambda g, node, x: x.stack, {}),
    ],
)
def test_what_a_file_can_bring_about_is_the_fault_of_the_file(
    function: Callable[..., Any], attributes: dict[str, Any]
) -> None:
    with pytest.raises(InferenceError, match=r"Cannot convert Twist 'y0': \w+Error"):
        translated(function, **attributes)


def test_proposed_functions_hide_nothing() -> None:
    """No built-in, no keyword, none of the file's own names."""
    types = ("Print", "Assert", "X")
    with pytest.raises(UnsupportedError) as caught:
        translate(model(*types, type=1, node=2), Translations())
    made = re.findall(r"def (\w+)\(|^    (\w+) = ", caught.value.code, re.MULTILINE)
    names = [first or second for first, second in made]
    assert names[:3] == ["op_assert", "op_type", "op_node"]
    assert not {*dir(builtins), *keyword.kwlist, "x", "g", "node"}.intersection(names)
