"""What files may hold, and what is said where they are wrong: the byte, the component, the want."""

from __future__ import annotations

import csv
import struct
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("openvino")

from extensions.front.kaldi import TRANSLATIONS
from extensions.front.kaldi.network import OWN_TYPES
from extensions.front.kaldi.sizes import SIZES
from mo.errors import ConversionError, ModelFileError, UnsupportedError
from tests.front.kaldi import running
from tests.front.kaldi.networks import Network
from tests.front.kaldi.parts import affine, f4, normal, relu
from tests.front.kaldi.writing import Double, Field, Writer, nnet1, nnet2, nnet3

R = np.random.default_rng(31)
W, B = normal(R, 3, 4), normal(R, 3)
INPUT, OUTPUT = "input-node name=input dim=4", "output-node name=output input=c"
NODE = "component-node name=c component=c input=input"


def one(kind: str, fields: list[Field], *lines: str, binary: bool = True) -> bytes:
    """An nnet3 model of one component."""
    return nnet3(lines or [INPUT, NODE, OUTPUT], [("c", kind, fields)], binary)


def computes(data: bytes, expected_weights: np.ndarray) -> None:
    """Assert that a model multiplies by these weights."""
    x = normal(R, 4, 4)
    calls = running.by_frame(running.compiled(data), {"input": x})
    running.assert_close(calls, x @ expected_weights.T + B, 1e-5)


def message(data: bytes, kind: type[ConversionError] = ModelFileError) -> str:
    with pytest.raises(kind) as caught:
        running.convert(data)
    return caught.value.message


# ---- forms of matrices


def header(form: bytes, low: float, span: float, shape: tuple[int, int]) -> bytes:
    return form + struct.pack("<ffii", low, span, *shape)


def test_matrix_compressed_to_words() -> None:
    words = np.arange(12, dtype="<u2").reshape(3, 4) * 5000
    stored = header(b"CM2 ", -1, 2, (3, 4)) + words.tobytes()
    weights = -1 + words.astype(float) * 2 / 65535
    computes(one("FixedAffineComponent", [("LinearParams", stored), ("BiasParams", B)]), weights)


def test_matrix_compressed_to_bytes() -> None:
    numbers = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
    stored = header(b"CM3 ", -1, 2, (3, 4)) + numbers.tobytes()
    weights = -1 + numbers.astype(float) * 2 / 255
    computes(one("FixedAffineComponent", [("LinearParams", stored), ("BiasParams", B)]), weights)


def test_matrix_compressed_by_column() -> None:
    """Bytes lie between percentiles of their column and are stored column by column."""
    heads = np.array([[0, 20000, 40000, 65535]] * 4, "<u2")
    numbers = np.array([[0, 64, 65], [192, 193, 255], [32, 128, 224], [1, 100, 254]], np.uint8)
    stored = header(b"CM ", -1, 2, (3, 4)) + heads.tobytes() + numbers.tobytes()
    points = -1 + heads[0].astype(float) * 2 / 65535
    weights = np.interp(numbers.T, [0, 64, 192, 255], points)
    computes(one("FixedAffineComponent", [("LinearParams", stored), ("BiasParams", B)]), weights)


def test_sparse_matrix() -> None:
    writer = Writer()
    writer.data = b""
    writer.token("SM").value(3)
    weights = np.zeros((3, 4))
    for row, entries in enumerate([{1: 2.0}, {}, {0: -1.0, 3: 0.5}]):
        writer.token("SV").value((4, len(entries), *entries.items()))
        for column, number in entries.items():
            weights[row, column] = number
    fields: list[Field] = [("LinearParams", writer.data), ("BiasParams", B)]
    computes(one("FixedAffineComponent", fields), weights)


def test_doubles() -> None:
    fields: list[Field] = [
        ("LearningRate", Double(0.1)),
        ("LinearParams", W.astype(np.float64)),
        ("BiasParams", B.astype(np.float64)),
    ]
    computes(one("AffineComponent", fields), W)


def test_rows_of_text_may_be_parted_by_semicolons() -> None:
    rows = "; ".join(" ".join(map(repr, row)) for row in W.tolist())
    fields: list[Field] = [("LinearParams", f" [ {rows} ]\n".encode()), ("BiasParams", B)]
    computes(one("FixedAffineComponent", fields, binary=False), W)


