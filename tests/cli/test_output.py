"""--output (facts sheet 3.3)."""

from __future__ import annotations

import pytest

from mo.cli.config import PortName
from mo.cli.grammar import outputs
from tests.cli.refusals import marked, refusal


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("prob", [PortName("prob", "prob")]),
        ("b, a", [PortName("b", "b"), PortName("a", "a")]),
        ("split:1", [PortName("split:1", "split", output_port=1)]),
        ("0:softmax", [PortName("0:softmax", "softmax", input_port=0)]),
        ("a,b,a", [PortName("a", "a"), PortName("b", "b")]),
        ("a,a:0", [PortName("a", "a"), PortName("a:0", "a", output_port=0)]),
        ('"a:0"', [PortName("a:0", "a:0")]),
        ("f(x,y)", [PortName("f(x,y)", "f(x,y)")]),
        (r"f\(x,g", [PortName("f(x", "f(x"), PortName("g", "g")]),
        ("a[1]", [PortName("a[1]", "a[1]")]),  # no shapes here: a name
    ],
)
def test_outputs_are_read(text, ports):
    assert outputs("--output", text) == tuple(ports)


@pytest.mark.parametrize(
    ("text", "problem", "bad_part"),
    [
        ("a,,b", "a name is missing", ","),
        ("a,", "a name is missing", " "),
        ("0:a:1", "names an input port and an output port", "0:a:1"),
        ("f(x", "'(' is never closed", "("),
    ],
)
def test_other_outputs_are_refused(text, problem, bad_part):
    error = refusal(outputs, "--output", text)
    assert error.startswith("--output: ")
    assert problem in error
    assert marked(error) == bad_part
    assert error.endswith('For example: --output "prob,split:1,0:softmax"')


def test_a_port_name_shows_what_was_written():
    assert [str(port) for port in outputs("--output", '0:a,"b":1')] == ["0:a", "b:1"]
