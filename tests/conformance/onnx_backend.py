"""The backend tests of the package onnx, through our converter and the OpenVINO runtime.

    python -m tests.conformance.onnx_backend                 print verdicts that changed
    python -m tests.conformance.onnx_backend --write         write them to onnx_backend.csv
    python -m tests.conformance.onnx_backend NAME...         some cases, with details
    python -m tests.conformance.onnx_backend --peer          OpenVINO's own reader instead of ours

A case passes if shapes and element types are those expected, floats within 1e-3 (relative and
absolute), everything else exact. An output that is a sequence or an optional passes as the
outputs that it holds, in their order.
"""

from __future__ import annotations

import argparse
import csv
import functools
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.numpy_helper
from onnx.backend.test.case.test_case import TestCase
from onnx.backend.test.loader import load_model_tests

from tests.conformance.workers import Verdict, judge_all

TABLE = Path(__file__).with_name("onnx_backend.csv")
KINDS = ("node", "simple", "pytorch-operator", "pytorch-converted", "real")
_TOLERANCE = 1e-3
_ONNX = Path(onnx.__file__).parent.parent

Sample = tuple[list[Any], list[Any]]


@functools.cache
def cases() -> dict[str, TestCase]:
    """Every case by its name; names that two kinds share carry the kind."""
    found: dict[str, TestCase] = {}
    for kind in KINDS:
        for case in sorted(load_model_tests(kind=kind), key=lambda case: case.name):
            name = f"{kind}:{case.name}" if case.name in found else case.name
            found[name] = case
    return found


def model_of(case: TestCase) -> onnx.ModelProto:
    if case.model is not None:
        return case.model
    return onnx.load(_ONNX / case.url if case.url else Path(case.model_dir or "") / "model.onnx")


def samples_of(case: TestCase, model: onnx.ModelProto) -> Iterator[Sample]:
    """Inputs and the expected outputs."""
    if case.data_sets is not None:
        for inputs, outputs in case.data_sets:
            yield [_array(item) for item in inputs], [_array(item) for item in outputs]
    elif case.url:
        known = {item.name for item in model.graph.initializer}
        inputs = [_ramp(item) for item in model.graph.input if item.name not in known]
        path = (_ONNX / case.url).with_suffix("")
        yield inputs, [_load(Path(f"{path}_output_0.pb"), model.graph.output[0])]
    else:
        for folder in sorted(Path(case.model_dir or "").glob("test_data_set*")):
            yield (
                _folder(folder, "input", model.graph.input),
                _folder(folder, "output", model.graph.output),
            )


def _ramp(item: onnx.ValueInfoProto) -> np.ndarray:
    """The input that the suite means for its large networks."""
    shape = [dim.dim_value or 1 for dim in item.type.tensor_type.shape.dim]
    count = int(np.prod(shape))
    return (np.arange(count).reshape(shape) / count).astype(np.float32)


def _folder(folder: Path, what: str, items: Sequence[onnx.ValueInfoProto]) -> list[Any]:
    count = len(list(folder.glob(f"{what}_*.pb")))
    return [_load(folder / f"{what}_{i}.pb", items[i]) for i in range(count)]


def _load(path: Path, item: onnx.ValueInfoProto) -> Any:
    kind = item.type.WhichOneof("value")
    message: Any = {
        "sequence_type": onnx.SequenceProto,
        "optional_type": onnx.OptionalProto,
    }.get(kind, onnx.TensorProto)()
    message.ParseFromString(path.read_bytes())
    return _array(message)


def _array(item: Any) -> Any:
    if isinstance(item, onnx.TensorProto):
        return onnx.numpy_helper.to_array(item)
    if isinstance(item, onnx.SequenceProto):
        return onnx.numpy_helper.to_list(item)
    if isinstance(item, onnx.OptionalProto):
        return onnx.numpy_helper.to_optional(item)
    if isinstance(item, (list, tuple)):
        return [_array(part) for part in item]
    return item if item is None else np.asarray(item)


def _flat(items: Sequence[Any]) -> list[np.ndarray]:
    """Tensors; those of a sequence in its place."""
    flat: list[np.ndarray] = []
    for item in items:
        flat += _flat(item) if isinstance(item, list) else [item]
    return flat


# ---- judging

Reader = Callable[[Path], Any]


