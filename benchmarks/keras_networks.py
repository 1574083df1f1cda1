"""The networks of tf.keras.applications in all forms of files, beside OpenVINO's `ovc`.

    python benchmarks/keras_networks.py [--form frozen ...] [--rounds 3] [--ovc PATH] [NAME ...]

Each network gets random weights, and statistics that it has seen. Printed for each form of files:
the largest difference to TensorFlow with the batch fixed and open (relative to the largest number
of the output), Transposes, operations without and with constants, each beside ovc's, and the ratio
of wall times (with --rounds). Needs tensorflow, tf_keras (networks of older releases, and TF1-style
saving) and openvino; give --ovc of an environment without TensorFlow to time it alone.
"""

from __future__ import annotations

import argparse
import concurrent.futures
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

TOLERANCE = 1e-4
SIDES = {"InceptionV3": 299, "Xception": 299, "InceptionResNetV2": 299, "NASNetLarge": 331}
# Of these families each network takes minutes; they are only in older releases.
OLD_FAMILIES = ("RegNet", "ResNetRS")
_FEED_SCALE = {"EfficientNet": 255.0, "ConvNeXt": 255.0, "MobileNetV3": 255.0, "RegNet": 255.0}


class Saved(NamedTuple):
    """A model in files: the flags that name it, what ovc is given, an input and the result."""

    flags: dict[str, Any]
    for_peer: str | list[str]
    image: np.ndarray
    expected: np.ndarray


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


def network(library: Any, name: str) -> Any:
    """The network, its normalisations with the statistics of what went through them once."""
    library.utils.set_random_seed(0)
    given = image(name)
    model = getattr(library.applications, name)(weights=None, input_shape=given.shape[1:])
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


def _eager(name: str) -> tuple[Any, Any]:
    import keras
    import tf_keras

    library = tf_keras if _is_old(name) else keras
    return library, network(library, name)


def frozen(name: str, folder: Path) -> Saved:
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    _, model = _eager(name)
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
        for weight, value in zip(model.weights, values):
            weight.load(value, session)
        expected = session.run(result, {source: given})
        v1.train.Saver().save(session, str(folder / "model"), write_state=False)
    meta = folder / "model.meta"
    flags = {"input_meta_graph": meta, "output": result.op.name}
    return Saved(flags, str(meta), given, expected)


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
        model = openvino.convert_model(saved.for_peer)
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
    ratios = []
    for _ in range(rounds):
        mine, theirs = run(ours), run(peer)
        if mine is None or theirs is None:
            return None
        ratios.append(mine.seconds / theirs.seconds)
    return statistics.median(ratios)


def row(name: str, form: str, ovc: str | None, rounds: int) -> tuple[str, bool]:
    """One line of the table, and whether it holds what it should."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        start = time.perf_counter()
        try:
            saved = FORMS[form](name, folder)
        except Exception as problem:
            return f"cannot be built: {type(problem).__name__}: {str(problem)[:150]}", True
        built = time.perf_counter() - start
        fixed, _ = error(saved, folder, input_shape=list(saved.image.shape))
        opened, model = error(saved, folder)
        mine, peer = size(model), peer_size(saved, folder)
        ratio = time_ratio(saved, folder, ovc, rounds)
    theirs = ["-"] * 3 if peer is None else list(peer)
    pairs = "  ".join(f"{a:>5} {b:>5}" for a, b in zip(mine, theirs))
    holds = max(fixed, opened) <= TOLERANCE and (peer is None or not _exceeds(mine, peer))
    shown = "-" if ratio is None else f"{ratio:.2f}"
    mark = "" if holds else "  <"
    return f"{fixed:8.1e} {opened:8.1e}  {pairs}  {shown:>5} {built:6.0f}{mark}", holds


def _exceeds(mine: Size, peer: Size) -> bool:
    """One Transpose of the input is ours to make."""
    return any(a > b for a, b in zip(mine[1:], peer[1:])) or mine[0] > max(peer[0], 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--form", choices=FORMS, action="append")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--ovc", default=shutil.which("ovc"))
    arguments = parser.parse_args()
    print(
        f"{'network':20} {'form':12} {'fixed':>8} {'open':>8}  {'Transposes':11}  "
        f"{'operations':11}  {'and consts':11}  {'time':>5} {'build s':>6}"
    )
    context = multiprocessing.get_context("spawn")
    failures = 0
    for name in arguments.names or networks():
        for form in arguments.form or FORMS:
            # A process of its own: TensorFlow keeps what it once allocated.
            with concurrent.futures.ProcessPoolExecutor(1, context) as pool:
                task = pool.submit(row, name, form, arguments.ovc, arguments.rounds)
                try:
                    line, holds = task.result()
                except Exception as problem:
                    line, holds = f"{type(problem).__name__}: {str(problem)[:300]}", False
            failures += not holds
            print(f"{name:20} {form:12} {line}", flush=True)
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
