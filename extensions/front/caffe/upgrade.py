"""Layers of Caffe's first two generations as layers of the current one.

Which field went where: caffe.proto's notes on V0LayerParameter and V1LayerParameter.
"""

from __future__ import annotations

from collections.abc import Mapping

from extensions.front.caffe.schema.net import LAYER_TYPE
from mo.front.protobuf import Message
from mo.front.prototext import TextError, TextMessage

# Names of current types whose capitals are no pattern; the others are written LikeThis.
_SPELLED = {
    "ABSVAL": "AbsVal",
    "ARGMAX": "ArgMax",
    "BNLL": "BNLL",
    "HDF5_DATA": "HDF5Data",
    "HDF5_OUTPUT": "HDF5Output",
    "LRN": "LRN",
    "MVN": "MVN",
    "RELU": "ReLU",
    "SOFTMAX_LOSS": "SoftmaxWithLoss",
    "TANH": "TanH",
}
# Types of the first generation that are not the current ones in lower case.
_V0_TYPES = {
    "conv": "Convolution",
    "euclidean_loss": "EuclideanLoss",
    "hdf5_data": "HDF5Data",
    "hdf5_output": "HDF5Output",
    "images": "ImageData",
    "infogain_loss": "InfogainLoss",
    "innerproduct": "InnerProduct",
    "multinomial_logistic_loss": "MultinomialLogisticLoss",
    "pool": "Pooling",
    "softmax_loss": "SoftmaxWithLoss",
    "window_data": "WindowData",
    **{
        kind.lower(): kind
        for kind in (
            *("Accuracy", "BNLL", "Concat", "Data", "Dropout", "Flatten", "Im2col", "LRN"),
            *("ReLU", "Sigmoid", "Softmax", "Split", "TanH"),
        )
    },
}
_V0_LISTS = {"pad", "kernel_size", "stride"}
_V0_CONVOLUTION = {
    "num_output": "num_output",
    "biasterm": "bias_term",
    "weight_filler": "weight_filler",
    "bias_filler": "bias_filler",
    "pad": "pad",
    "kernelsize": "kernel_size",
    "group": "group",
    "stride": "stride",
}
_V0_DATA = {"source": "source", "batchsize": "batch_size", "cropsize": "crop_size"}
# What each type of the first generation keeps of its flat fields, and where.
_V0_FIELDS = {
    "Convolution": ("convolution_param", _V0_CONVOLUTION),
    "InnerProduct": (
        "inner_product_param",
        {
            name: _V0_CONVOLUTION[name]
            for name in ("num_output", "biasterm", "weight_filler", "bias_filler")
        },
    ),
    "Pooling": (
        "pooling_param",
        {"pool": "pool", "pad": "pad", "kernelsize": "kernel_size", "stride": "stride"},
    ),
    "LRN": (
        "lrn_param",
        {"local_size": "local_size", "alpha": "alpha", "beta": "beta", "k": "k"},
    ),
    "Concat": ("concat_param", {"concat_dim": "concat_dim"}),
    "Data": ("data_param", _V0_DATA),
    "WindowData": ("window_data_param", _V0_DATA),
    "HDF5Data": ("hdf5_data_param", {"source": "source", "batchsize": "batch_size"}),
    "ImageData": (
        "image_data_param",
        {**_V0_DATA, "new_height": "new_height", "new_width": "new_width"},
    ),
}


def current_layers(net: Message, words: Mapping[str, int] | None = None) -> list[Message]:
    """The layers of a net, whatever its generation; ``words`` are the V1 types of a fork."""
    old, new = net.get("layers", []), net.get("layer", [])
    if old and new:
        raise TextError(
            getattr(old[0], "line", 0),
            "it has both 'layer' and 'layers'",
            "These are two generations of the format; keep one of them.",
        )
    if any("layer" in layer for layer in old):
        return _without_padding([_from_v0(layer) for layer in old])
    types = {
        number: _SPELLED.get(word, word.title().replace("_", ""))
        for word, number in (words or LAYER_TYPE.words or {}).items()
    }
    return [_from_v1(layer, types) for layer in old] if old else new


def _like(layer: Message, fields: Message) -> Message:
    """A message that stands where another one stood."""
    result = TextMessage(fields)
    result.line = getattr(layer, "line", 0)
    return result


def _from_v1(layer: Message, types: Mapping[int, str]) -> Message:
    fields = {
        name: value
        for name, value in layer.items()
        if name not in ("blobs_lr", "weight_decay", "blob_share_mode", "param", "layer")
    }
    fields["type"] = types.get(layer.get("type", 0), "None")
    fields["param"] = [{"name": name} for name in layer.get("param", [])]
    return _like(layer, fields)


def _from_v0(layer: Message) -> Message:
    inner = layer.get("layer", {})
    word = inner.get("type", "")
    kind = _V0_TYPES.get(word, word)
    fields: Message = {name: layer[name] for name in ("bottom", "top") if name in layer}
    fields |= {"name": inner.get("name", ""), "type": kind, "blobs": inner.get("blobs", [])}
    section, moved = _V0_FIELDS.get(kind, ("", {}))
    values = {new: inner[old] for old, new in moved.items() if old in inner}
    if kind == "Convolution":
        values = {name: [v] if name in _V0_LISTS else v for name, v in values.items()}
    if section:
        fields[section] = values
    if kind == "padding":
        fields["pad"] = inner.get("pad", 0)
    return _like(layer, fields)


def _without_padding(layers: list[Message]) -> list[Message]:
    """Padding, once a layer of its own, belongs to the convolution or pooling behind it."""
    pads = {
        top: layer for layer in layers if layer["type"] == "padding" for top in layer.get("top", [])
    }
    kept = []
    for layer in layers:
        if layer["type"] == "padding":
            continue
        padding = [pads[name] for name in layer.get("bottom", []) if name in pads]
        if padding:
            pad = padding[0]["pad"]
            if layer["type"] == "Convolution":
                layer["convolution_param"]["pad"] = [pad]
            elif layer["type"] == "Pooling":
                layer["pooling_param"]["pad"] = pad
            else:
                line = getattr(layer, "line", 0)
                raise TextError(line, f"a padding layer stands before a {layer['type']} layer")
            layer["bottom"] = padding[0].get("bottom", [])
        kept.append(layer)
    return kept