def _with_mo(path: Path) -> Any:
    import openvino

    import mo

    xml, _ = mo.convert_model(input_model=path).save(path.with_name("ir.xml"))
    return openvino.Core().read_model(xml)


def _with_openvino(path: Path) -> Any:
    import openvino

    return openvino.Core().read_model(path)


def judge(case: TestCase, reader: Reader) -> Verdict:
    """``pass``, ``refused`` (by the converter), ``not run`` (by the runtime), ``wrong``."""
    from mo.errors import ConversionError

    model = model_of(case)
    with tempfile.TemporaryDirectory(prefix="mo-suite-") as folder:
        path = Path(folder) / "model.onnx"
        path.write_bytes(model.SerializeToString())
        try:
            network = reader(path)
        except ConversionError as error:
            return _verdict("refused", error.message)
        except Exception as error:
            return _verdict("not read", str(error))
        for inputs, expected in samples_of(case, model):
            try:
                results = _run(network, inputs)
            except Exception as error:
                return _verdict("not run", str(error))
            difference = _difference(results, _flat(expected))
            if difference:
                return _verdict("wrong", difference)
    return _verdict("pass")


def _verdict(word: str, detail: str = "") -> Verdict:
    return {"verdict": word, "detail": " ".join(detail.split())}


def _run(network: Any, inputs: Sequence[Any]) -> list[np.ndarray]:
    import openvino

    precise = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": "1"}
    compiled = openvino.Core().compile_model(network, "CPU", precise)
    given = [item for item in _flat(inputs) if item is not None]
    if len(given) != len(compiled.inputs):
        raise ValueError(f"{len(compiled.inputs)} inputs for {len(given)} arrays")
    feeds = {
        i: _tensor(array, port.get_element_type())
        for i, (array, port) in enumerate(zip(given, network.inputs))
    }
    request = compiled.create_infer_request()
    request.infer(feeds)
    return [_numbers(request.get_output_tensor(i)) for i in range(len(compiled.outputs))]


# Element types that numpy knows by ml_dtypes only, and how many values are in a byte.
_FOREIGN = {"bf16": "bfloat16", "f8e4m3": "float8_e4m3fn", "f8e5m2": "float8_e5m2"}
_FOREIGN |= {"f8e8m0": "float8_e8m0fnu", "f4e2m1": "float4_e2m1fn"}
_FOREIGN |= {"i4": "int4", "u4": "uint4", "u2": "uint2"}
_PACKED = {"i4": 2, "u4": 2, "f4e2m1": 2, "u2": 4}


def _tensor(array: np.ndarray, kind: Any) -> Any:
    """An array as a tensor of the runtime, which takes packed bytes for small types."""
    import ml_dtypes
    import openvino

    name = kind.get_type_name()
    if name == "string":
        return openvino.Tensor(np.asarray(array, np.str_))
    if name not in _FOREIGN:
        # A type that the IR does not have comes as the one that holds its numbers.
        carried = array.astype(kind.to_dtype()) if array.dtype.kind == "V" else array
        return openvino.Tensor(np.array(carried, order="C"))
    array = array.astype(getattr(ml_dtypes, _FOREIGN[name]))
    raw = array.view(np.uint16 if array.dtype.itemsize == 2 else np.uint8).ravel()
    if name in _PACKED:
        count = _PACKED[name]
        bits = 8 // count
        raw = np.pad(raw & (2**bits - 1), (0, -len(raw) % count)).reshape(-1, count)
        raw = sum((raw[:, i] << (bits * i) for i in range(count)), np.uint8(0)).astype(np.uint8)
        return openvino.Tensor(raw, openvino.Shape(array.shape), kind)
    tensor = openvino.Tensor(kind, openvino.Shape(array.shape))
    tensor.data.view(raw.dtype).reshape(-1)[...] = raw
    return tensor


