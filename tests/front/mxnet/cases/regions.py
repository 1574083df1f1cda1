"""Regions of interest, pooled from feature maps."""

import numpy as np

ROIS = np.array([[0, 0, 0, 9, 11], [1, 2, 3, 12.4, 8], [0, 5, 1, 7, 13.5]], np.float32)


def record(r):
    image = (2, 3, 8, 9)
    r.case("ROIPooling", image, np.round(ROIS), pooled_size=(2, 3), spatial_scale=0.5)
    r.case("ROIPooling", image, np.round(ROIS / 2), pooled_size=(4, 4), spatial_scale=1.0)
    for aligned in (False, True):
        for ratio in (-1, 2):
            r.case(
                "contrib.ROIAlign",
                image,
                ROIS,
                pooled_size=(2, 3),
                spatial_scale=0.5,
                sample_ratio=ratio,
                aligned=aligned,
            )
    wide = (2, 8, 8, 9)
    r.case(
        "contrib.PSROIPooling", wide, np.round(ROIS), spatial_scale=0.5, output_dim=2, pooled_size=2
    )
    options = {"spatial_scale": 0.5, "output_dim": 2, "pooled_size": 2, "group_size": 2}
    r.case("contrib.DeformablePSROIPooling", wide, ROIS, no_trans=True, **options)
    offsets = r.numbers(3, 4, 2, 2, low=-0.5, high=0.5)
    options.update(trans_std=0.3, sample_per_part=4)
    r.case("contrib.DeformablePSROIPooling", wide, ROIS, offsets, **options)
    nowhere = ROIS.copy()
    nowhere[1, 0] = -1
    size = {"pooled_size": (2, 3), "spatial_scale": 0.5}
    # ROIAlign of MXNet reads there whatever lies before its data.
    r.case("ROIPooling", image, np.round(nowhere), name="of no image", **size)
