"""Arguments of a launcher, or keywords of the Python API, as a Config."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from mo.cli.build import build
from mo.cli.config import Config
from mo.cli.flag import FRAMEWORKS, Flag, Status
from mo.cli.flags import FLAGS, known_to
from mo.errors import UsageError, closest, listing
from mo.version import __version__

_NOTES = {
    Status.WORKS: "{}",
    Status.WARNED: "Accepted without effect: {}",
    Status.IGNORED: "Accepted without effect: {}",
}


def parse_arguments(argv: Sequence[str], framework: str | None, program: str) -> Config:
    """What the arguments of a program ask for.

    ``framework`` is that of a launcher for one framework only. Raises UsageError, and
    SystemExit(0) for --help and --version.
    """
    parser = _parser(framework, program)
    try:
        namespace, unknown = parser.parse_known_args(list(argv))
    except argparse.ArgumentError as error:
        raise _argument_error(error, program) from None
    given: dict[str, str] = vars(namespace)
    if unknown:
        raise _unknown_arguments(unknown, given, framework, program)
    return build(given, framework)


def config_from_keywords(**flags: Any) -> Config:
    """What keywords called like the flags ask for.

    Values are texts as on the command line or what is natural in Python: ``True``, numbers,
    paths, ``input_shape=[1, 3, 224, 224]``, ``input={"data": [1, 3, None, None]}``,
    ``mean_values={"data": [1, 2, 3]}``. ``None`` means that the flag is not given.
    """
    given = {}
    for name, value in flags.items():
        flag = FLAGS.get(name)
        if flag is None or flag.kind.action in ("help", "version"):
            raise UsageError(f"Unknown argument '{name}'", hint=_did_you_mean(name, FLAGS))
        text = _as_text(flag, value)
        if text is not None:
            given[name] = text
    return build(given, None)


def _as_text(flag: Flag, value: Any) -> str | None:
    if value is None or (isinstance(value, (list, tuple, dict)) and not value):
        return None
    try:
        return flag.kind.write(value)
    except (TypeError, ValueError, RecursionError):
        raise UsageError(
            f"{flag.option}: a value of type {type(value).__name__} cannot be understood",
            hint=f"Give it as on the command line, as text: {flag.kind.metavar or 'True'}",
        ) from None


class _Parser(argparse.ArgumentParser):
    """Raises where argparse would print and exit."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message[:1].upper() + message[1:], hint=_see_help(self.prog))


class _Formatter(argparse.HelpFormatter):
    """Asks for the width of the terminal without the imports of shutil."""

    def __init__(self, prog: str, **settings: Any) -> None:
        try:
            columns = int(os.environ.get("COLUMNS", "")) or 80
        except ValueError:
            try:
                columns = os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]
            except (OSError, ValueError, AttributeError):
                columns = 80
        super().__init__(prog, max_help_position=28, width=max(columns - 2, 40), **settings)


def _parser(framework: str | None, program: str) -> _Parser:
    parser = _Parser(
        prog=program,
        usage="%(prog)s --input_model FILE [options]",
        description=f"Convert {FRAMEWORKS.get(framework or '', 'trained')} models to OpenVINO IR.",
        formatter_class=_Formatter,
        argument_default=argparse.SUPPRESS,
        add_help=False,
        exit_on_error=False,
    )
    groups: dict[str, Any] = {}
    for flag in known_to(framework):
        group = groups.get(flag.group)
        if group is None:
            title = f"{FRAMEWORKS[flag.group]} models" if flag.group else "options"
            group = groups[flag.group] = parser.add_argument_group(title)
        group.add_argument(flag.option, *flag.aliases, help=_help(flag), **_settings(flag, program))
    return parser


def _settings(flag: Flag, program: str) -> dict[str, Any]:
    settings: dict[str, Any] = {"action": flag.kind.action, "dest": flag.name}
    if flag.kind.action == "version":
        settings["version"] = f"{program} {__version__}"
    elif flag.kind.action == "store_const":
        settings["const"] = flag.kind.bare
    elif flag.kind.action == "store":
        settings["metavar"] = flag.kind.metavar
        if flag.kind.bare is not None:
            settings |= {"nargs": "?", "const": flag.kind.bare}
    return settings


def _help(flag: Flag) -> str:
    text = _NOTES[flag.status].format(flag.help)
    if isinstance(flag.default, (str, int)) and not isinstance(flag.default, bool):
        text += f" (default: {flag.default})"
    return text.replace("%", "%%")


def _argument_error(error: argparse.ArgumentError, program: str) -> UsageError:
    """argparse knows two mistakes in the use of a single flag: no value, and one too many."""
    option = (error.argument_name or "").split("/")[0]
    flag = FLAGS.get(option.lstrip("-"))
    if flag is None:
        return UsageError(error.message[:1].upper() + error.message[1:], hint=_see_help(program))
    if flag.kind.action != "store":
        return UsageError(
            f"{option} takes no value", hint=f"Write {option}, or leave it out; nothing behind it."
        )
    return UsageError(
        f"{option} needs a value",
        hint=f'Write {option} {flag.kind.metavar}, with "=" if the value starts with "-": '
        f"{option}=-...",
    )


def _unknown_arguments(
    unknown: Sequence[str], given: dict[str, str], framework: str | None, program: str
) -> UsageError:
    options = [text.split("=")[0] for text in unknown if text.startswith("-") and text != "--"]
    if not options:
        return _stray(unknown[0], given)
    hints = [_about_option(option, framework, program) for option in options[:3]]
    return UsageError(
        f"Unknown option {listing(options)}", hint="\n".join([*hints, _see_help(program)])
    )


def _stray(text: str, given: dict[str, str]) -> UsageError:
    if "input_model" not in given and os.path.lexists(text):
        hint = f"A model is given with --input_model {text}"
    else:
        hint = 'Quote values that hold blanks, as in --input_shape "[1, 3, 224, 224]".'
    return UsageError(f"'{text}' belongs to no option", hint=hint)


# Flags of early releases that called sub-graphs back into TensorFlow.
_CALLBACKS = (
    "--tensorflow_subgraph_patterns",
    "--tensorflow_operation_patterns",
    "--offload_unsupported_operations_to_tf",
)


def _about_option(option: str, framework: str | None, program: str) -> str:
    if option in _CALLBACKS:
        return (
            f"{option}: nothing is called back into TensorFlow; give the operations a translation "
            "with --extensions, or replace the sub-graph with --transformations_config."
        )
    flag = FLAGS.get(option.lstrip("-"))
    if flag is not None and flag not in known_to(framework):
        if not flag.group:
            return f"{program} converts {framework} models only; mo.py takes {option}."
        return f"{option} is for {FRAMEWORKS[flag.group]} models: use mo.py or mo_{flag.group}.py."
    known = [name for flag in known_to(framework) for name in (flag.option, *flag.aliases)]
    return _did_you_mean(option, known)


def _did_you_mean(name: str, known: Any) -> str:
    similar = closest(name, known)
    return f"Did you mean {' or '.join(similar)}?" if similar else ""


def _see_help(program: str) -> str:
    return f"All options: {program} --help"
