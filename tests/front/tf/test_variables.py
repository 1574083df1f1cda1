"""Variables of TensorFlow 1 that a run writes, beside sessions run as often.

The first inference finds the values of the checkpoint, the next one what the first has left.
"""

from __future__ import annotations

import functools
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openvino
import pytest
import tensorflow as tf

import mo
from mo.errors import ModelFileError, UnsupportedError
from tests.front.tf.sessions import Session, same
from tests.front.tf.test_frames import rewired
from tests.fuzzing import Mutants
from tests.models.nodes import numbers

v1 = tf.compat.v1
START = np.float32([[1, 2, 3], [4, 5, 6]])


def variable(name: str = "v", start: Any = START, resource: bool = False) -> Any:
    return v1.get_variable(name, initializer=np.asarray(start), use_resource=resource)


def image(*shape: int | None) -> Any:
    return v1.placeholder(tf.float32, shape or (2, 3), "x")


def behind(before: Any, make: Callable[[], Any]) -> Any:
    with tf.control_dependencies([before]):
        return make()


def converted(session: Session, **flags: Any) -> Any:
    meta = session.meta_graph("net")
    return mo.convert_model(input_meta_graph=meta, output=named(session), **flags)


def named(session: Session) -> str:
    return ",".join(tensor.name for tensor in session.outputs)


def agree(folder: Path, build: Callable[[], Any]) -> Any:
    session = Session(folder, build)
    model = converted(session)
    compare(model, session)
    return model


def compare(model: Any, session: Session) -> None:
    """Assert that three inferences give what three runs of a session do."""
    compiled = openvino.Core().compile_model(
        loaded(model), "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
    )
    request = compiled.create_infer_request()
    for array in numbers(3, 2, 3):
        wanted = session.results({"x": array})
        found = request.infer([array][: len(compiled.inputs)])
        for result, expected in zip(found.values(), wanted, strict=True):
            np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-5)


def added() -> Any:
    x = image()
    return variable().assign_add(x) * 2


def subtracted_from_open_sizes() -> Any:
    x = image(None, 3)
    return variable().assign_sub(x) * 2


def assigned() -> Any:
    x = image()
    v = variable()
    return v.assign(v * 0.5 + x) + 1


def read_before_by_control() -> Any:
    x, v = image(), variable()
    before = v + x
    return [before, behind(before, lambda: v.assign_add(x)) * 1]


def read_behind_by_control() -> Any:
    x, v = image(), variable()
    return behind(v.assign_add(x), lambda: v.read_value() * x)


def read_behind_a_group() -> Any:
    x, v = image(), variable()
    group = tf.group(v.assign_add(x), tf.no_op())
    constant = behind(group, lambda: tf.constant(2.0))
    return behind(constant, lambda: v.read_value() * x)


def several_writes() -> Any:
    x, v = image(), variable()
    first = v.assign_add(x)
    middle = first * 3
    second = behind(middle, lambda: v.assign_sub(x * x))
    third = behind(second, lambda: v.assign(v.read_value() * 0.25))
    return [middle, third + x]


def writes_of_what_was_written() -> Any:
    x = image()
    return v1.assign_sub(v1.assign_add(variable(), x), x * x) + 1


def references_given_out() -> Any:
    """Memory is as the last write has left it."""
    x, v = image(), variable()
    read = v.read_value()
    first = behind(read, lambda: v.assign_add(x))
    return [read, first, behind(first, lambda: v.assign_add(x * 2))]


def written_behind_its_output() -> Any:
    x, v = image(), variable()
    y = v * x
    new = v * 0.5 + x
    return behind(behind(y, lambda: v.assign(new)), lambda: tf.identity(y))


def counted() -> Any:
    x, count = image(), variable("count", np.int64(7))
    return tf.cast(count.assign_add(2), tf.float32) * x


def rows() -> Any:
    x, v = image(), variable()
    new = v1.scatter_update(v, [[1]], tf.reshape(x[0], [1, 1, 3]))
    return behind(new, lambda: v1.scatter_add(v, [0, 0], x)) * 1


def elements() -> Any:
    x, v = image(), variable()
    return v1.scatter_nd_sub(v, [[0, 1], [1, 2]], x[0, :2]) * 1


def two_variables() -> Any:
    x, v, w = image(), variable(), variable("w", START * 2)
    new = v.assign_add(w * x)
    return behind(new, lambda: w.assign(new * 0.5)) + x


