"""Descriptors and components of nnet3 that look at other frames than their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("openvino")

from mo.errors import ConversionError
from mo.main import main
from tests.front.kaldi import running
from tests.front.kaldi.networks import Network, Part, agree
from tests.front.kaldi.parts import affine, normal, relu
from tests.front.kaldi.reference import framewise
from tests.front.kaldi.timed_parts import attention, extraction, pooling, tdnn

R = np.random.default_rng(11)


def reading(descriptor: str, width: int) -> Network:
    """An affine component that reads a descriptor of an input of three columns."""
    return Network().input("input", 3).add("a", affine(R, 4, width), descriptor).output("a")


@pytest.mark.parametrize(
    ("descriptor", "width"),
    [
        ("Offset(input, -2)", 3),
        ("Append(Offset(input, -3), input, Offset(input, 2))", 9),
        ("Sum(Offset(input, -1), Scale(0.5, Offset(input, 1)), input)", 3),
        ("Append(input, Const(0.25, 2))", 5),
        ("Offset(Append(input, Offset(input, 1)), 2)", 6),
        ("Append(IfDefined(Offset(input, -4)), input)", 6),
        ("IfDefined(Offset(Sum(input, Offset(input, -1)), -2))", 3),
        ("Failover(Offset(input, -2), Scale(2.0, input))", 3),
        ("Append(input, ReplaceIndex(input, t, 0))", 6),
        ("ReplaceIndex(input, x, 0)", 3),
        ("Offset(input, -1, 0)", 3),
    ],
)
def test_descriptor(descriptor: str, width: int) -> None:
    agree(reading(descriptor, width), {"input": normal(R, 15, 3)})


@pytest.mark.parametrize(
    "descriptor",
    ["Round(input, 3)", "Switch(input, Scale(2.0, input), Scale(-1.0, input))"],
)
def test_descriptor_that_counts_frames(descriptor: str) -> None:
    agree(reading(descriptor, 3), {"input": normal(R, 14, 3)})


def test_what_is_behind_the_last_frame_is_only_known_as_a_whole() -> None:
    network = reading("Append(IfDefined(Offset(input, 3)), Failover(Offset(input, 2), input))", 6)
    agree(network, {"input": normal(R, 14, 3)}, by_frame=False)


def test_an_input_that_does_not_change_over_time() -> None:
    network = Network().input("input", 3).input("ivector", 2)
    network.add(
        "a", affine(R, 4, 8), "Append(Offset(input, -1), input, ReplaceIndex(ivector, t, 0))"
    )
    network.add("b", tdnn(R, 4, 4, [-1, 1]), "a").output("b")
    agree(network, {"input": normal(R, 15, 3), "ivector": normal(R, 2)})


def test_what_a_recurrence_gave_earlier_is_read_outside_of_it() -> None:
    network = Network().input("input", 3)
    network.add("r", affine(R, 3, 6), "Append(Offset(input, 1), IfDefined(Offset(r, -1)))")
    network.add("a", affine(R, 4, 12), "Append(r, Offset(r, -1), Offset(r, -3), input)")
    agree(network.output("a"), {"input": normal(R, 15, 3)})


def test_memories_are_filled_with_what_is_computed_of_zeros() -> None:
    network = Network().input("input", 3).add("a", affine(R, 4, 3), "IfDefined(Offset(input, 2))")
    network.add("b", affine(R, 4, 11), "Append(Offset(a, -3), Round(Offset(a, 1), 4), input)")
    agree(network.output("b"), {"input": normal(R, 15, 3)}, goes_on=True)


def test_values_that_are_always_there_are_rounded_and_chosen() -> None:
    network = Network().input("input", 3).add("a", affine(R, 3, 3), "IfDefined(Offset(input, -2))")
    network.add("b", affine(R, 3, 3), "Round(Offset(a, -1), 3)")
    switch = "Switch(Offset(a, -4), a)"
    failover = "Failover(Offset(input, -3), Offset(a, -1))"
    network.output(f"Append(b, {switch}, {failover}, Offset(b, -2))")
    agree(network, {"input": normal(R, 15, 3)})


def test_an_end_that_depends_on_the_length_is_refused() -> None:
    for reads in (
        "IfDefined(Offset(Round(input, 3), 2))",
        "Failover(Offset(Round(input, 3), 2), input)",
    ):
        network = reading(f"Append({reads}, input)", 6)
        assert "depends on the length" in refusal(network, kaldi_chunk="dynamic")
        x = {"input": normal(R, 15, 3)}
        expected = network.expected(running.extended(x, 0, 12))[:15]
        running.assert_close(running.streamed(network.data(), x), expected)


def test_columns_of_a_node() -> None:
    network = Network().input("input", 6).columns("part", "input", 1, 3)
    network.add("a", affine(R, 4, 6), "Append(part, Offset(part, -1))").output("a")
    agree(network, {"input": normal(R, 15, 6)})


def test_one_component_in_two_nodes() -> None:
    network = Network().input("input", 3).add("a", affine(R, 3, 3), "input")
    network.lines.append("component-node name=again component=a input=Offset(a, -1)")
    agree(network.output("Sum(a, again)"), {"input": normal(R, 15, 3)})


def test_branches_of_different_delay_meet() -> None:
    network = Network().input("input", 3).add("near", affine(R, 4, 3), "input")
    network.add("far", tdnn(R, 4, 3, [-2, 0, 4]), "input").add("r", relu(4), "far")
    network.add("end", tdnn(R, 5, 8, [-1, 0, 1]), "Append(near, r)").output("end")
    agree(network, {"input": normal(R, 20, 3)})


@pytest.mark.parametrize("offsets", [[0], [-3, 0, 3], [-1, 0], [0, 1], [-4, -2]])
def test_tdnn(offsets: list[int]) -> None:
    network = Network().input("input", 3).add("t", tdnn(R, 4, 3, offsets), "input").output("t")
    agree(network, {"input": normal(R, 15, 3)})


def test_tdnn_without_bias() -> None:
    made = tdnn(R, 4, 3, [-1, 1], bias=False)
    network = Network().input("input", 3).add("t", made, "input").output("t")
    agree(network, {"input": normal(R, 15, 3)}, binary=False)


def test_frames_are_counted_from_the_first_one_behind_the_warm_up() -> None:
    network = Network().input("input", 3)
    network.add("r", affine(R, 3, 6), "Append(input, IfDefined(Offset(r, -1)))")
    network.add("a", tdnn(R, 3, 3, [-2, 0, 1]), "r")
    turns = "Switch(a, r, input)"
    network.output(f"Append({turns}, Round(a, 3), ReplaceIndex(a, t, 1))")
    agree(network, {"input": normal(R, 15, 3)})


def test_a_sum_over_an_utterance_begins_with_its_first_frame() -> None:
    network = Network().input("input", 3).add("e", extraction(3, 1, 1), "Offset(input, 2)")
    network.add("p", pooling(7, 0, 100, 1), "e").output("p")
    x = {"input": normal(R, 15, 3)}
    expected = network.expected(x, pads=False)
    model = running.compiled(network.data(), kaldi_chunk="dynamic")
    running.assert_close(running.whole(model, x), expected)
    running.assert_close(running.by_frame(running.compiled(network.data()), x)[-1:], expected)


@pytest.mark.parametrize("context", [True, False])
def test_restricted_attention(context: bool) -> None:
    made = attention(2, 3, 2, left=2, right=1, stride=2, context=context)
    width = 2 * (2 * 3 + 2 + 4)
    network = Network().input("input", width).add("a", made, "input").output("a")
    agree(network, {"input": normal(R, 20, width)})


def test_statistics_over_a_window() -> None:
    network = Network().input("input", 3).add("e", extraction(3, 1, 1), "input")
    network.add("p", pooling(7, 4, 2, 1, logs=1), "e").output("Append(input, p)")
    x = {"input": normal(R, 20, 3)}
    agree(network, x, goes_on=True)


def test_statistics_in_periods() -> None:
    """As in the stats layers of speech networks: mean+stddev(-6:1:3:6)."""
    network = Network().input("input", 3).add("e", extraction(3, 1, 3), "input")
    network.add("p", pooling(7, 6, 6, 3), "e").output("Append(input, Round(p, 3))")
    x = {"input": normal(R, 30, 3)}
    agree(network, x, goes_on=True)


@pytest.mark.parametrize("deviations", [True, False])
def test_statistics_of_an_utterance(deviations: bool) -> None:
    """Frame by frame, each call gives what the utterance so far has; as a whole, one row."""
    network = Network().input("input", 3).add("t", tdnn(R, 4, 3, [-2, 0, 1]), "input")
    network.add("e", extraction(4, 1, 1, squares=deviations), "t")
    network.add("p", pooling(9 if deviations else 5, 0, 10000, 1, deviations=deviations), "e")
    network.output("p")
    x = {"input": normal(R, 25, 3)}
    expected = network.expected(x, pads=False)
    rows = running.whole(running.compiled(network.data(), kaldi_chunk="dynamic"), x)
    running.assert_close(rows, expected)
    calls = running.by_frame(running.compiled(network.data()), x)
    running.assert_close(calls[-1:], expected)


def refusal(network: Network, **flags: str) -> str:
    with pytest.raises(ConversionError) as caught:
        running.convert(network.data(), **flags)
    return str(caught.value)


def test_inputs_are_only_at_x_0() -> None:
    assert "'input' is wanted at x = 2" in refusal(reading("Offset(input, 0, 2)", 3))
    assert "'input' is wanted at x = 1" in refusal(reading("ReplaceIndex(input, x, 1)", 3))
    one = Part("DistributeComponent", [("InputDim", 3), ("OutputDim", 3)], 3, framewise(abs))
    network = Network().input("input", 3)
    for number in range(2000):
        network.add(f"d{number}", one, f"d{number - 1}" if number else "input")
    network.output(f"Offset(d{number}, 0, 1)")
    assert "'input' is wanted at x = 1" in refusal(network)


def test_utterances_that_are_too_short_are_refused() -> None:
    network = Network().input("input", 3).add("t", tdnn(R, 4, 3, [-2, 2]), "input")
    network.add("e", extraction(4, 1, 1), "t").add("p", pooling(9, 0, 100, 1), "e").output("p")
    assert "too short: 4 of 3 rows" in refusal(network, kaldi_chunk="3")


def test_the_success_output_tells_how_to_begin_and_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = Network().input("input", 3)
    network.add("r", affine(R, 3, 6), "Append(input, IfDefined(Offset(r, -1)))")
    network.add("a", tdnn(R, 3, 3, [-2, 0, 1]), "r").output("a")
    path = tmp_path / "net.mdl"
    path.write_bytes(network.data())
    arguments = ["--input_model", str(path), "--output_dir", str(tmp_path)]
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert "Give the first frame 2 more times before an utterance." in shown
    assert "Results come 1 call late: give the last frame 1 more time at the end." in shown
    assert main([*arguments, "--kaldi_chunk", "dynamic"]) == 0
    assert "frame" not in capsys.readouterr().out
