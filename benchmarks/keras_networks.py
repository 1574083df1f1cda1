"""The networks of tf.keras.applications in all forms of files, beside OpenVINO's `ovc`.

    python benchmarks/keras_networks.py [--write] [--form frozen ...] [--rounds 3] [NAME ...]

Each network gets random weights, and statistics that it has seen. Printed for each form of files
(and kept in keras_networks.csv with --write, beside what other runs found): the largest difference
to TensorFlow with the batch fixed and open (relative to the largest number of the output),
Transposes, operations without and with constants, each beside ovc's, and the ratio of wall times
(with --rounds). Needs tensorflow, tf_keras (networks of older releases, and TF1-style saving) and
openvino; give --ovc of an environment without TensorFlow to time it alone.
"""

from __future__ import annotations

import argparse
import functools
import multiprocessing
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parents[1]))

import mo
from benchmarks.compare import run
from benchmarks.recording import keep

TOLERANCE = 1e-4
# Seconds for a line of the table.
_PATIENCE = 3600
TABLE = Path(__file__).with_suffix(".csv")
HEADER = (
    "network",
    "form",
    "fixed",
    "open",
    "transposes",
    "ovc_transposes",
    "operations",
    "ovc_operations",
    "with_constants",
    "ovc_with_constants",
    "time_ratio",
)
SIDES = {"InceptionV3": 299, "Xception": 299, "InceptionResNetV2": 299, "NASNetLarge": 331}
# Of these families each network takes minutes; they are only in older releases.
OLD_FAMILIES = ("RegNet", "ResNetRS")
_FEED_SCALE = {"EfficientNet": 255.0, "ConvNeXt": 255.0, "MobileNetV3": 255.0, "RegNet": 255.0}


class Saved(NamedTuple):
    """A model in files: our flags, ovc's model and end, an input and the result."""

    flags: dict[str, Any]
    for_peer: str
    image: np.ndarray
    expected: np.ndarray
    peer_output: str | None = None


class Size(NamedTuple):
    transposes: int
    operations: int
    with_constants: int


# ---- networks and the forms in which TensorFlow keeps them


def networks() -> list[str]:
    import keras
    import tf_keras

    found = {*dir(keras.applications), *dir(tf_keras.applications)}
    return sorted(name for name in found if name[0].isupper())


def _is_old(name: str) -> bool:
    return name.startswith(OLD_FAMILIES)


def image(name: str) -> np.ndarray:
    side = SIDES.get(name, 224)
    scale = next((s for family, s in _FEED_SCALE.items() if name.startswith(family)), 1.0)
    return (np.random.default_rng(0).random((2, side, side, 3)) * scale).astype(np.float32)


@functools.lru_cache(maxsize=2)
def network(library: Any, name: str, **flags: Any) -> Any:
    """The network, its normalisations with the statistics of what went through them once."""
    library.utils.set_random_seed(0)
    given = image(name)
    build = getattr(library.applications, name)
    model = build(weights=None, input_shape=given.shape[1:], **flags)
    for layer in _layers(model):
        if hasattr(layer, "moving_variance"):
            layer.momentum = 0.0
    model(given, training=True)
    random = np.random.default_rng(1)
    for weight in model.weights:
        if weight.name.split("/")[-1].split(":")[0] in ("bias", "beta"):
            weight.assign(random.normal(0, 0.05, weight.shape))
        elif len(weight.shape) == 1 and "gamma" in weight.name:
            weight.assign(random.uniform(0.5, 1.0, weight.shape))
    return model


def _layers(model: Any) -> Any:
    for layer in model.layers:
        yield layer
        yield from _layers(layer) if hasattr(layer, "layers") else ()


def _eager(name: str, **flags: Any) -> tuple[Any, Any]:
    import keras
    import tf_keras

    library = tf_keras if _is_old(name) else keras
    return library, network(library, name, **flags)


