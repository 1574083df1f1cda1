"""Cuts ONNX models at tensors chosen at random, and compares with onnxruntime's own values.

    python benchmarks/cutting.py --count 100 MODEL.onnx...

Of each model that many inner tensors are asked for as outputs, all at once; and each of them is
made an input in turn, fed with onnxruntime's value, and the model's outputs are compared. Prints
the greatest errors, relative to the greatest number of a tensor. Needs onnxruntime and openvino.
"""

from __future__ import annotations

import argparse
import gc
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import openvino as ov

sys.path.insert(0, str(Path(__file__).parents[1]))

import mo

Arrays = dict[str, np.ndarray]
_CORE = ov.Core()
_OPTIONS = {"INFERENCE_PRECISION_HINT": "f32"}


def inner_values(path: Path) -> tuple[Arrays, Arrays, list[str]]:
    """Inputs that are made up, every float that the model computes from them, its outputs."""
    model = onnx.load(path)
    outputs = [value.name for value in model.graph.output]
    weights = {tensor.name for tensor in model.graph.initializer}
    for name in (name for node in model.graph.node for name in node.output if name):
        if name not in outputs:
            model.graph.output.add(name=name)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    feeds = {i.name: _made_up(i) for i in session.get_inputs() if i.name not in weights}
    names = [output.name for output in session.get_outputs()]
    values = dict(zip(names, session.run(None, feeds)))
    return feeds, values, outputs


def _made_up(value: onnxruntime.NodeArg) -> np.ndarray:
    shape = [size if isinstance(size, int) else 1 for size in value.shape]
    if value.type == "tensor(float)":
        return np.random.default_rng(0).normal(size=shape).astype(np.float32)
    kind = {"tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(bool)": bool}[value.type]
    return np.ones(shape, kind)


def run(model: mo.ConvertedModel, feeds: Arrays) -> list[np.ndarray]:
    with tempfile.TemporaryDirectory() as folder:
        xml, _ = model.save(Path(folder) / "m.xml")
        compiled = _CORE.compile_model(_CORE.read_model(xml), "CPU", _OPTIONS)
        ports = {port: feeds[_known(port, feeds)] for port in compiled.inputs}
        return list(compiled(ports, share_outputs=False).to_tuple())


def _known(port: ov.Output, feeds: Arrays) -> str:
    return next(name for name in [*port.names, port.node.friendly_name] if name in feeds)


def error(result: np.ndarray, expected: np.ndarray) -> float:
    if result.shape != expected.shape:
        return float("inf")
    scale = max(float(np.abs(expected).max(initial=0)), 1e-6)
    return float(np.abs(result.astype(np.float64) - expected).max(initial=0)) / scale


def cut(path: Path, count: int) -> tuple[int, float, float, list[str]]:
    """How many tensors were tried, the greatest error as outputs and as inputs, what failed."""
    feeds, values, outputs = inner_values(path)
    inner = [n for n, v in values.items() if n not in outputs and v.dtype == np.float32]
    chosen = random.Random(0).sample(inner, min(count, len(inner)))
    results = run(mo.convert_model(path, output=chosen, static_shape=False), feeds)
    worst = max(error(a, values[name]) for a, name in zip(results, chosen))
    failures: list[str] = []
    behind = max(_as_input(path, name, feeds, values, outputs, failures) for name in chosen)
    return len(chosen), worst, behind, failures


def _as_input(
    path: Path,
    name: str,
    feeds: Arrays,
    values: Arrays,
    outputs: Sequence[str],
    failures: list[str],
) -> float:
    shape = list(values[name].shape)
    given = f"{name}[{','.join(map(str, shape))}]"
    gc.collect()  # compiled models are large, and hang in circles
    try:
        model = mo.convert_model(path, input=",".join([given, *feeds]))
        results = run(model, {**feeds, name: values[name]})
    except mo.ConversionError as problem:
        failures.append(f"{name}: {problem}")
        return 0.0
    return max(error(a, values[output]) for a, output in zip(results, outputs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--count", type=int, default=100)
    arguments = parser.parse_args()
    for path in arguments.models:
        tried, outputs, inputs, failures = cut(path, arguments.count)
        print(
            f"{path.parent.name:24} {tried:4} tensors, as outputs {outputs:.1e}, "
            f"as inputs {inputs:.1e}"
        )
        for failure in failures:
            print(f"    {failure}")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
