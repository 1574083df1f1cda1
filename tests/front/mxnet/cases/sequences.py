"""Sequences of different lengths in one tensor."""

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
