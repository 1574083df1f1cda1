"""Patterns match expressions; the rewriter moves uses and names and revisits what changed."""

from __future__ import annotations

import pytest

from extensions.ops.activation import ReLU, Sigmoid, Tanh
from extensions.ops.arithmetic import Add, Multiply, Subtract
from mo.errors import ConversionError
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.show import show
from mo.middle.pattern import any_value, const, match, number
from mo.middle.rewriter import apply, rewrite

x, c = any_value("x"), const("c")


@rewrite(match(Add, x, c))
def add_to_multiply(g, x, c):
    return g.add(Multiply(), x, c)


@rewrite(match(Sigmoid, match(Sigmoid, x)))
def two_sigmoids(g, x):
    return g.add(Sigmoid(), x)


@rewrite(match(ReLU, match(Tanh, x)))
def declines(g, x):
    g.add(Sigmoid(), x)


def chain(op, length):
    g = Graph()
    value = g.input("x", (1,))
    for _ in range(length):
        value = g.add(op(), value)
    g.output(value, "y")
    return g


def test_a_commutative_operation_matches_in_both_orders():
    g = Graph()
    g.output(g.add(Add(), 2.0, g.input("x", (1,)), name="sum"), "y")
    assert apply(g, add_to_multiply) == 1
    assert show(g) == "x: Parameter f32[1]\nsum: Multiply(x, 2.0)"


def test_others_do_not():
    g = Graph()
    g.output(g.add(Subtract(), g.constant(2.0, ElementType.f32), g.input("x", ())), "y")
    assert apply(g, rewrite(match(Subtract, x, c))(lambda g, x, c: x)) == 0


def test_rules_fire_again_on_what_a_rewrite_made():
    g = chain(Sigmoid, 5)
    assert apply(g, two_sigmoids) == 4
    assert len(g.nodes_of(Sigmoid)) == 1


def test_a_rewrite_that_comes_to_no_end_is_named():
    @rewrite(match(Sigmoid, x))
    def again(g, x):
        return g.add(Sigmoid(), g.add(Tanh(), x))

    with pytest.raises(ConversionError, match="The rewrite 'again' comes to no end at '"):
        apply(chain(Sigmoid, 1), again)


def test_a_value_read_from_outside_the_match_stays():
    g = Graph()
    inner = g.add(Sigmoid(), g.input("x", (1,)))
    g.output(g.add(Sigmoid(), inner), "y")
    g.output(inner, "z")
    assert apply(g, two_sigmoids) == 0


def test_the_same_name_must_be_the_same_value():
    rule = rewrite(match(Multiply, x, match(Sigmoid, x)))(lambda g, x: g.add(Tanh(), x))
    g = Graph()
    a, b = g.input("a", (1,)), g.input("b", (1,))
    g.output(g.add(Multiply(), g.add(Sigmoid(), a), b), "y")
    g.output(g.add(Multiply(), g.add(Sigmoid(), b), b), "z")
    assert apply(g, rule) == 1


def test_declining_leaves_nothing_behind():
    g = Graph()
    g.output(g.add(ReLU(), g.add(Tanh(), g.input("x", (1,)))), "y")
    before = show(g)
    assert apply(g, declines) == 0
    assert show(g) == before
    assert g.nodes_of(Sigmoid) == []


def test_the_users_name_goes_to_the_replacement():
    g = Graph()
    y = g.add(Add(), g.input("x", (1,)), 2.0)
    g.rename(y.node, "my_sum")
    y.names["my_tensor"] = None
    g.output(y, "y")
    apply(g, add_to_multiply)
    value = g.results()[0].inputs[0]
    assert value.node.name == "my_sum"
    assert list(value.names) == ["my_tensor", "y"]


def test_nodes_that_are_to_be_kept_are_not_touched():
    g = Graph()
    g.output(g.add(Add(), g.input("x", (1,)), 2.0, name="keep/me"), "y")
    assert apply(g, add_to_multiply, keep=lambda node: node.name.startswith("keep")) == 0


def test_a_rewrite_may_not_change_a_type():
    rule = rewrite(match(Sigmoid, x))(lambda g, x: g.input("other", (7,)))
    g = chain(Sigmoid, 1)
    with pytest.raises(AssertionError, match=r"turns f32\[1\] into f32\[7\]"):
        apply(g, rule)


def test_numbers_match_to_f32_accuracy():
    rule = rewrite(match(Multiply, x, number(1 / 6)))(lambda g, x: g.add(Tanh(), x))
    g = Graph()
    g.output(g.add(Multiply(), g.input("x", (1,)), 0.16666667), "y")
    assert apply(g, rule) == 1
