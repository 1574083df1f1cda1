"""Recurrent layers and the decoding of sequences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.conformance.caffe_variants.variant import (
    Variant,
    numbers,
    v,
)
from tests.front.caffe.formulas import sequences as f


def _sequences() -> Iterator[Variant]:
    going = np.array([[0, 0], [1, 1], [1, 0], [1, 1], [0, 1]], np.float32)
    x, hidden = (5, 2, 3), 4
    blobs = [(16, 3), (16,), (16, 4)]
    yield v("LSTM", "recurrent_param", f"num_output: {hidden}", [x, going], blobs, f.lstm)
    yield v(
        *("LSTM", "recurrent_param", f"num_output: {hidden}", [(5, 2, 3, 1, 1), going], blobs),
        f.lstm,
        opened=(0, 1),
        note="on images",
    )
    blobs = [(16, 3), (16,), (16, 6), (16, 4)]
    given = [x, going, (2, 6)]
    text = f"num_output: {hidden}"
    yield v("LSTM", "recurrent_param", text, given, blobs, f.lstm, note="with static input")
    blobs = [(4, 3), (4,), (4, 4), (4, 4), (4,)]
    yield v("RNN", "recurrent_param", text, [x, going], blobs, f.rnn)
    blobs = [(16, 3), (16,), (16, 4)]
    states = [(1, 2, 4), (1, 2, 4)]
    text = "num_output: 4 expose_hidden: true"
    yield v("LSTM", "recurrent_param", text, [x, going, *states], blobs, f.exposed_lstm, 3)
    blobs = [(4, 3), (4,), (4, 4), (4, 4), (4,)]
    yield v("RNN", "recurrent_param", text, [x, going, states[0]], blobs, f.exposed_rnn, 2)
    given = [(1, 3, 4), (1, 3, 16), np.float32([[1, 0, 1]])]
    yield v("LSTMUnit", inputs=given, formula=f.lstm_unit, tops=2)
    scores = np.exp(numbers(6, 2, 4))
    mask = np.ones((6, 2), np.float32)
    mask[0] = 0
    mask[4:, 1] = 0
    for merge in (True, False):
        text = f"ctc_merge_repeated: {'true' if merge else 'false'}"
        given = [scores, mask]
        yield v("CTCGreedyDecoder", "ctc_decoder_param", text, given, (), f.ctc(merge))
        for blank in range(4):
            formula = f.ctc(merge, blank)
            named = f"{text} blank_index: {blank}"
            yield v(
                *("CTCGreedyDecoder", "ctc_decoder_param", named, given, (), formula), opened=(0, 1)
            )


def variants() -> Iterator[Variant]:
    yield from _sequences()
