"""Writes networks of the MXNet world with random weights, and what MXNet 1.9.1 computes.

Runs in an environment of its own (Python 3.8, ``pip install mxnet==1.9.1 gluoncv==0.10.5
gluonnlp==0.10.0 numpy==1.19.5 pandas==1.2.5``)::

    python tests/conformance/mxnet_networks.py FOLDER [NAME...]

For each network ``FOLDER/NAME`` gets model-symbol.json, model-0000.params, and io.npz with two
sets of inputs, of other batches where the network allows it, and their outputs.
"""

import base64
import json
import sys
import traceback
import zlib
from pathlib import Path

import mxnet as mx
import numpy as np
from mxnet import gluon

sys.path.insert(0, str(Path(__file__).parent))
import mxnet_symbols

RANDOM = np.random.RandomState(0)
# The Gluon zoo, with the sizes of images that suffice for it.
ZOO = {
    **{f"resnet{depth}_v{v}": 64 for depth in (18, 34, 50, 101, 152) for v in (1, 2)},
    **{f"vgg{depth}{bn}": 64 for depth in (11, 13, 16, 19) for bn in ("", "_bn")},
    **{f"densenet{depth}": 224 for depth in (121, 161, 169, 201)},
    **{f"mobilenet{v}{width}": 64 for v in ("", "v2_") for width in ("1.0", "0.75", "0.5", "0.25")},
    "alexnet": 96,
    "inceptionv3": 299,
    "squeezenet1.0": 224,
    "squeezenet1.1": 224,
}
_CROP = {"base_size": 96, "crop_size": 96}
_CITY = {**_CROP, "height": 96, "width": 96}
# GluonCV: sizes of images, and further arguments.
VISION = {
    "ssd_300_vgg16_atrous_voc": (300, {}),
    "ssd_512_mobilenet1.0_voc": (512, {}),
    "ssd_512_resnet50_v1_voc": (512, {}),
    "yolo3_mobilenet1.0_voc": (96, {}),
    "yolo3_darknet53_voc": (96, {}),
    "faster_rcnn_resnet50_v1b_voc": (160, {}),
    "faster_rcnn_fpn_resnet50_v1b_coco": (160, {}),
    "mask_rcnn_resnet18_v1b_coco": (160, {}),
    "center_net_resnet18_v1b_voc": (128, {}),
    "center_net_resnet18_v1b_dcnv2_voc": (128, {}),
    "simple_pose_resnet18_v1b": (64, {}),
    "mobile_pose_mobilenetv3_small": (64, {}),
    "alpha_pose_resnet101_v1b_coco": (64, {}),
    "fcn_resnet50_ade": (96, _CROP),
    "psp_resnet50_ade": (96, _CROP),
    "deeplab_resnet50_ade": (96, _CROP),
    "danet_resnet50_citys": (96, _CITY),
    "icnet_resnet50_citys": (96, _CITY),
    "fastscnn_citys": (96, _CITY),
    "resnet50_v1d": (64, {}),
    "resnext50_32x4d": (64, {}),
    "se_resnext50_32x4d": (64, {}),
    "senet_154": (64, {}),
    "resnest14": (64, {}),
    "mobilenetv3_small": (64, {}),
    "mobilenetv3_large": (64, {}),
    "xception": (128, {}),
    "googlenet": (224, {}),
    "nasnet_4_1056": (224, {}),
    "hrnet_w18_small_v1_c": (96, {}),
    "dla34": (64, {}),
    "residualattentionnet56": (224, {}),
    "shufflenet_v2": (224, {}),
    "cifar_resnet20_v1": (32, {}),
    "cifar_wideresnet16_10": (32, {}),
}
# Exported with the normalisation of pictures inside, as GluonCV's documentation says.
PREPROCESSED = {"ssd_512_mobilenet1.0_voc": 512, "yolo3_mobilenet1.0_voc": 96}
# So deep that MXNet itself rounds away 1e-4: these are computed in double precision, too.
DEEP = {
    *("fcn_resnet50_ade", "psp_resnet50_ade", "deeplab_resnet50_ade", "danet_resnet50_citys"),
    *("alpha_pose_resnet101_v1b_coco", "senet_154"),
}
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
# Networks for one picture at a time.
_SINGLE = ("rcnn",)


# ---- weights that keep the values of all layers of the order of one


def spread(network):
    """Random numbers for every parameter that is learned.

    Layers that start small for a reason, as those that move boxes, keep what they start with.
    """
    for name, parameter in network.collect_params().items():
        shape = parameter.shape
        if isinstance(parameter.init, mx.init.Normal):
            continue
        if name.endswith("weight") and len(shape) > 1:
            fan = int(np.prod(shape[1:]))
            value = RANDOM.randn(*shape) * (2.0 / fan) ** 0.5
        elif name.endswith(("bias", "beta")):
            value = RANDOM.uniform(-0.3, 0.3, shape)
        elif name.endswith("gamma"):
            value = RANDOM.uniform(0.7, 1.3, shape)
        elif name.endswith(("_mean", "_var")):
            # Of layers within a symbol, where nothing is measured: residuals stay small.
            value = np.full(shape, 2.0 * name.endswith("_var"))
        else:
            continue
        parameter.set_data(mx.nd.array(value))


