"""Hostile and broken models: one clear line each. And that TensorFlow is never asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import mo
from mo.errors import ModelFileError
from mo.main import main

ROOT = Path(__file__).parents[3]
MODELS = Path(__file__).parent / "models"


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one message of a conversion that must fail, and its hint."""
    assert main([*map(str, arguments), "--output_dir", "/nowhere/at/all"]) != 0
    captured = capsys.readouterr()
    # Below an empty line there may be code to complete.
    lines = captured.err.split("\n\n")[0].strip().splitlines()
    assert "Traceback" not in captured.err
    assert 1 <= len(lines) <= 3
    assert all(line.startswith("[ ERROR ]  ") for line in lines)
    assert "SUCCESS" not in captured.out
    return captured.err


def node(name: str, op: str, *inputs: str, **attributes: str) -> str:
    """A node as text; attributes are written as the text of their values."""
    listed = "".join(f' input: "{text}"' for text in inputs)
    noted = "".join(f' attr {{ key: "{k}" value {{ {v} }} }}' for k, v in attributes.items())
    return f'node {{ name: "{name}" op: "{op}"{listed}{noted} }}\n'


def function(name: str, *nodes: str) -> str:
    """A function of one number."""
    argument = 'input_arg { name: "a" type: DT_FLOAT } output_arg { name: "b" type: DT_FLOAT }'
    body = "".join(text.replace("node {", "node_def {", 1) for text in nodes)
    return (
        f'function {{ signature {{ name: "{name}" {argument} }} {body}'
        f'ret {{ key: "b" value: "y:output:0" }} }}'
    )


def call(name: str, of: str, given: str) -> str:
    return node(name, "PartitionedCall", given, f=f'func {{ name: "{of}" }}')


X = node("x", "Placeholder", dtype="type: DT_FLOAT", shape="shape { dim { size: 2 } }")


def tensor(dtype: str, *dims: int, **lists: str) -> str:
    shape = " ".join(f"dim {{ size: {dim} }}" for dim in dims)
    values = " ".join(f"{key}: {value}" for key, value in lists.items())
    return f"tensor {{ dtype: {dtype} tensor_shape {{ {shape} }} {values} }}"


CASES = {
    "a function that calls itself": (
        X + call("y", "f", "x") + "library {" + function("f", call("y", "f", "a")) + "}",
        "without end",
    ),
    "functions that call each other in a circle": (
        X
        + call("y", "f", "x")
        + "library {"
        + function("f", call("y", "g", "a"))
        + function("g", call("y", "f", "a"))
        + "}",
        "without end",
    ),
    "functions that grow into billions of nodes": (
        X
        + call("y", "f0", "x")
        + "library {"
        + "".join(
            function(f"f{i}", *(call(f"{n}", f"f{i + 1}", "a") for n in (*range(9), "y")))
            for i in range(50)
        )
        + function("f50", node("y", "Relu", "a"))
        + "}",
        "without end",
    ),
    "a function that is not there": (X + call("y", "nowhere", "x"), "'nowhere', which it lacks"),
    "a circle of nodes": (
        X + node("y", "Add", "x", "z") + node("z", "Relu", "y") + node("w", "Relu", "z"),
        "cycle",
    ),
    "a circle of nodes and nothing else": (
        X + node("y", "Add", "x", "z") + node("z", "Relu", "y"),
        "no outputs",
    ),
    "an input from nowhere": (X + node("y", "Relu", "nowhere"), "'nowhere', which nothing makes"),
    "a constant of an exabyte": (
        X
        + node("c", "Const", value=tensor("DT_FLOAT", 1 << 30, 1 << 30, float_val="1"))
        + node("y", "Add", "x", "c"),
        "no file can hold",
    ),
    "a constant of negative size": (
        X
        + node("c", "Const", value=tensor("DT_FLOAT", -5, float_val="1"))
        + node("y", "Add", "x", "c"),
        "claims the shape",
    ),
    "a constant with too few bytes": (
        X
        + node("c", "Const", value=tensor("DT_FLOAT", 2, tensor_content='"abc"'))
        + node("y", "Add", "x", "c"),
        "damaged",
    ),
    "a result of an exabyte": (
        node("d", "Const", value=tensor("DT_INT32", 2, int_val="2000000000"))
        + node("v", "Const", value=tensor("DT_FLOAT", float_val="1"))
        + node("f", "Fill", "d", "v")
        + X
        + node("s", "Sum", "f", "a")
        + node("a", "Const", value=tensor("DT_INT32", 2, int_val="[0, 1]"))
        + node("y", "Add", "x", "s"),
        "",
    ),
    "attributes nested deeply": (
        X + node("y", "Relu", "x", T="func { attr { key: 'T' value { " * 400 + "} } }" * 400),
        "nested",
    ),
    "an unknown operation": (X + node("y", "NobodyKnowsIt", "x"), "NobodyKnowsIt"),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.usefixtures("limited_memory")
def test_a_broken_graph(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, reason = CASES[name]
    path = tmp_path / "graph.pbtxt"
    path.write_text(text)
    if reason:
        assert reason in refused(capsys, "--input_model", path)
    else:
        assert main(["--input_model", str(path), "--output_dir", str(tmp_path)]) == 0


def test_binary_messages_nested_deeply(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """attr { value { func { attr ... } } } a thousand times."""
    content = b""
    for _ in range(1000):
        for tag in (0x12, 0x52, 0x12):
            content = bytes([tag]) + length(len(content)) + content
    attribute = b"\x2a" + length(len(content)) + content
    inner = b"\x0a\x01y\x12\x04Relu" + attribute
    path = tmp_path / "graph.pb"
    path.write_bytes(b"\x0a" + length(len(inner)) + inner)
    assert "nested" in refused(capsys, "--input_model", path, "--framework", "tf")


def length(value: int) -> bytes:
    groups = []
    while value > 0x7F:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*groups, value])


# ---- that TensorFlow is not needed

FORMS = {
    "frozen": ["--input_model=frozen.pb"],
    "text": ["--input_model=frozen.pbtxt"],
    "old checkpoint": [
        "--input_model=checkpoint_v1.pb",
        "--input_checkpoint=checkpoint_v1",
        "--output=mean",
    ],
    "meta graph": ["--input_meta_graph=checkpoint_v2.meta", "--output=mean"],
    "SavedModel": ["--saved_model_dir=saved_model"],
    "SavedModel of TensorFlow 1": ["--saved_model_dir=old_saved_model"],
    "loops and branches": ["--input_model=operations.pb"],
    "Keras": ["--input_model=keras/images_3.keras"],
    "Keras 2": ["--input_model=keras/images_2.h5"],
}


@pytest.mark.parametrize("form", FORMS)
def test_no_framework_is_imported(form: str, tmp_path: Path) -> None:
    """Whoever imports one gets an error, in this process and in any that it starts."""
    for name in ("tensorflow", "keras", "tf_keras", "torch", "openvino"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a framework was imported')")
    flags = [
        text.replace("=", f"={MODELS}/") if "output" not in text else text for text in FORMS[form]
    ]
    command = [sys.executable, str(ROOT / "mo.py"), *flags, "--output_dir", str(tmp_path)]
    environment = {"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_attribute_is_of_a_known_kind(tmp_path: Path) -> None:
    path = tmp_path / "net.pbtxt"
    attribute = 'attr { key: "dtype" value { typ: DT_FLOAT } }'
    path.write_text(f'node {{ name: "c" op: "Const" {attribute} }}')
    with pytest.raises(ModelFileError, match="Const 'c': An attribute is of the kind 'typ', which"):
        mo.convert_model(path, framework="tf")
