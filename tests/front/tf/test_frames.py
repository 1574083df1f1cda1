"""Loops and branches of TensorFlow 1: Enter, Exit, NextIteration, LoopCond, Switch, Merge."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from mo.cli.config import Config
from mo.errors import ConversionError
from mo.front.translate import translate
from mo.pipeline.convert import convert
from tests.front.comparing import operations
from tests.front.tf.running import TRANSLATIONS, agree_in_session, in_session, read_message
from tests.fuzzing import Mutants
from tests.models.nodes import numbers

v1 = tf.compat.v1
MODELS = Path(__file__).parent / "models"
X = numbers(3, 4)
YES, NO = np.array(True), np.array(False)


# ---- branches


@pytest.mark.parametrize("condition", [YES, NO])
def test_branches(condition: np.ndarray) -> None:
    def choose(p: Any, x: Any) -> Any:
        return v1.cond(p, lambda: (x + 1, x * 2), lambda: (x - 1, x))

    assert "If" in operations(agree_in_session(choose, condition, X))


@pytest.mark.parametrize("condition", [YES, NO])
def test_branches_without_inputs(condition: np.ndarray) -> None:
    agree_in_session(
        lambda p: v1.cond(p, lambda: tf.constant(1.0), lambda: tf.constant(2.0)), condition
    )


@pytest.mark.parametrize("first", [YES, NO])
@pytest.mark.parametrize("second", [YES, NO])
def test_branches_in_branches(first: np.ndarray, second: np.ndarray) -> None:
    def choose(p: Any, q: Any, x: Any) -> Any:
        def inner(y: Any) -> Any:
            return v1.cond(q, lambda: y * 2, lambda: tf.zeros_like(y) + 5.0)

        return v1.cond(p, lambda: inner(x + 1) + x, lambda: inner(x - 1))

    agree_in_session(choose, first, second, X)


@pytest.mark.parametrize("condition", [YES, NO])
def test_decisions_by_one_condition_one_after_the_other(condition: np.ndarray) -> None:
    def choose(p: Any, x: Any) -> Any:
        for step in range(3):
            x = v1.cond(p, lambda x=x, step=step: x + step, lambda x=x: x * 2)
            x = tf.nn.relu(x)
        return x

    graph = agree_in_session(choose, condition, X)
    assert operations(graph).count("If") == 3


@pytest.mark.parametrize("condition", [YES, NO])
def test_decisions_by_one_condition_side_by_side_are_one(condition: np.ndarray) -> None:
    def choose(p: Any, x: Any) -> Any:
        return [v1.cond(p, lambda k=k: x + k, lambda k=k: x * k) for k in (2.0, 3.0)]

    graph = agree_in_session(choose, condition, X)
    assert operations(graph) == ["If"]


@pytest.mark.parametrize("condition", [YES, NO])
def test_the_opposite_of_a_condition(condition: np.ndarray) -> None:
    def choose(p: Any, x: Any) -> Any:
        return v1.cond(p, lambda: x + 1, lambda: x * 2) + v1.cond(
            tf.logical_not(p), lambda: x - 1, lambda: x * 3
        )

    graph = agree_in_session(choose, condition, X)
    assert operations(graph).count("If") == 1


def test_a_branch_that_is_known_is_put_in_place_and_the_other_one_dropped() -> None:
    def choose(x: Any) -> Any:
        training = v1.placeholder_with_default(False, [], "training")
        return v1.cond(training, lambda: v1.py_func(np.sin, [x], tf.float32), lambda: x + 1)

    assert operations(agree_in_session(choose, X, dynamic=False)) == ["Add"]


@pytest.mark.parametrize("condition", [YES, NO])
def test_which_branch_was_taken(condition: np.ndarray) -> None:
    def choose(p: Any, x: Any) -> Any:
        no, yes = v1.raw_ops.Switch(data=x, pred=p)
        return list(v1.raw_ops.Merge(inputs=[no + 1, yes * 2]))

    agree_in_session(choose, condition, X)


@pytest.mark.parametrize("count", [0, 3])
def test_branches_without_inputs_in_a_loop(count: int) -> None:
    def run(n: Any, x: Any) -> Any:
        def step(i: Any, y: Any) -> Any:
            k = v1.cond(i < 2, lambda: tf.fill([1], 2.0), lambda: tf.constant([3.0]))
            return (y * k + v1.cond(n > 2, lambda: 1.0, lambda: -1.0),)

        return counted(n, step, x)

    agree_in_session(run, np.array(count, np.int32), X)


# ---- loops


def counted(count: Any, step: Any, *start: Any) -> Any:
    """A loop that runs ``count`` times."""
    done = v1.while_loop(lambda i, *_: i < count, lambda i, *v: (i + 1, *step(i, *v)), [0, *start])
    return done[1:]


@pytest.mark.parametrize("count", [0, 1, 6])
def test_a_loop_with_a_computed_end(count: int) -> None:
    def power(n: Any, x: Any) -> Any:
        return counted(n, lambda i, y: (y * x,), x)

    agree_in_session(power, np.array(count, np.int32), X)


def test_a_loop_that_ends_when_its_values_say_so() -> None:
    def halved(x: Any) -> Any:
        return v1.while_loop(lambda y: tf.reduce_max(y) > 1.0, lambda y: y / 2, [x])

    agree_in_session(halved, X * 100)


def test_loops_in_loops() -> None:
    def table(x: Any) -> Any:
        return counted(4, lambda i, y: counted(i, lambda j, z: (z + x * y,), y), x)

    agree_in_session(table, X * 0.5)


def test_a_loop_in_a_loop_that_needs_nothing_of_it() -> None:
    def table(x: Any) -> Any:
        return counted(3, lambda i, y: [y + counted(2, lambda j, z: (z * x,), x)[0]], x)

    agree_in_session(table, X)


def test_loops_side_by_side_and_one_after_the_other() -> None:
    def both(x: Any) -> Any:
        a, b = counted(3, lambda i, y, z: (y + z, z * x), x, x)
        (c,) = counted(2, lambda i, y: (y - a,), b)
        return a, c, counted(2, lambda i, y: (y + x,), x)

    agree_in_session(both, X)


@pytest.mark.parametrize("condition", [YES, NO])
def test_a_branch_in_a_loop(condition: np.ndarray) -> None:
    def run(p: Any, x: Any) -> Any:
        def step(i: Any, y: Any) -> Any:
            odd = v1.cond(tf.equal(i % 2, 1), lambda: y + x, lambda: y * 2)
            return (v1.cond(p, lambda: odd - 1, lambda: odd),)

        return counted(4, step, x)

    agree_in_session(run, condition, X)


@pytest.mark.parametrize("condition", [YES, NO])
def test_a_loop_in_a_branch(condition: np.ndarray) -> None:
    def run(p: Any, x: Any) -> Any:
        return v1.cond(
            p,
            lambda: counted(3, lambda i, y: (y + x,), x)[0],
            lambda: counted(2, lambda i, y: (y * v1.cond(p, lambda: x, lambda: x * 3),), x)[0],
        )

    agree_in_session(run, condition, X)


def test_a_loop_whose_values_grow() -> None:
    def doubled(x: Any) -> Any:
        return v1.while_loop(
            lambda i, y: i < 2,
            lambda i, y: (i + 1, tf.concat([y, y], 0)),
            [0, x],
            shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, None])],
        )[1]

    agree_in_session(doubled, X)


def test_a_condition_that_shares_its_computation_with_the_body() -> None:
    def run(x: Any) -> Any:
        limit = tf.reduce_sum(x) * 4
        return v1.while_loop(
            lambda i, y: tf.logical_and(i < 7, tf.reduce_sum(y * y) < limit + 50),
            lambda i, y: (i + 1, y * 1.5),
            [0, x],
        )

    agree_in_session(run, X)


# ---- lists


def listed(size: Any, shape: Any = None) -> Any:
    return tf.TensorArray(tf.float32, size, element_shape=shape, clear_after_read=False)


def test_what_a_loop_reads_and_writes_in_turn_comes_and_goes_in_slices() -> None:
    def squares(x: Any) -> Any:
        rows, size = listed(tf.shape(x)[0]).unstack(x), tf.shape(x)[0]
        return counted(size, lambda i, out: (out.write(i, rows.read(i) * 2),), listed(size))[
            0
        ].stack()

    graph = agree_in_session(squares, X)
    (loop,) = [node for node in graph.all_nodes() if node.type == "Loop"]
    ports = [*loop.op.body.inputs, *loop.op.body.outputs]
    assert len([port for port in ports if "axis" in port.attributes]) == 2
    inside = [node.type for node in loop.op.body.graph.all_nodes()]
    assert not {"Gather", "ScatterUpdate"} & set(inside)


@pytest.mark.parametrize("start", [0, 2])
def test_a_list_that_is_written_from_behind(start: int) -> None:
    def run(x: Any) -> Any:
        def step(i: Any, out: Any) -> Any:
            return (out.write(5 - i, x * tf.cast(i + start, tf.float32)),)

        return counted(6, step, listed(6))[0].stack()

    agree_in_session(run, X)


def test_a_list_that_is_read_while_it_is_written() -> None:
    def sums(x: Any) -> Any:
        first = listed(5, [3, 4]).write(0, x)

        def step(i: Any, out: Any) -> Any:
            return (out.write(i + 1, out.read(i) + x),)

        return counted(4, step, first)[0].stack()

    agree_in_session(sums, X)


def test_a_list_that_is_written_twice_in_an_iteration() -> None:
    def run(x: Any) -> Any:
        def step(i: Any, out: Any) -> Any:
            return (out.write(2 * i, x).write(2 * i + 1, x * 2),)

        return counted(3, step, listed(6))[0].concat()

    agree_in_session(run, X)


@pytest.mark.parametrize("condition", [YES, NO])
def test_a_list_that_is_written_in_a_branch(condition: np.ndarray) -> None:
    def run(p: Any, x: Any) -> Any:
        def step(i: Any, out: Any) -> Any:
            return (v1.cond(p, lambda: out.write(i, x), lambda: out.write(i, -x)),)

        return counted(3, step, listed(3))[0].stack()

    agree_in_session(run, condition, X)


def test_a_list_of_parts() -> None:
    def run(x: Any) -> Any:
        parts = listed(3).split(x, [1, 1, 1])
        return counted(3, lambda i, y: (y + parts.read(2 - i) * x,), x)[0]

    agree_in_session(run, X)


# ---- damaged graphs


def node(op: str, name: str, *inputs: str, **attributes: Any) -> Any:
    message = v1.NodeDef(op=op, name=name, input=inputs)
    for key, value in {"T": tf.float32, **attributes}.items():
        if isinstance(value, str):
            message.attr[key].s = value.encode()
        else:
            message.attr[key].type = value.as_datatype_enum
    return message


PLACEHOLDER = [node("Placeholder", "x", dtype=tf.float32), node("Placeholder", "p", dtype=tf.bool)]
ENTRY = [node("Enter", "enter", "x", frame_name="f"), node("Merge", "merge", "enter", "next")]
CHOICE = [node("LoopCond", "going", "p"), node("Switch", "switch", "merge", "going")]
NEXT = node("NextIteration", "next", "switch:1")
DAMAGED = {
    "Exit 'y' leaves a loop which nothing entered": [node("Exit", "y", "x")],
    "Merge 'merge' closes a loop which nothing enters there": [
        node("Merge", "merge", "x", "next"),
        *CHOICE,
        NEXT,
        node("Exit", "y", "switch"),
    ],
    "the loop 'f' has no condition": [
        *ENTRY,
        node("NextIteration", "next", "merge"),
        node("Identity", "y", "merge"),
    ],
    "but no condition decides it": [
        *ENTRY,
        node("Switch", "switch", "merge", "p"),
        NEXT,
        node("Exit", "y", "switch"),
    ],
    "lies inside of the loop 'f'": [*ENTRY, *CHOICE, NEXT, node("Identity", "y", "switch:1")],
    "depends on itself, but by no loop": [
        *ENTRY,
        *CHOICE,
        NEXT,
        node("Exit", "y", "switch"),
        node("Enter", "again", "y", frame_name="f"),
        node("Merge", "other", "again", "late"),
        node("Switch", "choice", "other", "going"),
        node("NextIteration", "late", "choice:1"),
        node("Exit", "z", "choice"),
        node("AddV2", "end", "y", "z"),
    ],
    "The graph has a cycle": [node("Identity", "a", "y"), node("Identity", "y", "a")],
    "Output 'y' is there only if 'p' is true": [
        node("Switch", "s", "x", "p"),
        node("Identity", "y", "s:1"),
    ],
    "nothing tells what decides": [node("Merge", "y", "x", "x")],
    "has 1 inputs, not 2": [node("Switch", "s", "x"), node("Identity", "y", "s:1")],
}


@pytest.mark.parametrize("message", DAMAGED)
def test_damaged_graphs_are_refused_in_one_line(message: str) -> None:
    graph = v1.GraphDef(node=[*PLACEHOLDER, *DAMAGED[message]])
    model = read_message(graph)
    model.outputs = ["end" if "itself" in message else "y"]
    with pytest.raises(ConversionError) as refusal:
        translate(model, TRANSLATIONS)
    assert message in refusal.value.message
    assert "\n" not in refusal.value.message


def test_loops_nested_without_end_are_refused() -> None:
    def deep(x: Any, levels: int = 14) -> Any:
        return x * 2 if not levels else counted(2, lambda i, y: (deep(y, levels - 1),), x)[0]

    model, _ = in_session(deep, [X], is_open=False)
    with pytest.raises(ConversionError, match="too deeply"):
        translate(model, TRANSLATIONS)


class TestGraphsWithWrongConnections(Mutants):
    few = 30

    def prepare(self, number: int, folder: Path) -> Callable[[], object]:
        path = folder / "damaged.pb"
        path.write_bytes(rewired((MODELS / "loops.pb").read_bytes(), random.Random(number)))
        return lambda: convert(Config(framework="tf", input_model=path))


def rewired(content: bytes, dice: random.Random) -> bytes:
    """Nodes removed or of another type, inputs exchanged, removed or added."""
    graph = v1.GraphDef()
    graph.ParseFromString(content)
    for _ in range(dice.choice((1, 1, 2, 4, 8))):
        chosen, other = (dice.choice(graph.node) for _ in range(2))
        tensor = other.name + dice.choice(("", ":1", ""))
        match dice.randrange(5):
            case 0:
                graph.node.remove(chosen)
            case 1:
                chosen.op = other.op
            case 2:
                chosen.input.append(tensor)
            case change if chosen.input:
                place = dice.randrange(len(chosen.input))
                if change == 3:
                    del chosen.input[place]
                else:
                    chosen.input[place] = tensor
    return graph.SerializeToString()