def normalise(network, feed):
    """Give each BatchNorm the statistics of what it gets."""

    def hook(block, inputs):
        axes = tuple(axis for axis in range(inputs[0].ndim) if axis != block._kwargs["axis"])
        mean = inputs[0].mean(axes)
        moments = (inputs[0] ** 2).mean(axes) - mean**2
        block.running_mean.set_data(mean)
        block.running_var.set_data(mx.nd.maximum(moments, 1e-3))

    handles = []

    def visit(block):
        if isinstance(block, gluon.nn.BatchNorm):
            handles.append(block.register_forward_pre_hook(hook))

    network.apply(visit)
    network(*map(mx.nd.array, feed))
    for handle in handles:
        handle.detach()


# ---- what is written


def flat(value):
    if isinstance(value, (list, tuple)):
        return [part for item in value for part in flat(item)]
    return [value]


def store(folder, names, feeds, run, again=None):
    """The feeds and what ``run`` gives for them; outputs that tell nothing are an error.

    ``again``: what gives outputs for the first that are as good, but not rounded alike.
    """
    arrays = {}
    for number, feed in enumerate(feeds):
        outputs = run(feed)
        for name, array in zip(names, feed):
            arrays[f"{number}:in:{name}"] = array
        for place, array in enumerate(outputs):
            arrays[f"{number}:out:{place}"] = array
        if not all(np.isfinite(array).all() and np.ptp(array) for array in outputs):
            raise ValueError("an output is constant or not finite")
    if again:
        arrays.update((f"0:again:{i}", array) for i, array in enumerate(again(feeds[0])))
    np.savez(str(folder / "io.npz"), **arrays)


def in_double(folder, feed):
    """What a stored network computes in double precision."""
    symbol, *weights = mx.model.load_checkpoint(str(folder / "model"), 0)
    arguments, states = ({k: v.astype("float64") for k, v in part.items()} for part in weights)
    for name, array in feed.items():
        arguments[name] = mx.nd.array(array, dtype="float64")
    return [o.asnumpy() for o in mxnet_symbols.bound(symbol, arguments, states).forward()]


def save(folder, network, feeds, names=("data",), preprocess=False, exactly=False):
    """A Gluon network, hybridised and exported."""
    folder.mkdir(parents=True, exist_ok=True)
    network.hybridize()
    if preprocess:
        from gluoncv.utils import export_block

        size = feeds[0][0].shape[1]
        export_block(str(folder / "model"), network, (size, size, 3), preprocess=True, layout="HWC")
        network = gluon.SymbolBlock.imports(
            str(folder / "model-symbol.json"), ["data"], str(folder / "model-0000.params")
        )
    else:
        network(*map(mx.nd.array, feeds[0]))
        network.export(str(folder / "model"), 0)
    store(
        folder,
        names,
        feeds,
        lambda feed: [o.asnumpy() for o in flat(network(*map(mx.nd.array, feed)))],
        (lambda feed: in_double(folder, dict(zip(names, feed)))) if exactly else None,
    )


def image(batch, size):
    return RANDOM.uniform(-1, 1, (batch, 3, size, size)).astype(np.float32)


# ---- the networks


def zoo(folder, name, size):
    network = gluon.model_zoo.vision.get_model(name)
    prepared(network, image(8, size))
    save(folder, network, [[image(1, size)], [image(2, size)]])


def prepared(network, *feed):
    network.initialize(mx.init.Normal(0.1))
    network(*map(mx.nd.array, feed))
    spread(network)
    normalise(network, feed)


def vision(folder, name, size, arguments, preprocess=False):
    import gluoncv

    try:
        network = gluoncv.model_zoo.get_model(
            name, pretrained=False, pretrained_base=False, **arguments
        )
    except TypeError:
        network = gluoncv.model_zoo.get_model(name, pretrained=False, **arguments)
    second = 1 if any(word in name for word in _SINGLE) else 2
    # Where pictures come down to a point, one of them makes no statistics. What the exported
    # normalisation makes of pictures has a standard deviation of about 1.3.
    prepared(network, image(1 if second == 1 else 8, size) * (2.2 if preprocess else 1))
    feeds = [[image(1, size)], [image(second, size)]]
    if preprocess:
        feeds = [[RANDOM.uniform(0, 255, (n, size, size, 3)).astype("f")] for n in (1, 2)]
    save(folder, network, feeds, preprocess=preprocess, exactly=name in DEEP)


def bert(folder):
    from gluonnlp.model.bert import BERTEncoder, BERTModel

    size = {"units": 64, "hidden_size": 128, "max_length": 32, "num_heads": 4, "num_layers": 3}
    encoder = BERTEncoder(dropout=0.1, activation="gelu", layer_norm_eps=1e-12, **size)
    network = BERTModel(
        encoder,
        vocab_size=200,
        token_type_vocab_size=2,
        units=64,
        embed_size=64,
        use_pooler=True,
        use_decoder=False,
    )
    feeds = [
        [
            RANDOM.randint(0, 200, (batch, 12)).astype("f"),
            RANDOM.randint(0, 2, (batch, 12)).astype("f"),
            RANDOM.randint(3, 13, (batch,)).astype("f"),
        ]
        for batch in (1, 2)
    ]
    prepared(network, *feeds[0])
    save(folder, network, feeds, ("data0", "data1", "data2"))


