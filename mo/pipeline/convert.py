"""One conversion, for every launcher and the Python API: read, cut, translate, improve."""

from __future__ import annotations

import gc
import importlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mo.cli.config import Config
from mo.cli.deduce import deduce_framework, deduce_name, looks_like
from mo.cli.flag import FRAMEWORKS
from mo.errors import ConversionError, UsageError, listing
from mo.front.cut import cut
from mo.front.translate import translate
from mo.graph.graph import Graph
from mo.pipeline.passes import run_passes
from mo.progress import Advance

log = logging.getLogger("mo.convert")


def convert(config: Config, advance: Advance | None = None) -> Graph:
    """The model that ``config`` names as a graph ready to be written.

    ``advance`` is told of each step as it begins.
    Raises ConversionError for everything that is the user's to change.
    """
    framework = deduce_framework(config)
    _check_kind(config, framework)
    front_end = _load(framework)
    passes = importlib.import_module("extensions.pipeline").passes(config)
    # What belongs to one framework comes before what all have in common.
    passes = [*getattr(front_end, "passes", lambda config: [])(config), *passes]
    extending = _extensions(config, framework, front_end.TRANSLATIONS)
    translations = extending.translations if extending else front_end.TRANSLATIONS
    if extending:
        passes = extending.interleave(passes)
    steps = len(passes) + len(_SOURCE_STEPS)
    tell = advance or (lambda step, number, total: None)

    def begin(step: str) -> None:
        tell(step, _SOURCE_STEPS.index(step), steps)

    with without_collector():
        begin("read")
        with _timed("read"):
            model = front_end.read(config)
        model.name = deduce_name(config)
        if extending and not model.arranged_for_extensions:
            model = extending.prepare(model)
        begin("cut")
        with _timed("cut"):
            model = cut(model, config, translations)
        if extending and model.arranged_for_extensions:
            model = extending.prepare(model.arrange(model) if model.arrange else model)
        begin("translate")
        with _timed("translate"):
            graph = translate(model, translations)
        _warn_of_unknown_ranks(graph)
        for number, step in enumerate(passes, len(_SOURCE_STEPS)):
            tell(step.name, number, steps)
            run_passes(graph, [step])
    return graph


_SOURCE_STEPS = ("read", "cut", "translate")


def _warn_of_unknown_ranks(graph: Graph) -> None:
    """Such inputs are sound, but most devices refuse them."""
    names = [node.name for node in graph.parameters() if node.outputs[0].shape is None]
    if names:
        log.warning(
            "How many dimensions %s %s is not known, and OpenVINO's CPU device needs it; say it "
            "with --input_shape, for example [?,3,?,?]",
            listing(names),
            "has" if len(names) == 1 else "have",
        )


def _check_kind(config: Config, framework: str) -> None:
    """A model that was called something else is called what it is."""
    path = config.input_model
    if config.framework is None or path is None or not path.is_file():
        return
    kind = looks_like(path)
    if kind is not None and kind != framework:
        raise UsageError(
            f"'{path.name}' looks like a model of {FRAMEWORKS[kind]}, not of "
            f"{FRAMEWORKS[framework]}",
            hint=f"Convert it with --framework {kind}, or let the file itself decide.",
        )


def _load(framework: str) -> Any:
    """The front end of a framework: only the one that is asked for is imported."""
    return importlib.import_module(f"extensions.front.{framework}")


def _extensions(config: Config, framework: str, translations: Any) -> Any:
    """The user's extensions at work; None where there are none, and nothing of them is loaded."""
    if not (config.extensions or config.transformations_config or config.config_update):
        return None
    return importlib.import_module("extensions.classic.run").run(config, framework, translations)


@contextmanager
def without_collector() -> Iterator[None]:
    """A conversion makes many objects and no garbage cycles worth looking for."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    except RecursionError as error:
        raise ConversionError(
            "The model is nested too deeply", hint="The file is damaged or hostile."
        ) from error
    except MemoryError as error:
        raise ConversionError(
            "There is not enough memory to convert the model",
            hint="Give smaller shapes with --input_shape, or a larger machine.",
        ) from error
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def _timed(step: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    log.info("%-32s %22.1f ms", step, (time.perf_counter() - start) * 1000)


def metadata(config: Config, version: str) -> dict[str, Any]:
    """What the IR says of its making: tool version and given flags, no directories."""
    key = "conversion_parameters" if config.ir_version >= 11 else "cli_parameters"
    return {"MO_version": version, key: dict(sorted(config.given.items()))}
