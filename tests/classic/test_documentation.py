"""docs/extending.md: each listing that is a file is used as one."""

from __future__ import annotations

import re
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import numpy as np
import pytest

from mo.errors import UnsupportedError
from tests.classic.cases import X
from tests.classic.conftest import Workshop
from tests.classic.models import chain, custom, node
from tests.classic.test_examples import ScaledRelu

TEXT = (Path(__file__).parents[2] / "docs" / "extending.md").read_text()
FILES = dict(re.findall(r"```python file=my_ext/(\S+)\.py\n(.*?)```", TEXT, re.S))


def listing(workshop: Workshop, name: str) -> None:
    workshop.write(**{name.replace("/", "__"): FILES[name]})


def test_all_listings_of_python_are_files():
    assert TEXT.count("```python") == len(FILES)


def test_the_error_of_the_text_is_the_error(workshop: Workshop):
    with pytest.raises(UnsupportedError) as caught:
        workshop.convert(chain(custom("Halve", "x", name="y", by=0.25)))
    for line in (*str(caught.value).splitlines(), *caught.value.code.splitlines()):
        assert line in TEXT


def test_its_lines_completed_are_an_extension(workshop: Workshop):
    model = chain(custom("Halve", "x", name="y", by=0.25))
    with pytest.raises(UnsupportedError) as caught:
        workshop.convert(model)
    completed = caught.value.code.replace("...", "Multiply()").replace("x)  #", "x, float(by))  #")
    workshop.write(fix=f"from extensions.ops.arithmetic import Multiply\n{completed}")
    (y,) = workshop.outputs(model, X)
    np.testing.assert_array_equal(y, X / 4)


def test_an_operation_is_supported(workshop: Workshop):
    listing(workshop, "halve")
    (y,) = workshop.outputs(chain(custom("Halve", "x", by=0.25)), X)
    np.testing.assert_array_equal(y, X / 4)


def test_an_operation_of_ones_own(workshop: Workshop):
    listing(workshop, "scaled_relu")
    workshop.core.add_extension(ScaledRelu)
    (y,) = workshop.outputs(chain(custom("ScaledRelu", "x", gain=3.0)), X)
    np.testing.assert_array_equal(y, 3 * np.maximum(X, 0))


def test_a_rewrite(workshop: Workshop):
    listing(workshop, "rules")
    model = chain(node("Max", "x", "zero"), weights={"zero": np.float32([0])})
    converted = workshop.convert(model)
    assert [n.type for n in converted.graph.all_nodes() if n.type == "ReLU"]
    np.testing.assert_array_equal(workshop.run(converted, X)[0], np.maximum(X, 0))


def test_a_file_of_the_classic(workshop: Workshop):
    listing(workshop, "front/onnx/shifted")
    (y,) = workshop.outputs(chain(custom("Shifted", "x")), X)
    np.testing.assert_array_equal(y, X + 1)


def test_an_installed_package(workshop: Workshop, monkeypatch: pytest.MonkeyPatch):
    folder = workshop.write(halve=FILES["halve"])
    monkeypatch.syspath_prepend(folder.parent)
    entry = EntryPoint("our_ops", "my_ext.halve", "mo.extensions")
    monkeypatch.setattr(
        "importlib.metadata.entry_points", lambda **wanted: EntryPoints([entry]).select(**wanted)
    )
    monkeypatch.setattr(
        "mo.classic.loading.entry_points",
        lambda **wanted: EntryPoints([entry]).select(**wanted),
        raising=False,
    )
    (y,) = workshop.outputs(chain(custom("Halve", "x")), X, extensions="our_ops")
    np.testing.assert_array_equal(y, X / 2)
