"""A network trained for quantisation: TensorFlow's numbers, by integer kernels of the runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")
ov = pytest.importorskip("openvino")

import mo  # noqa: E402

tf1 = tf.compat.v1
fake = tf.quantization
WIDTH = 16


def _network() -> tuple[bytes, np.ndarray, np.ndarray]:
    """Two convolutions, one depthwise, a product; weights by tensor and by channel."""
    rng = np.random.default_rng(0)

    def weights(*shape: int, by_channel: bool = False) -> object:
        values = rng.normal(0, 0.2, shape).astype(np.float32)
        most = np.abs(values).max((0, 1, 2) if by_channel else None)
        quantise = fake.fake_quant_with_min_max_vars
        if by_channel:
            quantise = fake.fake_quant_with_min_max_vars_per_channel
        return quantise(values, -most, most, narrow_range=True)

    def limited(x: object) -> object:
        return fake.fake_quant_with_min_max_args(tf.nn.relu6(x), 0, 6)

    with tf1.Graph().as_default() as graph:
        x = tf1.placeholder(tf.float32, [1, 16, 16, 8], name="x")
        y = fake.fake_quant_with_min_max_args(x, -3, 3)
        bias = rng.normal(0, 0.1, WIDTH).astype(np.float32)
        y = limited(tf.nn.conv2d(y, weights(3, 3, 8, WIDTH), 1, "SAME") + bias)
        y = limited(tf.nn.conv2d(y, weights(3, 3, WIDTH, WIDTH, by_channel=True), 1, "SAME"))
        y = limited(tf.nn.depthwise_conv2d(y, weights(3, 3, WIDTH, 1), [1] * 4, "SAME"))
        y = limited(tf.reduce_mean(y, [1, 2]))
        tf.matmul(y, weights(WIDTH, 10), name="y")
        image = rng.normal(size=(1, 16, 16, 8)).astype(np.float32)
        with tf1.Session(graph=graph) as session:
            return graph.as_graph_def().SerializeToString(), image, session.run("y:0", {x: image})


@pytest.mark.parametrize("packed", [True, False], ids=["bytes", "disable_weights_compression"])
def test_weights_are_bytes_and_kernels_of_integers(tmp_path: Path, packed: bool) -> None:
    data, image, expected = _network()
    (tmp_path / "net.pb").write_bytes(data)
    flags = {} if packed else {"disable_weights_compression": True}
    converted = mo.convert_model(tmp_path / "net.pb", **flags)
    text = str(converted)
    assert (text.count("<i8["), text.count("destination_type=f32")) == (
        (4, 4) if packed else (0, 0)
    )
    xml, _ = converted.save(tmp_path / "net.xml")
    compiled = ov.Core().compile_model(xml, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    np.testing.assert_allclose(compiled([image])[0], expected, atol=1e-6)
    if packed:
        kernels = {
            (kind["layerType"].astype(str), kind["runtimePrecision"].astype(str))
            for kind in (op.get_rt_info() for op in compiled.get_runtime_model().get_ops())
        }
        heavy = {kernel for kernel in kernels if kernel[0] in ("Convolution", "FullyConnected")}
        assert heavy == {("Convolution", "u8"), ("FullyConnected", "u8")}
