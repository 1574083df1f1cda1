"""Writes networks of the MXNet world with random weights, and what MXNet 1.9.1 computes.

Runs in an environment of its own (Python 3.8, ``pip install mxnet==1.9.1 gluoncv==0.10.5
gluonnlp==0.10.0 numpy==1.19.5 pandas==1.2.5``)::

    python tests/conformance/mxnet_networks.py FOLDER [NAME...]

For each network ``FOLDER/NAME`` gets model-symbol.json, model-0000.params, and io.npz with two
sets of inputs, of other batches where the network allows it, and their outputs.
"""

import sys
import traceback
from pathlib import Path

import mxnet as mx
import mxnet_symbols
from mxnet import gluon
from mxnet_building import RANDOM, image, prepared, save, store
from mxnet_integers import INTEGERS, integers
from mxnet_texts import bert, language_model, text_reader, time_series

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
# Networks for one picture at a time.
_SINGLE = ("rcnn",)


def zoo(folder, name, size):
    network = gluon.model_zoo.vision.get_model(name)
    prepared(network, image(8, size))
    save(folder, network, [[image(1, size)], [image(2, size)]])


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
