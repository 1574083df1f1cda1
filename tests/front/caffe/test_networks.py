"""The topologies of the public zoo compute what OpenCV computes, with open sizes too."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("cv2")
pytest.importorskip("openvino")

from mo.errors import UnsupportedError
from mo.graph.graph import Graph
from mo.graph.node import Output
from tests.front.caffe.formulas.detection import detections, region, reorg
from tests.front.caffe.formulas.pictures import resample
from tests.front.caffe.formulas.sequences import ctc, lstm
from tests.front.caffe.running import assert_close, by_opencv, convert, run
from tests.models import caffe_networks as networks
from tests.models.caffe import Net
from tests.models.caffe_networks import flow, sequences, single_stage, two_stage


def pictures(net: Net, batch: int = 1, more: int = 0) -> dict[str, np.ndarray]:
    """Numbers for the input "data", and the size of the picture if the net asks for it.

    ``more``: by how much the picture is larger than the net says.
    """
    _, channels, *sizes = net.inputs["data"]
    height, width = (size + more for size in sizes)
    random = np.random.default_rng(1)
    data = random.uniform(-1, 1, (batch, channels, height, width)).astype(np.float32)
    info = {"im_info": np.array([[height, width, 1]], np.float32)}
    return {"data": data, **(info if "im_info" in net.inputs else {})}


def outputs(graph: Graph) -> list[str]:
    values = [node.inputs[0] for node in graph.results()]
    return [list(value.names)[-1] for value in values if isinstance(value, Output)]


def agrees_with_opencv(net: Net, inputs: dict[str, np.ndarray], graph: Graph) -> None:
    results, names = run(graph, inputs), outputs(graph)
    for name, wanted in zip(names, by_opencv(net, inputs, names)):
        if name == "detection_out":
            assert len(detections(wanted)) > 5
            assert_close(detections(results[name]), detections(wanted))
        else:
            assert_close(results[name], wanted)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.heavy if name in networks.DEEP else ())
        for name in (*networks.WHOLE, *networks.DETECTORS)
    ],
)
def test_networks_on_one_image_and_on_any_of_any_size(name: str) -> None:
    net = {**networks.WHOLE, **networks.DETECTORS}[name]()
    agrees_with_opencv(net, pictures(net), convert(net))
    agrees_with_opencv(net, pictures(net, batch=2), convert(net, opened=(0, 2, 3)))


@pytest.mark.parametrize("name", networks.TWO_STAGE)
def test_two_stage_detectors(name: str) -> None:
    """OpenCV proposes regions for one image at a time; the regions of several follow each other."""
    net = networks.TWO_STAGE[name]()
    agrees_with_opencv(net, pictures(net), convert(net))
    graph = convert(net, opened=(0, 2, 3))
    inputs = pictures(net, batch=2, more=32)
    results, names = run(graph, inputs), outputs(graph)
    for i in range(2):
        image = {**inputs, "data": inputs["data"][i : i + 1]}
        for name, wanted in zip(names, by_opencv(net, image, names)):
            assert_close(results[name][i * len(wanted) : (i + 1) * len(wanted)], wanted)


def test_proposals_of_a_python_layer() -> None:
    """py-faster-rcnn's layer with its settings for testing is the library's layer."""
    python, library = two_stage.faster_rcnn("zf", python=True), two_stage.faster_rcnn("zf", 300)
    inputs = pictures(library)
    results = run(convert(library), inputs)
    for name, array in run(convert(python), inputs).items():
        assert_close(array, results[name])


def hidden_layers(net: Net, inputs: dict[str, np.ndarray], *names: str) -> list[np.ndarray]:
    """What OpenCV computes up to these layers, the first that it does not know left out."""
    text = net.text
    trunk = Net()
    end = text.index(f'  name: "{names[-1]}"')
    trunk.text = text[: text.index("layer {", end)] if "layer {" in text[end:] else text
    trunk.weights = net.weights
    return by_opencv(trunk, inputs, names)


def test_recurrent_text_detector() -> None:
    net = sequences.ctpn()
    image = pictures(net)
    going = np.ones((6, 2), np.float32)
    going[0] = 0
    columns = hidden_layers(net, image, "rows")[0]
    w, b = net.weights["scores"]
    expected = lstm(columns, going, *net.weights["lstm"]) @ w.T + b
    inputs = {**image, "going": going}
    assert_close(run(convert(net), inputs)["scores"], expected)
    assert_close(run(convert(net, opened=(3,)), inputs)["scores"], expected)


@pytest.mark.parametrize(("opened", "batch"), [((), 1), ((3,), 1), ((0, 1, 3), 2)])
def test_recurrent_text_reader(opened: tuple[int, ...], batch: int) -> None:
    net = sequences.crnn()
    image = pictures(net, batch)
    going = np.ones((24, batch), np.float32)
    going[0] = 0
    x = hidden_layers(net, image, "columns")[0]
    for layer in ("lstm0", "lstm1"):
        x = lstm(x, going, *net.weights[layer])
    w, b = net.weights["scores"]
    expected = ctc(merge=True)(x @ w.T + b, going)
    assert (expected >= 0).sum() > 1
    found = run(convert(net, opened), {**image, "going": going})["text"]
    np.testing.assert_array_equal(found, expected)


def test_yolo_v2() -> None:
    net = single_stage.yolo_v2()
    inputs = pictures(net, batch=2)
    passed, deep = hidden_layers(net, inputs, "passed", "deep")
    head = Net(("joined", (1, passed.shape[1] * 4 + deep.shape[1], *deep.shape[2:])))
    head.text += net.text[net.text.index("layer {", net.text.index('top: "concat')) :]
    joined = next(line for line in net.text.splitlines() if 'top: "concat' in line).split('"')[1]
    head.text = head.text.replace(f'bottom: "{joined}"', 'bottom: "joined"')
    head.weights = net.weights
    x = np.concatenate([reorg(2)(passed), deep], 1)
    raw = hidden_layers(head, {"joined": x}, "raw")[0]
    expected = region(3, 5, softmax=True)(raw)
    first = {"data": inputs["data"][:1]}
    assert_close(run(convert(net), first)["regions"], expected[:1])
    assert_close(run(convert(net, opened=(0, 2, 3)), inputs)["regions"], expected)


@pytest.mark.parametrize("matched", [False, True])
def test_optical_flow(matched: bool) -> None:
    """OpenCV computes what is between the resamplings, one pair of pictures at a time."""
    net, trunk = flow.flownet(matched), flow.trunk(matched)
    end = list(trunk.weights)[-1]
    name = list(net.weights)[-1]
    weights, bias = net.weights[name]

    def expected(pair: dict[str, np.ndarray]) -> np.ndarray:
        adapted, wanted = (resample(*size, "LINEAR", False) for size in (flow.ADAPTED, flow.WANTED))
        prepared = {name: adapted(x / 255 - flow.MEAN) for name, x in pair.items()}
        y = wanted(20 * by_opencv(trunk, prepared, [end])[0])
        return np.einsum("oi,nihw->nohw", weights[:, :, 0, 0], y) + bias.reshape(-1, 1, 1)

    colours = np.random.default_rng(2).uniform(0, 255, (2, 2, 3, 83, 150)).astype(np.float32)
    pairs = dict(zip(net.inputs, colours))
    whole = run(convert(net, opened=(0, 2, 3)), pairs)[name]
    for i in range(2):
        one = {name: array[i : i + 1] for name, array in pairs.items()}
        assert_close(whole[i : i + 1], expected(one))
    first = {name: array[:1, :, :70, :140] for name, array in pairs.items()}
    assert_close(run(convert(net), first)[name], expected(first))


def test_unpooling_of_other_forks_is_refused_with_its_name_and_parameters() -> None:
    net = Net(("data", (1, 2, 8, 8)))
    text = "pooling_param { pool: MAX kernel_size: 2 stride: 2 }"
    net.layer("Pooling", "pool", "data", text, tops=["pool", "mask"])
    net.layer("Unpooling", "up", ["pool", "mask"], "unpooling_param { unpool_size: 8 }")
    with pytest.raises(UnsupportedError, match=r"Unpooling, 1 node: 'up', with unpooling_param"):
        convert(net)
