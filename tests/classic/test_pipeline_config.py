"""``pipeline.config`` of the Object Detection API, as extensions ask for its parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from extensions.classic.pipeline_config import PLACES, PipelineConfig, SimpleProtoParser
from mo.classic.errors import Error
from tests.classic.conftest import Workshop
from tests.classic.models import chain, node
from tests.models.tf import GraphDef

SSD = """
# SSD of the zoo, shortened.
model {
  ssd {
    num_classes: 90
    box_coder { faster_rcnn_box_coder { y_scale: 10.0 x_scale: 12.0 height_scale: 5.0 } }
    image_resizer { fixed_shape_resizer { height: 300 width: 320 } }
    anchor_generator {
      ssd_anchor_generator {
        num_layers: 6
        min_scale: 0.25
        aspect_ratios: 1.0
        aspect_ratios: 2.0
        aspect_ratios: 0.5
        scales: [0.25]
        reduce_boxes_in_lowest_layer: false
      }
    }
    post_processing {
      batch_non_max_suppression {
        score_threshold: 1e-8
        iou_threshold: 0.6
        max_detections_per_class: 100
        max_total_detections: 200
      }
      score_converter: SIGMOID
    }
  }
}
train_config: { batch_size: 24 data_augmentation_options { random_horizontal_flip {} } }
eval_input_reader: { label_map_path: "PATH/label_map.pbtxt" shuffle: false }
"""
FASTER = """
model <
  faster_rcnn {
    image_resizer { keep_aspect_ratio_resizer { min_dimension: 600 max_dimension: 1024 } }
    first_stage_anchor_generator { grid_anchor_generator { scales: [0.25, 0.5], height_stride: 8 } }
    first_stage_nms_score_threshold: 0.0
    first_stage_nms_iou_threshold: 0.7
    first_stage_max_proposals: 100
    initial_crop_size: 14
    second_stage_box_predictor {
      mask_rcnn_box_predictor { share_box_across_classes: true }
      rfcn_box_predictor { crop_height: 18 num_spatial_bins_width: 3 }
    }
    second_stage_post_processing {
      batch_non_max_suppression { max_total_detections: 300 }
      score_converter: SOFTMAX
    }
    use_matmul_crop_and_resize: true
  }
