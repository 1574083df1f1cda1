"""What the opsets hold: for each operation, the attributes by the opset that introduced them.

Read off the runtime 2026.4 (opset1 to opset17); control flow is left out.
"""

from __future__ import annotations

# The opset, and operations without attributes that it introduced.
_PLAIN = """
1 Abs Acos Asin Atan Ceiling ConvertLike Cos Cosh Erf Exp Floor GatherTree HardSigmoid Log
    LogicalNot Negative PReLU ReLU Result Selu Sigmoid Sign Sin Sinh Sqrt Tan Tanh Tile Transpose
    Unsqueeze VariadicSplit
2 BatchToSpace SpaceToBatch
3 EmbeddingBagOffsetsSum EmbeddingBagPackedSum EmbeddingSegmentsSum ScatterUpdate
4 Acosh Asinh Atanh HSwish Mish SoftPlus Swish
5 HSigmoid
7 DFT IDFT Roll
8 AdaptiveAvgPool I420toBGR I420toRGB NV12toBGR NV12toRGB Slice
9 IRDFT RDFT SoftSign
10 IsFinite IsNaN
13 BitwiseNot
15 SliceScatter StringTensorPack StringTensorUnpack
16 Identity SparseFillEmptyRows
17 ErfInv GroupedMatMul
"""

