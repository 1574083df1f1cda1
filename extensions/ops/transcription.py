"""Decoding of label sequences: connectionist temporal classification, beam search."""

from __future__ import annotations

from extensions.ops.common import FLOATS, INTEGERS, expect, joined, ranked, tied
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType


class CTCGreedyDecoder(Op):
    """The best class of each step of [T, N, C], as [N, T, 1, 1]; -1 fills up."""

    ctc_merge_repeated: bool = True

    def infer(self, data: Output, sequence_mask: Output) -> TensorType:
        kind = expect(tied(data, sequence_mask), FLOATS, "a float")
        logits, mask = ranked(data, 3, "data"), ranked(sequence_mask, 2, "the mask")
        steps = joined("lengths", logits[0], mask[0])
        batch = joined("batch sizes", logits[1], mask[1])
        return TensorType((batch, steps, 1, 1), kind)


class CTCGreedyDecoderSeqLen(Op):
    """The best class of each step of [N, T, C], as [N, T], and the lengths [N]."""

    opset = "opset6"
    merge_repeated: bool = True
    classes_index_type: ElementType = ElementType.i32
    sequence_length_type: ElementType = ElementType.i32

    def infer(
        self, data: Output, sequence_length: Output, blank_index: Output | None = None
    ) -> tuple[TensorType, ...]:
        expect(data.dtype, FLOATS, "a float")
        logits, lengths = ranked(data, 3, "data"), ranked(sequence_length, 1, "the lengths")
        batch = joined("batch sizes", logits[0], lengths[0])
        return (
            TensorType((batch, logits[1]), self.classes_index_type),
            TensorType((batch,), self.sequence_length_type),
        )


class CTCLoss(Op):
    """The loss [N] of logits [N, T, C] against labels [N, T]."""

    opset = "opset4"
    preprocess_collapse_repeated: bool = False
    ctc_merge_repeated: bool = True
    unique: bool = False

    def infer(
        self,
        logits: Output,
        logit_length: Output,
        labels: Output,
        label_length: Output,
        blank_index: Output | None = None,
    ) -> TensorType:
        kind = expect(logits.dtype, FLOATS, "a float")
        expect(tied(logit_length, label_length), INTEGERS, "an integer")
        scores, wanted = ranked(logits, 3, "the logits"), ranked(labels, 2, "the labels")
        lengths = [ranked(value, 1, "lengths")[0] for value in (logit_length, label_length)]
        joined("numbers of steps", scores[1], wanted[1])
        return TensorType((joined("batch sizes", scores[0], wanted[0], *lengths),), kind)


class GatherTree(Op):
    """Beams [T, N, B] put together from the steps and the parents of each step."""

    def infer(
        self, step_ids: Output, parents: Output, max_lengths: Output, end_token: Output
    ) -> TensorType:
        kind = tied(step_ids, parents, max_lengths, end_token)
        steps, origins = ranked(step_ids, 3, "the steps"), ranked(parents, 3, "the parents")
        merged = [joined("sizes of steps and parents", a, b) for a, b in zip(steps, origins)]
        merged[1] = joined("batch sizes", merged[1], ranked(max_lengths, 1, "the lengths")[0])
        ranked(end_token, 0, "the end token")
        return TensorType(tuple(merged), kind)
