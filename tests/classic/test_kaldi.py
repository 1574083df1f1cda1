"""Extractors of Kaldi components, known and unknown, as users write them."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest

from extensions.classic.kaldi import (
    collect_until_token,
    find_next_tag,
    read_binary_bool_token,
    read_binary_float_token,
    read_binary_integer32_token,
    read_binary_matrix,
    read_binary_vector,
    read_binary_vector_of_pairs,
    read_blob,
    read_learning_info,
    read_placeholder,
    read_token_value,
)
from mo.classic.errors import Error
from mo.errors import ConversionError, UnsupportedError
from tests.classic.conftest import Workshop
from tests.front.kaldi.writing import Double, Field, nnet1, nnet3

KALDI = Path(__file__).parents[1] / "front/kaldi/data/nnet1_mlp.nnet"
RECORDED = KALDI.with_suffix(".npz")
X = np.random.default_rng(2).normal(size=(5, 4)).astype(np.float32)

EXTRACTOR = """
    import numpy as np
    from extensions.ops.MatMul import FullyConnected
    from mo.front.caffe.extractors.utils import embed_input
    from mo.front.extractor import FrontExtractorOp
    from mo.front.kaldi.loader.utils import collect_until_token, read_binary_float_token
    from mo.front.kaldi.utils import read_binary_matrix, read_binary_vector, read_learning_info
    from mo.ops.clamp import AttributedClamp
    from mo.ops.power import AttributedPower
    from mo.ops.softmax import Softmax

    class Extractor(FrontExtractorOp):
        op = '{op}'
        enabled = True

        @classmethod
        def extract(cls, node):
            {body}
            return cls.enabled