# Operation, opset, attributes. A line that is indented continues the one before.
_WITH_ATTRIBUTES = """
AdaptiveMaxPool 8 index_element_type
Add 1 auto_broadcast
Assign 3 variable_id
Assign 6 variable_id
AvgPool 1 kernel strides pads_begin pads_end exclude-pad auto_pad rounding_type
AvgPool 14 kernel strides pads_begin pads_end exclude-pad auto_pad rounding_type
AvgPool 16 kernel strides pads_begin pads_end exclude-pad auto_pad rounding_type dilations
BatchNormInference 1 epsilon
BatchNormInference 5 epsilon
BGRtoNV12 17 single_plane
BinaryConvolution 1 strides pads_begin pads_end dilations mode pad_value auto_pad
BitwiseAnd 13 auto_broadcast
BitwiseLeftShift 15 auto_broadcast
BitwiseOr 13 auto_broadcast
BitwiseRightShift 15 auto_broadcast
BitwiseXor 13 auto_broadcast
Broadcast 1 mode
Broadcast 3 mode
Bucketize 3 output_type with_right_bound
Clamp 1 min max
Col2Im 15 strides dilations pads_begin pads_end
Concat 1 axis
Const 1 element_type shape offset size
Convert 1 destination_type
ConvertPromoteTypes 14 promote_unsafe pytorch_scalar_promotion u64_integer_promotion_target
Convolution 1 strides dilations pads_begin pads_end auto_pad
ConvolutionBackpropData 1 strides dilations pads_begin pads_end auto_pad output_padding
CTCGreedyDecoder 1 ctc_merge_repeated
CTCGreedyDecoderSeqLen 6 merge_repeated classes_index_type sequence_length_type
CTCLoss 4 preprocess_collapse_repeated ctc_merge_repeated unique
CumSum 3 exclusive reverse
DeformableConvolution 1 strides dilations pads_begin pads_end auto_pad group deformable_group
DeformableConvolution 8 bilinear_interpolation_pad strides dilations pads_begin pads_end auto_pad
    group deformable_group
DeformablePSROIPooling 1 output_dim spatial_scale group_size mode spatial_bins_x spatial_bins_y
    trans_std part_size
DepthToSpace 1 block_size mode
DetectionOutput 1 num_classes background_label_id top_k variance_encoded_in_target keep_top_k
    code_type share_location nms_threshold confidence_threshold clip_after_nms clip_before_nms
    decrease_label_id normalized input_height input_width objectness_score
DetectionOutput 8 background_label_id top_k variance_encoded_in_target keep_top_k code_type
    share_location nms_threshold confidence_threshold clip_after_nms clip_before_nms
    decrease_label_id normalized input_height input_width objectness_score
Divide 1 auto_broadcast m_pythondiv
Einsum 7 equation
Elu 1 alpha
EmbeddingBagOffsets 15 reduction
EmbeddingBagPacked 15 reduction
Equal 1 auto_broadcast
ExperimentalDetectronDetectionOutput 6 score_threshold nms_threshold max_delta_log_wh num_classes
    post_nms_count max_detections_per_image class_agnostic_box_regression deltas_weights
ExperimentalDetectronGenerateProposalsSingleImage 6 min_size nms_threshold post_nms_count
    pre_nms_count
ExperimentalDetectronPriorGridGenerator 6 flatten h w stride_x stride_y
ExperimentalDetectronROIFeatureExtractor 6 output_size sampling_ratio pyramid_scales aligned
ExperimentalDetectronTopKROIs 6 max_rois
ExtractImagePatches 3 sizes strides rates auto_pad
Eye 9 output_type
FakeConvert 13 destination_type
FakeQuantize 1 levels auto_broadcast
FloorMod 1 auto_broadcast
Gather 1
Gather 7 batch_dims
Gather 8 batch_dims
GatherElements 6 axis
GatherND 5 batch_dims
GatherND 8 batch_dims
Gelu 2
Gelu 7 approximation_mode
GenerateProposals 9 min_size nms_threshold post_nms_count pre_nms_count normalized nms_eta
    roi_num_type
Greater 1 auto_broadcast
GreaterEqual 1 auto_broadcast
GridSample 9 align_corners mode padding_mode
GRN 1 bias
GroupConvolution 1 strides pads_begin pads_end dilations auto_pad
GroupConvolutionBackpropData 1 strides pads_begin pads_end dilations auto_pad output_padding
GroupNormalization 12 num_groups epsilon
GRUCell 3 linear_before_reset hidden_size activations activations_alpha activations_beta clip
GRUSequence 5 direction linear_before_reset hidden_size activations activations_alpha
    activations_beta clip
Interpolate 1 align_corners antialias axes mode pads_begin pads_end
Interpolate 4 mode shape_calculation_mode coordinate_transformation_mode nearest_mode antialias
    pads_begin pads_end cube_coeff
Interpolate 11 mode shape_calculation_mode coordinate_transformation_mode nearest_mode antialias
    pads_begin pads_end cube_coeff
Inverse 14 adjoint
IsInf 10 detect_negative detect_positive
ISTFT 16 center normalized
Less 1 auto_broadcast
LessEqual 1 auto_broadcast
LogicalAnd 1 auto_broadcast
LogicalOr 1 auto_broadcast
LogicalXor 1 auto_broadcast
LogSoftmax 5 axis
LRN 1 alpha beta bias size
LSTMCell 1 hidden_size activations activations_alpha activations_beta clip input_forget
    weights_format
LSTMCell 4 hidden_size activations activations_alpha activations_beta clip
LSTMSequence 5 direction hidden_size activations activations_alpha activations_beta clip
MatMul 1 transpose_a transpose_b
MatrixNms 8 sort_result_type output_type nms_top_k keep_top_k sort_result_across_batch
    score_threshold background_class decay_function gaussian_sigma post_threshold normalized
Maximum 1 auto_broadcast
MaxPool 1 strides pads_begin pads_end kernel rounding_type auto_pad
MaxPool 8 strides dilations pads_begin pads_end kernel rounding_type auto_pad index_element_type
    axis
MaxPool 14 strides dilations pads_begin pads_end kernel rounding_type auto_pad index_element_type
    axis
Minimum 1 auto_broadcast
Mod 1 auto_broadcast
MulticlassNms 8 sort_result_type output_type nms_top_k keep_top_k sort_result_across_batch
    iou_threshold score_threshold background_class nms_eta normalized
MulticlassNms 9 sort_result_type output_type nms_top_k keep_top_k sort_result_across_batch
    iou_threshold score_threshold background_class nms_eta normalized
Multinomial 13 convert_type with_replacement log_probs global_seed op_seed
Multiply 1 auto_broadcast
MVN 2 eps across_channels normalize_variance reduction_axes
MVN 6 eps normalize_variance eps_mode
NMSRotated 13 sort_result_descending output_type clockwise
NonMaxSuppression 1 box_encoding sort_result_descending
NonMaxSuppression 3 box_encoding sort_result_descending output_type
NonMaxSuppression 4 box_encoding sort_result_descending output_type
NonMaxSuppression 5 box_encoding sort_result_descending output_type
NonMaxSuppression 9 box_encoding sort_result_descending output_type
NonZero 3 output_type
NormalizeL2 1 eps eps_mode
NotEqual 1 auto_broadcast
OneHot 1 axis
OneHot 16 axis negative_indices_mode
Pad 1 pad_mode
Pad 12 pad_mode
Parameter 1 shape element_type
Power 1 auto_broadcast
PriorBox 1 min_size max_size aspect_ratio density fixed_ratio fixed_size clip flip step offset
    variance scale_all_sizes
PriorBox 8 min_size max_size aspect_ratio density fixed_ratio fixed_size clip flip step offset
    variance scale_all_sizes min_max_aspect_ratios_order
PriorBoxClustered 1 step step_w step_h width height clip offset variance
Proposal 1 base_size pre_nms_topn post_nms_topn nms_thresh feat_stride min_size ratio scale
    clip_before_nms clip_after_nms normalize box_size_scale box_coordinate_scale framework
Proposal 4 base_size pre_nms_topn post_nms_topn nms_thresh feat_stride min_size ratio scale
    clip_before_nms clip_after_nms normalize box_size_scale box_coordinate_scale framework
PSROIPooling 1 output_dim group_size spatial_scale mode spatial_bins_x spatial_bins_y
RandomUniform 8 output_type op_seed global_seed alignment
Range 1
Range 4 output_type
ReadValue 3 variable_id
ReadValue 6 variable_id variable_type variable_shape
ReduceL1 4 keep_dims
ReduceL2 4 keep_dims
ReduceLogicalAnd 1 keep_dims
ReduceLogicalOr 1 keep_dims
ReduceMax 1 keep_dims
ReduceMean 1 keep_dims
ReduceMin 1 keep_dims
ReduceProd 1 keep_dims
ReduceSum 1 keep_dims
RegionYolo 1 anchors axis coords classes end_axis num do_softmax mask
ReorgYolo 2 stride
Reshape 1 special_zero
Reverse 1 mode
ReverseSequence 1 batch_axis seq_axis
RGBtoNV12 17 single_plane
RNNCell 1 hidden_size activations activations_alpha activations_beta clip
RNNSequence 5 direction hidden_size activations activations_alpha activations_beta clip
ROIAlign 3 pooled_h pooled_w sampling_ratio spatial_scale mode
ROIAlign 9 pooled_h pooled_w sampling_ratio spatial_scale mode aligned_mode
ROIAlignRotated 15 pooled_h pooled_w sampling_ratio spatial_scale clockwise_mode
ROIPooling 2 output_size output_roi pooled_h pooled_w spatial_scale method
Round 5 mode
ScaledDotProductAttention 13 causal
ScatterElementsUpdate 3
ScatterElementsUpdate 12 reduction use_init_val
ScatterNDUpdate 4
ScatterNDUpdate 15 reduction
SearchSorted 15 right_mode output_type
SegmentMax 16 fill_mode
Select 1 auto_broadcast
ShapeOf 1
ShapeOf 3 output_type
ShuffleChannels 1 axis group
SoftMax 1 axis
SoftMax 8 axis
SpaceToDepth 1 block_size mode
Split 1 num_splits
SquaredDifference 1 auto_broadcast
Squeeze 1
Squeeze 15 allow_axis_skip
STFT 15 transpose_frames
StridedSlice 1 begin_mask end_mask new_axis_mask shrink_axis_mask ellipsis_mask
Subtract 1 auto_broadcast
TopK 1 axis mode sort index_element_type
TopK 3 axis mode sort index_element_type
TopK 11 axis mode sort index_element_type stable
Unique 10 sorted index_element_type count_element_type
"""


def _rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.replace("\n    ", " ").strip().splitlines()]


OPSETS: dict[str, dict[int, set[str]]] = {}
for opset, *names in _rows(_PLAIN):
    OPSETS |= {name: {int(opset): set()} for name in names}
for name, opset, *attributes in _rows(_WITH_ATTRIBUTES):
    OPSETS.setdefault(name, {})[int(opset)] = set(attributes)
