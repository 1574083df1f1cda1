"""Beginnings of model files, made by hand, and the framework they belong to."""

from __future__ import annotations

from tests.models.wire import field

OPSET = field(8, field(2, 13))
NODE = field(1, "conv1") + field(2, "Conv2D") + field(3, "x") + field(5, b"\x0a\x01T")
ONNX = field(1, 8) + field(2, "pytorch") + field(7, field(2, "main")) + OPSET
GRAPH_DEF = field(1, NODE) * 3 + field(4, field(1, 1087))
SAVED_MODEL = field(1, 1) + field(2, field(1, b"") + field(2, GRAPH_DEF))
CAFFE = field(1, "LeNet") + field(100, field(1, "conv") + field(2, "Convolution")) * 2
CAFFE_V1 = field(1, "LeNet") + field(2, field(4, "conv") + field(5, 4)) * 2
MXNET = (0x112).to_bytes(8, "little") + bytes(16)

CONTENTS = [
    (ONNX, "onnx"),
    (field(7, field(2, "main")) + OPSET, "onnx"),
    (field(1, 8) + field(7, b"x" * 9000), "onnx"),
    (ONNX[: len(ONNX) - len(OPSET) - 2], "onnx"),  # cut in the graph
    (GRAPH_DEF, "tf"),
    (field(1, field(1, "w") + field(2, "Const") + field(5, b"x" * 9000)) * 2, "tf"),
    (GRAPH_DEF + field(2, b""), "tf"),
    (field(1, NODE) * 5000, "tf"),
    (SAVED_MODEL, "tf"),
    (CAFFE, "caffe"),
    (CAFFE_V1, "caffe"),
    (field(100, field(1, "conv")), "caffe"),
    (field(1, "net") + field(3, "data") + field(4, 1) * 4 + field(2, field(4, "c")), "caffe"),
    (MXNET, "mxnet"),
    (b"\x1c\0\0\0TFL3", "tflite"),
    (b"\0B<Nnet> ", "kaldi"),
    (b"\0B<TransitionModel> ", "kaldi"),
    (b"<Nnet> <AffineTransform>", "kaldi"),
    (b"<TransitionModel> \n", "kaldi"),
    (b"<Nnet3> \n", "kaldi"),
    (b"# a graph\nnode {\n", "tf"),
    (b'node{name:"x"}', "tf"),
    (b'\n# LeNet\nname: "LeNet"\nlayer {', "caffe"),
    (b"layers {\n", "caffe"),
    (b'input: "data"\n', "caffe"),
    (b"ir_version: 8\n", "onnx"),
    (b'producer_name: "pytorch"\n', "onnx"),
    (b"opset_import {\n", "onnx"),
    (b"<\n  ir_version: 8,", "onnx"),
    (b'<opset_import: ["" : 15]>', "onnx"),
    (b'{\n  "irVersion": "8",', "onnx"),
    (b'{"ir_version": 8,', "onnx"),
    (b'{\n  "nodes": [', "mxnet"),
    (b"", None),
    (b"hello", None),
    (b"\xff" * 50, None),
    (b"\0" * 50, None),
    (b"\x89HDF\r\n\x1a\n", "tf"),
    (b"PK\x03\x04", None),
    (field(1, "a tensor") + field(9, b"data"), None),
    (field(1, 8) + field(2, "pytorch"), None),
]
