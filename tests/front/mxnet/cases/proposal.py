"""Region proposals."""

import numpy as np

OPTIONS = {"feature_stride": 16, "rpn_pre_nms_top_n": 60, "rpn_min_size": 4}


def record(r):
    anchors = 6
    scores = r.random.permutation(2 * anchors * 35).reshape(1, 2 * anchors, 5, 7) / 1000.0
    scores = scores.astype(np.float32)
    deltas = r.numbers(1, 4 * anchors, 5, 7, low=-0.5, high=0.5)
    size = np.array([[80, 112, 1.5]], np.float32)
    shapes = {"scales": (2, 4), "ratios": (0.5, 1, 2)}
    for count in (10, 40):
        r.case(
            "contrib.Proposal",
            scores,
            deltas,
            size,
            rpn_post_nms_top_n=count,
            threshold=0.7,
            **shapes,
            **OPTIONS,
        )
    r.case(
        "contrib.Proposal",
        scores,
        deltas,
        size,
        rpn_post_nms_top_n=12,
        threshold=0.5,
        output_score=True,
        **shapes,
        **OPTIONS,
    )
    small = np.array([[60, 90, 3]], np.float32)
    r.case(
        "contrib.Proposal",
        scores,
        deltas,
        small,
        rpn_post_nms_top_n=30,
        threshold=0.7,
        **shapes,
        **OPTIONS,
    )
    sizes = np.array([[80, 112, 1.5], [64, 100, 1]], np.float32)
    r.case(
        "contrib.MultiProposal",
        np.concatenate([scores, scores[::-1] * 0.9]),
        np.concatenate([deltas, deltas * 0.5]),
        sizes,
        rpn_post_nms_top_n=15,
        **shapes,
        **OPTIONS,
    )
