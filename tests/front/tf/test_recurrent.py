"""Recurrent layers and cells that are one operation.

The kernels of CudnnRNN run on no CPU: there the layers of Keras are the reference, whose weights
are packed as cuDNN documents it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from mo.errors import ConversionError
from tests.front.comparing import operations
from tests.front.tf.running import agree, compare, converted, in_session

pytestmark = pytest.mark.heavy

R = tf.raw_ops


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng([seed, *shape]).uniform(-1, 1, shape).astype(np.float32)


TIME, BATCH, FEATURES, UNITS = 5, 2, 3, 4
X, STEP = numbers(TIME, BATCH, FEATURES), numbers(BATCH, FEATURES)
C, H = numbers(BATCH, UNITS, seed=1), numbers(BATCH, UNITS, seed=2)
W, B = numbers(FEATURES + UNITS, 4 * UNITS, seed=3), numbers(4 * UNITS, seed=4)
PEEPHOLES = {f"wc{gate}": numbers(UNITS, seed=5 + k) for k, gate in enumerate("ifo")}
WEIGHTS = {"w": W, "b": B, **PEEPHOLES}


@pytest.mark.parametrize("clip", [-1.0, 0.0, 0.3])
@pytest.mark.parametrize("use_peephole", [False, True])
@pytest.mark.parametrize("version", ["BlockLSTM", "BlockLSTMV2"])
def test_block_lstm(version: str, use_peephole: bool, clip: float) -> None:
    bias = {"forget_bias": 0.7} if version == "BlockLSTM" else {}
    op = getattr(R, version)
    options = {"cell_clip": clip, "use_peephole": use_peephole, **WEIGHTS, **bias}

    def run(x: Any, c: Any, h: Any) -> Any:
        length = tf.shape(x, tf.int64)[0]
        return op(seq_len_max=length, x=x, cs_prev=c, h_prev=h, **options)

    agree(run, X, C, H)


@pytest.mark.parametrize("version", ["BlockLSTM", "BlockLSTMV2"])
def test_block_lstm_of_which_only_the_output_counts_is_a_sequence(version: str) -> None:
    def run(x: Any, c: Any, h: Any) -> Any:
        length, op = tf.shape(x, tf.int64)[0], getattr(R, version)
        return op(seq_len_max=length, x=x, cs_prev=c, h_prev=h, cell_clip=-1.0, **WEIGHTS).h

    assert "LSTMSequence" in operations(agree(run, X, C, H))


@pytest.mark.parametrize("version", ["BlockLSTM", "BlockLSTMV2"])
def test_block_lstm_of_whose_cell_states_the_last_counts(version: str) -> None:
    """As LSTMBlockFusedCell gives them: the last row, or that at the end of each sequence."""
    op = getattr(R, version)
    ends = [[TIME, place] for place in range(BATCH)]

    def states(x: Any, c: Any, h: Any) -> Any:
        length = tf.shape(x, tf.int64)[0]
        found = op(seq_len_max=length, x=x, cs_prev=c, h_prev=h, cell_clip=-1.0, **WEIGHTS)
        return found.h, found.cs

    def last(x: Any, c: Any, h: Any) -> Any:
        y, cells = states(x, c, h)
        return y, cells[-1]

    def at_the_end(x: Any, c: Any, h: Any) -> Any:
        y, cells = states(x, c, h)
        return y, tf.gather_nd(tf.concat([c[None], cells], 0), ends)

    for run in (last, at_the_end):
        found = operations(agree(run, X, C, H))
        assert "LSTMSequence" in found
        assert "Loop" not in found


@pytest.mark.parametrize("clip", [0.0, 0.3])
def test_block_lstm_that_ends_early(clip: float) -> None:
    def run(n: Any, x: Any, c: Any, h: Any) -> Any:
        found = R.BlockLSTM(seq_len_max=n, x=x, cs_prev=c, h_prev=h, cell_clip=clip, **WEIGHTS)
        return (found.h, found.cs) if clip else found.h

    agree(run, np.array(3, np.int64), X, C, H)


@pytest.mark.parametrize("use_peephole", [False, True])
def test_lstm_block_cell(use_peephole: bool) -> None:
    def run(x: Any, c: Any, h: Any) -> Any:
        return R.LSTMBlockCell(x=x, cs_prev=c, h_prev=h, use_peephole=use_peephole, **WEIGHTS)

    agree(run, STEP, C, H)


def test_gru_block_cell() -> None:
    rows = FEATURES + UNITS
    weights = {
        "w_ru": numbers(rows, 2 * UNITS, seed=3),
        "w_c": numbers(rows, UNITS, seed=4),
        "b_ru": numbers(2 * UNITS, seed=5),
        "b_c": numbers(UNITS, seed=6),
    }
    agree(lambda x, h: R.GRUBlockCell(x=x, h_prev=h, **weights), STEP, H)


# ---- cuDNN

# Per mode: the layer of Keras, and where it has the gates that cuDNN wants.
MODES = {
    "lstm": ("LSTM", (0, 1, 2, 3), {}),
    "gru": ("GRU", (1, 0, 2), {"reset_after": True}),
    "rnn_tanh": ("SimpleRNN", (0,), {}),
    "rnn_relu": ("SimpleRNN", (0,), {"activation": "relu"}),
}


def layers_of(mode: str, layers: int, both: bool) -> list[list[Any]]:
    """Layers of Keras for each layer and direction, with weights."""
    kind, _, options = MODES[mode]
    found = []
    for number in range(layers):
        features = FEATURES if number == 0 else UNITS * (2 if both else 1)
        made = []
        for backwards in (False, True)[: 1 + both]:
            layer = getattr(tf.keras.layers, kind)(
                UNITS, return_sequences=True, return_state=True, go_backwards=backwards, **options
            )
            layer.build((None, TIME, features))
            shapes = [w.shape for w in layer.weights]
            seed = 10 * number + 5 * backwards
            layer.set_weights([numbers(*s, seed=seed + k) for k, s in enumerate(shapes)])
            made.append(layer)
        found.append(made)
    return found


def packed(layers: list[list[Any]], mode: str) -> np.ndarray:
    """All weights, then all biases; a part of the bias belongs to the recurrence."""
    order = MODES[mode][1]
    weights, biases = [], []
    for layer in (layer for made in layers for layer in made):
        kernel, recurrent, bias = layer.get_weights()
        pair = bias if mode == "gru" else np.stack([bias - 0.25, np.full_like(bias, 0.25)])
        for matrix in (kernel, recurrent):
            gates = np.split(matrix, len(order), axis=1)
            weights += [gates[gate].T.reshape(-1) for gate in order]
        for vector in pair:
            gates = np.split(vector, len(order))
            biases += [gates[gate] for gate in order]
    return np.concatenate([*weights, *biases])


def expected(
    layers: list[list[Any]], x: Any, states: list[np.ndarray], lengths: Any = None
) -> list[np.ndarray]:
    """[time, batch, features], and the last states [layers * directions, batch, units]."""
    x, finals = np.swapaxes(x, 0, 1), []
    length = np.full(x.shape[0], x.shape[1]) if lengths is None else lengths
    for made in layers:
        sides = []
        for layer in made:
            rows = []
            place = len(finals)
            for b in range(x.shape[0]):
                start = [state[place, b : b + 1] for state in states]
                rows.append(layer(x[b : b + 1, : length[b]], initial_state=start))
            finals.append([np.concatenate(state) for state in zip(*(row[1:] for row in rows))])
            y = np.zeros((*x.shape[:2], UNITS), np.float32)
            for b, row in enumerate(rows):
                steps = row[0][0].numpy()
                y[b, : length[b]] = steps[::-1] if layer.go_backwards else steps
            sides.append(y)
        x = np.concatenate(sides, axis=2)
    return [np.swapaxes(x, 0, 1), *(np.stack(state) for state in zip(*finals))]


def check(
    mode: str, layers: int, both: bool, lengths: Any = None, time_major: bool = True
) -> list[str]:
    """Compare with Keras, with static sizes and with open time and batch."""
    made = layers_of(mode, layers, both)
    count = layers * (1 + both)
    states = [numbers(count, BATCH, UNITS, seed=k) for k in (1, 2)[: 1 + (mode == "lstm")]]
    wanted = expected(made, X, states, lengths)
    arrays = [X, *states]
    if not time_major:
        arrays, wanted = ([np.swapaxes(a, 0, 1) for a in values] for values in (arrays, wanted))
    direction = "bidirectional" if both else "unidirectional"
    options = {"rnn_mode": mode, "direction": direction, "is_training": False}
    more = {} if lengths is None else {"sequence_lengths": lengths, "time_major": time_major}
    params = packed(made, mode)
    op = R.CudnnRNNV2 if lengths is None else R.CudnnRNNV3

    def run(x: Any, h: Any, c: Any = 0.0) -> Any:
        h.set_shape([count, None, UNITS] if time_major else [None, count, UNITS])
        x.set_shape([None, None, FEATURES])
        found = op(input=x, input_h=h, input_c=c, params=params, **options, **more)
        return [found.output, found.output_h, found.output_c][: len(wanted)]

    names = []
    for is_open in (False, True):
        model, _ = in_session(run, arrays, is_open)
        if is_open:
            for item, array in zip(model.inputs, arrays):
                if array is not arrays[0]:
                    item.shape = tuple(
                        size if size in (count, UNITS) else dim
                        for dim, size in zip(item.shape or (), array.shape)
                    )
        graph = converted(model)
        compare(graph, arrays, wanted, 1e-4, "unknown sizes" if is_open else "static shapes")
        names += operations(graph)
    return names


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("mode", MODES)
def test_cudnn(mode: str, layers: int, both: bool) -> None:
    assert "Loop" not in check(mode, layers, both)


@pytest.mark.parametrize("time_major", [True, False])
@pytest.mark.parametrize("both", [False, True])
def test_cudnn_for_sequences_of_several_lengths(both: bool, time_major: bool) -> None:
    check("lstm", 1, both, np.array([3, 5], np.int32), time_major)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"input_mode": "skip_input"}, "skip_input"),
        ({"num_proj": 2}, "projection"),
        ({"dropout": 0.5, "is_training": True}, "dropout"),
    ],
)
def test_what_cudnn_does_besides_is_refused(option: dict[str, Any], message: str) -> None:
    def run(x: Any, h: Any, c: Any) -> Any:
        return R.CudnnRNNV3(
            input=x, input_h=h, input_c=c, params=tf.zeros([200]), sequence_lengths=[5, 5], **option
        ).output

    model, _ = in_session(run, [X, H[None], C[None]], is_open=False)
    with pytest.raises(ConversionError, match=message):
        converted(model)
