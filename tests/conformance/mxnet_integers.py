"""Networks of integers of GluonCV. Runs in the environment of ``mxnet_networks.py``."""

import base64
import json
import zlib
from pathlib import Path

import mxnet as mx
import mxnet_symbols
import numpy as np
from mxnet_building import RANDOM, image, store

_MAPS = ("fcn", "psp", "deeplab")
_POSES = ("18_v1b", "50_v1b", "50_v1d", "101_v1b", "101_v1d")
# Networks of integers whose symbols are part of GluonCV, calibrated for weights that are not.
INTEGERS = {
    "mobilenet1.0_int8": 224,
    "resnet50_v1_int8": 224,
    "ssd_300_vgg16_atrous_voc_int8": 300,
    "ssd_512_mobilenet1.0_voc_int8": 512,
    "ssd_512_resnet50_v1_voc_int8": 512,
    "ssd_512_vgg16_atrous_voc_int8": 512,
    **{f"{kind}_resnet101_{of}_int8": 480 for kind in _MAPS for of in ("voc", "coco")},
    **{f"simple_pose_resnet{depth}_int8": 256 for depth in _POSES},
    "vgg16_ucf101_int8": 224,
    "inceptionv3_ucf101_int8": 299,
    "resnet18_v1b_kinetics400_int8": 224,
    "resnet50_v1b_kinetics400_int8": 224,
    "inceptionv3_kinetics400_int8": 299,
}


def integers(folder, name, size):
    """A network of integers with random weights that reach as far as it is calibrated for."""
    folder.mkdir(parents=True, exist_ok=True)
    text = _symbol_of_integers(name)
    (folder / "model-symbol.json").write_text(text)
    symbol = mx.sym.load_json(text)
    one = _pictures(symbol)
    inferred, _, auxiliary = symbol.infer_shape(data=(one, 3, size, size))
    states = symbol.list_auxiliary_states()
    shapes = dict(zip(symbol.list_arguments(), inferred), **dict(zip(states, auxiliary)))
    del shapes["data"]
    values = {**_other_weights(name, shapes), **_calibrated_weights(symbol, shapes)}
    arrays = {key: mx.nd.array(value) for key, value in values.items()}
    kinds = {key: "aux:" if key in states else "arg:" for key in arrays}
    mx.nd.save(str(folder / "model-0000.params"), {kinds[k] + k: a for k, a in arrays.items()})
    own = {key: arrays.pop(key) for key in states}

    def run(feed):
        given = {**arrays, "data": mx.nd.array(feed[0])}
        return [o.asnumpy() for o in mxnet_symbols.bound(symbol, given, own).forward()]

    def again(feed):
        signs = RANDOM.choice([-1, 1], feed[0].shape)
        return run([(feed[0] * (1 + 1e-6 * signs)).astype("f")])

    store(folder, ["data"], [[image(one, size)], [image(2 * one, size)]], run, again)


def _pictures(symbol):
    """How many pictures make one result: a network of actions takes the mean of a clip's."""
    shapes = [
        n["attrs"]["shape"] for n in json.loads(symbol.tojson())["nodes"] if n["op"] == "Reshape"
    ]
    clips = [shape for shape in shapes if shape.startswith("(-1, ")]
    return int(clips[0].split(", ")[1]) if clips else 1


def _symbol_of_integers(name):
    """A file of the library, or packed in one of its modules."""
    from gluoncv.model_zoo.quantized import quantized

    path = Path(quantized.__file__).parent / (name + "-symbol.json")
    if path.exists():
        return path.read_text()
    return zlib.decompress(base64.b64decode(quantized._compressed_int8_json[name])).decode()


def _other_weights(name, shapes):
    """Of layers that compute with floats; anchors are those of the network of floats."""
    found = {
        key: RANDOM.uniform(0.5, 1, shape)
        if key.endswith(("var", "gamma"))
        else RANDOM.randn(*shape) * (2 / max(1, np.prod(shape[1:]))) ** 0.5
        for key, shape in shapes.items()
    }
    anchors = [key for key in shapes if "anchor" in key]
    if anchors:
        import gluoncv

        network = gluoncv.model_zoo.get_model(
            name.replace("_int8", ""), pretrained=False, pretrained_base=False
        )
        network.initialize()
        kept = [p.data().asnumpy() for k, p in network.collect_params().items() if "anchor_" in k]
        found.update(zip(anchors, kept))
    return found


def _calibrated_weights(symbol, shapes):
    """Weights, and statistics of each BatchNorm, by the limits of what goes in and comes out.

    What comes out has a third of the limits for its deviation; scores before a softmax less.
    """
    nodes = json.loads(symbol.tojson())["nodes"]
    seen = {nodes[n["inputs"][0][0]]["name"] for n in nodes if n["op"] == "_contrib_dequantize"}
    seen = seen if any(node["op"] == "softmax" for node in nodes) else ()
    values = {}
    for node in nodes:
        if node["op"] != "_sg_mkldnn_conv":
            continue
        before, after = _limit(nodes, nodes[node["inputs"][0][0]]), _limit(nodes, node)
        after *= 0.1 if node["name"] in seen else 1
        for name in (nodes[place]["name"] for place, *_ in node["inputs"]):
            shape = shapes.get(name)
            if name.endswith("weight"):
                gain = 1 if node["attrs"].get("with_bn") else after / before
                values[name] = RANDOM.randn(*shape) * (2 / np.prod(shape[1:])) ** 0.5 * gain
            elif name.endswith("gamma"):
                values[name] = RANDOM.uniform(0.7, 1.3, shape) * after / 3
            elif name.endswith(("beta", "bias")):
                values[name] = RANDOM.uniform(-0.1, 0.1, shape) * after
            elif name.endswith("var"):
                values[name] = RANDOM.uniform(0.8, 1.2, shape) * (before / 3) ** 2
            elif name.endswith("mean"):
                values[name] = RANDOM.uniform(-0.1, 0.1, shape) * before
    return values


def _limit(nodes, node):
    """The greatest magnitude that a node is calibrated for, or one behind it; else that of data."""
    while node["inputs"] and "max_calib_range" not in node.get("attrs", {}):
        node = nodes[node["inputs"][0][0]]
    if not node["inputs"]:
        return 1.7
    return max(abs(float(node["attrs"][f"{end}_calib_range"])) for end in ("min", "max"))
