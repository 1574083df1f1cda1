"""The widths of components: columns of the input and of the output, from their fields alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from extensions.front.kaldi.component import Component
from mo.errors import UnsupportedError

# None where any width will do.
Sizes = tuple["int | None", int]

SIZES: dict[str, Callable[[Component], Sizes]] = {}


def _sizes(types: str) -> Callable[[Callable[[Component], Sizes]], Callable[[Component], Sizes]]:
    def register(function: Callable[[Component], Sizes]) -> Callable[[Component], Sizes]:
        SIZES.update(dict.fromkeys(types.split(), function))
        return function

    return register


def sizes(component: Component) -> Sizes:
    """Columns in and out."""
    return SIZES.get(component.type, _of_unknown)(component)


def is_known(kind: str) -> bool:
    return kind in SIZES


def refuse_unknown(components: Iterable[Component]) -> None:
    """UnsupportedError that names all components of unknown types, and where they stand.

    Where they tell their widths the network can be put together, and extensions translate them.
    """
    unknown = [c for c in components if not is_known(c.type)]
    if not all({"Dim", "OutputDim"} & c.fields.keys() for c in unknown):
        listed = ", ".join(f"<{c.type}> at byte {c.at}" for c in unknown[:20])
        more = f" and {len(unknown) - 20} more" if len(unknown) > 20 else ""
        raise UnsupportedError(f"there are components that are not supported: {listed}{more}")


def _of_unknown(c: Component) -> Sizes:
    """By the usual names of widths."""
    if "OutputDim" not in c.fields:
        return _kept(c)
    return c.size("InputDim") if "InputDim" in c.fields else None, c.size("OutputDim")


@_sizes(
    """AffineTransform LinearTransform ConvolutionalComponent LstmProjected LstmProjectedStreams
    BlstmProjected BlstmProjectedStreams RecurrentComponent Softmax HiddenSoftmax BlockSoftmax
    Sigmoid Tanh ParametricRelu Dropout LengthNormComponent Rbm Splice Copy AddShift Rescale
    AveragePoolingComponent MaxPoolingComponent ParallelComponent MultiBasisComponent
    FramePoolingComponent SimpleSentenceAveragingComponent
    PnormComponent PowerComponent MaxoutComponent SumBlockComponent ElementwiseProductComponent"""
)
def _both_written(c: Component) -> Sizes:
    return c.size("InputDim"), c.size("OutputDim")


@_sizes("DistributeComponent")
def _distribute(c: Component) -> Sizes:
    c.split(c.size("InputDim"), c.size("OutputDim"))
    return _both_written(c)


@_sizes(
    """SigmoidComponent TanhComponent SoftmaxComponent LogSoftmaxComponent RectifiedLinearComponent
    SoftHingeComponent ScaleComponent BatchNormComponent NoOpComponent DropoutComponent
    GeneralDropoutComponent SpecAugmentTimeMaskComponent AdditiveNoiseComponent SpliceMaxComponent
    ClipGradientComponent BackpropTruncationComponent ScaleAndOffsetComponent"""
)
def _kept(c: Component) -> Sizes:
    size = c.size("Dim", "InputDim")
    return size, size


@_sizes("NormalizeComponent")
def _normalize(c: Component) -> Sizes:
    size = c.size("Dim", "InputDim")
    blocks = c.split(size, size // min(c.get("BlockDim", size) or size, size))
    return size, size + (size // blocks if c.get("AddLogStddev", False) else 0)


@_sizes(
    """AffineComponent AffineComponentPreconditioned AffineComponentPreconditionedOnline
    NaturalGradientAffineComponent FixedAffineComponent"""
)
def _affine(c: Component) -> Sizes:
    rows, columns = c.matrix("LinearParams").shape
    return columns, rows


@_sizes("LinearComponent")
def _linear(c: Component) -> Sizes:
    rows, columns = c.matrix("Params").shape
    return columns, rows


@_sizes("FixedLinearComponent")
def _fixed_linear(c: Component) -> Sizes:
    rows, columns = c.matrix("CuMatrix").shape
    return columns, rows


@_sizes("TdnnComponent")
def _tdnn(c: Component) -> Sizes:
    rows, columns = c.matrix("LinearParams").shape
    return c.split(columns, len(c.integers("TimeOffsets"))), rows


@_sizes("BlockAffineComponent BlockAffineComponentPreconditioned")
def _block_affine(c: Component) -> Sizes:
    rows, columns = c.matrix("LinearParams").shape
    return columns * c.size("NumBlocks"), rows


@_sizes("RepeatedAffineComponent NaturalGradientRepeatedAffineComponent")
def _repeated_affine(c: Component) -> Sizes:
    rows, columns = c.matrix("LinearParams").shape
    repeats = c.size("NumRepeats")
    return columns * repeats, rows * repeats


def _vector_sizes(name: str) -> Callable[[Component], Sizes]:
    def kept(c: Component) -> Sizes:
        size = c.size("Dim") if "Dim" in c.fields else c.tensor(name).size
        return size, size

    return kept


for _name, _types in {
    "Params": "PerElementScaleComponent NaturalGradientPerElementScaleComponent",
    "Offsets": "PerElementOffsetComponent",
    "Scales": "FixedScaleComponent",
    "Bias": "FixedBiasComponent",
}.items():
    _sizes(_types)(_vector_sizes(_name))


@_sizes("PermuteComponent")
def _permute(c: Component) -> Sizes:
    name = "ColumnMap" if "ColumnMap" in c.fields else "Reorder"
    size = len(c.integers(name))
    return size, size


@_sizes("SumGroupComponent")
def _sum_group(c: Component) -> Sizes:
    groups = c.integers("Sizes")
    if min(groups) < 1:
        raise c.wrong("a group is empty")
    return sum(groups), len(groups)


@_sizes("SpliceComponent")
def _splice(c: Component) -> Sizes:
    width, constant = c.size("InputDim"), c.integer("ConstComponentDim")
    return width, (width - constant) * len(context(c)) + constant


def context(c: Component) -> list[int]:
    """The frames that a splice component of nnet2 joins."""
    if "Context" in c.fields:
        return c.integers("Context")
    return list(range(-c.integer("LeftContext"), c.integer("RightContext") + 1))


@_sizes("DctComponent")
def _dct(c: Component) -> Sizes:
    size, part = c.size("Dim"), c.size("DctDim")
    return size, c.split(size, c.split(size, part)) and size // part * (
        c.get("DctKeepDim", 0) or part
    )


@_sizes("Convolutional1dComponent")
def _convolution_1d(c: Component) -> Sizes:
    filters, columns = c.matrix("FilterParams").shape
    bands = c.split(columns, c.size("PatchDim"))
    stride = c.size("PatchStride")
    return bands * stride, filters * patches(c, stride, "PatchDim", "PatchStep")


def patches(c: Component, length: int, size: str, step: str) -> int:
    """How often a patch fits."""
    free = length - c.size(size)
    if free < 0 or free % c.size(step):
        raise c.wrong(f"patches of {c.size(size)} every {c.size(step)} do not cover {length}")
    return 1 + free // c.size(step)


def _grid(c: Component, sizes: str, steps: str, axes: str) -> list[int]:
    """How often a patch fits along each axis of an input with axes X, Y, Z."""
    counts = []
    for axis in axes:
        length, step = c.size(f"Input{axis}Dim"), f"{steps}{axis}Step"
        counts.append(patches(c, length, sizes.replace("?", axis), step))
    return counts


@_sizes("ConvolutionComponent")
def _convolution(c: Component) -> Sizes:
    x, y, z = (c.size(f"Input{axis}Dim") for axis in "XYZ")
    across, down = _grid(c, "Filt?Dim", "Filt", "XY")
    return x * y * z, across * down * c.matrix("FilterParams").shape[0]


@_sizes("MaxpoolingComponent")
def _max_pooling(c: Component) -> Sizes:
    if "PoolStride" in c.fields:  # of nnet2
        return _both_written(c)
    x, y, z = (c.size(f"Input{axis}Dim") for axis in "XYZ")
    across, down, deep = _grid(c, "Pool?Size", "Pool", "XYZ")
    return x * y * z, across * down * deep


@_sizes("TimeHeightConvolutionComponent")
def _time_height(c: Component) -> Sizes:
    return (
        c.size("NumFiltersIn") * c.size("HeightIn"),
        c.size("NumFiltersOut") * c.size("HeightOut"),
    )


@_sizes("LstmNonlinearityComponent")
def _lstm(c: Component) -> Sizes:
    cells = c.matrix("Params").shape[1]
    return 5 * cells + (3 if c.get("UseDropout", False) else 0), 2 * cells


@_sizes("GruNonlinearityComponent")
def _gru(c: Component) -> Sizes:
    cells, recurrent = c.size("CellDim"), c.size("RecurrentDim")
    state = cells if recurrent == cells else cells + recurrent
    return 2 * cells + recurrent + state, 2 * cells


@_sizes("OutputGruNonlinearityComponent")
def _output_gru(c: Component) -> Sizes:
    return 3 * c.size("CellDim"), 2 * c.size("CellDim")


@_sizes("ConstantFunctionComponent")
def _constant_function(c: Component) -> Sizes:
    return c.size("InputDim"), c.tensor("Output").size


@_sizes("ConstantComponent")
def _constant(c: Component) -> Sizes:
    return None, c.tensor("Output").size


@_sizes("DropoutMaskComponent")
def _mask(c: Component) -> Sizes:
    return None, c.size("OutputDim")


@_sizes("StatisticsExtractionComponent")
def _extraction(c: Component) -> Sizes:
    width = c.size("InputDim")
    return width, 1 + width * (2 if c.get("IncludeVarinance", c.get("IncludeVariance")) else 1)


@_sizes("StatisticsPoolingComponent")
def _pooling(c: Component) -> Sizes:
    width = c.size("InputDim")
    if width < 2 or (c.get("OutputStddevs", False) and width % 2 == 0):
        raise c.wrong(f"statistics of {width} columns")
    return width, width - 1 + c.integer("NumLogCountFeatures")


@_sizes("RestrictedAttentionComponent")
def _attention(c: Component) -> Sizes:
    window = c.integer("NumLeftInputs") + 1 + c.integer("NumRightInputs")
    heads, key, value = c.size("NumHeads"), c.size("KeyDim"), c.size("ValueDim")
    return (
        heads * (2 * key + value + window),
        heads * (value + (window if c.get("OutputContext", False) else 0)),
    )


@_sizes("CompositeComponent")
def _composite(c: Component) -> Sizes:
    parts = c.value("parts")
    if not parts:
        raise c.wrong("it has no parts")
    refuse_unknown(parts)
    return sizes(parts[0])[0], sizes(parts[-1])[1]
