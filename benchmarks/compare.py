"""Wall time and peak memory of whole conversions, against OpenVINO's `ovc` if it is installed.

    python benchmarks/compare.py [--rounds 5] [--ovc PATH] [--fp16] MODEL.onnx ...

Each round converts with both tools in turn, each in a process of its own, so that a change of
the machine's speed meets both. Quote the ratios: seconds differ from machine to machine.
Both keep compiled Python code, as installed programs do; the first round is not counted.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]


class Run(NamedTuple):
    seconds: float
    megabytes: float


def run(command: list[str], environment: dict[str, str] | None = None) -> Run | None:
    """One process; None if it failed."""
    quiet = subprocess.DEVNULL
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(elapsed, usage.ru_maxrss / 1024) if process.returncode == 0 else None


def commands(model: Path, folder: Path, ovc: str | None, fp16: bool) -> dict[str, list[str]]:
    ours = [sys.executable, str(ROOT / "mo.py"), "--input_model", str(model)]
    ours += ["--output_dir", str(folder), "--model_name", "ours"]
    found = {"mo": ours + (["--compress_to_fp16"] if fp16 else [])}
    if ovc:
        target = ["--output_model", str(folder / "peer.xml"), f"--compress_to_fp16={fp16}"]
        found["ovc"] = [ovc, str(model), *target]
    return found


def measure(
    tools: dict[str, list[str]], rounds: int, environment: dict[str, str]
) -> dict[str, Run]:
    """Medians over the rounds, after one that is not counted."""
    results: dict[str, list[Run]] = {name: [] for name in tools}
    for number in range(rounds + 1):
        for name, command in tools.items():
            result = run(command, environment)
            if result is not None and number > 0:
                results[name].append(result)
    return {
        name: Run(*(statistics.median(figures) for figures in zip(*runs)))
        for name, runs in results.items()
        if runs
    }


def caching(folder: str) -> dict[str, str]:
    """The environment in which Python keeps compiled code in ``folder``."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": folder}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ovc", default=shutil.which("ovc"))
    parser.add_argument("--fp16", action="store_true", help="compare with compressed weights")
    arguments = parser.parse_args()
    columns = f"{'mo s':>7} {'ovc s':>7} {'ratio':>6} {'mo MB':>7} {'ovc MB':>7} {'ratio':>6}"
    print(f"{'model':<32} {columns}")
    time_ratios, memory_ratios = [], []
    cache = tempfile.TemporaryDirectory()
    environment = caching(cache.name)
    for model in arguments.models:
        with tempfile.TemporaryDirectory() as folder:
            tools = commands(model, Path(folder), arguments.ovc, arguments.fp16)
            found = measure(tools, arguments.rounds, environment)
        name = model.parent.name if model.stem == "model" else model.stem
        mine, peer = found.get("mo"), found.get("ovc")
        if mine is None:
            print(f"{name:<32}  failed")
            continue
        line = f"{name:<32} {mine.seconds:>7.2f} "
        if peer is None:
            print(line + f"{'-':>7} {'-':>6} {mine.megabytes:>7.0f}", flush=True)
            continue
        time_ratios.append(mine.seconds / peer.seconds)
        memory_ratios.append(mine.megabytes / peer.megabytes)
        print(
            f"{line}{peer.seconds:>7.2f} {time_ratios[-1]:>6.2f} "
            f"{mine.megabytes:>7.0f} {peer.megabytes:>7.0f} {memory_ratios[-1]:>6.2f}",
            flush=True,
        )
    if time_ratios:
        print(
            f"ratio of wall time: median {statistics.median(time_ratios):.2f}, "
            f"greatest {max(time_ratios):.2f}; of peak memory: median "
            f"{statistics.median(memory_ratios):.2f}, greatest {max(memory_ratios):.2f}"
        )


if __name__ == "__main__":
    main()