def frozen(name: str, folder: Path, **flags: Any) -> Saved:
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    _, model = _eager(name, **flags)
    given = image(name)
    function = tf.function(lambda image: model(image, training=False)).get_concrete_function(
        tf.TensorSpec([None, *given.shape[1:]], name="image")
    )
    graph = convert_variables_to_constants_v2(function).graph.as_graph_def()
    path = folder / "model.pb"
    path.write_bytes(graph.SerializeToString())
    return Saved({"input_model": path}, str(path), given, function(tf.constant(given)).numpy())


def saved_model(name: str, folder: Path) -> Saved:
    library, model = _eager(name)
    given = image(name)
    path = folder / "saved_model"
    if library.__name__ == "keras":
        model.export(str(path), verbose=False)
    else:
        model.save(str(path), include_optimizer=False)
    return Saved({"saved_model_dir": path}, str(path), given, np.asarray(model(given)))


def meta_graph(name: str, folder: Path) -> Saved:
    """A graph of TensorFlow 1 with its checkpoint."""
    import tensorflow as tf
    import tf_keras

    v1 = tf.compat.v1
    values = network(tf_keras, name).get_weights()
    given = image(name)
    with v1.Graph().as_default(), v1.Session() as session:
        source = v1.placeholder(tf.float32, [None, *given.shape[1:]], name="image")
        build = getattr(tf_keras.applications, name)
        model = build(weights=None, input_shape=given.shape[1:])
        result = model(source, training=False)
        # All at once: each call of a session by itself looks through the whole graph.
        starts = [weight.initializer for weight in model.weights]
        session.run(starts, {start.inputs[1]: value for start, value in zip(starts, values)})
        expected = session.run(result, {source: given})
        v1.train.Saver().save(session, str(folder / "model"), write_state=False)
    meta = folder / "model.meta"
    flags = {"input_meta_graph": meta, "output": result.op.name}
    return Saved(flags, str(meta), given, expected, result.name)


def keras_file(name: str, folder: Path, suffix: str) -> Saved:
    """The model as Keras itself keeps it; ovc does not read it."""
    _, model = _eager(name)
    path = folder / f"model.{suffix}"
    model.save(path)
    given = image(name)
    return Saved({"input_model": path}, str(path), given, np.asarray(model(given)))


FORMS: dict[str, Callable[[str, Path], Saved]] = {
    "frozen": frozen,
    "saved_model": saved_model,
    "meta_graph": meta_graph,
    "h5": functools.partial(keras_file, suffix="h5"),
    "keras": functools.partial(keras_file, suffix="keras"),
}


# ---- what becomes of them


def size(model: Any) -> Size:
    kinds = [op.get_type_name() for op in model.get_ops()]
    kinds = [kind for kind in kinds if kind not in ("Parameter", "Result")]
    plain = [kind for kind in kinds if kind != "Constant"]
    return Size(plain.count("Transpose"), len(plain), len(kinds))


def error(saved: Saved, folder: Path, **flags: Any) -> tuple[float, Any]:
    """The largest relative difference, and the model in the runtime."""
    import openvino

    core = openvino.Core()
    xml, _ = mo.convert_model(**saved.flags, **flags).save(folder / "ours.xml")
    model = core.read_model(xml)
    compiled = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    result = compiled([saved.image])[0]
    assert result.shape == saved.expected.shape
    gap = np.abs(result - saved.expected).max() / np.abs(saved.expected).max()
    return float(gap), model


def peer_size(saved: Saved, folder: Path) -> Size | None:
    import openvino

    try:
        model = openvino.convert_model(saved.for_peer, output=saved.peer_output)
        openvino.save_model(model, folder / "peer.xml", compress_to_fp16=False)
        return size(openvino.Core().read_model(folder / "peer.xml"))
    except Exception:
        return None


