"""What flags may not say together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mo.cli.config import ChannelValues, Config, InputRequest
from mo.cli.grammar import port_key, same_value, value_misfit
from mo.errors import UsageError, counted, listing

# Pairs of which one must go, and why.
_EXCLUSIVE = (
    ("batch", "input_shape", "Make the batch the first size of the shapes."),
    ("scale", "scale_values", "Keep one of them."),
    ("compress_to_fp16", "data_type", "--data_type is the older of the two; leave it out."),
    ("layout", "source_layout", "--layout source->target says both."),
    ("layout", "target_layout", "--layout source->target says both."),
    ("input_model", "saved_model_dir", "Keep the one that names your model."),
    ("mean_file", "mean_values", "Keep one of them."),
    ("use_new_frontend", "use_legacy_frontend", "Leave both out: neither has an effect."),
)
_ND_FILES = ("input_symbol", "nd_prefix_name", "pretrained_model_name")


def check_together(values: Mapping[str, Any]) -> None:
    """Refuse flags that contradict each other, given as read values by flag name."""
    for first, second, hint in _EXCLUSIVE:
        if first in values and second in values:
            raise UsageError(f"--{first} and --{second} cannot be given together", hint=hint)
    for flag in ("batch", "input_shape"):
        shaped = [str(item.port) for item in values.get("input", ()) if item.shape is not None]
        if flag in values and shaped:
            raise UsageError(
                f"--{flag} and --input both give shapes: --input has one for {listing(shaped)}",
                hint="Write all shapes into --input, with the batch as their first size.",
            )
    merged = [name for name in _ND_FILES if name in values]
    if set(merged) & set(_ND_FILES[1:]) and len(merged) < len(_ND_FILES):
        missing = next(name for name in _ND_FILES if name not in merged)
        raise UsageError(
            f"--{missing} is missing beside {', '.join('--' + name for name in merged)}",
            hint="Parameters are merged from .nd files with all three flags, or none of them.",
        )


def settle(config: Config) -> Config:
    """Bring together what several flags say of one input; UsageError if they contradict."""
    config = replace(config, freeze=_frozen_elsewhere(config))
    if not config.inputs:
        return config
    frozen = {port_key(item.port) for item in config.freeze}
    open_inputs = [
        item for item in config.inputs if not item.is_frozen and port_key(item.port) not in frozen
    ]
    _check_channels(config.mean_values, "mean_values", open_inputs)
    _check_channels(config.scale_values, "scale_values", open_inputs)
    return _shapes_at_inputs(config, open_inputs) if config.input_shapes else config


def _frozen_elsewhere(config: Config) -> tuple[InputRequest, ...]:
    """The items of --freeze_placeholder_with_value that --input does not freeze as well."""
    in_inputs = {port_key(item.port): item for item in config.inputs if item.is_frozen}
    for item in config.freeze:
        other = in_inputs.get(port_key(item.port), item)
        if not same_value(item, other):
            raise UsageError(
                f"'{item.port}' is frozen to {other.value!r} by --input and to "
                f"{item.value!r} by --freeze_placeholder_with_value",
                hint="Keep one of them.",
            )
    return tuple(item for item in config.freeze if port_key(item.port) not in in_inputs)


def _check_channels(
    values: Sequence[ChannelValues], flag: str, inputs: Collection[InputRequest]
) -> None:
    """Lists without names go to the inputs in their order, so there must be one for each."""
    if values and values[0].name is None and len(values) != len(inputs):
        example = ",".join(f"{item.port}[1,2,3]" for item in list(inputs)[:2]) or "data[1,2,3]"
        raise UsageError(
            f"--{flag}: {counted(values, 'list')} of numbers for {counted(inputs, 'input')}: "
            f"{listing(str(item.port) for item in inputs)}",
            hint=f'Give one for each, or name them: --{flag} "{example}"',
        )


def _shapes_at_inputs(config: Config, open_inputs: Collection[InputRequest]) -> Config:
    """Named inputs take the shapes of --input_shape: all of them, or all that stay inputs."""
    shapes = config.input_shapes
    takers = config.inputs if len(shapes) == len(config.inputs) else open_inputs
    if len(shapes) != len(takers):
        raise UsageError(
            f"--input_shape: {counted(shapes, 'shape')} for {counted(config.inputs, 'input')}: "
            f"{listing(str(item.port) for item in config.inputs)}",
            hint='Give one for each, or write them into --input: "name[1,3,224,224]"',
        )
    shape_of = {item.port: shape for item, shape in zip(takers, shapes, strict=True)}
    inputs = tuple(
        replace(item, shape=shape_of.get(item.port, item.shape)) for item in config.inputs
    )
    for item in inputs:
        misfit = item.shape is not None and item.is_frozen and value_misfit(item, item.shape)
        if misfit:
            raise UsageError(f"--input_shape: the value of '{item.port}' {misfit}")
    return replace(config, inputs=inputs, input_shapes=())
