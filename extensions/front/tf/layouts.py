"""Whether a model lays images out with their channels last."""

from __future__ import annotations

import logging

from mo.cli.config import Config
from mo.front.model import Model

log = logging.getLogger("mo.tf")

# Operations that say it of their images; absent means channels last.
_BOUND = {
    "AvgPool",
    "AvgPool3D",
    "Conv2D",
    "Conv2DBackpropInput",
    "Conv3D",
    "Conv3DBackpropInputV2",
    "DepthToSpace",
    "DepthwiseConv2dNative",
    "FusedBatchNorm",
    "FusedBatchNormV2",
    "FusedBatchNormV3",
    "MaxPool",
    "MaxPool3D",
    "SpaceToDepth",
}


def channels_last(model: Model, config: Config) -> bool:
    """As most of the framework's models, unless all operations or the user say otherwise."""
    if config.options.get("disable_nhwc_to_nchw"):
        return False
    formats = [node.get("data_format", "NHWC") for node in model.nodes if node.type in _BOUND]
    ranks = [len(item.shape or ()) for item in model.inputs]
    if not formats and config.ir_version == 10 and {4, 5} & set(ranks):
        log.warning(
            "Inputs of rank 4 and 5 are laid out with channels first in IR version 10, though the "
            "model has no convolution; --disable_nhwc_to_nchw keeps them as they are"
        )
    return not formats or not all(name.startswith("NC") for name in formats)
