"""What convolutions and poolings share: sizes given once, per axis, or as height and width."""

from __future__ import annotations

from typing import Any

from extensions.front.caffe.common import invalid


def sizes(values: dict[str, Any], stem: str, rank: int, default: int | None) -> tuple[int, ...]:
    """A size for each of ``rank`` spatial axes, from ``stem`` or ``stem_h`` and ``stem_w``."""
    short = stem.removesuffix("_size")
    pair = [values.get(f"{short}_h"), values.get(f"{short}_w")]
    listed = values[stem]
    listed = listed if isinstance(listed, list) else [listed] if listed is not None else []
    if any(pair) and rank == 2:
        if None in pair and stem != "pad":
            raise invalid(f"only one of '{short}_h' and '{short}_w' is given")
        listed = [default or 0 if size is None else size for size in pair]
    if not listed:
        if default is None:
            raise invalid(f"its '{stem}' is missing")
        listed = [default]
    if len(listed) not in (1, rank):
        raise invalid(f"it has {len(listed)} numbers '{stem}' for {rank} spatial axes")
    found = tuple(listed) * (rank if len(listed) == 1 else 1)
    least = 0 if stem == "pad" else 1
    if min(found) < least or max(found) >= 1 << 31:
        raise invalid(f"'{stem}' cannot be {list(found)}")
    return found