# ---- variants of files


def test_fields_that_nobody_knows_are_passed_over() -> None:
    unknown: list[Field] = [
        ("NewNumber", 1.5),
        ("NewCount", 7),
        ("NewFlag", True),
        ("NewVector", B),
        ("NewList", [1, 2, 3]),
        ("NewMarker", None),
    ]
    fields = [*unknown, ("LinearParams", W), *unknown, ("BiasParams", B), *unknown]
    for binary in (True, False):
        computes(one("AffineComponent", fields, binary=binary), W)


def test_old_files_without_marks_of_beginning_and_end() -> None:
    writer = Writer().token("<AffineTransform>").value((3, 4, W, B))
    x = normal(R, 4, 4)
    calls = running.by_frame(running.compiled(writer.data), {"Parameter": x})
    running.assert_close(calls, x @ W.T + B)


def test_only_the_first_of_several_networks_is_read() -> None:
    first = nnet1([("AffineTransform", 3, 4, [("", W), ("", B)])])
    second = nnet1([("Sigmoid", 3, 3, [])])
    x = normal(R, 4, 4)
    calls = running.by_frame(running.compiled(first + second), {"Parameter": x})
    running.assert_close(calls, x @ W.T + B)


def test_lines_may_stand_in_any_order_and_hold_comments() -> None:
    lines = [OUTPUT, f"{NODE} input-dim=4 output-dim=3  # as in old files", "# a comment", INPUT]
    fields: list[Field] = [("LinearParams", W), ("BiasParams", B)]
    computes(one("FixedAffineComponent", fields, *lines), W)


# ---- what is wrong


PLAIN: list[Field] = [("LinearParams", W), ("BiasParams", B)]
AFFINE = one("FixedAffineComponent", PLAIN)


def changed(old: bytes, new: bytes) -> bytes:
    assert AFFINE.count(old) == 1
    return AFFINE.replace(old, new)


def test_a_wrong_token() -> None:
    at = AFFINE.index(b"</Nnet3>")
    assert message(changed(b"</Nnet3>", b"</Nnet9>")).endswith(
        f"byte {at}: expected </Nnet3>, found '</Nnet9> '"
    )


def test_something_else_than_a_matrix() -> None:
    at, component = AFFINE.index(b"FM \4"), AFFINE.index(b"<FixedAffine")
    assert (
        f"byte {at}, in <FixedAffineComponent> of byte {component}: "
        "expected a vector or matrix, found 'XM "
    ) in message(changed(b"FM \4", b"XM \4"))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (2**31 - 1, "an array of size 2147483647 x 4 takes 34359738352 bytes, the file ends after"),
        (-1, "an array of size -1 x 4"),
    ],
)
def test_absurd_sizes(rows: int, words: str) -> None:
    data = changed(b"FM \4\3\0\0\0", b"FM \4" + struct.pack("<i", rows))
    assert words in message(data)


def test_a_vector_instead_of_a_matrix() -> None:
    at = AFFINE.index(b"<FixedAffine")
    data = one("FixedAffineComponent", [("LinearParams", B), ("BiasParams", B)])
    assert f"byte {at}, <FixedAffineComponent>: <LinearParams> is no matrix" in message(data)


def test_a_field_that_is_missing() -> None:
    assert "<BiasParams> is missing" in message(one("FixedAffineComponent", PLAIN[:1]))


def test_text_in_a_binary_file() -> None:
    text = one("FixedAffineComponent", PLAIN, binary=False)
    assert "expected a whole number, found '1 <Comp" in message(b"\0B" + text)


def test_binary_numbers_in_a_text_file() -> None:
    assert "expected a whole number, found '\\x04" in message(AFFINE[2:])


def test_widths_that_do_not_fit() -> None:
    data = nnet2(
        [("FixedAffineComponent", PLAIN), ("MaxoutComponent", [("InputDim", 4), ("OutputDim", 2)])]
    )
    assert (
        "<MaxoutComponent>: it takes 4 columns, its input 'fixedaffinecomponent' has 3"
        in message(data)
    )