def time_ratio(saved: Saved, folder: Path, ovc: str | None, rounds: int) -> float | None:
    """Ours by ovc's, the median of rounds in which they take turns."""
    if not rounds or ovc is None:
        return None
    given = [f"--{flag}={value}" for flag, value in saved.flags.items()]
    ours = [sys.executable, str(Path(__file__).parents[1] / "mo.py"), *given]
    ours += ["--output_dir", str(folder), "--model_name", "timed"]
    peer = [ovc, saved.for_peer, "--output_model", str(folder / "peer"), "--compress_to_fp16=False"]
    peer += [f"--output={saved.peer_output}"] if saved.peer_output else []
    ratios = []
    for _ in range(rounds):
        mine, theirs = run(ours), run(peer)
        if mine is None or theirs is None:
            return None
        ratios.append(mine.seconds / theirs.seconds)
    return statistics.median(ratios)


class Row(NamedTuple):
    """One line of the table."""

    fixed: float
    opened: float
    mine: Size
    peer: Size | None
    ratio: float | None

    @property
    def holds(self) -> bool:
        """Right, and no larger than ovc's; one Transpose of the input is ours to make."""
        if not max(self.fixed, self.opened) <= TOLERANCE:
            return False
        if self.peer is None:
            return True
        larger = any(a > b for a, b in zip(self.mine[1:], self.peer[1:]))
        return not larger and self.mine.transposes <= max(self.peer.transposes, 1)

    def cells(self) -> list[str]:
        theirs = ["-"] * 3 if self.peer is None else [str(number) for number in self.peer]
        sizes = [text for pair in zip(map(str, self.mine), theirs) for text in pair]
        ratio = "-" if self.ratio is None else f"{self.ratio:.2f}"
        return [f"{self.fixed:.1e}", f"{self.opened:.1e}", *sizes, ratio]


def measured(name: str, form: str, ovc: str | None, rounds: int) -> Row:
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        saved = FORMS[form](name, folder)
        fixed, _ = error(saved, folder, input_shape=list(saved.image.shape))
        opened, model = error(saved, folder)
        ratio = time_ratio(saved, folder, ovc, rounds)
        return Row(fixed, opened, size(model), peer_size(saved, folder), ratio)


def attempt(name: str, form: str, ovc: str | None, rounds: int) -> tuple[list[str], bool]:
    """The cells of one line, and whether it holds what it should."""
    try:
        row = measured(name, form, ovc, rounds)
    except Exception as problem:
        return [f"{type(problem).__name__}: {str(problem)[:200]}"], False
    return row.cells(), row.holds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--form", choices=FORMS, action="append")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--ovc", default=shutil.which("ovc"))
    parser.add_argument("--write", action="store_true", help=f"keep the lines in {TABLE.name}")
    arguments = parser.parse_args()
    print(
        f"{'network':18} {'form':12} {'fixed':>8} {'open':>8} {'Transposes':>12} "
        f"{'operations':>12} {'with constants':>15} {'time':>5} {'seconds':>8}"
    )
    context = multiprocessing.get_context("spawn")
    failures = 0
    for name in arguments.names or networks():
        # A process of its own: TensorFlow keeps what it once allocated, and takes long to end.
        with context.Pool(1) as pool:
            for form in arguments.form or FORMS:
                start = time.perf_counter()
                given = (name, form, arguments.ovc, arguments.rounds)
                cells, holds = pool.apply_async(attempt, given).get(_PATIENCE)
                failures += not holds
                show(name, form, cells, time.perf_counter() - start, holds)
                if arguments.write:
                    keep(TABLE, HEADER, (name, form), cells)
    return int(failures > 0)


def show(name: str, form: str, cells: list[str], seconds: float, holds: bool) -> None:
    widths = (8, 8, 6, 5, 6, 5, 9, 5, 5)
    texts = " ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths))
    print(f"{name:18} {form:12} {texts} {seconds:8.0f}{'' if holds else '  <'}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
