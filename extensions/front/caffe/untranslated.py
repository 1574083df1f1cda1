"""Why layers that users meet in nets of known forks have no translation."""

from __future__ import annotations

_FLOWNET = "what it does while a net is run is not described outside FlowNet's own sources"

REASONS = {
    "accum": _FLOWNET,
    "dataaugmentation": f"{_FLOWNET}; cut it off and give the mean with --mean_values",
    "powerfile": "the numbers that it adds are in a file of their own, not in the model",
    "recurrent": "it is what LSTM and RNN are made of, and computes nothing by itself",
    "simplernms": "no definition of it was published; the layer Proposal has one",
}


def reason(kind: str) -> str:
    """Why layers of a type are not translated; '' if nothing is known."""
    return REASONS.get(kind.lower(), "")
