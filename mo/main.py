"""The command line: arguments in, files and an exit code out."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence

from mo.errors import ConversionError, Finished

INTERNAL_ERROR = 1
INTERRUPTED = 130
_ONLY_PRINTS = {"-h", "--help", "--version"}


def main(argv: Sequence[str] | None = None, framework: str | None = None) -> int:
    """Convert as the arguments say; returns the exit code (see README, "Exit codes")."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    program = os.path.basename(sys.argv[0]) or "mo"
    debugging = _asks_for_debug(arguments)
    _stop_cleanly()
    try:
        return _run(arguments, framework, program)
    except Finished as done:
        print(f"[ SUCCESS ] {done}")
        return done.exit_code
    except ConversionError as error:
        if debugging:
            raise
        _complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        print("[ ERROR ]  Interrupted; no file was changed.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        return INTERNAL_ERROR
    except Exception as error:
        if debugging:
            raise
        print(
            f"[ ERROR ]  Internal error: {type(error).__name__}: {error}\n"
            "[ ERROR ]  This is a defect of the converter. Run again with --log_level DEBUG "
            "and report what it prints.",
            file=sys.stderr,
        )
        return INTERNAL_ERROR


def _stop_cleanly() -> None:
    """Let SIGTERM end the program like Ctrl-C does: temporary files are removed."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    with contextlib.suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGTERM, stop)


def _asks_for_debug(arguments: Sequence[str]) -> bool:
    """Whether --log_level DEBUG is given, also if the other arguments cannot be parsed."""
    text = " ".join(arguments).replace("=", " ").upper()
    return "--LOG_LEVEL DEBUG" in text


def _complain(error: ConversionError) -> None:
    for line in str(error).splitlines():
        print(f"[ ERROR ]  {line}", file=sys.stderr)
    if error.code:
        print(f"\n{error.code}\n", file=sys.stderr)  # bare, to be copied


def _run(arguments: Sequence[str], framework: str | None, program: str) -> int:
    from mo.cli.parser import parse_arguments

    start = time.monotonic()
    if not _ONLY_PRINTS.intersection(arguments):
        from mo import log

        log.set_up("WARNING")
    config = parse_arguments(arguments, framework, program)

    # Everything heavy comes after the arguments are known to be good.
    from mo.back.output import check_output, write_ir
    from mo.cli.deduce import deduce_name
    from mo.pipeline.convert import convert, metadata, without_collector
    from mo.progress import progress_bar
    from mo.version import __version__

    if "log_level" in config.given or config.silent:
        log.set_up(config.log_level, config.silent)
    name = deduce_name(config)
    check_output(config.output_dir, name)
    with without_collector(), progress_bar(config) as advance:
        graph = convert(config, advance)
        xml, binary = write_ir(
            graph, config.output_dir, name, config.ir_version, metadata(config, __version__)
        )
    gc.freeze()  # the process ends here: nothing is worth collecting
    print(f"[ SUCCESS ] Generated IR version {config.ir_version} model.")
    print(f"[ SUCCESS ] XML file: {xml}")
    print(f"[ SUCCESS ] BIN file: {binary}")
    for note in graph.graph.get("notes", ()):
        print(f"[ SUCCESS ] {note}")
    print(f"[ SUCCESS ] Total execution time: {time.monotonic() - start:.2f} seconds.")
    _print_memory()
    return 0


def _print_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Kilobytes on Linux, bytes on macOS.
    megabytes = peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    print(f"[ SUCCESS ] Memory consumed: {megabytes:.0f} MB.")


def _entry(framework: str) -> Callable[[], int]:
    return lambda: main(framework=framework)


# Console scripts take no arguments, so each framework has its own function.
tf, onnx, caffe, mxnet, kaldi = map(_entry, ("tf", "onnx", "caffe", "mxnet", "kaldi"))
