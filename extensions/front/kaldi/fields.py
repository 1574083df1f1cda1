"""The fields of nnet2 and nnet3 components: what kind of value follows each name.

Kaldi, doc/nnet2 and doc/nnet3 (kaldi-asr.org/doc), and the files of its versions from 2013 on.
Names mean the same in almost all components; ``_SPECIAL`` has those that do not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from extensions.front.kaldi.component import Component, is_type
from extensions.front.kaldi.scanner import Scanner
from mo.errors import ModelFileError

Reader = Callable[[Scanner], Any]

_INTEGERS = """Dim InputDim OutputDim BlockDim NumBlocks NumRepeats RankIn RankOut Rank UpdatePeriod
    PatchDim PatchStep PatchStride PoolSize PoolStride LeftContext RightContext ConstComponentDim
    DctDim DctKeepDim CellDim RecurrentDim TimePeriod SpecAugmentMaxRegions TimeMaskMaxFrames
    ZeroingInterval RecurrenceInterval NumFiltersIn NumFiltersOut HeightIn HeightOut
    HeightSubsampleOut InputXDim InputYDim InputZDim FiltXDim FiltYDim FiltXStep FiltYStep
    InputVectorization PoolXSize PoolYSize PoolZSize PoolXStep PoolYStep PoolZStep MaxRowsProcess
    InputPeriod OutputPeriod NumLogCountFeatures NumHeads KeyDim ValueDim NumLeftInputs
    NumRightInputs TimeStride NumLeftInputsRequired NumRightInputsRequired NumMixtures"""
_NUMBERS = """LearningRate LearningRateFactor MaxChange L2Regularize Count OderivCount
    NumDimsSelfRepaired NumDimsProcessed SelfRepairLowerThreshold SelfRepairUpperThreshold
    SelfRepairScale SelfRepairThreshold SelfRepairTotal SelfRepairClippedProportionThreshold
    SelfRepairTarget TargetRms Epsilon OrthonormalConstraint NumSamplesHistory Alpha
    MaxChangePerSample MaxChangePerMinibatch UpdateCount ActiveScalingCount MaxChangeScaleStats
    AvgInputCount P Power Scale DropoutScale DropoutProportion Stddev BackpropScale
    SpecAugmentMaxProportion ZeroedProportion ClippingThreshold ZeroingThreshold MaxMemoryMb
    NumMinibatchesHistory VarianceFloor KeyScale StatsCount NumElementsZeroed
    NumZeroingBoundaries"""
_TRUTHS = """IsGradient AddLogStddev TestMode UseNaturalGradient UseDropout NormBasedClipping
    DropoutPerFrame IsUpdatable AppendedConv IncludeVarinance IncludeVariance OutputStddevs
    OutputContext Continuous"""
_ARRAYS = """LinearParams BiasParams Params Offsets Scales Bias Output FilterParams CuMatrix
    ValueSum DerivSum ValueAvg DerivAvg OderivRms StatsMean StatsVar SelfRepairConfig
    SelfRepairProb w_h AvgInput EntropyStats PosteriorStats"""
_LISTS = "Reorder Sizes Context TimeOffsets RequiredTimeOffsets ColumnMap"
_MARKERS = "Model ConvolutionModel /ConvolutionModel"
_COUNTERS = "NumElementsClipped NumElementsProcessed NumSelfRepaired NumBackpropped"


def _twice(read: Reader) -> Reader:
    return lambda scanner: (read(scanner), read(scanner))


def _table(**kinds: tuple[str, Reader]) -> dict[str, Reader]:
    return {name: read for names, read in kinds.values() for name in names.split()}


_FIELDS = _table(
    integers=(_INTEGERS, lambda s: s.integer()),
    numbers=(_NUMBERS, lambda s: s.number()),
    truths=(_TRUTHS, lambda s: s.truth()),
    arrays=(_ARRAYS, lambda s: s.array()),
    lists=(_LISTS, lambda s: s.list_or_array()),
    markers=(_MARKERS, lambda s: True),
    # Whole numbers in some versions, doubles in others: nobody needs them.
    counters=(_COUNTERS, lambda s: s.skip_value()),
    ranks=("RankInOut", _twice(lambda s: s.integer())),
    alphas=("AlphaInOut", _twice(lambda s: s.number())),
)
_SPECIAL: dict[tuple[str, str], Reader] = {
    ("TimeHeightConvolutionComponent", "Offsets"): lambda s: s.pairs(),
    ("DctComponent", "Reorder"): lambda s: s.truth(),
}


def read_component(scanner: Scanner, known: Callable[[str], bool], depth: int = 0) -> Component:
    """``<Type> fields </Type>``; of types that are not known, only the widths are read."""
    at = scanner.at
    token = scanner.token()
    if not is_type(token):
        raise scanner.unexpected("a component like <AffineComponent>", at)
    component = Component(token[1:-1], at)
    start = scanner.at
    try:
        if known(component.type):
            _read_fields(scanner, component, known, depth)
        else:
            _read_widths(scanner, component)
    except ModelFileError as error:
        if depth or ", <" in error.message:
            raise
        place, _, what = error.message.partition(": ")
        message = f"{place}, in <{component.type}> of byte {at}: {what}"
        raise ModelFileError(message, error.hint) from error
    component.body = scanner.view[start : scanner.at]
    return component


def _read_widths(scanner: Scanner, component: Component) -> None:
    """What an unknown component says of its widths under the usual names."""
    start, stop = scanner.at, scanner.find(f"</{component.type}>")
    if stop is None:
        raise component.wrong("its end is missing")
    for name in ("Dim", "InputDim", "OutputDim"):
        scanner.at = start
        place = scanner.find(f"<{name}>", stop)
        if place is not None:
            scanner.at = place
            scanner.token()
            component.fields[name] = scanner.integer()
    scanner.at = stop
    scanner.token()


def _read_fields(
    scanner: Scanner, component: Component, known: Callable[[str], bool], depth: int
) -> None:
    fields, kind = component.fields, component.type
    # Once files ended SumGroup components with their opening tag.
    ends = (f"</{kind}>", f"<{kind}>")
    while True:
        at = scanner.at
        token = scanner.token()
        if token in ends:
            return
        name = token[1:-1]
        if not (token.startswith("<") and token.endswith(">")):
            raise scanner.unexpected(f"a field or </{kind}>", at)
        if kind == "CompositeComponent" and name == "NumComponents":
            fields["parts"] = _parts(scanner, known, depth)
            continue
        read = _SPECIAL.get((kind, name)) or _FIELDS.get(name)
        if read is None:
            scanner.skip_value()
        else:
            fields[name] = read(scanner)


def _parts(scanner: Scanner, known: Callable[[str], bool], depth: int) -> list[Component]:
    """The components inside a composite one."""
    at = scanner.at
    count = scanner.integer()
    if depth >= _DEEPEST or not 0 <= count <= (scanner.size - at) // 4:
        raise ModelFileError(f"byte {at}: {count} components inside a component {depth} deep")
    return [read_component(scanner, known, depth + 1) for _ in range(count)]


_DEEPEST = 20
