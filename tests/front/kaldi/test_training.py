"""Components of nnet3 that are there for training, and what is left of them in use."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("openvino")

from tests.front.kaldi.networks import Cases, Network, Part, agree
from tests.front.kaldi.parts import identity, normal
from tests.front.kaldi.writing import Double

R = np.random.default_rng(7)
CASES = Cases()
case, part = CASES.case, CASES.part

V = normal(R, 6)

part("no-op", 6, identity("NoOpComponent", 6, [("Dim", 6), ("BackpropScale", 1.0)]))
part(
    "no-op of old files",
    6,
    identity(
        "NoOpComponent",
        6,
        [("Dim", 6), ("ValueAvg", V), ("DerivAvg", V), ("Count", 0.0), ("SelfRepairScale", 0.0)],
    ),
)
for passes, fields in {
    "dropout": [],
    "dropout by frame": [("DropoutPerFrame", True), ("TestMode", False)],
}.items():
    # Programs that only use a network put it into test mode, which scales by what passes.
    case(
        passes,
        6,
        "DropoutComponent",
        [("Dim", 6), ("DropoutProportion", 0.25), *fields],
        6,
        lambda x: 0.75 * x,
    )
part(
    "general dropout",
    6,
    identity(
        "GeneralDropoutComponent",
        6,
        [
            ("Dim", 6),
            ("BlockDim", 3),
            ("TimePeriod", 0),
            ("DropoutProportion", 0.2),
            ("SpecAugmentMaxProportion", 0.3),
            ("SpecAugmentMaxRegions", 2),
            ("TestMode", None),
            ("Continuous", None),
        ],
    ),
)
part(
    "time mask",
    6,
    identity(
        "SpecAugmentTimeMaskComponent",
        6,
        [("Dim", 6), ("ZeroedProportion", 0.2), ("TimeMaskMaxFrames", 10), ("TestMode", None)],
    ),
)
part(
    "clipped gradient",
    6,
    identity(
        "ClipGradientComponent",
        6,
        [
            ("Dim", 6),
            ("ClippingThreshold", 30.0),
            ("NormBasedClipping", True),
            ("SelfRepairClippedProportionThreshold", 0.01),
            ("SelfRepairTarget", 0.0),
            ("SelfRepairScale", 1.0),
            ("NumElementsClipped", 3),
            ("NumElementsProcessed", 1000),
            ("NumSelfRepaired", 0),
            ("NumBackpropped", 5),
        ],
    ),
)
case(
    "truncated gradient",
    6,
    "BackpropTruncationComponent",
    [
        ("Dim", 6),
        ("Scale", 0.9),
        ("ClippingThreshold", 30.0),
        ("ZeroingThreshold", 15.0),
        ("ZeroingInterval", 20),
        ("RecurrenceInterval", 3),
        ("NumElementsClipped", Double(2)),
        ("NumElementsZeroed", Double(1)),
        ("NumElementsProcessed", Double(9)),
        ("NumZeroingBoundaries", Double(4)),
    ],
    6,
    lambda x: 0.9 * x,
)


@pytest.mark.parametrize("name", CASES)
def test_component(name: str) -> None:
    CASES.agree(name)


@pytest.mark.parametrize(("proportion", "passes"), [(0.0, 1.0), (0.25, 0.75)])
def test_a_mask_is_what_passes_on_average(proportion: float, passes: float) -> None:
    mask = [("OutputDim", 3), ("DropoutProportion", proportion), ("TestMode", True)]
    n = Network().input("input", 3)
    n.add("m", Part("DropoutMaskComponent", mask, 3, lambda x, t: np.full(3, passes)), "input")
    mask = [*mask, ("Continuous", None)]
    n.add("ones", Part("DropoutMaskComponent", mask, 3, lambda x, t: np.ones(3)), "input")
    agree(n.output("Append(m, ones, input)"), {"input": normal(R, 12, 3)})