>
"""


def parameters(folder: Path, text: str) -> dict[str, Any]:
    path = folder / "pipeline.config"
    path.write_text(text)
    config = PipelineConfig(path)
    return {key: config.get_param(key) for key in PLACES}


def given(found: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if value != defaults[key]}


DEFAULTS = {
    "pad_to_max_dimension": False,
    "anchor_generator_height": 256,
    "anchor_generator_width": 256,
    "anchor_generator_height_stride": 16,
    "anchor_generator_width_stride": 16,
    "ssd_anchor_generator_min_scale": 0.2,
    "ssd_anchor_generator_max_scale": 0.95,
    "ssd_anchor_generator_interpolated_scale_aspect_ratio": 1.0,
    "ssd_anchor_generator_base_anchor_height": 1.0,
    "ssd_anchor_generator_base_anchor_width": 1.0,
    "use_matmul_crop_and_resize": False,
    "add_background_class": True,
    "share_box_across_classes": False,
    "frcnn_variance_x": 10.0,
    "frcnn_variance_y": 10.0,
    "frcnn_variance_width": 5.0,
    "frcnn_variance_height": 5.0,
}


def test_what_is_not_told_has_its_default(tmp_path: Path):
    found = parameters(tmp_path, "model { ssd {} }")
    assert {key: value for key, value in found.items() if value is not None} == DEFAULTS


def test_one_stage(tmp_path: Path):
    defaults = parameters(tmp_path, "model { ssd {} }")
    assert given(parameters(tmp_path, SSD), defaults) == {
        "num_classes": 90,
        "frcnn_variance_x": 12.0,
        "resizer_image_height": 300,
        "resizer_image_width": 320,
        "ssd_anchor_generator_num_layers": 6,
        "ssd_anchor_generator_min_scale": 0.25,
        "ssd_anchor_generator_aspect_ratios": [1.0, 2.0, 0.5],
        "ssd_anchor_generator_scales": [0.25],
        "ssd_anchor_generator_reduce_lowest": False,
        "postprocessing_score_threshold": 1e-8,
        "postprocessing_iou_threshold": 0.6,
        "postprocessing_max_detections_per_class": 100,
        "postprocessing_max_total_detections": 200,
        "postprocessing_score_converter": "SIGMOID",
    }


def test_two_stages(tmp_path: Path):
    defaults = parameters(tmp_path, "model { ssd {} }")
    assert given(parameters(tmp_path, FASTER), defaults) == {
        "resizer_min_dimension": 600,
        "resizer_max_dimension": 1024,
        "anchor_generator_scales": [0.25, 0.5],
        "anchor_generator_height_stride": 8,
        "first_stage_nms_score_threshold": 0.0,
        "first_stage_nms_iou_threshold": 0.7,
        "first_stage_max_proposals": 100,
        "initial_crop_size": 14,
        "share_box_across_classes": True,
        "crop_height": 18,
        "num_spatial_bins_width": 3,
        "postprocessing_max_total_detections": 300,
        "postprocessing_score_converter": "SOFTMAX",
        "use_matmul_crop_and_resize": True,
    }


def test_text_to_dictionaries():
    text = "a { b: 1 b: 2.5 c: [x] d { e: 'words' } } f: true f: false"
    expected = {"a": {"b": [1, 2.5], "c": ["x"], "d": {"e": "words"}}, "f": [True, False]}
    assert SimpleProtoParser().parse_from_string(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "'pipeline.config' has no part 'model'"),
        ("model: 7", "'pipeline.config' has no part 'model'"),
        ("model { }", "'pipeline.config': its 'model' is of no kind"),
        ("model { ssd: 3 }", "'pipeline.config': its 'model' is of no kind"),
        ("model {\n ssd { a: }\n}", "'pipeline.config', line 2: '}' is no value"),
        ("model {\n ssd {", "'pipeline.config', line 2: a '}' is missing"),
        ("\0\1", "'pipeline.config', line 1: '\\x00' has no meaning here"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, message: str):
    with pytest.raises(Error) as caught:
        parameters(tmp_path, text)
    assert caught.value.message.startswith(message)


def test_a_file_that_is_missing_or_no_text(tmp_path: Path):
    with pytest.raises(Error, match=r"cannot read 'none': No such file or directory"):
        PipelineConfig(tmp_path / "none")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(Error, match="'bytes' is no text file"):
        PipelineConfig(tmp_path / "bytes")


@pytest.mark.parametrize(
    "text", ["model { a " + "{ a" * 100_000, "model { a: 1" + " a: 1" * 50_000]
)
@pytest.mark.usefixtures("limited_memory")
def test_hostile_texts_end_in_one_line(tmp_path: Path, text: str):
    with pytest.raises(Error):
        parameters(tmp_path, text)


def test_extensions_read_the_file_that_the_flag_names(workshop: Workshop):
    """``graph.graph['cmd_params']`` has the whole path."""
    workshop.write(
        front__tf__reader="""
        from mo.front.common.replacement import FrontReplacementPattern
        from mo.utils.pipeline_config import PipelineConfig
        from mo.utils.simple_proto_parser import SimpleProtoParser

        SEEN = []

        class Reader(FrontReplacementPattern):
            enabled = True
            graph_condition = [
                lambda g: g.graph['cmd_params'].tensorflow_object_detection_api_pipeline_config
            ]

            def find_and_replace_pattern(self, graph):
                path = graph.graph['cmd_params'].tensorflow_object_detection_api_pipeline_config
                SEEN.append(PipelineConfig(path).get_param('num_classes'))
                SEEN.append(list(SimpleProtoParser().parse_file(path)))
        """
    )
    graph = GraphDef()
    graph.node("Neg", "y", graph.placeholder("x", (1, 4)))
    model, pipeline = workshop.folder / "m.pb", workshop.folder / "pipeline.config"
    model.write_bytes(graph.data)
    pipeline.write_text(SSD)
    workshop.convert(model, tensorflow_object_detection_api_pipeline_config=pipeline)
    import my_ext.front.tf.reader

    assert my_ext.front.tf.reader.SEEN == [90, ["model", "train_config", "eval_input_reader"]]
    workshop.convert(chain(node("Neg", "x")))
    assert len(my_ext.front.tf.reader.SEEN) == 2
