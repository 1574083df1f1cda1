"""Networks of nnet1: components one after another, some with networks inside.

Fields: Kaldi, doc/dnn1 and the classes of namespace kaldi::nnet1 (kaldi-asr.org/doc). Arrays have
no names in the file; here they get those of nnet3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from extensions.front.kaldi.component import Component, is_type
from extensions.front.kaldi.nested import LSTM_ARRAYS
from extensions.front.kaldi.scanner import Scanner
from extensions.front.kaldi.sizes import is_known
from mo.errors import ModelFileError, UnsupportedError

_DEEPEST = 20
_END = "<!EndOfComponent>"
Reader = Callable[[Scanner, Component, int], None]


def read_net(scanner: Scanner, depth: int = 0) -> list[Component]:
    """``<Nnet> components </Nnet>``; very old files have the components alone."""
    if depth > _DEEPEST:
        raise ModelFileError(f"byte {scanner.at}: networks nested deeper than {_DEEPEST} levels")
    has_marks = scanner.skip("<Nnet>")
    components: list[Component] = []
    while (found := scanner.peek()) != "</Nnet>":
        if not (has_marks or found) and components and scanner.at >= scanner.size - 1:
            return components
        components.append(_component(scanner, depth))
    scanner.expect("</Nnet>")
    return components


def _component(scanner: Scanner, depth: int) -> Component:
    at = scanner.at
    token = scanner.token()
    if not is_type(token):
        raise scanner.unexpected("a component like <AffineTransform>, or </Nnet>", at)
    kind = _TYPES.get(token.lower(), token[1:-1])
    component = Component(kind, at)
    try:
        component.fields["OutputDim"] = scanner.integer()
        component.fields["InputDim"] = scanner.integer()
        start = scanner.at
        _READERS.get(kind, _unknown)(scanner, component, depth)
        component.body = scanner.view[start : scanner.at]
        scanner.skip(_END)
    except ModelFileError as error:
        if ", <" in error.message or ", in <" in error.message:
            raise
        place, _, what = error.message.partition(": ")
        message = f"{place}, in <{kind}> of byte {at}: {what}"
        raise ModelFileError(message, error.hint) from error
    return component


def _unknown(scanner: Scanner, component: Component, depth: int) -> None:
    """A component of another's making, which only an extension can read."""
    end = scanner.find(_END)
    reason = _REFUSED.get(component.type.lower())
    if end is None or reason is not None:
        raise UnsupportedError(
            f"Component '<{component.type}>' at byte {component.at} is not supported: "
            + (reason or "Kaldi has no such component"),
            hint="Its fields are not known, so what follows cannot be read, either; write the "
            "network without it (nnet-copy).",
        )
    scanner.at = end


# ---- what stands between a component's head and its end


def _numbers(scanner: Scanner, component: Component, whole: Iterable[str] = ()) -> None:
    """Named values in any order: floats and truths as many as there are, all whole numbers."""
    while (token := scanner.peek()).startswith("<") and token != _END and token[1:2] != "/":
        name = token[1:-1]
        if name not in (*_NAMED, *_TRUTHS, *whole):
            break
        scanner.token()
        read = scanner.integer if name in whole else scanner.number
        component.fields[name] = scanner.truth() if name in _TRUTHS else read()
    for name in whole:
        if name not in component.fields:
            raise scanner.unexpected(f"<{name}>")


_TRUTHS = ("Normalize", "OnlySumming")
_NAMES = """LearnRateCoef BiasLearnRateCoef MaxNorm CellClip DiffClip CellDiffClip GradClip
    ClipGradient AlphaLearnRateCoef BetaLearnRateCoef DropoutRate DropoutRetention GradientBoost
    Shrinkage"""
_NAMED = set(_NAMES.split())


def _arrays(*names: str) -> Reader:
    """Optional numbers, then arrays."""

    def read(scanner: Scanner, component: Component, depth: int) -> None:
        _numbers(scanner, component)
        for name in names:
            component.fields[name] = scanner.array()

    return read


def _nothing(scanner: Scanner, component: Component, depth: int) -> None:
    _numbers(scanner, component)


def _list(scanner: Scanner, component: Component, depth: int) -> None:
    component.fields["Context"] = scanner.integers()


