"""Modules that files written for the classic import, made of what is here when they are asked for.

A table says which names a module has and where these live; what operations and passes there were
is told by tables of :mod:`extensions.classic`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

# Module of the classic -> {name there: (module here, name here)}; without a module here, what to
# do in its place.
Table = Mapping[str, Mapping[str, tuple[str, str]]]


def table(*rows: tuple[str, str, str]) -> dict[str, dict[str, tuple[str, str]]]:
    """Rows (module of the classic, module here, names); ``here=there`` where they differ."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for module, home, names in rows:
        for name in names.split():
            own, _, other = name.partition("=")
            found.setdefault(module, {})[other or own] = (home, own)
    return found


class Finder:
    """Finds the modules of a table, and packages above them, where there is no such file."""

    def __init__(self, load: Callable[[], Table]) -> None:
        self._load = load
        self._table: Table | None = None
        self._packages: set[str] = set()

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if self._table is None:
            self._read()
        is_package = name in self._packages
        if name not in (self._table or {}) and not is_package:
            return None
        return ModuleSpec(name, self, is_package=is_package)  # type: ignore[arg-type]

    def _read(self) -> None:
        self._table = {}  # while it is loaded, modules are looked for as well
        try:
            self._table = self._load()
        except BaseException:
            self._table = None
            raise
        self._packages = {
            ".".join(parts[:count])
            for parts in (module.split(".") for module in self._table)
            for count in range(1, len(parts))
        }

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        names = (self._table or {}).get(module.__name__, {})
        for name, (home, own) in names.items():
            if home:
                setattr(module, name, getattr(importlib.import_module(home), own))
        module.__dict__["__all__"] = [name for name, (home, _) in names.items() if home]
        module.__dict__["__getattr__"] = _refusal(module.__name__, names)


def _refusal(module: str, names: Mapping[str, tuple[str, str]]) -> Callable[[str], Any]:
    """What tells that a name is not there, and what to use in its place."""

    def refuse(name: str) -> Any:
        home, advice = names.get(name, ("", ""))
        if not advice or home:
            raise AttributeError(f"module '{module}' has no '{name}'")
        raise ImportError(f"'{name}' of {module} has no counterpart here: {advice}")

    return refuse


def _is_ours(name: str) -> bool:
    """Whether there is a file of this name; what the finder makes is whole already."""
    path = Path(__file__).parents[2].joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def complete(tables: Table) -> None:
    """Add what the classic had in modules of ours that have its names."""
    for name, names in tables.items():
        if _is_ours(name):
            module = importlib.import_module(name)
            refused = {key: place for key, place in names.items() if not place[0]}
            if refused and "__getattr__" not in vars(module):
                module.__dict__["__getattr__"] = _refusal(name, refused)
            for key, (home, own) in names.items():
                if home and key not in vars(module):
                    setattr(module, key, getattr(importlib.import_module(home), own))


