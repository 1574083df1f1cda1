"""Time and private memory of converting a model whose weights lie in several large files.

Makes a chain of products with random weights in external data, of 7 GB unless told otherwise,
converts it, copies the same bytes for comparison, and removes everything:

    python benchmarks/large.py [GIGABYTES] [FOLDER]

Private memory is what the process does not share with others or with files (Linux only).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, save_model

ROOT = Path(__file__).parents[1]
SIDE = 8192
LAYER_BYTES = SIDE * SIDE * 4
LAYERS_PER_FILE = 8
ALIGNMENT = 65536
ROUNDS = 3
# Slowest sampling of memory, in seconds.
PERIOD = 0.01


def external(name: str, location: str, offset: int) -> TensorProto:
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[SIDE, SIDE])
    tensor.data_location = TensorProto.EXTERNAL
    entries = {"location": location, "offset": str(offset), "length": str(LAYER_BYTES)}
    for key, value in entries.items():
        tensor.external_data.add(key=key, value=value)
    return tensor


def make(folder: Path, layers: int) -> Path:
    """A model of ``layers`` products, and its weights in files of eight layers each."""
    random = np.random.default_rng(0)
    weights = []
    for number in range(layers):
        location = f"weights{number // LAYERS_PER_FILE}.data"
        with open(folder / location, "ab") as file:
            file.write(bytes(-file.tell() % ALIGNMENT))
            weights.append(external(f"w{number}", location, file.tell()))
            file.write(random.random((SIDE, SIDE), np.float32))
    nodes = [
        helper.make_node("MatMul", [f"x{number}", f"w{number}"], [f"x{number + 1}"])
        for number in range(layers)
    ]
    values = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", SIDE])
        for name in ("x0", f"x{layers}")
    ]
    graph = helper.make_graph(nodes, "large", values[:1], values[1:], weights)
    save_model(helper.make_model(graph), folder / "large.onnx")
    return folder / "large.onnx"


def private_bytes(process: int) -> tuple[int, int]:
    """Private memory of a process now: all of it, and what it wrote; 0 if it has ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except (OSError, ProcessLookupError):
        return 0, 0
    sizes = {line.split()[0]: 1024 * int(line.split()[1]) for line in lines[1:]}
    return sizes["Private_Clean:"] + sizes["Private_Dirty:"], sizes["Private_Dirty:"]


def convert(model: Path, result: Path) -> tuple[float, int, int]:
    """Seconds, and the most private memory: all of it, and what was written to."""
    command = [sys.executable, ROOT / "mo.py", "--input_model", model, "--output_dir", result]
    os.sync()
    start = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL)
    peak = dirty = 0
    while process.poll() is None:
        private, written = private_bytes(process.pid)
        peak, dirty = max(peak, private), max(dirty, written)
        time.sleep(PERIOD)
    if process.returncode:
        raise SystemExit(f"the conversion failed with exit code {process.returncode}")
    return time.perf_counter() - start, peak, dirty


def copy(model: Path, result: Path) -> float:
    """Seconds that copying the weights takes, until they are on the disk."""
    os.sync()
    result.mkdir()
    start = time.perf_counter()
    for file in model.parent.glob("weights*.data"):
        shutil.copyfile(file, result / file.name)
        with open(result / file.name, "rb+") as written:
            os.fsync(written)
    return time.perf_counter() - start


def main() -> None:
    gigabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 7.0
    parent = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory(dir=parent) as name:
        model = make(Path(name), max(1, round(gigabytes * 1e9 / LAYER_BYTES)))
        size = sum(file.stat().st_size for file in model.parent.iterdir())
        print(f"{size / 1e9:.2f} GB of weights")
        result = Path(name) / "result"
        for _ in range(ROUNDS):
            copied = copy(model, result)
            shutil.rmtree(result)
            seconds, peak, dirty = convert(model, result)
            assert (result / "large.bin").stat().st_size >= size - (1 << 20)
            shutil.rmtree(result)
            print(f"copied in {copied:.1f} s, converted in {seconds:.1f} s", end="; ")
            print(f"private memory {peak / 1e6:.0f} MB, of it {dirty / 1e6:.0f} MB written to")


if __name__ == "__main__":
    main()
