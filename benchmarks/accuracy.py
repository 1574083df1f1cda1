"""Numbers of image networks of torchvision and timm after a conversion, against onnxruntime.

    python benchmarks/accuracy.py [NAME...]

Each network gets random weights and is exported with an open batch. It is converted with the batch
fixed and open, in f32 and with f16 weights; printed is the largest difference to onnxruntime,
relative to the largest number of the output. Needs torch, torchvision, timm, onnxscript,
onnxruntime and openvino.
"""

from __future__ import annotations

import functools
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

import mo

TORCHVISION = """
    alexnet vgg11_bn vgg16 googlenet inception_v3 squeezenet1_0 densenet121 resnet18 resnet50
    resnext50_32x4d wide_resnet50_2 mobilenet_v2 mobilenet_v3_small mobilenet_v3_large
    efficientnet_b0 efficientnet_v2_s shufflenet_v2_x1_0 regnet_x_400mf regnet_y_400mf
    convnext_tiny vit_b_16 swin_t swin_v2_t mnasnet1_0
"""
TIMM = """
    inception_v4 inception_resnet_v2 mobilenetv1_100 efficientnet_lite0 tf_efficientnet_b0
    deit_tiny_patch16_224 mixer_s32_224 resnetv2_50 dla34 hrnet_w18_small res2net50_26w_4s
    ghostnet_100 xception41 nfnet_f0 coat_lite_tiny levit_128 maxvit_tiny_tf_224 repvgg_a0
    vovnet39a cspdarknet53
"""
TOLERANCE = {"f32": 1e-4, "f16": 1e-2}


def network(name: str) -> Any:
    """A network in inference mode, its batch normalisations with statistics of their own."""
    import torch

    _stand_in_for_compiled_operations()
    import timm
    import torchvision

    torch.manual_seed(0)
    if name in TORCHVISION.split():
        model = torchvision.models.get_model(name, weights=None)
    else:
        model = timm.create_model(name, pretrained=False)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1 and not parameter.any():
                parameter.normal_(0, 0.02)
    return model.eval()


@functools.cache
def _stand_in_for_compiled_operations() -> Any:
    """Let the definitions of torchvision be imported beside a torch it was not compiled for."""
    import torch

    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return library


def exported(name: str, path: Path) -> np.ndarray:
    """Write the network with an open batch; return an input of two images."""
    import torch

    model = network(name)
    config = getattr(model, "default_cfg", {})
    side = config.get("input_size", (3, 224, 224))[-1] if name in TIMM.split() else _side(name)
    image = torch.rand(2, 3, side, side)
    torch.onnx.export(
        model,
        (image,),
        path,
        dynamo=False,
        opset_version=17,
        input_names=["image"],
        dynamic_axes={"image": {0: "batch"}},
    )
    return image.numpy()


def _side(name: str) -> int:
    return {"inception_v3": 299, "swin_v2_t": 256}.get(name, 224)


def computed(path: Path, image: np.ndarray, **flags: Any) -> np.ndarray:
    import openvino

    xml, _ = mo.convert_model(path, **flags).save(path.with_suffix(".xml"))
    compiled = openvino.Core().compile_model(xml, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return np.asarray(compiled([image])[0])


def measure(name: str, folder: Path) -> dict[str, float]:
    import onnxruntime

    path = folder / f"{name}.onnx"
    image = exported(name, path)
    expected = onnxruntime.InferenceSession(path).run(None, {"image": image})[0]
    shapes: dict[str, dict[str, Any]] = {"static": {"input_shape": list(image.shape)}, "open": {}}
    found = {}
    for shape, flags in shapes.items():
        for precision in TOLERANCE:
            result = computed(path, image, compress_to_fp16=precision == "f16", **flags)
            assert result.shape == expected.shape
            error = np.abs(result - expected).max() / np.abs(expected).max()
            found[f"{precision} {shape}"] = float(error)
    return found


def guarded(function: Callable[..., Any], *arguments: Any) -> Any:
    """The result, or the error of a network that its library cannot build or export."""
    try:
        return function(*arguments)
    except Exception as error:
        return error


def main(names: list[str]) -> int:
    warnings.simplefilter("ignore")
    failures = 0
    for name in names or (TORCHVISION + TIMM).split():
        with tempfile.TemporaryDirectory() as folder:
            found = guarded(measure, name, Path(folder))
        if isinstance(found, Exception):
            print(f"{name:24} {type(found).__name__}: {str(found)[:120]}", flush=True)
            failures += 1
            continue
        late = [key for key, error in found.items() if error > TOLERANCE[key[:3]]]
        failures += bool(late)
        row = "  ".join(f"{key} {error:.1e}" for key, error in found.items())
        print(f"{name:24} {row}{'  TOO FAR' if late else ''}", flush=True)
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