def test_components_that_nobody_knows_are_named_together() -> None:
    lines = [
        INPUT,
        NODE,
        "component-node name=d component=d input=c",
        "output-node name=output input=d",
    ]
    data = nnet3(lines, [("c", "FooComponent", PLAIN), ("d", "BarComponent", [("Dim", 4)])])
    found = message(data, UnsupportedError)
    for name in ("FooComponent", "BarComponent"):
        assert f"<{name}> at byte {data.index(name.encode()) - 1}" in found
    data = nnet1([("KlHmm", 3, 4, [("", W)])])
    assert "'<KlHmm>' at byte 9" in message(data, UnsupportedError)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("component-node name=c component=x input=input", "there is no component 'x'"),
        ("component-node name=c component=c input=inptu", "there is no node 'inptu'"),
        ("component-node name=c component=c", "input= is missing"),
        ("component-node name=c component=c input=Offset(input)", "expected ','"),
        ("component-node name=c component=c input=Offset(input, x)", "expected a whole number"),
        ("component-node name=c component=c input=Append(input", "expected ')'"),
        ("component-node name=c component=c input=input input", "expected its end"),
        ("component-node name=c component=c input=Foo(input)", "expected one of Append, Sum"),
        ("component-node name=c component=c input=Append(input, input)", "its input 'Append"),
        ("component-node name=c component=c input=" + "Sum(" * 200, "nested deeper"),
        ("foo-node name=c", "expected input-node or"),
        ("dim-range-node name=c input-node=input dim-offset=2 dim=4", "columns 2 to 6 of 'input'"),
        ("dim-range-node name=c input-node=input dim-offset=2 dim=-4", "dim=-4 is no size"),
        ("input-node name=input dim=4", "two nodes have this name"),
    ],
)
def test_wrong_lines(line: str, words: str) -> None:
    found = message(one("FixedAffineComponent", PLAIN, INPUT, line, OUTPUT))
    assert words in found
    assert f"byte {12 + len(INPUT)}" in found or "<FixedAffineComponent>" in found


def test_a_node_that_needs_itself() -> None:
    n = Network().input("input", 4).add("a", relu(4), "Sum(input, b)").add("b", relu(4), "a")
    assert "has a cycle" in message(n.output("b").data())
    n = Network().input("input", 4).add("a", relu(4), "Sum(input, Offset(a, -1))")
    assert "not within IfDefined" in message(n.output("a").data(), UnsupportedError)
    n = Network().input("input", 4).add("a", relu(4), "Sum(input, IfDefined(Offset(a, 1)))")
    assert "its own future" in message(n.output("a").data(), UnsupportedError)


def test_networks_nested_without_end() -> None:
    data = b"<Nnet> " + b"<ParallelComponent> 4 4 <NestedNnet> 1 <Nnet> " * 200
    assert "nested deeper than 20 levels" in message(data)


def test_statistics_that_were_never_collected() -> None:
    zeros = f4(np.zeros(4))
    fields: list[Field] = [("Dim", 4), ("BlockDim", 4), ("Epsilon", 1e-3), ("TargetRms", 1.0)]
    fields += [("TestMode", False), ("Count", 0.0), ("StatsMean", zeros), ("StatsVar", zeros)]
    assert "never collected" in message(one("BatchNormComponent", fields), UnsupportedError)


def test_a_model_without_output() -> None:
    n = Network().input("input", 4).add("a", affine(R, 3, 4), "input")
    assert "no output" in message(n.data())


def test_no_component_is_called_like_what_networks_are_made_of() -> None:
    translated = set(TRANSLATIONS.types())
    assert translated - SIZES.keys() <= OWN_TYPES
    assert not OWN_TYPES & SIZES.keys()


def test_the_table_of_verdicts_names_all_components() -> None:
    with (Path(__file__).parent / "components.csv").open() as file:
        verdicts = {row["component"]: row["verdict"] for row in csv.DictReader(file)}
    assert {name for name in verdicts if verdicts[name] == "right"} == set(SIZES)
    for name in sorted(verdicts.keys() - SIZES.keys()):
        assert "is not supported: " in message(nnet1([(name, 3, 4, [])]), UnsupportedError)
