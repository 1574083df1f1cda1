"""Models in the forms in which people have them, through the command line, beside TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openvino
import pytest

from mo.main import main
from tests.models.nodes import numbers

pytestmark = pytest.mark.heavy
tf = pytest.importorskip("tensorflow")


def converted(folder: Path, *flags: str) -> Any:
    """The compiled IR that the command line makes."""
    assert main([*flags, "--model_name", "ir", "--output_dir", str(folder)]) == 0
    precise = {"INFERENCE_PRECISION_HINT": "f32"}
    return openvino.Core().compile_model(folder / "ir.xml", "CPU", precise)


def saved(folder: Path, function: Callable[..., Any], **inputs: Any) -> Callable[..., Any]:
    """A function with these inputs as a SavedModel; returns its signature."""
    module = tf.Module()
    specs = {
        key: tf.TensorSpec(*shape_and_type, name=key) for key, shape_and_type in inputs.items()
    }
    module.call = tf.function(function, autograph=False)
    concrete = module.call.get_concrete_function(**specs)
    tf.saved_model.save(module, folder, signatures=concrete)
    return concrete


def agree(folder: Path, function: Callable[..., Any], *feeds: dict[str, Any], **inputs: Any) -> Any:
    """Assert that one IR gives the outputs of the SavedModel, in order and under their keys."""
    original = saved(folder / "saved", function, **inputs)
    compiled = converted(folder, "--saved_model_dir", str(folder / "saved"))
    for feed in feeds:
        wanted = original(**{key: tf.constant(array) for key, array in feed.items()})
        found = compiled(feed)
        for output, key in zip(compiled.outputs, sorted(wanted), strict=True):
            assert any(key in name for name in output.get_names())
            array = wanted[key].numpy()
            assert found[output].dtype == array.dtype
            np.testing.assert_allclose(found[output], array, rtol=1e-4, atol=1e-5)
    return compiled


def test_an_output_may_be_called_as_an_input(tmp_path: Path) -> None:
    """So caches are: what comes out is not what went in."""
    compiled = agree(
        tmp_path,
        lambda cache: {"cache": cache + 1.0},
        {"cache": numbers(2, 3)},
        cache=([None, 3], tf.float32),
    )
    assert "cache_1" in compiled.output().get_names()


def test_axes_cut_behind_a_transposition_that_moves(tmp_path: Path) -> None:
    agree(
        tmp_path,
        lambda image: {"part": tf.nn.relu(tf.transpose(image, [0, 3, 1, 2])[:, 1:, ::2])},
        {"image": numbers(2, 8, 6, 3)},
        image=([None, 8, 6, 3], tf.float32),
    )


def test_what_to_cut_in_front_of_is_named_at_once_and_works(tmp_path: Path, capsys: Any) -> None:
    """A lookup and a hash of texts, of which one comes out of several operations."""
    table = tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(["a", "b"], tf.constant([1, 2], tf.int64)), 0
    )

    def embedded(first: Any, second: Any) -> Any:
        words = table.lookup(tf.reshape(tf.strings.lower(first), [-1]))
        bins = tf.strings.to_hash_bucket_fast(second, 5)
        return {"both": tf.gather(numbers(3, 2), words) + tf.gather(numbers(5, 2), bins)}

    module = tf.Module()
    module.table, module.call = table, tf.function(embedded, autograph=False)
    texts = [tf.TensorSpec([None], tf.string, name) for name in ("first", "second")]
    concrete = module.call.get_concrete_function(*texts)
    tf.saved_model.save(module, tmp_path / "saved", signatures=concrete)
    flags = ["--saved_model_dir", str(tmp_path / "saved")]
    assert main(flags) == 4
    told = capsys.readouterr().err
    spec = told.split('--input "')[1].split('"')[0]
    assert spec.count(":0[SHAPE]{TYPE}") == 2
    compiled = converted(tmp_path, *flags, "--input", spec.replace("[SHAPE]{TYPE}", "[?]{i64}"))
    found = compiled([np.int64([1, 2]), np.int64([4, 0])])[0]
    by_order = {"Lookup" in spec.split(",")[0]: (np.int64([1, 2]), np.int64([4, 0]))}
    words, bins = by_order.get(True, (np.int64([4, 0]), np.int64([1, 2])))
    np.testing.assert_allclose(found, numbers(3, 2)[words] + numbers(5, 2)[bins], rtol=1e-5)


def test_a_graph_that_was_trained_keeps_one_output(tmp_path: Path) -> None:
    """Saving, counting and printing are no results."""
    v1 = tf.compat.v1
    with v1.Graph().as_default():
        x = v1.placeholder(tf.float32, [None, 3], "x")
        w = v1.get_variable("w", initializer=numbers(3, 2), use_resource=True)
        v1.train.get_or_create_global_step()
        v1.Print(x @ w, [tf.shape(x)], "rows") * v1.constant(2.0, name="twice")
        session = v1.Session()
        session.run(v1.global_variables_initializer())
        v1.train.Saver().save(session, str(tmp_path / "model"))
    compiled = converted(tmp_path, "--input_meta_graph", str(tmp_path / "model.meta"))
    image = numbers(2, 3)
    np.testing.assert_allclose(compiled([image])[0], 2 * image @ numbers(3, 2), rtol=1e-5)
    assert len(compiled.outputs) == 1


def spread_2d(image: Any) -> Any:
    y = tf.nn.atrous_conv2d(image, numbers(3, 3, 4, 6), 2, "SAME")
    y = tf.compat.v1.nn.convolution(
        tf.nn.relu(y), numbers(3, 2, 6, 5), "VALID", dilation_rate=[3, 2]
    )
    return {
        "y": tf.compat.v1.nn.depthwise_conv2d(y, numbers(3, 3, 5, 1), [1] * 4, "SAME", rate=[2, 2])
    }


def spread_1d(image: Any) -> Any:
    flat = tf.pad(image[:, 0], np.array([[0, 0], [4, 0], [0, 0]]))
    y = tf.compat.v1.nn.convolution(flat, numbers(2, 4, 6), "VALID", dilation_rate=[4])
    return {
        "y": tf.compat.v1.nn.convolution(tf.tanh(y), numbers(3, 6, 5), "SAME", dilation_rate=[3])
    }


def cropped_by_hand(image: Any) -> Any:
    blocks = tf.nn.conv2d(
        tf.space_to_batch(image, [2, 2], [[2, 2], [2, 2]]), numbers(3, 3, 4, 6), 1, "VALID"
    )
    return {"y": tf.batch_to_space(blocks, [2, 2], [[0, 0], [1, 1]])}


@pytest.mark.parametrize("network", [spread_1d, spread_2d, cropped_by_hand])
@pytest.mark.parametrize("is_open", [False, True], ids=["static", "open"])
def test_filters_spread_over_blocks_are_dilated(
    network: Callable[..., Any], is_open: bool, tmp_path: Path
) -> None:
    """TensorFlow cuts space into blocks, fills the last one, and joins them again."""
    shape = [None, None, None, 4] if is_open and network is not cropped_by_hand else [2, 20, 18, 4]
    compiled = agree(tmp_path, network, {"image": numbers(2, 20, 18, 4)}, image=(shape, tf.float32))
    kinds = {op.get_type_name() for op in openvino.Core().read_model(tmp_path / "ir.xml").get_ops()}
    assert compiled
    assert not kinds & {"SpaceToBatch", "BatchToSpace", "FloorMod"}


def test_blocks_may_be_padded_by_what_is_computed(tmp_path: Path) -> None:
    agree(
        tmp_path,
        lambda image, pads: {"y": tf.space_to_batch(image, [2, 2], pads)},
        {"image": numbers(1, 8, 6, 2), "pads": np.int32([[1, 1], [2, 0]])},
        image=([None, None, None, 2], tf.float32),
        pads=([2, 2], tf.int32),
    )


@pytest.mark.parametrize("rows", [None, 5], ids=["open", "static"])
def test_rows_are_taken_one_by_one_in_a_loop(rows: int | None, tmp_path: Path) -> None:
    def summed(x: Any) -> Any:
        taken = tf.TensorArray(tf.float32, 0, dynamic_size=True)

        def step(i: Any, total: Any, taken: Any) -> tuple[Any, ...]:
            is_great = tf.reduce_sum(x[i]) > 0
            total = tf.cond(is_great, lambda: total + x[i], lambda: total - x[i])
            return i + 1, total, taken.write(i, total)

        start = (0, tf.zeros_like(x[0]), taken)
        return {"sums": tf.while_loop(lambda i, *_: i < tf.shape(x)[0], step, start)[2].stack()}

    agree(tmp_path, summed, {"x": numbers(5, 3)}, x=([rows, 3], tf.float32))


def test_both_directions_of_a_keras_file_run_with_any_number_of_steps(tmp_path: Path) -> None:
    """Behind a Reshape, as networks that read text from images have it."""
    layers = tf.keras.layers
    image = tf.keras.Input((None, 4, 3))
    steps = layers.Reshape((-1, 12))(image)
    both = layers.Bidirectional(layers.LSTM(5, return_sequences=True))(steps)
    model = tf.keras.Model(image, layers.Dense(2)(both))
    model.save(tmp_path / "model.keras")
    compiled = converted(tmp_path, "--input_model", str(tmp_path / "model.keras"))
    for count in (3, 6):
        array = numbers(2, count, 4, 3)
        np.testing.assert_allclose(compiled([array])[0], model(array), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("flags", "held", "rate"),
    [
        ([], True, 2.0),
        (["--freeze_placeholder_with_value", "training->False"], False, 2.0),
        (["--freeze_placeholder_with_value", "training->False,rate->0.5"], False, 0.5),
        (["--input", "x,training->False,rate->0.5"], False, 0.5),
        (["--input", "x[4 3],rate:0->0.5", "--freeze_placeholder_with_value=seen->1"], True, 0.5),
        (["--input", "x,rate"], True, 0.25),
    ],
)
def test_placeholders_with_defaults_are_frozen_or_fed(
    flags: list[str], held: bool, rate: float, tmp_path: Path
) -> None:
    v1 = tf.compat.v1
    with v1.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, [None, 3], "x")
        training = v1.placeholder_with_default(True, [], "training")
        given = v1.placeholder_with_default(2.0, [], "rate")
        seen = v1.placeholder(tf.float32, [], "seen")
        y = v1.where(training, x * given, x - given, name="y")
        tf.identity(y * seen, name="z")
        feed = {x: numbers(4, 3), training: held, given: rate, seen: 1.0}
        wanted = v1.Session().run("z:0" if "seen" in str(flags) else y, feed)
        (tmp_path / "net.pb").write_bytes(graph.as_graph_def().SerializeToString())
    name = "z" if "seen" in str(flags) else "y"
    compiled = converted(
        tmp_path, "--input_model", str(tmp_path / "net.pb"), "--output", name, *flags
    )
    fed = [numbers(4, 3), np.float32(rate)][: len(compiled.inputs)]
    assert len(fed) == 1 + (flags[-1:] == ["x,rate"])
    np.testing.assert_allclose(compiled(fed)[0], wanted, rtol=1e-5)