"""


def write(workshop: Workshop, op: str, *body: str) -> None:
    text = EXTRACTOR.format(op=op, body="\n            ".join(body))
    workshop.write(front__kaldi__extractor=text)


def frames(workshop: Workshop) -> list[np.ndarray]:
    """The results for the first frames of the recorded utterance, one after another."""
    xml, _ = workshop.convert(KALDI, framework="kaldi").save(workshop.folder / "kaldi.xml")
    compiled = workshop.core.compile_model(xml, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return [compiled([row[None]])[0][0] for row in np.load(RECORDED)["utt1_in"][:3]]


def test_in_place_of_the_tools_own(workshop: Workshop):
    write(
        workshop,
        "Softmax",
        "assert node.parameters['columns']",
        "Softmax.update_node_stat(node, {'axis': 1})",
    )
    np.testing.assert_allclose(frames(workshop), np.load(RECORDED)["utt1_out"][:3], atol=1e-6)


def test_with_another_unit(workshop: Workshop):
    write(workshop, "Softmax", "AttributedClamp.update_node_stat(node, {'min': 0, 'max': 1})")
    powers = np.load(RECORDED)["utt1_out"][:3]
    for scores, wanted in zip(frames(workshop), powers):
        # What lies between 0 and 1 before the unit has the same quotients behind it.
        inside = (scores > 0) & (scores < 1)
        ratios = np.exp(scores[inside]) / wanted[inside]
        np.testing.assert_allclose(ratios, ratios.mean(), rtol=1e-4)


def test_weights_from_the_bytes(workshop: Workshop):
    write(
        workshop,
        "AffineTransform",
        "read_learning_info(node.parameters)",
        "weights, shape = read_binary_matrix(node.parameters)",
        "biases = read_binary_vector(node.parameters)",
        "attrs = {'out-size': shape[0]}",
        "embed_input(attrs, 1, 'weights', weights.reshape(shape))",
        "embed_input(attrs, 2, 'biases', biases)",
        "FullyConnected.update_node_stat(node, attrs)",
    )
    np.testing.assert_allclose(frames(workshop), np.load(RECORDED)["utt1_out"][:3], atol=1e-6)


# ---- components that Kaldi does not have

OWN: list[Field] = [("Mode", "fast"), ("Dim", 4), ("Slope", 3.0), ("Shape", Double(2.0))]
OF_NNET1 = nnet1([("Own", 4, 4, OWN), ("Sigmoid", 4, 4, [])])
OF_NNET3 = nnet3(
    [
        "input-node name=input dim=4",
        "component-node name=own component=own input=Append(Offset(input, -1), input)",
        "output-node name=output input=own",
    ],
    [("own", "OwnComponent", [("InputDim", 8), ("OutputDim", 8), ("Slope", 3.0)])],
)
READ_SLOPE = (
    "collect_until_token(node.parameters, b'<Slope>')",
    "slope = read_binary_float_token(node.parameters)",
    "AttributedPower.update_node_stat(node, {'scale': slope})",
)


def converted(workshop: Workshop, model: bytes, **flags: str) -> np.ndarray:
    path = workshop.folder / "own.mdl"
    path.write_bytes(model)
    (found,) = workshop.run(
        workshop.convert(path, framework="kaldi", kaldi_chunk="dynamic", **flags), X[None]
    )
    return found[0]


def test_a_component_of_ones_own(workshop: Workshop):
    write(workshop, "Own", *READ_SLOPE)
    wanted = 1 / (1 + np.exp(-3 * X))
    np.testing.assert_allclose(converted(workshop, OF_NNET1), wanted, rtol=1e-5)


def test_a_component_of_ones_own_among_frames(workshop: Workshop):
    write(workshop, "OwnComponent", *READ_SLOPE)
    before = np.concatenate([X[:1], X[:-1]])
    wanted = 3 * np.concatenate([before, X], 1)
    np.testing.assert_allclose(converted(workshop, OF_NNET3), wanted, rtol=1e-6)


def test_a_component_of_ones_own_the_short_way(workshop: Workshop):
    workshop.write(
        own="""
        from extensions.ops.arithmetic import Multiply
        from mo.extending import converts

        @converts("OwnComponent", framework="kaldi")
        def own(g, node, x):
            return g.add(Multiply(), x, float(node.attributes["component"].fields["OutputDim"]))
        """
    )
    before = np.concatenate([X[:1], X[:-1]])
    wanted = 8 * np.concatenate([before, X], 1)
    np.testing.assert_allclose(converted(workshop, OF_NNET3), wanted, rtol=1e-6)


@pytest.mark.parametrize(("model", "name"), [(OF_NNET1, "Own"), (OF_NNET3, "OwnComponent")])
def test_the_error_shows_the_extension(workshop: Workshop, model: bytes, name: str):
    with pytest.raises(UnsupportedError, match=name) as caught:
        converted(workshop, model)
    assert f'@converts("{name}", framework="kaldi")' in str(caught.value.code)


def test_an_unknown_component_without_end(workshop: Workshop):
    model = OF_NNET1.replace(b"<!EndOfComponent> ", b"")
    with pytest.raises(UnsupportedError, match="'<Own>' at byte 9 is not supported"):
        converted(workshop, model)


def test_names_of_what_networks_are_made_of(workshop: Workshop):
    model = OF_NNET1.replace(b"<Own>", b"<Offset>")
    with pytest.raises(ConversionError, match="<Offset>: Kaldi has no such component"):
        converted(workshop, model)


# ---- the helpers


def test_what_the_helpers_read():
    number = b"\4" + struct.pack("<i", 7)
    pairs = b"<Offsets> \4" + struct.pack("<iiiii", 2, 1, 2, 3, 4)
    file = io.BytesIO(
        b"<A> " + number + b"FM <Rate> \4" + struct.pack("<f", 0.5) + b"T" + pairs + b"<Last> 12"
    )
    assert read_token_value(file, b"<A>") == 7
    assert read_placeholder(file) == b"FM "
    assert find_next_tag(file) == "<Rate>"
    read_placeholder(file, 1)
    assert read_binary_float_token(file) == 0.5
    assert read_binary_bool_token(file) is True
    assert read_binary_vector_of_pairs(file).tolist() == [[1, 2], [3, 4]]
    collect_until_token(file, b"<Last>")
    assert read_blob(file, 2, np.uint8).tobytes() == b"12"


def test_arrays_as_the_reader_of_files_reads_them():
    compressed = b"CM3 " + struct.pack("<ffii", -1, 2, 1, 2) + b"\0\xff"
    doubles = b"DV \4" + struct.pack("<idd", 2, 3, 4)
    file = io.BytesIO(b"<LearnRateCoef> \4" + bytes(4) + compressed + doubles + b"<Next>")
    read_learning_info(file)
    numbers, shape = read_binary_matrix(file)
    assert (numbers.tolist(), shape) == ([-1, 1], (1, 2))
    assert read_binary_vector(file).tolist() == [3, 4]
    assert find_next_tag(file) == "<Next>"


@pytest.mark.parametrize("content", [b"FM \4\1", b"FV \4\1\0\0\0" + bytes(4), b"\4", b"CM9 "])
def test_what_is_no_matrix(content: bytes):
    with pytest.raises(Error):
        read_binary_matrix(io.BytesIO(content))


@pytest.mark.parametrize("content", [b"", b"\4\1", b"\x08" + bytes(8)])
def test_what_they_cannot_read(content: bytes):
    with pytest.raises(Error):
        read_binary_integer32_token(io.BytesIO(content))
