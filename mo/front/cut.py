"""Where the model starts and ends: --input, --output, shapes, frozen values.

Works on the file's own nodes and tensor names, so what is cut off need not be supported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from mo.cli.config import Config, InputRequest, LayoutRequest, RequestedShape
from mo.cli.layouts import axes
from mo.errors import ConversionError, UnsupportedError, UsageError, counted, listing
from mo.front.freezing import freeze
from mo.front.model import Model, ModelInput, reads, sorted_nodes
from mo.front.names import Names, Start
from mo.front.registry import Translations
from mo.front.translate import translate
from mo.graph.element_type import ElementType
from mo.graph.op import TensorType
from mo.graph.shape import (
    INFINITY,
    Dim,
    Dimension,
    Shape,
    compatible,
    interval,
    is_static,
    text,
)

# The element type of an inner tensor of which nothing is known.
_USUAL = ElementType.f32


def cut(model: Model, config: Config, translations: Translations) -> Model:
    """The part of the model that the configuration asks for, shapes and values set."""
    if config.outputs or config.inputs or config.freeze:
        names = Names(model)
        if config.outputs:
            model.outputs = list(dict.fromkeys(map(names.output, config.outputs)))
        # What is frozen need not be among the inputs that are listed.
        listed = {request.port.name for request in config.inputs}
        _freeze(model, names, (r for r in config.freeze if r.port.name not in listed))
        if config.inputs:
            _choose_inputs(model, config, names, translations)
        _freeze(model, names, (r for r in config.freeze if r.port.name in listed))
    model = model.settled()
    if config.inputs:
        _check_complete(model)
        if any(not request.is_frozen for request in config.inputs):
            _drop_unused(model)
    elif config.outputs:
        _drop_unread_inputs(model)
    if not model.outputs:
        raise UsageError(
            "The model has no outputs: all of its tensors are read by nodes of it",
            hint="Name the tensors to compute with --output.",
        )
    if config.input_shapes:
        _apply_shapes(model, config)
    if config.batch is not None:
        _apply_batch(model, config.batch, config.layouts)
    if config.static_shape:
        _require_static(model)
    return model


def _freeze(model: Model, names: Names, requests: Iterable[InputRequest]) -> None:
    for request in requests:
        for start in names.starts(request, "--freeze_placeholder_with_value"):
            _forget_producers(model, [start.tensor])
            freeze(model, start.tensor, request)


def _choose_inputs(model: Model, config: Config, names: Names, translations: Translations) -> None:
    originals = {item.name: item for item in model.inputs}
    chosen: dict[Start, InputRequest] = {}
    for request in config.inputs:
        for start in names.starts(request, "--input"):
            if start in chosen:
                raise UsageError(
                    f"--input names '{start.tensor}' twice: '{chosen[start].port}' and "
                    f"'{request.port}'",
                    hint="Remove one of the two.",
                )
            chosen[start] = request
    known = {**model.optional_inputs, **originals}
    inner = [start for start in chosen if start.tensor not in known]
    without_shape = {start: chosen[start] for start in inner if chosen[start].shape is None}
    inferred = _infer(model, without_shape, translations)
    types = _element_types(
        model, {start: chosen[start] for start in inner if start not in inferred}, translations
    )
    inputs = []
    for start, request in chosen.items():
        item = known.get(start.tensor)
        asked = ElementType[request.element_type] if request.element_type else None
        if item is None:
            kind = inferred.get(start) or TensorType(None, types.get(start, asked or _USUAL))
            item = ModelInput(start.tensor, kind.shape, kind.dtype, start.original)
        item.fed_as, item.written = asked, str(request.port)
        if request.shape is not None:
            item.shape = requested_shape(request.shape, item)
        inputs.append(item)
    tensors = [start.tensor for start in chosen]
    inputs += [item for item in originals.values() if item.is_made and item.name not in tensors]
    only_frozen = all(request.is_frozen for request in chosen.values())
    if only_frozen:
        # Freezing one input says nothing of the others.
        listed = {item.name for item in inputs}
        inputs += [item for name, item in originals.items() if name not in listed]
    model.inputs = inputs
    _forget_producers(model, tensors)
    for start, request in chosen.items():
        if request.is_frozen:
            freeze(model, start.tensor, request)


def _forget_producers(model: Model, tensors: Iterable[str]) -> None:
    """Nodes no longer make the tensors at which the model is cut."""
    cut_at = set(tensors)
    for node in model.nodes:
        if cut_at.intersection(node.outputs):
            node.outputs = ["" if name in cut_at else name for name in node.outputs]
    for name in cut_at:
        model.constants.pop(name, None)


def _infer(
    model: Model, starts: Mapping[Start, InputRequest], translations: Translations
) -> dict[Start, TensorType]:
    """Types of inner tensors, from a translation of what lies before them."""
    if not starts:
        return {}
    front = replace(model, outputs=[start.original for start in starts])
    try:
        graph = translate(front, translations)
    except UnsupportedError as error:
        names = list(dict.fromkeys(str(request.port) for request in starts.values()))
        raise UsageError(
            f"--input: the shape at {listing(names)} cannot be inferred: {error.message}",
            hint=f'Give the shape, as in --input "{names[0]}[1,3,224,224]".',
        ) from error
    values = [node.inputs[0] for node in graph.results()]
    return {start: value.type for start, value in zip(starts, values) if value is not None}


def _element_types(
    model: Model, starts: Mapping[Start, InputRequest], translations: Translations
) -> dict[Start, ElementType]:
    """The element types of inner tensors, as far as what lies before can be translated.

    Where it cannot, those that the nodes tell.
    """
    try:
        inferred = _infer(model, starts, translations)
    except ConversionError:
        return _told_types(model, starts)
    return {start: kind.dtype for start, kind in inferred.items()}


def _told_types(model: Model, starts: Iterable[Start]) -> dict[Start, ElementType]:
    if model.told_type is None:
        return {}
    producers = model.producers()
    found = {}
    for start in starts:
        node = producers.get(start.original)
        kind = None if node is None else model.told_type(node, start.original)
        if kind is not None:
            found[start] = kind
    return found


def _apply_shapes(model: Model, config: Config) -> None:
    """--input_shape: one for each input, in order of --input or of the model."""
    shapes = config.input_shapes
    frozen = {
        request.port.name for request in (*config.freeze, *config.inputs) if request.is_frozen
    }
    targets = [item for item in model.inputs if item.name not in frozen and not item.is_made]
    if shapes and not targets:
        raise UsageError(
            "--input_shape gives shapes, but the model has no inputs to shape",
            hint="Leave it out, or make inputs with --input.",
        )
    if len(shapes) != len(targets):
        listed = ", ".join(f"'{item.name}' {text(item.shape)}" for item in targets[:8])
        first = text(_dims(shapes[0]))
        example = ",".join([f"{targets[0].name}{first}", *(item.name for item in targets[1:4])])
        raise UsageError(
            f"--input_shape gives {counted(shapes, 'shape')}, "
            f"the model has {counted(targets, 'input')}: {listed}",
            hint=f'Write each beside its name, as in --input "{example}".',
        )
    for item, shape in zip(targets, shapes):
        item.shape = requested_shape(shape, item)


def requested_shape(wanted: RequestedShape, item: ModelInput) -> Shape:
    """The shape the user asks for; refused if it contradicts the model's rank."""
    if item.shape is not None and len(item.shape) != len(wanted):
        raise UsageError(
            f"Input '{item.name}' has rank {len(item.shape)} {text(item.shape)}, "
            f"the given shape {text(_dims(wanted))} has rank {len(wanted)}",
            hint="Give as many dimensions as the model has.",
        )
    shape = _dims(wanted)
    if item.shape is not None:
        # A size that the model leaves open stays the same unknown.
        shape = tuple(
            old if isinstance(old, Dim) and isinstance(new, Dim) and new.is_unbounded else new
            for old, new in zip(item.shape, shape)
        )
    return shape


