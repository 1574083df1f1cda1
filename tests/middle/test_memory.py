"""--transform LowLatency2 and MakeStateful: what one inference leaves for the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

pytest.importorskip("openvino")


from extensions.middle.memory import carry_states, make_stateful
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.conversion import Convert
from extensions.ops.iteration import Iteration
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat
from extensions.ops.recurrent import GRUSequence, LSTMSequence
from extensions.ops.state import ReadValue
from mo.errors import UsageError
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.shape import Dim, Dimension
from tests.ops import runtime

# A model for so many steps at a time.
Model = Callable[[int], Graph]

STEPS, INPUT, HIDDEN = 6, 4, 3
random = np.random.default_rng(0)
FRAMES = random.normal(size=(1, STEPS, INPUT)).astype(np.float32)
START = random.normal(size=(1, 1, HIDDEN)).astype(np.float32)
WEIGHTS = [
    random.normal(size=(1, 4 * HIDDEN, *rest)).astype(np.float32)
    for rest in ((INPUT,), (HIDDEN,), ())
]


def sequence(op: LSTMSequence | GRUSequence, steps: int) -> Graph:
    """A sequence of so many steps from the state ``h``; all steps [1, 1, steps, H] come out."""
    g = Graph()
    x, h = g.input("x", (1, steps, INPUT)), g.input("h", (1, 1, HIDDEN))
    states = [h] * (op.gates - 2 if op.gates == 4 else 1)
    weights = [array[:, : op.gates * HIDDEN] for array in WEIGHTS]
    g.output(g.add(op, x, *states, np.int32([steps]), *weights), "y")
    return g


def loop(steps: int) -> Graph:
    """A sum h + x * step by step, whose last value is not among the outputs of the loop."""
    g = Graph()
    x, h = g.input("x", (1, steps, INPUT)), g.input("h", (1, 1, HIDDEN))
    frames = Iteration(g)
    frame = frames.sliced(x, 1, keep=True)
    frame = frames.body.add(MatMul(transpose_b=True), frame, WEIGHTS[0][0, :HIDDEN])
    total = frames.body.add(Add(), frames.carried(h), frame)
    _, joined = frames.run([total], [(total, 2, False)])
    g.output(joined, "y")
    return g


def inferences(graph: Graph, feeds: Sequence[dict[str, np.ndarray]]) -> list[np.ndarray]:
    """The first output of one inference after another, the same again after a reset."""
    model = runtime.read(graph)
    compiled = runtime.compiled(model)
    request = compiled.create_infer_request()
    rounds = []
    for _ in range(2):
        rounds.append([request.infer(feed)[0].copy() for feed in feeds])
        request.reset_state()
    assert all(map(np.array_equal, *rounds))
    return rounds[0]


def recurrent(kind: type[LSTMSequence] | type[GRUSequence], direction: str = "forward") -> Model:
    names = ("sigmoid", "tanh", "tanh")[: 3 if kind is LSTMSequence else 2]
    op = kind(hidden_size=HIDDEN, direction=direction, activations=names)
    return lambda steps: sequence(op, steps)


MODELS = {"LSTM": recurrent(LSTMSequence), "GRU": recurrent(GRUSequence), "loop": loop}


@pytest.mark.parametrize("zero_start", [True, False])
@pytest.mark.parametrize("kind", MODELS)
def test_steps_one_by_one_are_the_whole_sequence(kind, zero_start):
    start = START * (not zero_start)
    (expected,) = runtime.run(MODELS[kind](STEPS), [FRAMES, start])
    graph = MODELS[kind](1)
    assert carry_states(graph, use_const_initializer=zero_start) == len(graph.nodes_of(ReadValue))
    assert [node.name for node in graph.parameters()] == (["x"] if zero_start else ["x", "h"])
    rest = {} if zero_start else {"h": start}
    results = inferences(graph, [{"x": FRAMES[:, [i]], **rest} for i in range(STEPS)])
    np.testing.assert_allclose(np.concatenate(results, 2), expected, rtol=1e-5, atol=1e-6)


def test_a_sequence_that_runs_from_its_end_has_no_state_to_keep(caplog):
    graph = recurrent(LSTMSequence, "reverse")(1)
    assert carry_states(graph) == 0
    assert "leaves 'LSTMSequence' as it is" in caplog.text


def summing(*shape: Dimension, grows: bool = False) -> Graph:
    """total = x + before, or before and x one after another."""
    g = Graph()
    x, before = g.input("x", shape), g.input("before", shape)
    total = g.add(Concat(axis=1), before, x) if grows else g.add(Add(), x, before)
    g.output(total, "total")
    g.output(g.add(Multiply(), total, 2.0), "twice")
    return g


def test_an_input_and_the_output_that_follows_it_become_a_variable():
    graph = summing(1, 2)
    assert make_stateful(graph, {"before": "total"}) == 1
    assert [node.name for node in graph.parameters()] == ["x"]
    results = inferences(graph, [{"x": np.float32([[i, 1]])} for i in range(4)])
    np.testing.assert_array_equal(np.concatenate(results), [[0, 2], [2, 4], [6, 6], [12, 8]])


def test_a_variable_of_unknown_length_is_empty_at_first():
    graph = summing(1, Dim(), grows=True)
    make_stateful(graph, {"before": "total"})
    results = inferences(graph, [{"x": np.float32([[i]])} for i in range(3)])
    assert [result.tolist() for result in results] == [[[0]], [[0, 2]], [[0, 2, 4]]]


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ({"befor": "total"}, "no input 'befor'\nDid you mean 'before'"),
        ({"before": "sum"}, "no output 'sum'"),
        ({}, "has no pairs of names"),
    ],
)
def test_pairs_that_the_model_does_not_have_are_refused(pairs, message):
    with pytest.raises(UsageError, match=message):
        make_stateful(summing(1, 2), pairs)


def test_a_state_keeps_its_element_type():
    g = Graph()
    before = g.input("before", (2,), ElementType.i64)
    g.output(g.add(Convert(destination_type=ElementType.f32), before), "after")
    with pytest.raises(UsageError, match="'before' is i64, and 'after', which"):
        make_stateful(g, {"before": "after"})
