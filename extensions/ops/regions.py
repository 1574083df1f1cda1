"""Pooling of regions of interest, given by their corners, from feature maps."""

from __future__ import annotations

from extensions.ops.common import FLOATS, divided, expect, joined, ranked, tied
from mo.graph.node import Output
from mo.graph.op import Op, TensorType


class PSROIPooling(Op):
    """Position-sensitive pooling of regions [R, 5] from [N, C, H, W]."""

    output_dim: int
    spatial_scale: float
    group_size: int = 1
    mode: str = "average"
    spatial_bins_x: int = 1
    spatial_bins_y: int = 1

    def infer(self, data: Output, rois: Output) -> TensorType:
        kind = expect(tied(data, rois), FLOATS, "a float")
        image, regions = ranked(data, 4, "data"), ranked(rois, 2, "the regions")
        joined("the last axis of the regions should be 5;", regions[1], 5)
        if self.mode == "average":
            area = self.group_size**2
        else:
            area = self.spatial_bins_x * self.spatial_bins_y
        channels = divided(image[1], area)
        joined("output_dim and channels per bin", channels, self.output_dim)
        return TensorType((regions[0], self.output_dim, self.group_size, self.group_size), kind)


class DeformablePSROIPooling(Op):
    """PSROIPooling with bins moved by learned offsets [R, 2 * classes, parts, parts]."""

    output_dim: int
    spatial_scale: float
    group_size: int = 1
    mode: str = "bilinear_deformable"
    spatial_bins_x: int = 1
    spatial_bins_y: int = 1
    trans_std: float = 1.0
    part_size: int = 1

    def infer(self, data: Output, rois: Output, offsets: Output | None = None) -> TensorType:
        kind = tied(data, rois, offsets)
        ranked(data, 4, "data")
        regions = ranked(rois, 2, "the regions")
        if offsets is not None:
            ranked(offsets, 4, "the offsets")
        return TensorType((regions[0], self.output_dim, self.group_size, self.group_size), kind)


class ROIPooling(Op):
    """Max or bilinear pooling of regions [R, 5] to [R, C, pooled_h, pooled_w]."""

    opset = "opset2"
    pooled_h: int
    pooled_w: int
    spatial_scale: float
    method: str = "max"

    def infer(self, data: Output, rois: Output) -> TensorType:
        kind = expect(tied(data, rois), FLOATS, "a float")
        image, regions = ranked(data, 4, "data"), ranked(rois, 2, "the regions")
        joined("the last axis of the regions should be 5;", regions[1], 5)
        return TensorType((regions[0], image[1], self.pooled_h, self.pooled_w), kind)


class _Align(Op):
    """Samples of regions [R, n] of the images named by a vector [R]."""

    pooled_h: int
    pooled_w: int
    sampling_ratio: int
    spatial_scale: float

    def _aligned(
        self, data: Output, rois: Output, batch_indices: Output, numbers: int
    ) -> TensorType:
        kind = expect(tied(data, rois), FLOATS, "a float")
        image, regions = ranked(data, 4, "data"), ranked(rois, 2, "the regions")
        images = ranked(batch_indices, 1, "the batch indices")
        joined(f"the last axis of the regions should be {numbers};", regions[1], numbers)
        count = joined("numbers of regions", regions[0], images[0])
        return TensorType((count, image[1], self.pooled_h, self.pooled_w), kind)


class ROIAlign(_Align):
    """Bilinear sampling of regions [R, 4] of the images named by the third input."""

    mode: str = "avg"
    aligned_mode: str = "asymmetric"

    def version(self) -> str:
        return "opset3" if self.aligned_mode == "asymmetric" else "opset9"

    def ir_attributes(self) -> dict[str, str]:
        attributes = super().ir_attributes()
        if self.version() == "opset3":
            del attributes["aligned_mode"]
        return attributes

    def infer(self, data: Output, rois: Output, batch_indices: Output) -> TensorType:
        return self._aligned(data, rois, batch_indices, 4)


class ROIAlignRotated(_Align):
    """Bilinear sampling of rotated regions [R, 5]: centre, size, angle."""

    opset = "opset15"
    clockwise_mode: bool = False

    def infer(self, data: Output, rois: Output, batch_indices: Output) -> TensorType:
        return self._aligned(data, rois, batch_indices, 5)
