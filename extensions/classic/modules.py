"""Every module that extensions import from the classic, and what of it is where."""

from __future__ import annotations

from collections.abc import Mapping

from extensions.classic import operations, passes
from mo.classic.modules import CORE, table

# What drove the classic itself has no counterpart; in its place:
_API = "convert with mo.convert_model(...), whose keywords are the flags"
_TABLES = "operations bring their shapes with them: create one of mo.ops or extensions.ops"
REFUSED: Mapping[str, Mapping[str, str]] = {
    "mo.main": {"print_argv": _API, "driver": _API, "prepare_ir": _API},
    "mo.pipeline.unified": {"unified_pipeline": _API},
    "mo.utils.cli_parser": dict.fromkeys(
        (
            *("get_common_cli_parser", "get_freeze_placeholder_values", "parse_tuple_pairs"),
            *("get_mean_scale_dictionary", "get_placeholder_shapes", "get_all_cli_parser"),
        ),
        _API,
    ),
    "mo.utils.import_extensions": {"load_dirs": "name the folder with --extensions"},
    "mo.front.common.register_custom_ops": dict.fromkeys(
        ("check_for_duplicates", "update_extractors_with_extensions"),
        "classes in the folders of --extensions are registered by themselves",
    ),
    "mo.front.common.partial_infer.concat": {"tf_pack_infer": _TABLES},
    "mo.front.common.partial_infer.crop": {"crop_infer": _TABLES},
    "mo.front.common.partial_infer.reshape": {"tf_reshape_shape_infer": _TABLES},
    "mo.front.common.partial_infer.roipooling": {"roipooling_infer": _TABLES},
    "mo.front.common.partial_infer.batch_norm": {"batch_norm_4_infer": _TABLES},
    "mo.front.common.partial_infer.multi_box_prior": {"multi_box_prior_infer_mxnet": _TABLES},
    "mo.front.common.partial_infer.multi_box_detection": {"multi_box_detection_infer": _TABLES},
    "mo.front.common.partial_infer.random_uniform": {"tf_random_uniform_infer": _TABLES},
    "mo.front.extractor": dict.fromkeys(
        (
            *("add_attrs_props", "update_attrs", "update_ie_fields", "restore_edges"),
            *("extract_node_attrs", "create_tensor_nodes", "add_input_ops", "add_output_ops"),
            *("get_node_id_with_ports", "get_new_placeholder_name", "split_node_in_port"),
        ),
        "models are read by this tool alone: describe nodes with Op.update_node_stat, cut them "
        "with --input and --output",
    ),
    "mo.front.caffe.extractor": {
        "register_caffe_python_extractor": "write a class of CaffePythonFrontExtractorOp"
    },
    "mo.front.mxnet.extractors.utils": dict.fromkeys(
        ("load_params", "init_rnn_states", "create_mxnet_edge", "get_mxnet_node_edges"),
        "models are read by this tool alone; node.symbol_dict describes a node",
    ),
    "mo.front.tf.custom_subgraph_call": dict.fromkeys(
        ("merge_nodes", "internal_output_name_for_node"),
        "sub-graphs of TensorFlow are not called: replace them by operations",
    ),
}

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
        "create_op_with_const_inputs create_op_node_with_second_input "
        "add_convolution_to_swap_xy_coordinates add_fake_background_loc "
        "add_activation_function_after_node add_constant_to_negative_values "
        "mark_squeeze_reshape_concat_before_detection_output",
    ),
    ("mo.front.common.weights", "extensions.classic.building", "swap_weights_xy"),
    (
        "mo.utils.shape",
        "extensions.classic.shape_nodes",
        "get_canonical_axis_index_node get_range_node_of_idxs get_shape_values_by_indices_node "
        "node_to_get_shape_value_of_indices get_shape_values_by_range_idxs "
        "node_to_get_batch_value node_to_get_features_dimension_value "
        "node_to_get_spatial_dimensions_value new_shape_node_from_shape_nodes "
        "get_shape_and_rank_nodes_by_port",
    ),
    (
        "extensions.middle.InsertLayoutPropagationTransposes",
        "mo.classic.layouts",
        "mark_as_correct_data_layout mark_input_as_in_correct_layout "
        "mark_output_as_in_correct_layout",
    ),
    ("mo.ops.cosh", "extensions.classic.operations", "extensions.ops.activation_ops.Cosh=Cosh"),
    ("mo.utils.pipeline_config", "extensions.classic.pipeline_config", "PipelineConfig"),
    ("mo.utils.simple_proto_parser", "extensions.classic.pipeline_config", "SimpleProtoParser"),
    (
        "mo.front.onnx.extractors.utils",
        "extensions.classic.onnx",
        "onnx_attr onnx_node_has_attr onnx_get_num_outputs get_backend_pad get_onnx_autopad "
        "get_onnx_opset_version get_onnx_datatype_as_numpy",
    ),
    (
        "mo.front.tf.extractors.utils",
        "extensions.classic.tensorflow",
        "tf_tensor_shape tf_int_list tf_dtype_extractor tf_data_format_spatial "
        "tf_data_format_channel tf_data_format_batch get_tf_node_port tf_tensor_content "
        "check_attr_type collect_tf_attrs",
    ),
    (
        "mo.front.tf.common",
        "extensions.classic.tensorflow",
        "tf_data_type_decode tf_data_type_cast",
    ),
    (
        "mo.front.mxnet.extractors.utils",
        "extensions.classic.mxnet",
        "AttrDictionary get_mxnet_layer_attrs get_json_layer_attrs scalar_ops_replacer "
        "MXNET_DATA_TYPES mxnet_str_dtype_to_np",
    ),
    ("mo.utils.str_to", "extensions.classic.mxnet", "StrTo"),
    (
        "mo.front.caffe.extractors.utils",
        "extensions.classic.caffe",
        "embed_input input_as_const weights_biases get_list_from_container get_spatial_attr "
        "dim_to_shape",
    ),
    (
        "mo.front.caffe.extractors.utils",
        "mo.classic.partial_infer",
        "get_canonical_axis_index",
    ),
    (
        "mo.front.caffe.collect_attributes",
        "extensions.classic.caffe",
        "collect_attributes merge_attrs",
    ),
    (
        "mo.front.kaldi.loader.utils",
        "extensions.classic.kaldi",
        "read_token_value collect_until_token collect_until_whitespace read_blob read_placeholder "
        "read_binary_integer32_token read_binary_float_token read_binary_bool_token find_next_tag",
    ),
    (
        "mo.front.kaldi.utils",
        "extensions.classic.kaldi",
        "read_binary_matrix read_binary_vector read_binary_vector_of_pairs read_learning_info",
    ),
)


def all_modules() -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """{module: {name: (module here, name here)}}."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for module, refused in REFUSED.items():
        places = {name: ("", advice) for name, advice in refused.items()}
        found.setdefault(module, {}).update(places)
    for part in (operations.modules(), passes.modules(), CORE, _FRAMEWORKS):
        for module, names in part.items():
            found.setdefault(module, {}).update(names)
    return found