def _patches(scanner: Scanner, component: Component, depth: int) -> None:
    _numbers(scanner, component, ("PatchDim", "PatchStep", "PatchStride"))
    scanner.expect("<Filters>")
    component.fields["FilterParams"] = scanner.array()
    scanner.expect("<Bias>")
    component.fields["BiasParams"] = scanner.array()


def _pools(scanner: Scanner, component: Component, depth: int) -> None:
    _numbers(scanner, component, ("PoolSize", "PoolStep", "PoolStride"))


def _frame_pools(scanner: Scanner, component: Component, depth: int) -> None:
    """One vector of weights for each pool."""
    _numbers(scanner, component, ("FeatureDim",))
    scanner.expect("<FrameOffset>")
    starts = component.fields["FrameOffset"] = scanner.integers()
    scanner.skip("<FrameWeight>")
    weights = component.fields["FrameWeight"] = []
    for _ in starts:
        weights.append(scanner.array())
        scanner.skip("<FrameWeight>")


def _lstm(scanner: Scanner, component: Component, depth: int) -> None:
    _numbers(scanner, component, ("CellDim",))
    component.fields |= {name: scanner.array() for name in LSTM_ARRAYS}


def _blstm(scanner: Scanner, component: Component, depth: int) -> None:
    _numbers(scanner, component, ("CellDim",))
    component.fields["directions"] = [
        Component(component.type, component.at, {name: scanner.array() for name in LSTM_ARRAYS})
        for _ in range(2)
    ]


def _rbm(scanner: Scanner, component: Component, depth: int) -> None:
    kinds = [scanner.expect("bern", "gauss") for _ in range(2)]
    component.fields["IsBinary"] = kinds[1] == "bern"
    component.fields |= {
        name: scanner.array() for name in ("LinearParams", "VisibleBias", "BiasParams")
    }


def _parallel(scanner: Scanner, component: Component, depth: int) -> None:
    nets: list[list[Component]] = []
    if scanner.skip("<NestedNnetCount>"):
        scanner.integer()
    while scanner.skip("<NestedNnet>"):
        scanner.integer()
        nets.append(read_net(scanner, depth + 1))
    scanner.expect("</ParallelComponent>")
    component.fields["nets"] = nets


def _multi_basis(scanner: Scanner, component: Component, depth: int) -> None:
    while scanner.skip("<SelectorLearnRateCoef>"):
        scanner.number()
    scanner.expect("<Selector>")
    component.fields["selector"] = read_net(scanner, depth + 1)
    nets: list[list[Component]] = []
    scanner.expect("<NumBasis>")
    scanner.integer()
    while scanner.skip("<Basis>"):
        scanner.integer()
        nets.append(read_net(scanner, depth + 1))
    scanner.skip("</MultiBasisComponent>")
    component.fields["nets"] = nets


_READERS: dict[str, Reader] = {
    "AffineTransform": _arrays("LinearParams", "BiasParams"),
    "LinearTransform": _arrays("Params"),
    "AddShift": _arrays("Bias"),
    "Rescale": _arrays("Scales"),
    "ParametricRelu": _arrays("Alpha", "Beta"),
    "RecurrentComponent": _arrays("InputWeights", "RecurrentWeights", "Bias"),
    "ConvolutionalComponent": _patches,
    "MaxPoolingComponent": _pools,
    "AveragePoolingComponent": _pools,
    "FramePoolingComponent": _frame_pools,
    "LstmProjected": _lstm,
    "LstmProjectedStreams": _lstm,
    "BlstmProjected": _blstm,
    "BlstmProjectedStreams": _blstm,
    "Splice": _list,
    "Copy": _list,
    "BlockSoftmax": _list,
    "Rbm": _rbm,
    "ParallelComponent": _parallel,
    "MultiBasisComponent": _multi_basis,
    **dict.fromkeys(
        (
            "Softmax",
            "HiddenSoftmax",
            "Sigmoid",
            "Tanh",
            "Dropout",
            "LengthNormComponent",
            "SimpleSentenceAveragingComponent",
        ),
        _nothing,
    ),
}
# What there is, but cannot be converted, and why.
_REFUSED = {
    "klhmm": "it scores an alignment by formulas that Kaldi does not document",
    "sentenceaveragingcomponent": "Kaldi documents it only as deprecated",
}
_TYPES = {f"<{kind.lower()}>": kind for kind in _READERS}
assert all(map(is_known, _READERS))


def starts_component(token: str) -> bool:
    """Whether a token begins a component that is known here."""
    return token.lower() in _TYPES
