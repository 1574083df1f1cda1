"""Why layers that users meet in nets of known forks have no translation."""

from __future__ import annotations

REASONS = {
    "recurrent": "it is what LSTM and RNN are made of, and computes nothing by itself",
}


def reason(kind: str) -> str:
    """Why layers of a type are not translated; '' if nothing is known."""
    return REASONS.get(kind.lower(), "")
