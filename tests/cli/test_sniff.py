"""What files look like, whatever they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from mo.cli.deduce import looks_like
from tests.cli.contents import CONTENTS


@pytest.mark.parametrize(("content", "framework"), CONTENTS)
def test_contents_tell_the_framework(make, content, framework):
    assert looks_like(make("model", content)) == framework


def test_what_is_no_file_looks_like_nothing(tmp_path):
    assert looks_like(tmp_path / "missing") is None
    assert looks_like(tmp_path) is None
    assert looks_like(Path("a\0b")) is None


def test_a_folder_with_a_saved_model_looks_like_tensorflow(make):
    assert looks_like(make("net/saved_model.pb").parent) == "tf"