class Layers(gluon.HybridBlock):
    """Blocks and functions of (F, x), one after the other."""

    def __init__(self, *steps):
        super().__init__()
        with self.name_scope():
            self.steps = []
            for place, step in enumerate(steps):
                made = step() if isinstance(step, type) else step
                if isinstance(made, gluon.Block):
                    self.register_child(made, str(place))
                self.steps.append(made)

    def hybrid_forward(self, F, x):
        for step in self.steps:
            x = step(x) if isinstance(step, gluon.Block) else step(F, x)
        return x


def language_model(folder):
    """The LSTM language model of GluonNLP: embedding, layers of LSTM, decoder."""
    nn, rnn = gluon.nn, gluon.rnn
    network = Layers(
        nn.Embedding(100, 32), rnn.LSTM(48, 2, input_size=32), nn.Dense(100, flatten=False)
    )
    feeds = [[RANDOM.randint(0, 100, (7, batch)).astype("f")] for batch in (1, 2)]
    prepared(network, *feeds[0])
    save(folder, network, feeds)


def time_series(folder):
    nn, rnn = gluon.nn, gluon.rnn
    network = Layers(
        rnn.GRU(20, 2, bidirectional=True, layout="NTC"),
        lambda F, x: F.slice_axis(x, axis=1, begin=-1, end=None),
        nn.Dense(3),
    )
    feeds = [[RANDOM.randn(batch, 9, 5).astype("f")] for batch in (1, 2)]
    prepared(network, *feeds[0])
    save(folder, network, feeds)


def text_reader(folder):
    """OCR: convolutions, LSTM in both directions over the columns, classes and the CTC blank."""
    nn, rnn = gluon.nn, gluon.rnn
    network = Layers(
        nn.Conv2D(16, 3, padding=1, activation="relu"),
        nn.MaxPool2D(2),
        nn.Conv2D(32, 3, padding=1),
        nn.BatchNorm(),
        nn.Activation("relu"),
        nn.MaxPool2D(2),
        lambda F, x: F.transpose(F.reshape(x, (0, -3, -2)), (2, 0, 1)),
        rnn.LSTM(24, 2, bidirectional=True),
        nn.Dense(11, flatten=False),
        lambda F, x: F.softmax(x),
    )
    feeds = [[RANDOM.uniform(-1, 1, (batch, 3, 16, 64)).astype("f")] for batch in (1, 2)]
    prepared(network, *feeds[0])
    save(folder, network, feeds)


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


def symbolic(folder, name):
    """A network of the symbol interface, bound with statistics of its own inputs."""
    symbol, shapes, fixed = mxnet_symbols.NETWORKS[name]()
    folder.mkdir(parents=True, exist_ok=True)
    feeds = [
        [RANDOM.uniform(-1, 1, (batch, *shape)).astype("f") for shape in shapes.values()]
        for batch in (1, 2)
    ]
    arguments, states = mxnet_symbols.weights(symbol, dict(zip(shapes, feeds[0])), fixed, RANDOM)

    def run(feed):
        given = {**arguments, **{name: mx.nd.array(a) for name, a in zip(shapes, feed)}}
        return [o.asnumpy() for o in mxnet_symbols.bound(symbol, given, states).forward()]

    mx.model.save_checkpoint(str(folder / "model"), 0, symbol, arguments, states)
    store(folder, list(shapes), feeds, run)


JOBS = {
    **{f"zoo_{n}": lambda f, n=n, s=s: zoo(f, n, s) for n, s in ZOO.items()},
    **{f"cv_{n}": lambda f, n=n, s=s: vision(f, n, *s) for n, s in VISION.items()},
    **{
        f"cv_{n}_hwc": lambda f, n=n, s=s: vision(f, n, s, {}, preprocess=True)
        for n, s in PREPROCESSED.items()
    },
    **{f"cv_{n}": lambda f, n=n, s=s: integers(f, n, s) for n, s in INTEGERS.items()},
    "nlp_bert": bert,
    "nlp_lstm_lm": language_model,
    "time_series_gru": time_series,
    "ocr_ctc": text_reader,
    **{f"symbol_{n}": lambda f, n=n: symbolic(f, n) for n in mxnet_symbols.NETWORKS},
}


def main(folder, *names):
    for name in names or JOBS:
        path = Path(folder) / name
        if (path / "io.npz").exists():
            continue
        mx.random.seed(0)
        RANDOM.seed(len(name))
        try:
            JOBS[name](path)
            print("built", name, flush=True)
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            words = " ".join(str(error).split())
            print(
                f"FAILED {name} in {last.name}:{last.lineno}: {words[:150]}...{words[-150:]}",
                flush=True,
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
