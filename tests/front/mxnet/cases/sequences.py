"""Sequences of different lengths in one tensor."""

import mxnet as mx
import numpy as np

LENGTHS = np.array([1, 4, 2], np.float32)


def record(r):
    for op in ("SequenceMask", "SequenceLast", "SequenceReverse"):
        r.case(op, (4, 3, 2))
        r.case(op, (4, 3, 2), LENGTHS, use_sequence_length=True)
        r.case(op, (4, 3, 2, 2), LENGTHS, use_sequence_length=True, name="4 axes")
        if op != "SequenceReverse":
            r.case(op, (3, 4, 2), LENGTHS, use_sequence_length=True, axis=1)
    r.case("SequenceMask", (4, 3), LENGTHS, use_sequence_length=True, value=-5, name="matrix")
    r.case("SequenceLast", (4, 3), LENGTHS, use_sequence_length=True, name="matrix")
    r.case("SequenceReverse", (4, 3), LENGTHS, use_sequence_length=True, name="matrix")
    losses(r)


def losses(r):
    steps, ends = np.array([[6, 4, 5], [3, 2, 1]], np.float32)
    for blank, padding in (("first", 0), ("last", -1)):
        labels = np.array([[1, 2, 3], [3, 3, padding], [2, padding, padding]], np.float32)
        for use in ((), ("data",), ("label",), ("data", "label")):
            names = ["data", "label", *(f"{name}_lengths" for name in use)]
            y = mx.sym.CTCLoss(
                blank_label=blank,
                **{f"use_{name}_lengths": True for name in use},
                **{name: mx.sym.var(f"in{i}") for i, name in enumerate(names)},
            )
            given = [{"data": steps, "label": ends}[name] for name in use]
            r.symbol(f"CTCLoss {blank} {' '.join(use)}", y, (6, 3, 5), labels, *given)
