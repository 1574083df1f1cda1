"""What the CPU runtime (2026.4) computes wrongly, written in another way.

Each rule says what goes wrong, and matches nothing else.
"""

from __future__ import annotations

from extensions.back.workarounds import channels, fills, operations, reductions, sums, tiles
from extensions.back.workarounds.states import copy_states, narrow_states

RULES = (
    *sums.RULES,
    *fills.RULES,
    *reductions.RULES,
    *operations.RULES,
    *channels.RULES,
    *tiles.RULES,
)
__all__ = ["RULES", "copy_states", "narrow_states"]
