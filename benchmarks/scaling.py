"""How the time of a conversion grows with the number of nodes.

    python benchmarks/scaling.py [NODES ...]

Generates networks of that many nodes (default 1000, 10000, 50000) and prints, per size, the
time and the time per node inside one process, the best of three conversions, writing included.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "examples")]

from onnx_writer import Network  # noqa: E402 (found through the path set above)

import mo  # noqa: E402

SIZES = (1000, 10_000, 50_000)
ROUNDS = 3


def write_network(path: Path, nodes: int) -> None:
    """Blocks of convolution, batch normalisation, activation, branch and shape arithmetic."""
    random = np.random.default_rng(0)
    net = Network(["batch", 8, 16, 16])
    kernels = [net.weight(random.standard_normal((8, 8, 1, 1), np.float32)) for _ in range(16)]
    norms = [net.weight(random.uniform(0.5, 1.5, 8).astype(np.float32)) for _ in range(16)]
    first, tail = net.weight(np.array([0])), net.weight(np.array([8, 16, 16]))
    x, made = "input", 0
    while made < nodes:
        y = net.node("Conv", x, kernels[made % 16], kernel_shape=[1, 1])
        y = net.node("BatchNormalization", y, *(norms[(made + i) % 16] for i in range(4)))
        y = net.node("Mul", y, net.node("Sigmoid", y))
        batch = net.node("Gather", net.node("Shape", x), first)
        y = net.node("Reshape", y, net.node("Concat", batch, tail, axis=0))
        x = net.node("Add", x, y)
        made += 9
    net.save(path, x, 4)


def seconds(path: Path, folder: Path) -> float:
    times = []
    for _ in range(ROUNDS):
        # What an earlier conversion left is not to be cleared away in the time of this one.
        gc.collect()
        gc.disable()
        start = time.perf_counter()
        mo.convert_model(path, output_dir=folder).save()
        times.append(time.perf_counter() - start)
        gc.enable()
    return min(times)


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    print(f"{'nodes':>8} {'seconds':>9} {'us/node':>9} {'ratio':>7}")
    base = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            path = Path(folder) / f"chain{size}.onnx"
            write_network(path, size)
            elapsed = seconds(path, Path(folder))
            each = elapsed / size * 1e6
            base = base or each
            print(f"{size:>8} {elapsed:>9.3f} {each:>9.1f} {each / base:>7.2f}")


if __name__ == "__main__":
    main()
