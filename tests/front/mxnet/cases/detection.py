"""Detection: anchors, decoding, suppression. Rows of MultiBoxDetection are read on by a node."""

import mxnet as mx
import numpy as np


def record(r):
    image = np.zeros((1, 3, 2, 4), np.float32)
    for options in (
        {"sizes": (0.5, 0.3), "ratios": (2, 1, 0.5)},
        {"sizes": (0.5,), "ratios": (1,), "steps": (0.3, 0.2), "offsets": (0.1, 0.7)},
        {"sizes": (0.9, 0.8), "clip": True},
        {},
    ):
        r.case("contrib.MultiBoxPrior", image, **options)
    multi_box(r)
    box_nms(r)


def boxes(r, *shape):
    first = r.numbers(*shape, 2, low=0, high=0.5)
    return np.concatenate([first, first + r.numbers(*shape, 2, low=0.2, high=0.5)], -1)


def multi_box(r):
    scores = r.random.dirichlet(np.ones(4) / 2, (2, 12)).transpose(0, 2, 1).astype(np.float32)
    anchors = boxes(r, 1, 12)
    deltas = r.numbers(2, 48, low=-0.5, high=0.5)
    for options in (
        {},
        {"force_suppress": True},
        {"threshold": 0.3, "nms_threshold": 0.3},
        {"nms_threshold": -1.0},
        {"clip": False, "variances": (0.2, 0.1, 0.3, 0.1)},
    ):
        rows = mx.sym.contrib.MultiBoxDetection(
            *(mx.sym.var(f"in{i}") for i in range(3)), **options
        )
        name = ",".join(f"{key}={value}" for key, value in options.items())
        r.symbol(f"MultiBoxDetection({name})", rows + 1, scores, deltas, anchors)


def box_nms(r):
    count = 14
    rows = np.concatenate(
        [
            r.random.randint(-1, 3, (2, count, 1)),
            r.numbers(2, count, 1, low=-0.2, high=1),
            boxes(r, 2, count),
        ],
        -1,
    ).astype(np.float32)
    for options in (
        {},
        {"id_index": 0},
        {"id_index": 0, "background_id": 1},
        {"id_index": 0, "topk": 5},
        {"id_index": 0, "force_suppress": True, "overlap_thresh": 0.3},
        {"valid_thresh": 0.3, "out_format": "center"},
        {"valid_thresh": -1.0, "id_index": 0},
        {"in_format": "center", "id_index": 0},
        {"in_format": "center", "out_format": "center", "topk": 100},
    ):
        r.case("contrib.box_nms", rows, **options)
    r.case("contrib.box_nms", rows[0], id_index=0, name="matrix")
    r.case("contrib.box_nms", rows[None], id_index=0, name="4 axes")
    more = np.concatenate([rows, r.numbers(2, count, 3)], -1)
    r.case("contrib.box_nms", more, id_index=0, out_format="center", name="wide rows")
    r.case("contrib.box_iou", boxes(r, 3), boxes(r, 4))
    r.case("contrib.box_iou", boxes(r, 3), boxes(r, 4), format="center")
    for kind in ("corner", "center"):
        r.case("contrib.box_decode", (2, 5, 4), boxes(r, 1, 5), format=kind)
        r.case(
            "contrib.box_decode",
            (2, 5, 4),
            boxes(r, 1, 5),
            std0=0.1,
            std1=0.1,
            std2=0.2,
            std3=0.2,
            clip=0.5,
            format=kind,
        )
