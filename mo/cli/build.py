"""From the texts of the given flags to a Config: read, cross-check, warn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mo.cli.checks import check_together, settle
from mo.cli.config import Config
from mo.cli.flag import FRAMEWORKS, Flag, Status
from mo.cli.flags import FLAGS
from mo.cli.layouts import merged


def build(given: Mapping[str, str], framework: str | None) -> Config:
    """The configuration that these flags (name and text) describe; UsageError if none."""
    values: dict[str, Any] = {}
    for flag in FLAGS.values():
        text = given.get(flag.name)
        if text is None or (flag.kind.may_be_empty and not text.strip()):
            continue
        value = flag.kind.read(flag.option, text)
        # A switch that the API sets to False is as good as not there.
        if flag.kind.action == "store" or value:
            values[flag.name] = value
    check_together(values)
    framework = framework or values.get("framework")
    used = [FLAGS[name] for name in values]
    working = [flag for flag in used if flag.status is Status.WORKS and flag.concerns(framework)]
    for flag in working:
        if flag.kind.check is not None:
            flag.kind.check(flag.option, values[flag.name])
    config = settle(
        Config(
            framework=framework,
            **_fields((flag, values[flag.name]) for flag in working),
            given={flag.name: _shown(values[flag.name], given[flag.name]) for flag in used},
        )
    )
    for flag in used:
        if flag.status is Status.WARNED:
            _warn(config, f"{flag.option} has no effect: {flag.help}")
    if config.scale is not None and abs(config.scale) < 1:
        _warn(config, f"--scale {config.scale:g}: inputs are divided by it, so they grow")
    if config.framework is not None:
        warn_of_unused(config, config.framework)
    return config


def warn_of_unused(config: Config, framework: str) -> None:
    """Name the given flags that only mean something to other frameworks."""
    flags = [FLAGS[name] for name in config.given if name in FLAGS]
    unused = [flag.option for flag in flags if not flag.concerns(framework)]
    if unused:
        mean = "means" if len(unused) == 1 else "mean"
        _warn(config, f"{', '.join(unused)} {mean} nothing to {FRAMEWORKS[framework]} models")


def _fields(values: Iterable[tuple[Flag, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {"sources": {}, "options": {}}
    for flag, value in values:
        if flag.target in ("sources", "options"):
            result[flag.target][flag.name] = value
        elif flag.target == "layouts":
            result["layouts"] = merged((*result.get("layouts", ()), *value))
        else:
            result[flag.target] = value
    result.pop("framework", None)
    return result


def _shown(value: Any, text: str) -> str:
    """The text of a flag without the folders of its paths: they are nobody's business."""
    paths = value if isinstance(value, tuple) else (value,)
    if paths and all(isinstance(path, Path) for path in paths):
        return ",".join(path.name for path in paths)
    return text


def _warn(config: Config, message: str) -> None:
    errors_only = config.log_level in ("ERROR", "CRITICAL") and "log_level" in config.given
    if not errors_only and not config.silent:
        import logging  # as heavy as the rest of this package, and rarely needed

        logging.getLogger("mo.cli").warning("%s", message)
