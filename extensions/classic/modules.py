"""Every module that extensions import from the classic, and what of it is where."""

from __future__ import annotations

from collections.abc import Mapping

from extensions.classic import operations, passes
from mo.classic.modules import CORE, table

_FRAMEWORKS = table(
    (
        "mo.front.tf.replacement",
        "mo.classic.replacement",
        "FrontReplacementFromConfigFileSubGraph FrontReplacementFromConfigFileOp "
        "FrontReplacementFromConfigFileGeneral",
    ),
    (
        "mo.front.tf.graph_utils",
        "extensions.classic.building",
        "create_op_with_const_inputs create_op_node_with_second_input",
    ),
    (
        "mo.front.onnx.extractors.utils",
        "extensions.classic.onnx",
        "onnx_attr onnx_node_has_attr onnx_get_num_outputs get_backend_pad get_onnx_autopad "
        "get_onnx_opset_version get_onnx_datatype_as_numpy",
    ),
)


def all_modules() -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """{module: {name: (module here, name here)}}."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for part in (operations.modules(), passes.modules(), CORE, _FRAMEWORKS):
        for module, names in part.items():
            found.setdefault(module, {}).update(names)
    return found
