"""Activation functions."""

from __future__ import annotations

from extensions.front.tf.common import converts, maps, number
from extensions.ops import activation as act
from extensions.ops.arithmetic import Add, Divide
from extensions.ops.unary import Abs
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output

maps(
    {
        "Mish": act.Mish,
        "Relu": act.ReLU,
        "Sigmoid": act.Sigmoid,
        "Softplus": act.SoftPlus,
        "Swish": act.Swish,
        "Tanh": act.Tanh,
        "swish_f32": act.Swish,
    }
)

# Klambauer et al. (2017), "Self-Normalizing Neural Networks".
_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772, 1.0507009873554805


@converts("Elu")
def elu(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(act.Elu(alpha=1.0), x)


@converts("Selu")
def selu(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(act.Selu(), x, _SELU_ALPHA, _SELU_SCALE)


@converts("Relu6")
def relu6(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(act.Clamp(min=0.0, max=6.0), x)


@converts("LeakyRelu")
def leaky_relu(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(act.PReLU(), x, float(node.get("alpha", 0.2)))


@converts("Softsign")
def softsign(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Divide(), x, g.add(Add(), g.add(Abs(), x), number(g, 1.0, x.dtype)))


@converts("Softmax")
def softmax(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(act.Softmax(axis=-1 if x.rank is None else x.rank - 1), x)


@converts("LogSoftmax")
def log_softmax(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(act.LogSoftmax(axis=-1 if x.rank is None else x.rank - 1), x)
