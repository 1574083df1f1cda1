"""The topologies of the public Caffe zoo with seeded random weights, narrow and on small images.

The layers, their order, kernels, strides, pads and branches are those of the papers; only the
numbers of channels are divided by ``NARROW``.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.models.caffe_networks import (
    inception,
    mobile,
    pictures,
    plain,
    residual,
    single_stage,
    two_stage,
)
from tests.models.caffe_networks.network import Network

Make = Callable[[], Network]

# Nets whose whole computation OpenCV knows.
WHOLE: dict[str, Make] = {
    "LeNet": plain.lenet,
    "AlexNet": plain.alexnet,
    "CaffeNet": plain.caffenet,
    "NiN": plain.nin,
    "VGG-16": lambda: plain.vgg((2, 2, 3, 3, 3)),
    "VGG-19": lambda: plain.vgg((2, 2, 4, 4, 4)),
    "GoogLeNet": inception.googlenet,
    "ResNet-50": lambda: residual.resnet((3, 4, 6, 3)),
    "ResNet-101": lambda: residual.resnet((3, 4, 23, 3)),
    "ResNet-152": lambda: residual.resnet((3, 8, 36, 3)),
    "SqueezeNet 1.0": lambda: plain.squeezenet("1.0"),
    "SqueezeNet 1.1": lambda: plain.squeezenet("1.1"),
    "DenseNet": residual.densenet,
    "Inception v3": inception.inception_v3,
    "Inception v4": inception.inception_v4,
    "MobileNet v1": mobile.mobilenet_v1,
    "MobileNet v2": mobile.mobilenet_v2,
    "ShuffleNet": mobile.shufflenet,
    "FCN-32s": lambda: pictures.fcn(0),
    "FCN-8s": lambda: pictures.fcn(2),
    "OpenPose": pictures.openpose,
}
DETECTORS: dict[str, Make] = {
    "SSD-300": lambda: single_stage.ssd(300),
    "SSD-512": lambda: single_stage.ssd(512),
    "MobileNet-SSD": single_stage.mobilenet_ssd,
}
TWO_STAGE: dict[str, Make] = {
    "Faster R-CNN VGG": lambda: two_stage.faster_rcnn("vgg"),
    "Faster R-CNN ZF": lambda: two_stage.faster_rcnn("zf"),
    "R-FCN": two_stage.rfcn,
    "PVANet": two_stage.pvanet,
}
# Those that take seconds to convert and run.
DEEP = {"ResNet-101", "ResNet-152", "DenseNet", "Inception v3", "Inception v4", "SSD-512"}