def resource() -> Any:
    x, v = image(), variable(resource=True)
    read = v.read_value()
    first = behind(read, lambda: v.assign_add(x, read_value=False))
    second = behind(first, lambda: v.assign_sub(x * x, read_value=False))
    return [read, behind(second, v.read_value)]


GRAPHS = [several_writes, references_given_out, counted, resource]
MORE_GRAPHS = [
    added,
    subtracted_from_open_sizes,
    assigned,
    read_before_by_control,
    read_behind_by_control,
    read_behind_a_group,
    writes_of_what_was_written,
    written_behind_its_output,
    rows,
    elements,
    two_variables,
]


def name_of(given: Any) -> str:
    return getattr(given, "__name__", "")


@pytest.mark.parametrize("build", GRAPHS, ids=name_of)
def test_runs(build: Callable[[], Any], tmp_path: Path) -> None:
    agree(tmp_path, build)


@pytest.mark.heavy
@pytest.mark.parametrize("build", MORE_GRAPHS, ids=name_of)
def test_more_runs(build: Callable[[], Any], tmp_path: Path) -> None:
    agree(tmp_path, build)


# ---- what is left out, and what is refused


def test_a_write_that_no_output_waits_for_is_left_out(tmp_path: Path) -> None:
    def build() -> Any:
        x, v = image(), variable()
        v.assign_add(x)
        return v * x

    assert not states(agree(tmp_path, build))


def test_a_write_of_what_no_output_reads_is_left_out(tmp_path: Path) -> None:
    def build() -> Any:
        x, mean = image(), variable()
        return behind(mean.assign(mean * 0.9 + x), lambda: tf.identity(x * 2))

    assert not states(agree(tmp_path, build))


def test_what_is_written_before_it_is_read_is_no_state(tmp_path: Path) -> None:
    def build() -> Any:
        x, v = image(), variable()
        return behind(v.assign(x * 2), lambda: v.assign_add(x)) * 3

    assert not states(agree(tmp_path, build))


def states(model: Any) -> list[Any]:
    return [op for op in loaded(model).get_ops() if op.get_type_name() == "ReadValue"]


def loaded(model: Any) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        xml, _ = model.save(Path(folder) / "net.xml")
        core = openvino.Core()
        core.set_property({"ENABLE_MMAP": False})
        return core.read_model(xml)


def race() -> Any:
    x, v = image(), variable()
    return [v.assign_add(x) * 2, v * x]


def race_of_writes() -> Any:
    x, v = image(), variable()
    both = tf.group(v.assign_add(x), v.assign(x))
    return behind(both, lambda: v * 1)


def a_view_used_behind_a_write() -> Any:
    x, v = image(), variable()
    view = tf.reshape(v, [6])
    new = behind(view, lambda: v.assign_add(x))
    return behind(new, lambda: view * 2)


def a_write_in_a_branch() -> Any:
    x, v = image(), variable()
    return tf.cond(tf.reduce_sum(x) > 0, lambda: v.assign_add(x), lambda: v + 0) * 2


def a_read_behind_a_branch() -> Any:
    x, v = image(), variable()
    new = tf.cond(tf.reduce_sum(x) > 0, lambda: v.assign(x) + 0, lambda: v + 0)
    return behind(new, lambda: v * 2)


def a_write_in_a_loop() -> Any:
    x, v = image(), variable()

    def step(i: Any, y: Any) -> Any:
        return i + 1, y + v.assign(v * 0.5 + x)

    return tf.while_loop(lambda i, y: i < 3, step, (0, x))[1]


def another_shape() -> Any:
    x, v = image(), variable()
    return v1.assign(v, tf.concat([v, x], 0), validate_shape=False) * 2


