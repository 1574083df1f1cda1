"""The OpenVINO runtime as the judge: what it infers for an operation and what it computes.

An input is a ``Fed`` or a ``TensorType`` (becomes a Parameter), an array or Tensor (a Constant),
or None. Needs the package openvino: a test module that imports this one starts with
``pytest.importorskip("openvino")``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import openvino as ov
from openvino.passes import ConstantFolding, Manager

from mo.back.binary import BinaryWriter
from mo.back.emitter import emit
from mo.errors import InferenceError
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op, TensorType, infer_outputs
from mo.graph.shape import INFINITY, Shape, bounds, interval
from mo.graph.tensor import Tensor
from tests.ops.strategies import Fed

Input = Any
# What stands in the .xml and in the .bin.
Files = tuple[bytes, bytes]

# Upper bounds from here on come from rounding errors, and from "all" written as 2^31 - 1.
HUGE = 2**30

_core = ov.Core()
_PRECISE = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": "1"}


class Rejected(Exception):
    """The runtime does not take this model."""


class RawGraph(Graph):
    """A graph that computes nothing by itself, so that the runtime gets all of it."""

    def add_multi(self, op: Op, *inputs: Any, name: str = "") -> tuple[Output, ...]:
        values = self._operands(inputs)
        return self._insert(op, values, infer_outputs(op, values), name).outputs


class UncheckedGraph(RawGraph):
    """As RawGraph, but what we refuse goes to the runtime all the same."""

    def __init__(self, outputs: int = 1) -> None:
        super().__init__()
        self.count = outputs

    def add_multi(self, op: Op, *inputs: Any, name: str = "") -> tuple[Output, ...]:
        values = self._operands(inputs)
        try:
            kinds = infer_outputs(op, values)
        except InferenceError:
            kinds = (TensorType(None, ElementType.dynamic),) * self.count
        return self._insert(op, values, kinds, name).outputs


class Case(NamedTuple):
    """One operation and what it gets.

    ``lenient``: the runtime may refuse what we take. ``late``: it refuses some only when it runs.
    ``trusted``: where we know more, no run need confirm it.
    """

    op: Op
    inputs: Sequence[Input]
    outputs: int = 1
    lenient: bool = False
    late: bool = False
    trusted: bool = False

    def __repr__(self) -> str:
        return f"{self.op!r} ({', '.join(map(_shown, self.inputs))})"


def _shown(value: Input) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.tolist() if value.size < 20 else list(value.shape)}"
    return repr(value) if isinstance(value, Fed) else str(value)


def place(graph: Graph, inputs: Sequence[Input]) -> list[Output | None]:
    """Parameters and Constants for the inputs."""
    values: list[Output | None] = []
    for index, value in enumerate(inputs):
        if value is None:
            values.append(None)
        elif isinstance(value, (Fed, TensorType)):
            kind = value.type if isinstance(value, Fed) else value
            values.append(graph.input(f"in{index}", kind.shape, kind.dtype))
        else:
            values.append(graph.constant(value))
    return values


def graph_of(op: Op, inputs: Sequence[Input], graph: Graph | None = None) -> Graph:
    """A model of one operation, each of its outputs a Result."""
    graph = graph if graph is not None else RawGraph()
    for output in graph.add_multi(op, *place(graph, inputs), name="op"):
        graph.output(output)
    return graph


def written(graph: Graph) -> Files:
    with tempfile.TemporaryFile() as file:
        lines = "\n".join(emit(graph, BinaryWriter(file), 11, {}))
        file.seek(0)
        return lines.encode(), file.read()


def read(graph: Graph) -> ov.Model:
    """The graph as the runtime reads it; Rejected with the runtime's words."""
    return _read(written(graph))


def _read(files: Files) -> ov.Model:
    try:
        return _core.read_model(*files)
    except RuntimeError as error:
        raise Rejected(str(error)[-600:]) from None


def runtime_types(model: ov.Model) -> tuple[TensorType, ...]:
    """Partial shapes and element types of the Results."""
    return tuple(
        TensorType(_shape(port.get_partial_shape()), _element_type(port)) for port in model.outputs
    )


def _shape(shape: ov.PartialShape) -> Shape:
    if shape.rank.is_dynamic:
        return None
    dims = []
    for dim in shape:
        low, high = dim.get_min_length(), dim.get_max_length()
        dims.append(interval(low, high if 0 <= high < HUGE else INFINITY))
    return tuple(dims)


def _element_type(port: ov.Output) -> ElementType:
    return ElementType[port.get_element_type().get_type_name()]


def infer(op: Op, *inputs: Input) -> tuple[TensorType, ...]:
    """What the runtime infers for one operation."""
    return runtime_types(read(graph_of(op, inputs)))


