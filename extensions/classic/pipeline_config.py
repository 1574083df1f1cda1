"""``pipeline.config`` of TensorFlow's Object Detection API: how a network was built.

Facts: the messages of ``object_detection/protos`` (DetectionModel, SsdAnchorGenerator ...), and
the keys under which OpenVINO 2021.4 gave their fields to extensions.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

from mo.classic.errors import Error
from mo.errors import ModelFileError
from mo.front.prototext import TextMessage, Unknown, parse_text

# Longer texts are no configurations.
_SIZE_LIMIT = 16 << 20


class SimpleProtoParser:
    """Reads the protobuf text format into dictionaries."""

    @staticmethod
    def parse_from_string(text: str) -> dict[str, Any]:
        """Fields by name; those that are repeated or written [a, b] are lists. Error if broken."""
        schema: dict[int, Any] = {}
        try:
            return _plain(parse_text(text, schema, open_ended=(schema,)))
        except ModelFileError as error:
            raise Error("{}", error.message) from error

    @staticmethod
    def parse_file(file_name: str | Path) -> dict[str, Any]:
        path = Path(file_name)
        try:
            if path.stat().st_size > _SIZE_LIMIT:
                raise Error("'{}' is too large for a pipeline configuration", path.name)
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise Error("cannot read '{}': {}", path.name, error.strerror) from error
        except UnicodeDecodeError as error:
            raise Error("'{}' is no text file", path.name) from error
        try:
            return SimpleProtoParser.parse_from_string(text)
        except Error as error:
            raise Error("'{}', {}", path.name, error.message) from error


def _plain(message: TextMessage) -> dict[str, Any]:
    return {name: _values(found) for name, found in message.items()}


def _values(found: Unknown) -> Any:
    values = [_value(value) for value in found.values]
    return values if found.is_list or len(values) != 1 else values[0]


def _value(value: Any) -> Any:
    if isinstance(value, TextMessage):
        return _plain(value)
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


class _Place(NamedTuple):
    """Where a parameter stands below the kind of the model: an expression for each level."""

    path: str
    default: Any = None


def _below(path: str, names: dict[str, str], default: Any = None) -> dict[str, _Place]:
    return {key: _Place(f"{path}/{field}", default) for key, field in names.items()}


_FIRST = "first_stage_anchor_generator/grid_anchor_generator"
_SSD = "anchor_generator/ssd_anchor_generator"
_MULTISCALE = "anchor_generator/multiscale_anchor_generator"
_MULTISCALE_FIELDS = ("min_level", "max_level", "anchor_scale", "aspect_ratios")
_KEEPING = "image_resizer/keep_aspect_ratio_resizer"
_SUPPRESSION = ".*/batch_non_max_suppression"
_CODER = "box_coder/faster_rcnn_box_coder"

PLACES: dict[str, _Place] = {
    "num_classes": _Place("num_classes"),
    **_below(
        "image_resizer/fixed_shape_resizer",
        {"resizer_image_height": "height", "resizer_image_width": "width"},
    ),
    **_below(
        _KEEPING,
        {"resizer_min_dimension": "min_dimension", "resizer_max_dimension": "max_dimension"},
    ),
    "pad_to_max_dimension": _Place(f"{_KEEPING}/pad_to_max_dimension", False),
    **_below(_FIRST, {f"anchor_generator_{n}": n for n in ("height", "width")}, 256),
    **_below(_FIRST, {f"anchor_generator_{n}": n for n in ("height_stride", "width_stride")}, 16),
    **_below(_FIRST, {f"anchor_generator_{n}": n for n in ("scales", "aspect_ratios")}),
    **_below(
        _MULTISCALE,
        {f"multiscale_anchor_generator_{n}": n for n in (*_MULTISCALE_FIELDS, "scales_per_octave")},
    ),
    "ssd_anchor_generator_min_scale": _Place(f"{_SSD}/min_scale", 0.2),
    "ssd_anchor_generator_max_scale": _Place(f"{_SSD}/max_scale", 0.95),
    **_below(
        _SSD, {f"ssd_anchor_generator_{n}": n for n in ("num_layers", "aspect_ratios", "scales")}
    ),
    "ssd_anchor_generator_interpolated_scale_aspect_ratio": _Place(
        f"{_SSD}/interpolated_scale_aspect_ratio", 1.0
    ),
    "ssd_anchor_generator_reduce_lowest": _Place(f"{_SSD}/reduce_boxes_in_lowest_layer"),
    **_below(
        _SSD,
        {f"ssd_anchor_generator_{n}": n for n in ("base_anchor_height", "base_anchor_width")},
        1.0,
    ),
    "first_stage_nms_score_threshold": _Place(".*_nms_score_threshold"),
    "first_stage_nms_iou_threshold": _Place(".*_nms_iou_threshold"),
    "first_stage_max_proposals": _Place(".*_max_proposals"),
    **_below(
        ".*/rfcn_box_predictor",
        {
            n: n
            for n in (
                "num_spatial_bins_height",
                "num_spatial_bins_width",
                "crop_height",
                "crop_width",
            )
        },
    ),
    "initial_crop_size": _Place("initial_crop_size"),
    "use_matmul_crop_and_resize": _Place("use_matmul_crop_and_resize", False),
    "add_background_class": _Place("add_background_class", True),
    "postprocessing_score_converter": _Place(".*/score_converter"),
    **_below(
        _SUPPRESSION,
        {
            f"postprocessing_{n}": n
            for n in (
                "score_threshold",
                "iou_threshold",
                "max_detections_per_class",
                "max_total_detections",
            )
        },
    ),
    "share_box_across_classes": _Place(
        "second_stage_box_predictor/.*/share_box_across_classes", False
    ),
    **_below(_CODER, {"frcnn_variance_x": "x_scale", "frcnn_variance_y": "y_scale"}, 10.0),
    **_below(
        _CODER,
        {"frcnn_variance_width": "width_scale", "frcnn_variance_height": "height_scale"},
        5.0,
    ),
}


class PipelineConfig:
    """The parameters of a file, by the keys of ``PLACES``. Error if it describes no model."""

    def __init__(self, file_name: str | Path) -> None:
        found = SimpleProtoParser.parse_file(file_name)
        model = found.get("model")
        if not isinstance(model, dict):
            raise Error("'{}' has no part 'model'", Path(file_name).name)
        kind = next(iter(model.values()), None)
        if not isinstance(kind, dict):
            raise Error("'{}': its 'model' is of no kind", Path(file_name).name)
        self._model_params = {
            key: _found(kind, place.path.split("/"), place.default) for key, place in PLACES.items()
        }

    def get_param(self, param: str) -> Any:
        """The value of a key; its default, or None, if the file does not tell it."""
        return self._model_params.get(param)


def _found(message: Any, steps: list[str], default: Any) -> Any:
    """What is at a path of expressions: the first that leads to a value counts."""
    if not steps:
        return message
    if isinstance(message, list):
        message = next((item for item in message if isinstance(item, dict)), None)
    if not isinstance(message, dict):
        return default
    nothing = object()
    for name, value in message.items():
        if re.fullmatch(steps[0], name):
            found = _found(value, steps[1:], nothing)
            if found is not nothing:
                return found
    return default
