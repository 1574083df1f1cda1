"""DetectionOutput-1 of the operation set, for one image, in plain numpy."""

from __future__ import annotations

import numpy as np


def centred(deltas: np.ndarray, priors: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """Code type CENTER_SIZE: corners [count, 4] of boxes told as (x, y, log width, log height)."""
    size = priors[:, 2:] - priors[:, :2]
    centre = (priors[:, :2] + priors[:, 2:]) / 2 + variances[:, :2] * deltas[:, :2] * size
    half = np.exp(variances[:, 2:] * deltas[:, 2:]) * size / 2
    return np.concatenate([centre - half, centre + half], axis=1)


def overlap(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union of one box with others."""
    near, far = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.maximum(far - near, 0), axis=1)
    areas = [np.prod(each[:, 2:] - each[:, :2], axis=1) for each in (box[None], others)]
    return shared / (areas[0] + areas[1] - shared)


def suppressed(boxes: np.ndarray, scores: np.ndarray, threshold: float) -> list[int]:
    """Which boxes are left, best first."""
    order, kept = list(np.argsort(-scores, kind="stable")), []
    while order:
        best = order.pop(0)
        kept.append(int(best))
        near = overlap(boxes[best], boxes[order]) if order else np.zeros(0)
        order = [other for other, share in zip(order, near) if share <= threshold]
    return kept


def detection_output(
    boxes: np.ndarray, scores: np.ndarray, confidence: float, threshold: float, most: int
) -> np.ndarray:
    """Rows (label, score, corners) of boxes [count, 4] and scores [count, classes]; clipped."""
    rows = []
    for label in range(scores.shape[1]):
        (places,) = np.nonzero(scores[:, label] > confidence)
        for place in places[suppressed(boxes[places], scores[places, label], threshold)]:
            corners = np.clip(boxes[place], 0, 1)
            rows.append([label, scores[place, label], *corners])
    rows.sort(key=lambda row: -row[1])
    return np.array(rows[:most])


def of_image(rows: np.ndarray, number: int) -> np.ndarray:
    """Label, score and corners of one image in the runtime's result; -1 marks its end."""
    table = rows.reshape(-1, 7)
    ends = np.flatnonzero(table[:, 0] == -1)
    table = table[: ends[0]] if len(ends) else table
    return table[table[:, 0] == number][:, 1:]
