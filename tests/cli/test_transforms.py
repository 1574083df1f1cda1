"""--transform (facts sheet 3.6)."""

from __future__ import annotations

import pytest

from mo.cli.config import TransformRequest
from mo.cli.transforms import transforms
from tests.cli.refusals import marked, refusal


@pytest.mark.parametrize(
    ("text", "requests"),
    [
        ("LowLatency2", [("LowLatency2", {})]),
        ("LowLatency2[]", [("LowLatency2", {})]),
        ("LowLatency2,Pruning", [("LowLatency2", {}), ("Pruning", {})]),
        *(
            (
                f"LowLatency2[use_const_initializer={word}]",
                [("LowLatency2", {"use_const_initializer": truth})],
            )
            for word, truth in {
                "True": True,
                "yes": True,
                "on": True,
                "1": True,
                "False": False,
                "no": False,
                "off": False,
                "0": False,
            }.items()
        ),
        (
            "MakeStateful[param_res_names={'in':'out','in:0':'a,b'}] , Pruning",
            [
                ("MakeStateful", {"param_res_names": {"in": "out", "in:0": "a,b"}}),
                ("Pruning", {}),
            ],
        ),
        (
            'MakeStateful[param_res_names={"in": "out"}]',
            [("MakeStateful", {"param_res_names": {"in": "out"}})],
        ),
    ],
)
def test_transformations_are_read(text, requests):
    assert transforms("--transform", text) == tuple(TransformRequest(*item) for item in requests)


@pytest.mark.parametrize(
    ("text", "problem", "bad_part"),
    [
        (
            "LowLatency3",
            "'LowLatency3' is no transformation; there are LowLatency2, MakeStateful, Pruning",
            "LowLatency3",
        ),
        ("LowLatency2,", "the name of a transformation is missing", " "),
        ("[a=1]", "the name of a transformation is missing", "[a=1]"),
        ("LowLatency2[a=1", "'[' is never closed", "["),
        ("LowLatency2(a=1)", "'(a=1)' is no list of arguments", "(a=1)"),
        ("LowLatency2[a=1]x", "'[a=1]x' is no list of arguments", "[a=1]x"),
        ("LowLatency2[yes]", "'yes' is no argument; write key=value", "yes"),
        ("LowLatency2[a=b=c]", "'a=b=c' is no argument; write key=value", "a=b=c"),
        (
            "LowLatency2[use_const=1]",
            "'use_const' is no argument of LowLatency2; it has use_const_initializer",
            "use_const",
        ),
        ("Pruning[a=1]", "'a' is no argument of Pruning, it has none", "a"),
        ("LowLatency2[use_const_initializer=2]", "'2' is neither true nor false", "2"),
        (
            "LowLatency2[use_const_initializer=1;use_const_initializer=0]",
            "'use_const_initializer=0' is given twice",
            "use_const_initializer=0",
        ),
        ("MakeStateful[param_res_names=a]", "'a' is no table; write {'input':'output'}", "a"),
        ("MakeStateful[param_res_names={'a'}]", "is no pair of names", "'a'"),
    ],
)
def test_other_transformations_are_refused(text, problem, bad_part):
    error = refusal(transforms, "--transform", text)
    assert error.startswith("--transform: ")
    assert problem in error
    assert marked(error) == bad_part
    assert error.endswith('For example: --transform "LowLatency2[use_const_initializer=false]"')
