"""Operations on texts, against the evaluator of the package onnx.

onnxruntime differs from it: it splits at blanks only and needs locales of the machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

pytest.importorskip("openvino")

from mo.errors import ConversionError
from tests.conformance.onnx_backend import _run
from tests.front.onnx.running import convert
from tests.ops import runtime

WORDS = [
    "a",
    "",
    "Grüße an Ødegård",
    "two words",
    " around ",
    "ÀÉÎ õçñ",
    "ПРИВЕТ мир",
    "日本語",
    "ạẾ",
]


def texts(*shape: int) -> np.ndarray:
    return np.resize(np.array(WORDS, object), shape)


def agree(
    op: str, *arrays: np.ndarray, outputs: int = 1, opset: int = 20, **attributes: Any
) -> None:
    """The node gives what onnxruntime gives, for sizes that are not known."""
    names = [f"in{i}" for i in range(len(arrays))]
    results = [f"out{i}" for i in range(outputs)]
    node = onnx.helper.make_node(op, names, results, **attributes)
    kind = onnx.TensorProto.STRING
    inputs = [
        onnx.helper.make_tensor_value_info(name, kind, [None] * array.ndim)
        for name, array in zip(names, arrays)
    ]
    given = [onnx.helper.make_value_info(name, onnx.TypeProto()) for name in results]
    graph = onnx.helper.make_graph([node], "texts", inputs, given)
    imports = [onnx.helper.make_opsetid("", opset)]
    model = onnx.helper.make_model(graph, opset_imports=imports, ir_version=9)
    expected = ReferenceEvaluator(model).run(None, dict(zip(names, arrays)))
    found = _run(runtime.read(convert(model)), list(arrays))
    for one, other in zip(found, expected):
        np.testing.assert_array_equal(one.astype(str), other.astype(str))


@pytest.mark.parametrize("shapes", [[(9,), (9,)], [(3, 3), (1, 3)], [(4, 1), (1,)], [(), (2,)]])
def test_texts_joined(shapes: list[tuple[int, ...]]) -> None:
    agree("StringConcat", *(texts(*shape) for shape in shapes))


@pytest.mark.parametrize("shapes", [[(9,), (9,)], [(3, 3), (3,)], [(5, 1), (1, 4)]])
def test_texts_compared(shapes: list[tuple[int, ...]]) -> None:
    agree("Equal", *(texts(*shape) for shape in shapes), opset=19)


@pytest.mark.parametrize("limit", [{}, {"maxsplit": 1}, {"maxsplit": 2}])
@pytest.mark.parametrize("delimiter", [{}, {"delimiter": " "}, {"delimiter": "ab"}])
def test_parts_of_texts(delimiter: dict[str, str], limit: dict[str, int]) -> None:
    lines = ["a b", "", " ", "abab x ab", "  lead and trail  ", "none", "\ttab\nline", "b  ab"]
    for shape in ((8,), (2, 4)):
        agree(
            "StringSplit",
            np.resize(np.array(lines, object), shape),
            outputs=2,
            **delimiter,
            **limit,
        )


def test_a_delimiter_that_overlaps_itself_is_refused() -> None:
    with pytest.raises(ConversionError, match="overlap itself"):
        agree("StringSplit", texts(3), outputs=2, delimiter="aa")


CASES = {"NONE": str, "LOWER": str.lower, "UPPER": str.upper}


def normalised(words: np.ndarray, **attributes: Any) -> list[Any]:
    node = onnx.helper.make_node("StringNormalizer", ["x"], ["y"], **attributes)
    sizes, kind = [None] * words.ndim, onnx.TensorProto.STRING
    x, y = (onnx.helper.make_tensor_value_info(name, kind, sizes) for name in "xy")
    graph = onnx.helper.make_graph([node], "texts", [x], [y])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 10)])
    (found,) = _run(runtime.read(convert(model)), [words])
    return found.tolist()


@pytest.mark.parametrize("action", CASES)
@pytest.mark.parametrize("sensitive", [0, 1])
def test_stop_words(action: str, sensitive: int) -> None:
    """Letter case counts for stop words or not; in the result it is another matter."""
    attributes = {"case_change_action": action, "is_case_sensitive": sensitive}
    stopwords = ["monday", "Tuesday", "übel"]
    words = ["Monday", "monday", "TUESDAY", "other", "übel", "ÜBEL"]
    known = stopwords if sensitive else [word.lower() for word in stopwords]
    kept = [word for word in words if (word if sensitive else word.lower()) not in known]
    expected = [CASES[action](word) for word in kept]
    array = np.array(words, object)
    assert normalised(array, stopwords=stopwords, **attributes) == expected
    assert normalised(array[None], stopwords=stopwords, **attributes) == [expected]


def test_an_empty_text_where_all_words_are_stop_words() -> None:
    assert normalised(np.array(["a", "a"], object), stopwords=["a"]) == [""]


@pytest.mark.parametrize("action", ["LOWER", "UPPER"])
def test_letters_of_several_bytes(action: str) -> None:
    """A letter that takes more or fewer bytes in the other case keeps its own."""
    words = np.array([*WORDS[2:], "ÿþ", "Ωμέγα", "ლა"], object)
    change = CASES[action]
    expected = [
        "".join(change(c) if _takes_as_much(c, change(c)) else c for c in word) for word in words
    ]
    assert normalised(words, case_change_action=action) == expected


def _takes_as_much(letter: str, other: str) -> bool:
    return len(other) == 1 and len(letter.encode()) == len(other.encode())
