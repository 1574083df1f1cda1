"""Cases judged in worker processes: a crash or a hang of a native runtime is a verdict, too."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator

Verdict = dict[str, str]

_SECONDS = 60.0


def judge_all(module: str, names: Iterable[str], count: int = 2) -> Iterator[tuple[str, Verdict]]:
    """What ``python -m module --worker`` answers to each name, in the order of answers.

    A worker reads a name per line and writes a JSON object per line.
    """
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    answers: queue.SimpleQueue[tuple[str, Verdict] | None] = queue.SimpleQueue()
    for name in names:
        waiting.put(name)
    for _ in range(count):
        threading.Thread(target=_serve, args=(module, waiting, answers), daemon=True).start()
    running = count
    while running:
        answer = answers.get()
        if answer is None:
            running -= 1
        else:
            yield answer


def _serve(
    module: str,
    waiting: queue.SimpleQueue[str],
    answers: queue.SimpleQueue[tuple[str, Verdict] | None],
) -> None:
    worker: subprocess.Popen[str] | None = None
    try:
        while True:
            try:
                name = waiting.get_nowait()
            except queue.Empty:
                return
            worker = worker or _start(module)
            verdict = _ask(worker, name)
            if verdict is None:
                verdict = {"verdict": "crash", "detail": f"worker ended with {worker.wait()}"}
                worker = None
            answers.put((name, verdict))
    finally:
        if worker is not None:
            worker.kill()
        answers.put(None)


def _start(module: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "ignore", "-m", module, "--worker"]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, bufsize=1
    )


def _ask(worker: subprocess.Popen[str], name: str) -> Verdict | None:
    """The worker's answer; None if it died, also by our hand after too long a time."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    clock = threading.Timer(_SECONDS, worker.kill)
    clock.start()
    try:
        worker.stdin.write(name + "\n")
        line = worker.stdout.readline()
    except BrokenPipeError:
        return None
    finally:
        clock.cancel()
    return json.loads(line) if line.endswith("\n") else None
