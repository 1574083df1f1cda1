"""The graph: building, connecting, removing, asking, showing."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from extensions.ops.activation import ReLU, Sigmoid
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat, Split, Transpose
from extensions.ops.shaping import Reshape, ShapeOf
from mo.errors import ConversionError, InferenceError
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.op import Constant, Parameter
from mo.graph.shape import Dim
from mo.graph.show import show
from mo.graph.tensor import MappedFile


def test_it_is_a_networkx_graph_of_operations_and_uses():
    g = Graph()
    x = g.input("x", (1, 4))
    first, second = g.add_multi(Split(num_splits=2), x, 1, name="halves")
    y = g.add(Concat(axis=1), second, second, first, name="y")
    edges = g.get_edge_data("halves", "y").values()
    assert sorted((e["out"], e["in"]) for e in edges) == [(0, 2), (1, 0), (1, 1)]
    assert nx.is_directed_acyclic_graph(g)
    assert y.shape == (1, 6)


def test_types_are_known_as_soon_as_a_node_exists():
    g = Graph()
    n = Dim()
    y = g.add(ReLU(), g.input("x", (n, 3), ElementType.f16))
    assert y.shape[0] is n
    assert y.dtype is ElementType.f16


def test_constants_are_folded_as_they_are_added():
    g = Graph()
    y = g.add(Add(), g.constant(np.float32([1, 2])), 0.5)
    assert y.value().tolist() == [1.5, 2.5]


def test_large_constants_are_computed_only_when_written():
    g = Graph()
    weights = g.constant(np.ones((256, 256), np.float32))
    assert g.add(Multiply(), weights, 2.0).constant.is_lazy


def test_folding_does_not_blow_up_the_weights():
    g = Graph()
    tall, wide = g.constant(np.ones((4096, 1), np.float32)), g.constant(np.ones(4096, np.float32))
    assert not g.add(Add(), tall, wide).is_constant


def test_sizes_travel_through_shape_arithmetic():
    g = Graph()
    n = Dim()
    x = g.input("x", (n, 8, 2, 2))
    batch = g.add(Gather(), g.add(ShapeOf(), x), [0], g.constant(np.int64(0)))
    y = g.add(Reshape(), x, g.add(Concat(axis=0), batch, [-1]))
    assert y.shape[0] is n
    assert y.shape[1] == 32


def test_static_shape_arithmetic_becomes_a_constant():
    g = Graph()
    x = g.input("x", (2, 8))
    assert g.add(ShapeOf(), x).value().tolist() == [2, 8]


def test_a_contradiction_names_operation_and_types():
    g = Graph()
    with pytest.raises(InferenceError, match=r"Add\(f32\[2\], f32\[3\]\)"):
        g.add(Add(), g.input("a", (2,)), g.input("b", (3,)))


def test_replacing_moves_uses_and_tensor_names():
    g = Graph()
    x = g.input("x", (1,))
    old = g.add(ReLU(), x)
    old.names["activated"] = None
    g.output(old, "y")
    new = g.add(Sigmoid(), x)
    g.replace(old, new)
    g.discard(old.node)
    assert list(new.names) == ["activated", "y"]
    assert show(g) == "x: Parameter f32[1]\nSigmoid: Sigmoid(x)"
    assert set(g.nodes) == {"x", "Sigmoid", "y/sink_port_0"}


def test_learning_more_of_a_shape_reaches_what_reads_it():
    g = Graph()
    x = g.input("x", (Dim(), 3))
    old = g.add(ReLU(), x)
    reader = g.add(Sigmoid(), old)
    g.replace(old, g.add(ReLU(), g.input("z", (5, 3))))
    assert reader.shape == (5, 3)


def test_learning_more_of_a_shape_settles_what_is_computed_from_it():
    g = Graph()
    n = Dim()
    loose = g.add(ReLU(), g.input("x", (n, 3)))
    size = g.add(Gather(), g.add(ShapeOf(), loose), [0], np.int64(0))
    end = g.output(g.add(Add(), size, 1))
    g.replace(loose, g.add(ReLU(), g.input("y", (4, 3))))
    assert end.inputs[0].value().tolist() == [5]


def test_removing_takes_along_what_only_that_node_needed():
    g = Graph()
    x = g.input("x", (1,))
    y = g.add(ReLU(), g.add(Add(), x, 1.0))
    assert g.discard(y.node) == 3
    assert list(g.nodes) == ["x"]
    assert g.nodes_of(Constant) == []


def test_what_is_read_is_not_removed():
    g = Graph()
    y = g.add(ReLU(), g.input("x", (1,)))
    g.output(y, "y")
    assert g.discard(y.node) == 0


def test_nodes_are_found_by_operation_in_order_of_making():
    g = Graph()
    x = g.input("x", (1,))
    a = g.add(ReLU(), x)
    b = g.add(Sigmoid(), a)
    c = g.add(ReLU(), b)
    assert g.nodes_of(ReLU) == [a.node, c.node]
    assert g.nodes_of(Sigmoid, ReLU) == [a.node, b.node, c.node]
    assert g.nodes_of(Parameter) == [x.node]


def test_a_changed_operation_keeps_its_place():
    g = Graph()
    x, y = g.input("x", (1,)), g.input("y", (1,))
    g.set_op(x.node, Parameter(shape=(2,), element_type=ElementType.i8))
    assert g.nodes_of(Parameter) == [x.node, y.node]
    assert x.dtype is ElementType.i8


def test_order_puts_each_node_behind_its_inputs_and_constants_before_their_reader():
    g = Graph()
    x = g.input("x", (1,))
    late = g.constant(np.float32([1]), name="late")
    y = g.add(Add(), g.add(ReLU(), x, name="relu"), late, name="sum")
    g.output(y, "y")
    assert [n.name for n in g.topological()] == ["x", "relu", "late", "sum", "y/sink_port_0"]


def test_a_cycle_is_named():
    g = Graph()
    x = g.input("x", (1,))
    a = g.add(Add(), x, x, name="a")
    b = g.add(ReLU(), a, name="b")
    g.output(b, "y")
    g.set_input(a.node, 1, b)
    with pytest.raises(ConversionError, match="cycle: b -> a -> b"):
        g.topological()


def test_names_stay_unique():
    g = Graph()
    x = g.input("x", (1,))
    assert [g.add(ReLU(), x).node.name for _ in range(3)] == ["ReLU", "ReLU_1", "ReLU_2"]


def test_a_graph_is_shown_a_line_per_node():
    g = Graph()
    x = g.input("image", (1, Dim()))
    y = g.add(Concat(axis=1), x, g.add(Multiply(), x, 0.25, name="half"), name="both")
    g.output(y, "y")
    assert show(g, types=True).splitlines() == [
        "image: Parameter f32[1,?]",
        "half: Multiply(image, 0.25) -> f32[1,?]",
        "both: Concat(image, half) axis=1 -> f32[1,?]",
    ]


def test_numbers_are_of_the_type_of_their_neighbour_and_ints_are_indices():
    g = Graph()
    x = g.input("x", (2,), ElementType.f16)
    assert g.add(Add(), x, 1.0).node.inputs[1].dtype is ElementType.f16
    assert g.add(Reshape(), x, [1, 2]).node.inputs[1].dtype is ElementType.i64


def test_computed_constants_let_go_of_the_file(tmp_path, monkeypatch):
    """Weights that are read to compute others do not stay in memory."""
    path = tmp_path / "weights"
    path.write_bytes(np.arange(1 << 16, dtype=np.float32).tobytes())
    file, forgotten = MappedFile(path), []
    monkeypatch.setattr(file, "forget", lambda *place: forgotten.append(place))
    g = Graph()
    weights = g.constant(file.tensor(ElementType.f32, [1 << 16], 0, 1 << 18))
    twice = g.add(Multiply(), weights, 2.0).constant
    assert not forgotten
    assert twice.array[-1] == 2 * ((1 << 16) - 1)
    assert forgotten == [(0, 1 << 18)]


def test_so_do_those_that_are_computed_by_looking_at_the_file_in_another_way(tmp_path, monkeypatch):
    path = tmp_path / "weights"
    path.write_bytes(np.arange(1 << 16, dtype=np.float32).tobytes())
    file, forgotten = MappedFile(path), []
    g = Graph()
    weights = g.constant(file.tensor(ElementType.f32, [1 << 8, 1 << 8], 0, 1 << 18))
    turned = g.add(Transpose(), weights, [1, 0]).constant
    monkeypatch.setattr(file, "forget", lambda *place: forgotten.append(place))
    for values in turned.parts():
        assert values[1] == 1 << 8
        before = len(forgotten)
    assert len(forgotten) > before
