"""The house: imports go one way, and start-up loads nothing it can do without."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FRAMEWORKS = {"tensorflow", "mxnet", "caffe", "torch", "onnxruntime", "openvino"}


def modules(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(path: Path, only_at_the_top: bool = False) -> set[str]:
    names: set[str] = set()
    tree = ast.parse(path.read_text())
    for node in tree.body if only_at_the_top else ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            names.add(node.module or "")
    return names


def test_the_core_knows_no_extension():
    for path in modules("mo"):
        assert not {n for n in imported(path) if n.split(".")[0] == "extensions"}, path


def test_no_framework_is_imported_anywhere():
    for path in modules("mo", "extensions"):
        assert not {n for n in imported(path) if n.split(".")[0] in FRAMEWORKS}, path


def test_the_onnx_package_is_imported_where_a_model_needs_it():
    for path in modules("mo", "extensions"):
        names = imported(path, only_at_the_top=path.parts[-3:-1] == ("front", "onnx"))
        assert not {n for n in names if n.split(".")[0] == "onnx"}, path


def test_operations_know_no_pass_and_no_front_end():
    allowed = ("extensions.ops",)
    for path in modules("extensions/ops"):
        foreign = {n for n in imported(path) if n.startswith("extensions.")}
        assert all(name.startswith(allowed) for name in foreign), path


def test_passes_know_no_front_end():
    for path in modules("extensions/middle", "extensions/back"):
        assert not {n for n in imported(path) if n.startswith("extensions.front")}, path


# A framework whose operations are those of another one stands on its front end.
DIALECTS = {"tflite": "tf"}


def test_a_front_end_knows_no_other_and_no_pass():
    shared = {path.stem for path in (ROOT / "extensions/front").glob("*.py")}
    for path in modules("extensions/front"):
        own = path.relative_to(ROOT / "extensions/front").parts[0]
        for name in imported(path):
            if name.startswith("extensions.front."):
                assert name.split(".")[2] in {own, DIALECTS.get(own), *shared}, path
            assert not name.startswith(("extensions.middle", "extensions.back")), path


@pytest.mark.parametrize("code", ["import mo", "import mo.main"])
def test_importing_the_package_loads_nothing_heavy(code):
    heavy = {"numpy", "networkx", "argparse", "extensions", "mo.graph.graph", *FRAMEWORKS}
    assert not loaded_by(code) & heavy


def test_help_loads_neither_graph_nor_numpy():
    loaded = loaded_by(
        "import mo.main, contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    mo.main.main(['--help'])"
    )
    assert "mo.cli.parser" in loaded
    assert not loaded & {"numpy", "networkx", "extensions", "mo.graph.graph", *FRAMEWORKS}


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(result.stdout.split())
