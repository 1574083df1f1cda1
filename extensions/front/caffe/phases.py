"""Which layers belong to a net that is only run, not trained (caffe.proto, NetStateRule)."""

from __future__ import annotations

from collections.abc import Sequence

from extensions.front.caffe.schema.net import PHASE
from mo.errors import ModelFileError
from mo.front.protobuf import Message

_TEST = (PHASE.words or {})["TEST"]


def is_included(layer: Message, stages: Sequence[str] = (), level: int = 0) -> bool:
    """Whether the layer's rules let it into the net of the phase TEST."""
    include, exclude = layer.get("include", []), layer.get("exclude", [])
    if include and exclude:
        raise ModelFileError(
            "it has both 'include' and 'exclude' rules", hint="Caffe allows only one kind."
        )
    if include:
        return any(_matches(rule, stages, level) for rule in include)
    return not any(_matches(rule, stages, level) for rule in exclude)


def _matches(rule: Message, stages: Sequence[str], level: int) -> bool:
    return (
        rule.get("phase", _TEST) == _TEST
        and rule.get("min_level", level) <= level <= rule.get("max_level", level)
        and all(stage in stages for stage in rule.get("stage", []))
        and not any(stage in stages for stage in rule.get("not_stage", []))
    )
