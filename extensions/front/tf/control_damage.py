"""The error for loops and branches that no framework can have written."""

from __future__ import annotations

from mo.errors import ModelFileError


def damaged(what: str) -> ModelFileError:
    return ModelFileError(
        f"The control flow of the model is damaged: {what}",
        hint="The model is not valid; export it again, or name other outputs with --output.",
    )