def a_counter_with_an_end() -> Any:
    count = variable("count", np.int32(0))
    return tf.cast(v1.count_up_to(count, 9), tf.float32) * image()


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (race, "run in an order that the model does not tell"),
        (race_of_writes, "run in an order that the model does not tell"),
        (a_view_used_behind_a_write, "as it was read before a write"),
        (a_write_in_a_branch, "changes in a branch"),
        (a_read_behind_a_branch, "changes in a branch"),
        (a_write_in_a_loop, "changes in a branch, in a loop"),
        (another_shape, r"the variable 'v' \[2,3\] becomes \[4,3\]"),
        (a_counter_with_an_end, "in a way that has no form in the IR"),
    ],
    ids=name_of,
)
def test_refused(build: Callable[[], Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match=words):
        converted(Session(tmp_path, build))


def normalised(is_training: Any) -> Any:
    """Statistics that training moves in a branch, and inference reads in the other."""
    x, mean = image(), variable()

    def trained() -> Any:
        moved = mean.assign_sub((mean - x) * 0.1)
        return behind(moved, lambda: x * 2)

    return tf.cond(is_training, trained, lambda: x - mean) + 1


def test_statistics_of_a_frozen_branch(tmp_path: Path) -> None:
    def build() -> Any:
        return normalised(v1.placeholder(tf.bool, [], "training"))

    session = Session(tmp_path, build)
    x = numbers(2, 3)
    for flags in (
        {"freeze_placeholder_with_value": "training->False"},
        {"input": "x,training->False"},
    ):
        model = converted(session, **flags)
        assert not states(model)
        compiled = openvino.Core().compile_model(loaded(model), "CPU")
        wanted = session.results({"x": x, "training": False})
        same(compiled, wanted, [x])


def test_what_a_branch_writes_unread_is_forgotten_and_told(tmp_path: Path) -> None:
    def build() -> Any:
        return normalised(v1.placeholder(tf.bool, [], "training"))

    session = Session(tmp_path, build)
    model = converted(session)
    assert not states(model)
    x = numbers(2, 3)
    compiled = openvino.Core().compile_model(loaded(model), "CPU")
    for training in (False, True):
        feeds = {"x": x, "training": np.asarray(training)}
        found = compiled({name: feeds[name] for name in feeds})
        wanted = Session(tmp_path, build).results(feeds)
        np.testing.assert_allclose(found[0], wanted[0], rtol=1e-5)


def test_a_state_that_is_an_input_is_none(tmp_path: Path) -> None:
    """As lm_1b is documented: its states are fed, and read from further outputs."""
    session = Session(tmp_path, written_behind_its_output)
    flags = {"input": "x,v/read"}
    meta = session.meta_graph("net")
    model = mo.convert_model(input_meta_graph=meta, output=session.outputs[0].name, **flags)
    assert not states(model)
    x, state = numbers(2, 2, 3)
    compiled = openvino.Core().compile_model(loaded(model), "CPU")
    np.testing.assert_allclose(compiled([x, state])[0], x * state, rtol=1e-5)


def saved_model(session: Session) -> Any:
    folder = session.folder / "saved"
    x = session.graph.get_tensor_by_name("x:0")
    outputs = {f"y{i}": tensor for i, tensor in enumerate(session.outputs)}
    with session.graph.as_default():
        v1.saved_model.simple_save(session.session, str(folder), {"x": x}, outputs)
    return mo.convert_model(saved_model_dir=folder)


def graph_and_checkpoint(session: Session) -> Any:
    checkpoint = session.checkpoint("net")
    return mo.convert_model(session.plain(), input_checkpoint=checkpoint, output=named(session))


def frozen(session: Session) -> Any:
    return mo.convert_model(session.frozen(), output=named(session))


@pytest.mark.heavy
@pytest.mark.parametrize("form", [saved_model, graph_and_checkpoint, frozen])
@pytest.mark.parametrize("build", [several_writes, read_behind_a_group])
def test_forms_of_files(
    form: Callable[[Session], Any], build: Callable[[], Any], tmp_path: Path
) -> None:
    session = Session(tmp_path, build)
    compare(form(session), session)


# ---- damaged files


@functools.cache
def written_often() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return Session(Path(folder), several_writes).frozen().read_bytes()


class TestWritesWithWrongConnections(Mutants):
    few = 30

    def prepare(self, number: int, folder: Path) -> Callable[[], object]:
        path = folder / "damaged.pb"
        path.write_bytes(rewired(written_often(), random.Random(number)))
        return lambda: mo.convert_model(path, output="mul,add")


def test_a_graph_that_writes_without_end(tmp_path: Path) -> None:
    graph = v1.GraphDef()
    with v1.Graph().as_default() as built:
        tf.add_n([image() * 1, variable()])
    graph.CopyFrom(built.as_graph_def())
    last = "v"
    for number in range(6000):
        last = graph.node.add(name=f"w{number}", op="AssignAdd", input=[last, "x"]).name
    graph.node.add(name="y", op="Neg", input=[last])
    path = tmp_path / "long.pb"
    path.write_bytes(graph.SerializeToString())
    with pytest.raises(ModelFileError, match="6001 of its nodes read and write variables"):
        mo.convert_model(path, output="y")
