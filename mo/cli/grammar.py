"""The grammars of the flags that name inputs and outputs. Each function takes flag and value."""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterable

from mo.cli.config import ChannelValues, InputRequest, PortName, RequestedShape
from mo.cli.shapes import is_static, shape
from mo.cli.text import Text
from mo.cli.values import as_number, element_type, leaves, literal

_PORTS = re.compile(r"(?:([0-9]{1,9}):)?(.+?)(?::([0-9]{1,9}))?", re.DOTALL)
# A round bracket that starts like this belongs to a name: "MaxPool(x)".
_NAME_IN_BRACKET = re.compile(r"\(\s*[^\W\d]")
_QUOTE_IT = 'quote a name that holds brackets or "->"'


def inputs(flag: str, value: str) -> tuple[InputRequest, ...]:
    """``--input``: names with optional ports, shapes, types and values."""
    items = Text.of(flag, value, "0:data[1,3,224,224]{f32},train->false").split(",")
    requests = [_input(item) for item in items]
    _refuse_repetition(items, (port_key(request.port) for request in requests))
    return tuple(requests)


def frozen_values(flag: str, value: str) -> tuple[InputRequest, ...]:
    """``--freeze_placeholder_with_value``: inputs and their values."""
    items = Text.of(flag, value, "train->false,size->[224 224]").split(",")
    requests: dict[Hashable, InputRequest] = {}
    for item in items:
        request = _input(item)
        if not request.is_frozen:
            raise item.error("has no value; write name->value")
        earlier = requests.setdefault(port_key(request.port), request)
        if not same_value(earlier, request):
            raise item.error(f"contradicts the earlier value {earlier.value!r}")
    return tuple(requests.values())


def outputs(flag: str, value: str) -> tuple[PortName, ...]:
    """``--output``: names with optional ports, in the order asked for."""
    items = Text.of(flag, value, "prob,split:1,0:softmax").split(",")
    return tuple(dict.fromkeys(port_name(item) for item in items))


def mean_values(flag: str, value: str) -> tuple[ChannelValues, ...]:
    """``--mean_values``: numbers for each channel of each input."""
    return _channel_values(flag, value, "data[123.675,116.28,103.53]", zero_allowed=True)


def scale_values(flag: str, value: str) -> tuple[ChannelValues, ...]:
    """``--scale_values``: like ``--mean_values``, but nothing can be divided by 0."""
    return _channel_values(flag, value, "data[58.395,57.12,57.375]", zero_allowed=False)


def port_key(port: PortName) -> tuple[str, int | None, int | None]:
    """Equal for two ways to write the same port."""
    return port.name, port.input_port, port.output_port


def same_value(a: InputRequest, b: InputRequest) -> bool:
    """Whether two requests freeze to one value; not-a-number equals itself here."""
    return bool(a.value == b.value) or repr(a.value) == repr(b.value)


def port_name(text: Text) -> PortName:
    """``name``, ``name:port`` or ``port:name``."""
    match = _PORTS.fullmatch(text.outline)
    if match is None:
        raise text.missing("a name")
    before, bare, after = match.groups()
    name = str(text.part(*match.span(2)))
    if not name:
        raise text.missing("a name")
    if before and after:
        both = "names an input port and an output port"
        raise text.error(f'{both}; quote the name, as in 0:"{bare}"')
    otherwise = None
    if before and bare.isdecimal() and bare.isascii():
        otherwise = PortName(str(text), before, None, int(bare))
    ports = (int(before) if before else None, int(after) if after else None)
    return PortName(str(text), name, *ports, otherwise)


def _input(item: Text) -> InputRequest:
    if not item:
        raise item.missing("the name of an input")
    left, *values = item.split("->")
    if len(values) > 1:
        raise values[1].error("is a second value")
    end = next((i for i in left.brackets() if not _belongs_to_name(left, i)), len(left))
    if end == 0 and left:
        raise left.error("has no name; shapes alone are given with --input_shape")
    port, size, kind = port_name(left.part(0, end)), None, None
    rest = left.part(end)
    while rest:
        group = rest.group()
        if group is None:
            raise rest.error(f"stands after the end of an input; {_QUOTE_IT}")
        if group.outline[0] == "{":
            if kind is not None:
                raise group.error("is a second element type")
            kind = element_type(group.inside())
        else:
            if size is not None:
                raise group.error(f"is a second shape; {_QUOTE_IT}")
            size = shape(group)
        rest = rest.part(len(group))
    if not values:
        return InputRequest(port, size, kind)
    request = InputRequest(port, size, kind, literal(values[0]), is_frozen=True)
    if size is not None:
        misfit = value_misfit(request, size)
        if misfit:
            raise values[0].error(misfit)
    return request


def value_misfit(request: InputRequest, size: RequestedShape) -> str:
    """Why the value of a frozen input does not have this shape; empty if it does."""
    if not is_static(size):
        return "needs a shape without unknown sizes"
    wanted = math.prod(dim for dim in size if isinstance(dim, int))
    count = sum(1 for _ in leaves(request.value))
    return "" if count == wanted else f"has {count} elements, the shape has {wanted}"


def _belongs_to_name(text: Text, position: int) -> bool:
    return _NAME_IN_BRACKET.match(text.outline, position) is not None


def _refuse_repetition(items: list[Text], keys: Iterable[Hashable]) -> None:
    seen = set()
    for item, key in zip(items, keys, strict=True):
        if key in seen:
            raise item.error("is given twice")
        seen.add(key)


def _channel_values(
    flag: str, value: str, example: str, zero_allowed: bool
) -> tuple[ChannelValues, ...]:
    items = Text.of(flag, value, example).split(",")
    result = [_channels(item, zero_allowed) for item in items]
    for item, numbers in zip(items, result, strict=True):
        if (numbers.name is None) != (result[0].name is None):
            raise item.error("breaks the rule that all inputs are named, or none")
    _refuse_repetition(items, (one.name or i for i, one in enumerate(result)))
    return tuple(result)


def _channels(item: Text, zero_allowed: bool) -> ChannelValues:
    if not item:
        raise item.missing("a list of numbers")
    *before, last = item.brackets() or [-1]
    numbers = item.part(last) if last >= 0 else item
    if numbers.outline[0] not in "[(" or numbers.group() is None:
        raise item.error("is no list: numbers stand in brackets, one for each channel")
    group = numbers.group()
    if group is not None and len(group) < len(numbers):
        raise numbers.part(len(group)).error("stands after the end of a list")
    for position in before:
        if not _belongs_to_name(item, position):
            raise item.part(position, last).error(f"is a second list; {_QUOTE_IT}")
    elements = numbers.inside().elements("a number")
    if not elements:
        raise numbers.error("holds no number")
    values = tuple(_number(element, zero_allowed) for element in elements)
    name = str(item.part(0, last))
    return ChannelValues(name or None, values)


def _number(text: Text, zero_allowed: bool) -> float:
    number = as_number(text.outline)
    if number is None:
        raise text.error("is no number")
    if number == 0 and not zero_allowed:
        raise text.error("is no scale: nothing can be divided by 0")
    return number
