"""A network exported to ONNX, converted, and run beside onnxruntime."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime
import openvino as ov

import mo

Feed = dict[str, np.ndarray]
_EXACT = {"INFERENCE_PRECISION_HINT": "f32"}


class Exported(NamedTuple):
    """A model file and inputs of at least two sizes, which one IR has to serve."""

    path: Path
    feeds: Sequence[Feed]


# Writes a network of random weights into a folder.
Builder = Callable[[Path], Exported]


class Figures(NamedTuple):
    """Largest errors, relative to the largest number of each output, and numbers of operations."""

    static: float
    dynamic: float
    operations: int
    of_peer: int | None


def export(
    module: Any, folder: Path, inputs: Sequence[Any], axes: dict[str, dict[int, str]], **more: Any
) -> Path:
    """The network as an ONNX file whose inputs are named by ``axes``, sizes named in it open."""
    import torch

    path = folder / "net.onnx"
    torch.onnx.export(
        module.eval(),
        tuple(inputs),
        path,
        dynamo=False,
        opset_version=more.pop("opset", 17),
        input_names=list(axes),
        dynamic_axes=axes,
        **more,
    )
    return path


def picture(batch: int, height: int, width: int) -> Any:
    """Images of smooth colours and some noise: no place is like another."""
    import torch

    spots = torch.rand(batch, 3, 7, 7)
    smooth = torch.nn.functional.interpolate(spots, (height, width), mode="bicubic")
    return smooth + 0.3 * torch.rand_like(smooth)


def spread(module: Any) -> Any:
    """Statistics and biases that are not those of a network nobody has trained."""
    import torch

    for part in module.modules():
        if hasattr(part, "running_var"):
            part.running_mean.normal_(0, 0.1)
            part.running_var.uniform_(0.5, 1.5)
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.ndim == 1:
                parameter.add_(torch.randn_like(parameter) * 0.05)
    return module


def calibrated(module: Any, run: Callable[[], object]) -> Any:
    """The network with the statistics that its normalisations see in ``run``, about.

    Without them the numbers of a deep network that nobody has trained differ less and less from
    their mean, until they are rounding errors.
    """
    import torch

    norms = [part for part in module.eval().modules() if hasattr(part, "running_var")]
    for norm in norms:
        norm.train()
        norm.momentum = 1.0
    with torch.no_grad():
        spread(module)
        run()
    return module.eval()


def decided(module: Any, image: Any, heads: Callable[[str], float]) -> Any:
    """The network with its last layers scaled, so that its scores have an order.

    Each channel of what they give for ``image`` gets the mean 0 and the deviation that ``heads``
    tells for the layer's name, if it is not 0: rounding then leaves the order of scores alone.
    """
    import torch

    hooks, names = {}, {part: name for name, part in module.named_modules()}

    def scale(layer: Any, inputs: Any, result: Any) -> Any:
        hooks.pop(layer).remove()
        channels = 1 if result.ndim == 4 else result.ndim - 1
        others = [axis for axis in range(result.ndim) if axis != channels]
        mean, factor = result.mean(others), heads(names[layer]) / result.std(others)
        layer.bias.copy_((layer.bias - mean) * factor)
        layer.weight.mul_(factor.reshape(-1, *[1] * (layer.weight.ndim - 1)))
        return layer(*inputs)

    for name, part in module.named_modules():
        if heads(name):
            hooks[part] = part.register_forward_hook(scale)
    with torch.no_grad():
        module.eval()(image)
    return module


def check(exported: Exported) -> Figures:
    """Compare the first feed with static shapes, and all of them with open ones."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(exported.path, options)
    wanted = [session.run(None, feed) for feed in exported.feeds]
    first = exported.feeds[0]
    shapes = ",".join(f"[{','.join(map(str, array.shape))}]" for array in first.values())
    static = _compiled(exported, input=",".join(first), input_shape=shapes)
    dynamic = _compiled(exported)
    errors = [_error(dynamic, feed, results) for feed, results in zip(exported.feeds, wanted)]
    return Figures(
        _error(static, first, wanted[0]),
        max(errors),
        _size(ov.Core().read_model(exported.path.with_suffix(".xml"))),
        _peer_size(exported.path),
    )


def _compiled(exported: Exported, **flags: str) -> Any:
    xml, _ = mo.convert_model(exported.path, **flags).save(exported.path.with_suffix(".xml"))
    return ov.Core().compile_model(xml, "CPU", _EXACT)


def _error(compiled: Any, feed: Feed, wanted: Sequence[np.ndarray]) -> float:
    found = compiled(feed)
    results = [np.asarray(found[port]) for port in compiled.outputs]
    assert len(results) == len(wanted)
    return max(0.0, *(_difference(*pair) for pair in zip(results, wanted)))


def _difference(result: np.ndarray, wanted: np.ndarray) -> float:
    if result.shape != wanted.shape:
        raise AssertionError(f"shape {result.shape}, not {wanted.shape}")
    if not wanted.size:
        raise AssertionError("the network finds nothing; there is nothing to compare")
    gap = np.abs(result.astype(np.float64) - wanted.astype(np.float64)).max()
    return float(gap / max(np.abs(wanted).max(), 1e-6))


def _size(model: ov.Model) -> int:
    """Operations without constants."""
    return sum(op.get_type_name() != "Constant" for op in model.get_ops())


def _peer_size(path: Path) -> int | None:
    """That of what OpenVINO's own converter makes of the file, if it reads it."""
    try:
        return _size(ov.convert_model(path))
    except Exception:
        return None