def run(graph: Graph, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The results on the CPU device; Rejected if it cannot compile or run the model."""
    return _results(read(graph), arrays)


def run_together(models: Sequence[Files], arrays: Sequence[np.ndarray]) -> list[list[np.ndarray]]:
    """The results of each of some models, which get the same arrays.

    They are compiled as parts of one, because compiling costs as much for a model of one operation
    as for a hundred. What does not go that way is run alone.
    """
    parts = [_read(files) for files in models]
    if len(parts) < 2 or any(part.get_sinks() for part in parts):
        return [_results(part, arrays) for part in parts]
    results = [result for part in parts for result in part.get_results()]
    inputs = [parameter for part in parts for parameter in part.get_parameters()]
    try:
        found = iter(_results(ov.Model(results, inputs), [*arrays] * len(parts)))
    except Rejected:
        return [_results(_read(files), arrays) for files in models]
    return [[next(found) for _ in part.get_results()] for part in parts]


def compiled(model: ov.Model) -> ov.CompiledModel:
    """The model on the CPU device, in full precision and in one thread."""
    return _core.compile_model(model, "CPU", _PRECISE)


def _results(model: ov.Model, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    try:
        made = compiled(model)
        fed = [array.astype(str) if array.dtype == object else array for array in arrays]
        results = made(fed, share_outputs=False)
    except RuntimeError as error:
        raise Rejected(str(error)[-600:]) from None
    return [np.asarray(results[port]) for port in made.outputs]


def evaluate(op: Op, arrays: Sequence[np.ndarray | Tensor | None]) -> list[np.ndarray] | None:
    """The results by the runtime's reference implementation; None if it has none."""
    model = read(graph_of(op, arrays))
    manager = Manager()
    manager.register_pass(ConstantFolding())
    try:
        manager.run_passes(model)
    except (RuntimeError, IndexError):
        return None
    values = []
    for result in model.get_results():
        source = result.input_value(0).get_node()
        if source.get_type_name() != "Constant":
            return None
        values.append(np.array(source.data))
    return values


def contains(wide: Shape, narrow: Shape) -> bool:
    """Whether every shape that ``narrow`` allows is one of ``wide``."""
    if wide is None:
        return True
    if narrow is None or len(wide) != len(narrow):
        return False
    pairs = [(bounds(w), bounds(n)) for w, n in zip(wide, narrow)]
    return all(low <= n_low and n_high <= high for (low, high), (n_low, n_high) in pairs)


def narrower(ours: Sequence[TensorType], theirs: Sequence[TensorType]) -> bool:
    """Assert that our types are the runtime's, or narrower, and tell which."""
    shown = f"ours {', '.join(map(str, ours))}; the runtime's {', '.join(map(str, theirs))}"
    assert [t.dtype for t in ours] == [t.dtype for t in theirs], shown
    assert all(contains(b.shape, a.shape) for a, b in zip(ours, theirs)), shown
    return not all(contains(a.shape, b.shape) for a, b in zip(ours, theirs))


def with_sizes(inputs: Sequence[Input]) -> list[Input]:
    """The inputs with the shapes that their arrays have."""
    return [
        TensorType(value.array.shape, value.type.dtype) if isinstance(value, Fed) else value
        for value in inputs
    ]


def static_types(case: Case) -> tuple[TensorType, ...] | None:
    """What we infer for the sizes that the arrays have; None if they do not go together."""
    try:
        return infer_outputs(case.op, place(RawGraph(), with_sizes(case.inputs)))
    except InferenceError:
        return None


def agree(case: Case) -> None:
    """Assert that we and the runtime see an operation alike (both may refuse it)."""
    op, inputs, count, lenient, late, trusted = case
    arrays = [value.array for value in inputs if isinstance(value, Fed)]
    graph = RawGraph()
    try:
        graph_of(op, inputs, graph)
    except InferenceError as error:
        unchecked = graph_of(op, inputs, UncheckedGraph(count))
        try:
            theirs = runtime_types(read(unchecked))
            # Of intervals that do not meet the runtime takes one; their sizes it refuses.
            read(graph_of(op, with_sizes(inputs), UncheckedGraph(count)))
            if late:
                run(unchecked, arrays)
        except Rejected:
            return
        shown = ", ".join(map(str, theirs))
        raise AssertionError(f"{case}: we refuse: {error}; the runtime: {shown}") from None
    ours = [node.inputs[0].type for node in graph.results() if node.inputs[0] is not None]
    try:
        model = read(graph)
    except Rejected as error:
        if lenient:
            return
        types = ", ".join(map(str, ours))
        raise AssertionError(f"{case}: {types}, but the runtime refuses: {error}") from None
    theirs = runtime_types(model)
    if model.get_results():
        node = model.get_results()[0].input_value(0).get_node()
        assert node.get_output_size() == len(ours), f"{case}: {len(ours)} outputs"
        check_attributes(op, node)
    try:
        try:
            more_known = narrower(ours, theirs)
        except AssertionError:
            if refuted(case, theirs):
                return
            raise
        static = static_types(case)
        if static is None:
            return
        shown = f"{', '.join(map(str, ours))}, but {', '.join(map(str, static))} of known sizes"
        assert all(contains(a.shape, b.shape) for a, b in zip(ours, static)), shown
        if more_known and not trusted:
            check_run(ours, graph, arrays)
    except AssertionError as error:
        raise AssertionError(f"{case}: {error}") from None


def refuted(case: Case, theirs: Sequence[TensorType], trials: int = 40) -> bool:
    """Whether the runtime itself, of some sizes that are allowed, infers other shapes."""
    random = np.random.default_rng(0)
    for _ in range(trials):
        inputs = []
        for value in case.inputs:
            if isinstance(value, Fed):
                shape = value.type.shape
                bounded = [bounds(dim) for dim in value.array.shape if shape is None] or [
                    bounds(dim) for dim in shape or ()
                ]
                sizes = [int(random.integers(a, min(b, a + 8), endpoint=True)) for a, b in bounded]
                value = TensorType(tuple(sizes), value.type.dtype)
            inputs.append(value)
        try:
            found = runtime_types(read(graph_of(case.op, inputs, UncheckedGraph(case.outputs))))
        except Rejected:
            continue
        if not all(contains(a.shape, b.shape) for a, b in zip(theirs, found)):
            return True
    return False


def check_attributes(op: Op, node: ov.Node) -> None:
    """Assert that the runtime has read each attribute as it was written (it skips unknown ones)."""
    found = node.get_attributes()
    for name, written in op.ir_attributes().items():
        assert name in found, f"{op!r}: the runtime knows no attribute {name}"
        if name.startswith("pads") and (
            op.type == "Interpolate" or getattr(op, "auto_pad", "explicit") != "explicit"
        ):
            continue  # computed or filled up
        if name == "axis" and int(written) < 0:
            continue  # counted from the front
        read_back = _plain(found[name])
        assert _plain(written) == read_back, f"{op!r}: {name} {written} is read as {found[name]}"


def _plain(value: Any) -> str:
    """An attribute without the ways to write a list, a number, a name in capitals."""
    if isinstance(value, (list, tuple, set, np.ndarray)):
        return ",".join(map(_plain, value))
    text = str(value).lower().replace(" ", "").strip("[]{}")
    if "," in text:
        return ",".join(map(_plain, text.split(",")))
    try:
        return f"{np.float32(text):.6g}"
    except ValueError:
        return text


def check_run(ours: Sequence[TensorType], graph: Graph, arrays: Sequence[np.ndarray]) -> None:
    """Assert that a run, if it works, gives what we foresaw."""
    try:
        results = run(graph, arrays)
    except Rejected:
        return
    for mine, result in zip(ours, results):
        assert contains(mine.shape, result.shape), f"{mine}, but a run gives {result.shape}"


def folded(op: Op, arrays: Sequence[np.ndarray | None]) -> list[np.ndarray] | None:
    """What our graph makes of an operation on constants; None if it stays an operation."""
    graph = Graph()
    values = [None if array is None else graph.constant(array) for array in arrays]
    results = [output.value() for output in graph.add_multi(op, *values)]
    return None if any(value is None for value in results) else results  # type: ignore[return-value]


def on_cpu(op: Op, arrays: Sequence[np.ndarray | None]) -> list[np.ndarray]:
    """The results of one operation on the CPU device, its arguments model inputs."""
    given = [array for array in arrays if array is not None]
    kinds = [
        None if array is None else TensorType(array.shape, ElementType.of(array.dtype))
        for array in arrays
    ]
    return run(graph_of(op, kinds), given)


def assert_same(mine: np.ndarray, theirs: np.ndarray, what: str) -> None:
    """Equal types and shapes; equal integers, floats as close as their type (or f32) allows."""
    assert mine.dtype == theirs.dtype, f"{what}: {mine.dtype} instead of {theirs.dtype}"
    assert mine.shape == theirs.shape, f"{what}: {mine.shape} instead of {theirs.shape}"
    if mine.dtype.kind in "iub":
        assert np.array_equal(mine, theirs), f"{what}: {mine.tolist()}, not {theirs.tolist()}"
        return
    tolerance = {2: 4e-3, 4: 2e-5, 8: 1e-5}[mine.dtype.itemsize]
    np.testing.assert_allclose(
        mine.astype(np.float64), theirs.astype(np.float64), tolerance, tolerance, True, what
    )