CORE = table(
    ("mo.utils.error", "mo.classic.errors", "BasicError Error FrameworkError InternalError"),
    ("mo.utils.error", "mo.classic.errors", "classify_error_type"),
    ("mo.graph.port", "mo.classic.port", "Port"),
    ("mo.graph.connection", "mo.classic.connection", "Connection"),
    ("mo.graph.perm_inputs", "mo.classic.op", "PermuteInputs"),
    ("mo.ops.op", "mo.classic.op", "Op PermuteAttrs"),
    ("mo.utils.replacement_pattern", "mo.classic.replacement", "ReplacementPattern"),
    (
        "mo.front.common.replacement",
        "mo.classic.replacement",
        "FrontReplacementPattern FrontReplacementSubgraph FrontReplacementOp "
        "FrontReplacementFromConfigFileGeneral",
    ),
    ("mo.middle.replacement", "mo.classic.replacement", "MiddleReplacementPattern"),
    ("mo.back.replacement", "mo.classic.replacement", "BackReplacementPattern"),
    ("mo.utils.model_analysis", "mo.classic.replacement", "AnalyzeAction AnalysisResults"),
    ("mo.load.loader", "mo.classic.replacement", "Loader"),
    (
        "mo.front.extractor",
        "mo.classic.extractor",
        "FrontExtractorOp CaffePythonFrontExtractorOp MXNetCustomFrontExtractorOp bool_to_str "
        "attr_getter spatial_getter",
    ),
    (
        "mo.middle.pattern_match",
        "mo.classic.matching",
        "apply_pattern find_pattern_matches inverse_dict find_isomorphisms "
        "check_node_usages_out_of_match for_each_sub_graph for_each_sub_graph_recursively "
        "for_graph_and_each_sub_graph_recursively node_match edge_match all_edges_in_nodes "
        "check_value",
    ),
    ("mo.front.subgraph_matcher", "mo.classic.selecting", "SubgraphMatch"),
    (
        "mo.front.common.custom_replacement_registry",
        "mo.classic.selecting",
        "CustomReplacementRegistry",
    ),
    (
        "mo.front.common.partial_infer.utils",
        "mo.classic.partial_infer",
        "int64_array float_array float32_array mark_input_bins assign_dims_to_weights "
        "copy_or_none convert_tf_padding_to_str convert_deconv_tf_padding_to_str "
        "tf_window_op_pad_infer broadcast_shape get_shape_from_slice",
    ),
    (
        "mo.front.common.partial_infer.elemental",
        "mo.classic.partial_infer",
        "single_output_infer copy_shape_infer copy_value",
    ),
    (
        "mo.front.common.partial_infer.eltwise",
        "mo.classic.partial_infer",
        "eltwise_infer bias_add_infer",
    ),
    ("mo.front.common.partial_infer.concat", "mo.classic.partial_infer", "concat_infer"),
    (
        "mo.utils.utils",
        "mo.classic.utils",
        "refer_to_faq_msg match_shapes symm_match_shapes array_to_str shrink_str_value "
        "deprecated_api files_by_pattern get_mo_root_dir group_by_with_binary_predicate "
        "unique_by NamedAttrsClass",
    ),
    (
        "mo.utils.graph",
        "mo.classic.walking",
        "backward_bfs_for_operation bfs_search nodes_matching_name_pattern "
        "is_connected_component sub_graph_between_nodes invert_sub_graph_between_nodes "
        "node_neighbourhood node_incoming_neighbourhood node_outcoming_neighbourhood "
        "scope_output_nodes clear_tensor_names_info",
    ),
    (
        "mo.utils.find_inputs",
        "mo.classic.walking",
        "find_inputs find_outputs find_nodes_by_attribute_value",
    ),
    (
        "mo.front.common.layout",
        "mo.classic.layouts",
        "get_batch_dim get_features_dim get_depth_dim get_height_dim get_width_dim "
        "shape_for_layout nchw_to_nhwc_permute nhwc_to_nchw_permute indices_mapping "
        "convert_shape",
    ),
    ("mo.front.common.extractors.utils", "mo.classic.layouts", "layout_attrs"),
    (
        "mo.utils.broadcasting",
        "mo.classic.broadcasting",
        "make_equal_rank uni_directional_shape_broadcasting bi_directional_shape_broadcasting "
        "explicit_shape_broadcasting uni_directional_broadcasting bi_directional_broadcasting "
        "explicit_broadcasting",
    ),
    (
        "mo.middle.passes.convert_data_type",
        "mo.classic.data_types",
        "data_type_str_to_np data_type_str_to_precision data_type_str_to_destination_type "
        "np_data_type_to_precision np_data_type_to_destination_type "
        "destination_type_to_np_data_type packed_U1 packed_U4 packed_I4 SUPPORTED_DATA_TYPES",
    ),
    (
        "mo.middle.passes.infer",
        "mo.classic.passes",
        "partial_infer copy_type_infer node_type_infer type_infer",
    ),
    (
        "mo.middle.passes.fusing.helpers",
        "mo.classic.passes",
        "get_value_in_port get_tensor_in_port",
    ),
    (
        "mo.middle.passes.eliminate",
        "mo.classic.passes",
        "remove_op_node_with_data_node remove_op_nodes merge_data_nodes reverse_dfs "
        "shape_inference",
    ),
)


def _all() -> Table:
    # The names of operations and frameworks are not the core's to know.
    found: Table = importlib.import_module("extensions.classic.modules").all_modules()
    return found


FINDER = Finder(_all)
