"""The same suite by OpenVINO's own reader: what a user would lose by coming to us."""

from tests.conformance.onnx_backend import _serve, _with_openvino

if __name__ == "__main__":
    _serve(_with_openvino)
