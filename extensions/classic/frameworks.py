"""What a framework's node is called and how it is described to extensions, by framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from extensions.classic import messages
from mo.classic.attributes import Later
from mo.front.model import SourceNode

# Names that the classic gave operations of every framework, where they differ from the framework's.
_COMMON = {
    "Relu": "ReLU",
    "Neg": "Negative",
    "Ceil": "Ceiling",
    "RealDiv": "Div",
    "Softplus": "SoftPlus",
    "LeakyRelu": "LeakyReLU",
    "Shape": "ShapeOf",
    "ArgMax": "ArgMax",
}
_NAMES: dict[str, dict[str, str]] = {
    "onnx": {
        **_COMMON,
        "Constant": "Const",
        "Flatten": "FlattenONNX",
        "Softmax": "SoftMaxONNX",
        "LogSoftmax": "LogSoftmaxONNX",
        "Gather": "AttributedGather",
        "Pow": "Pow",
        "PRelu": "PReLU",
        "Max": "EltwiseN",
        "Min": "EltwiseN",
        "Sum": "EltwiseN",
        "Mod": "FloorMod",
        "Not": "LogicalNot",
        "And": "LogicalAnd",
        "Or": "LogicalOr",
        "Xor": "LogicalXor",
        "Where": "Select",
        "BatchNormalization": "batchNormInference",
        "MaxPool": "Pooling",
        "AveragePool": "Pooling",
        "GlobalAveragePool": "Pooling",
        "GlobalMaxPool": "Pooling",
        "ConvTranspose": "Deconv2D",
        "Clip": "Clamp",
        "Pad": "ONNXPad",
        "Resize": "ONNXResize11",
        "Unsqueeze": "ExpandDims",
        "Split": "AttributedSplit",
    },
    "tf": {
        **_COMMON,
        "Placeholder": "Parameter",
        "AddV2": "Add",
        "BiasAdd": "Add",
        "ConcatV2": "Concat",
        "Softmax": "SoftMax",
        "Mean": "ReduceMean",
        "Max": "ReduceMax",
        "Min": "ReduceMin",
        "Sum": "ReduceSum",
        "Prod": "ReduceProd",
        "All": "ReduceLogicalAnd",
        "Any": "ReduceLogicalOr",
        "MaxPool": "Pooling",
        "AvgPool": "Pooling",
        "BatchMatMul": "MatMul",
        "BatchMatMulV2": "MatMul",
        "ResizeBilinear": "TFResize",
        "ResizeNearestNeighbor": "TFResize",
        "GatherV2": "Gather",
        "Slice": "TFSlice",
        "Pad": "TFPad",
        "PadV2": "TFPad",
        "Split": "Split",
        "SplitV": "VariadicSplit",
        "Relu6": "AttributedClamp",
        "Select": "Select",
        "SelectV2": "Select",
        "FusedBatchNormV2": "FusedBatchNorm",
        "FusedBatchNormV3": "FusedBatchNorm",
        "Conv2DBackpropInput": "Deconv2D",
        "ExpandDims": "ExpandDims",
    },
    "caffe": {
        "InnerProduct": "FullyConnected",
        "Softmax": "SoftMax",
        "TanH": "Tanh",
        "Power": "AttributedPower",
        "ReLU6": "AttributedClamp",
        "Scale": "ScaleShift",
        "Slice": "CaffeSlice",
        "Split": "Identity",
        "Dropout": "Dropout",
        "LRN": "AttributedLRN",
        "Pooling": "Pooling",
        "MVN": "MVNCaffe",
        "Reshape": "Reshape",
    },
    "mxnet": {
        "FullyConnected": "FullyConnected",
        "elemwise_add": "Add",
        "elemwise_mul": "Mul",
        "elemwise_sub": "Sub",
        "elemwise_div": "Div",
        "broadcast_add": "Add",
        "broadcast_mul": "Mul",
        "broadcast_sub": "Sub",
        "broadcast_div": "Div",
        "softmax": "SoftMax",
        "SoftmaxOutput": "SoftMax",
        "transpose": "Transpose",
        "sigmoid": "Sigmoid",
        "tanh": "Tanh",
        "relu": "ReLU",
        "exp": "Exp",
        "BatchNorm": "FusedBatchNorm",
        "Flatten": "Flatten",
    },
    "kaldi": {},
}


def _onnx(node: SourceNode) -> dict[str, Any]:
    return {"pb": Later(lambda: messages.OnnxNode(node)), "fw_opset": node.opset}


def _tf(node: SourceNode) -> dict[str, Any]:
    return {"pb": Later(lambda: messages.TfNode(node))}


def _caffe(node: SourceNode) -> dict[str, Any]:
    found: dict[str, Any] = {"pb": Later(lambda: messages.CaffeLayer(node)), "model_pb": None}
    if node.attributes.get("blobs"):
        found["model_pb"] = Later(lambda: messages.CaffeLayer(node))
    if node.domain == "Python":
        found["python_layer"] = node.type
    return found


def _mxnet(node: SourceNode) -> dict[str, Any]:
    return {"symbol_dict": Later(lambda: messages.symbol_of(node))}


def _kaldi(node: SourceNode) -> dict[str, Any]:
    return {"parameters": dict(node.attributes)}


_DESCRIPTIONS: Mapping[str, Callable[[SourceNode], dict[str, Any]]] = {
    "onnx": _onnx,
    "tf": _tf,
    "caffe": _caffe,
    "mxnet": _mxnet,
    "kaldi": _kaldi,
}


def describe(framework: str) -> Callable[[SourceNode], dict[str, Any]]:
    """The function that gives the classic's attributes of the framework's nodes."""
    names, describe_node = _NAMES[framework], _DESCRIPTIONS[framework]

    def attributes(node: SourceNode) -> dict[str, Any]:
        return {"op": names.get(node.type, node.type), **describe_node(node)}

    return attributes