def _numbers(tensor: Any) -> np.ndarray:
    import ml_dtypes

    name = tensor.get_element_type().get_type_name()
    if name == "string":
        return np.asarray(tensor.str_data)
    if name not in _FOREIGN:
        return np.array(tensor.data)
    foreign = getattr(ml_dtypes, _FOREIGN[name])
    raw = np.array(tensor.data)
    if name in _PACKED:
        bits = 8 // _PACKED[name]
        parts = [(raw.view(np.uint8).reshape(-1) >> (bits * i)) for i in range(_PACKED[name])]
        flat = np.stack(parts, -1).reshape(-1)[: int(np.prod(tensor.shape))] & (2**bits - 1)
        if name == "i4":
            flat = np.where(flat > 7, flat.astype(np.int16) - 16, flat)
            return flat.astype(np.int8).astype(foreign).reshape(tensor.shape)
        if name == "f4e2m1":
            return flat.astype(np.uint8).view(foreign).reshape(tensor.shape)
        return flat.astype(foreign).reshape(tensor.shape)
    return raw.reshape(-1).view(foreign).reshape(tensor.shape)


def _difference(results: Sequence[np.ndarray], expected: Sequence[Any]) -> str:
    """What tells the results from those expected, '' if nothing does."""
    if len(results) != len(expected):
        return f"{len(results)} outputs, not {len(expected)}"
    for index, (mine, wanted) in enumerate(zip(results, expected)):
        if wanted is None:
            return f"output {index} is expected to be empty"
        if mine.shape != wanted.shape:
            return f"output {index} has shape {mine.shape}, not {wanted.shape}"
        if wanted.dtype.kind in "OUS" or mine.dtype.kind in "OUS":
            if not np.array_equal(mine.astype(str), wanted.astype(str)):
                return f"output {index} has other strings"
            continue
        if mine.dtype != wanted.dtype:
            return f"output {index} is {mine.dtype}, not {wanted.dtype}"
        exact = mine.dtype.kind in "iub" or "int" in mine.dtype.name
        a, b = mine.astype(np.float64), wanted.astype(np.float64)
        same = mine == wanted if exact else np.isclose(a, b, _TOLERANCE, _TOLERANCE, equal_nan=True)
        if not np.all(same):
            share = 1 - np.mean(same)
            worst = np.nanmax(np.abs(np.where(same, 0, a - b)))
            return f"output {index}: {share:.0%} of the values differ, by up to {worst:.3g}"
    return ""


# ---- table and command


def read_table() -> dict[str, dict[str, str]]:
    """The verdicts on record by the name of the case."""
    with TABLE.open(newline="") as file:
        return {row["case"]: row for row in csv.DictReader(file)}


def write_table(found: dict[str, Verdict]) -> None:
    """The verdicts that were found, with what the table says of OpenVINO's reader and of causes."""
    from tests.conformance.limits import reason

    before = read_table() if TABLE.exists() else {}
    with TABLE.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["case", "kind", "verdict", "openvino_reader", "reason"])
        for name, case in sorted(cases().items(), key=lambda item: (item[1].kind, item[0])):
            old = before.get(name, {})
            verdict = found.get(name, old).get("verdict", "")
            why = "" if verdict == "pass" else reason(name)
            out.writerow([name, case.kind, verdict, old.get("openvino_reader", ""), why])


def _serve(reader: Reader) -> None:
    for line in sys.stdin:
        print(json.dumps(judge(cases()[line.strip()], reader)), flush=True)


def _mark_peer(found: dict[str, Verdict]) -> None:
    table = read_table()
    with TABLE.open("w", newline="") as file:
        out = csv.DictWriter(file, next(iter(table.values())).keys(), lineterminator="\n")
        out.writeheader()
        for name, row in table.items():
            verdict = found.get(name, {}).get("verdict", row["openvino_reader"])
            out.writerow({**row, "openvino_reader": verdict})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--write", action="store_true", help="write the table")
    parser.add_argument("--peer", action="store_true", help="use OpenVINO's own reader")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    module = "tests.conformance.onnx_backend"
    if args.worker:
        _serve(_with_mo)
        return 0
    if args.peer:
        module = "tests.conformance.openvino_reader"
    names = [n for n in cases() if not args.cases or any(c in n for c in args.cases)]
    known = read_table() if TABLE.exists() else {}
    column = "openvino_reader" if args.peer else "verdict"
    found: dict[str, Verdict] = {}
    for name, verdict in judge_all(module, names, args.jobs):
        found[name] = verdict
        before = known.get(name, {}).get(column)
        if args.cases or before != verdict["verdict"]:
            print(f"{name}: {verdict['verdict']} ({before}) {verdict['detail'][:300]}", flush=True)
    if args.write and args.peer:
        _mark_peer(found)
    elif args.write:
        write_table(found)
    print(dict(Counter(verdict["verdict"] for verdict in found.values())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
