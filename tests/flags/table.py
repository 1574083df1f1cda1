"""Every flag by framework, and what proves it.

``numbers``: a cell of tests/flags; a path: the tests that have the files for it; ``warned``: it is
taken and has no effect.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from mo.cli.flag import FRAMEWORKS, Flag, Status
from mo.cli.flags import FLAGS
from tests.flags import common, extending, frameworks  # noqa: F401
from tests.flags.conversion import CELLS

FILE = Path(__file__).with_name("table.csv")

# Flags that need files of their own are proved beside the reader of these.
ELSEWHERE = {
    "tests/front/tf/test_reader.py": [
        *("input_model_is_text", "input_checkpoint", "input_meta_graph"),
        *("saved_model_dir", "saved_model_tags", "saved_model_signature"),
    ],
    "tests/front/caffe/test_flags.py": [
        *("caffe_parser_path", "k", "mean_file", "mean_file_offsets", "disable_omitting_optional"),
    ],
    "tests/front/mxnet/test_reader.py": [
        *("nd_prefix_name", "pretrained_model_name", "save_params_from_nd"),
    ],
    "tests/front/kaldi/test_memory.py": ["remove_memory"],
    "tests/cli/test_parser.py": ["help", "version"],
    "tests/classic/test_configuration.py": ["tensorflow_custom_operations_config_update"],
    "tests/classic/test_pipeline_config.py": ["tensorflow_object_detection_api_pipeline_config"],
}
# What has no meaning for features that are no images, or for a model of one input.
_NOT_FOR_KALDI = {
    *("scale", "reverse_input_channels", "layout", "source_layout", "target_layout"),
    *("freeze_placeholder_with_value", "transform"),
}


def rows() -> list[list[str]]:
    """A row for each flag: its name, then a verdict for each framework, ``-`` if it has none."""
    proved = {(cell.flag.split()[0], cell.framework) for cell in CELLS}
    homes = {name: path for path, names in ELSEWHERE.items() for name in names}
    return [
        [flag.name, *(_verdict(flag, one, proved, homes) for one in FRAMEWORKS)]
        for flag in FLAGS.values()
    ]


def _verdict(
    flag: Flag, framework: str, proved: set[tuple[str, str]], homes: dict[str, str]
) -> str:
    if not flag.concerns(framework) or (framework == "kaldi" and flag.name in _NOT_FOR_KALDI):
        return "-"
    if (flag.name, framework) in proved:
        return "warned" if flag.status is not Status.WORKS else "numbers"
    return homes.get(flag.name, "MISSING")


def text() -> str:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerows([["flag", *FRAMEWORKS], *rows()])
    return lines.getvalue()