def _dims(wanted: RequestedShape) -> tuple[Dimension, ...]:
    dims: list[Dimension] = []
    for dim in wanted:
        if isinstance(dim, int):
            dims.append(Dim() if dim == -1 else dim)
        else:
            low, high = dim
            dims.append(interval(low or 0, INFINITY if high is None else high))
    return tuple(dims)


def _apply_batch(model: Model, batch: int, layouts: Sequence[LayoutRequest]) -> None:
    """--batch sets the first dimension of every input that has one, or that its layout calls n."""
    named = {request.name: request.source for request in layouts}
    for item in model.inputs:
        if not item.shape:
            continue
        layout = named.get(item.name, named.get(None))
        found = ["n"] if layout is None else axes(layout, len(item.shape)) or []
        if "n" not in found:
            continue
        place = found.index("n")
        if not compatible(item.shape[place], batch) and item.shape[place] != 1:
            raise UsageError(
                f"--batch {batch}: dimension {place} of input '{item.name}' "
                f"{text(item.shape)} is no batch",
                hint="Give the full shapes with --input_shape instead.",
            )
        item.shape = (*item.shape[:place], batch, *item.shape[place + 1 :])


def _require_static(model: Model) -> None:
    """--static_shape: known sizes turn every shape computation into a constant."""
    for item in model.inputs:
        if not is_static(item.shape):
            raise UsageError(
                f"--static_shape: the shape of input '{item.name}' {text(item.shape)} is open",
                hint="Give all sizes with --input_shape.",
            )


def _drop_unread_inputs(model: Model) -> None:
    """Keep the inputs that the outputs need; there may be circles, which are loops."""
    producers = model.producers()
    seen, stack = set(model.outputs), list(model.outputs)
    while stack:
        node = producers.get(stack.pop())
        for name in () if node is None else (*reads(node), *node.feedback):
            if name not in seen:
                seen.add(name)
                stack.append(name)
    model.inputs = [item for item in model.inputs if item.name in seen]


def _drop_unused(model: Model) -> None:
    """Keep the nodes and the inputs that the outputs need."""
    model.nodes = sorted_nodes(model, model.outputs)
    used = set(model.outputs)
    for node in model.nodes:
        used.update(reads(node), node.feedback)
    model.inputs = [item for item in model.inputs if item.name in used]


def _check_complete(model: Model) -> None:
    """Say which input --input left out although an output needs it."""
    producers = model.producers()
    known = {item.name for item in model.inputs} | model.constants.keys()
    seen: set[int] = set()
    stack = [producers[name] for name in model.outputs if name in producers]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        for name in filter(None, (*reads(node), *node.feedback)):
            if name in producers:
                stack.append(producers[name])
            elif name not in known:
                raise UsageError(
                    f"--input leaves out '{name}', which {node} needs",
                    hint=f"Add it, as in --input ...,{name}, or start the model behind it.",
                )
