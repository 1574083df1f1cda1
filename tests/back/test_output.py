"""The files: what they hold, and that they appear whole or not at all."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from extensions.ops.activation import ReLU
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.movement import Split
from mo.back.output import write_ir
from mo.errors import OutputError
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.shape import Dim
from mo.graph.tensor import MappedFile, Tensor


def small_graph(value: float = 1.0) -> Graph:
    g = Graph(name="net")
    y = g.add(Add(), g.input("x", (Dim(), 3)), np.float32([value] * 3), name="sum")
    y.names["the, sum"] = None
    g.output(y, "y")
    return g


def written(graph: Graph, folder: Path, version: int = 11) -> ET.Element:
    xml, _ = write_ir(graph, folder, "net", version, {"MO_version": "1", "flags": {"a": "<b>"}})
    return ET.parse(xml).getroot()


def layer(net: ET.Element, name: str) -> ET.Element:
    (found,) = [item for item in net.iter("layer") if item.get("name") == name]
    return found


def test_layers_come_inputs_first_and_results_last(tmp_path):
    net = written(small_graph(), tmp_path)
    kinds = [item.get("type") for item in net.iter("layer")]
    assert kinds == ["Parameter", "Const", "Add", "Result"]
    assert [item.get("id") for item in net.iter("layer")] == ["0", "1", "2", "3"]


def test_ports_count_from_the_inputs_on(tmp_path):
    g = Graph()
    first, second = g.add_multi(Split(num_splits=2), g.input("x", (2,)), g.constant(np.int64(0)))
    g.output(first, "a")
    g.output(second, "b")
    edges = [edge.attrib for edge in written(g, tmp_path).iter("edge")]
    ports = [(e["from-layer"], e["from-port"], e["to-layer"], e["to-port"]) for e in edges]
    assert ports == [
        ("0", "0", "2", "0"),
        ("1", "0", "2", "1"),
        ("2", "2", "3", "0"),
        ("2", "3", "4", "0"),
    ]


def test_unknown_sizes_and_names_with_commas(tmp_path):
    net = written(small_graph(), tmp_path)
    assert layer(net, "x").find("data").get("shape") == "?,3"
    port = layer(net, "sum").find("output/port")
    assert [dim.text for dim in port] == ["-1", "3"]
    assert port.get("names") == "the\\, sum,y"


def test_metadata_stands_where_each_version_expects_it(tmp_path):
    assert written(small_graph(), tmp_path).find("rt_info/flags/a").get("value") == "<b>"
    assert written(small_graph(), tmp_path, 10).find("meta_data/MO_version") is not None


def test_names_that_xml_cannot_hold_are_mended(tmp_path):
    g = Graph()
    g.output(g.add(ReLU(), g.input('a<"&>\0\x1f', (1,)), name="b"), "y")
    net = written(g, tmp_path)
    assert net.find("layers/layer").get("name") == 'a<"&>__'


def test_equal_layer_names_are_told_apart(tmp_path):
    g = Graph()
    y = g.add(ReLU(), g.input("x", (1,)))
    z = g.add(ReLU(), y)
    for value in (y, z):
        g.rename(value.node, "same")
    g.output(z, "y")
    names = [item.get("name") for item in written(g, tmp_path).iter("layer")]
    assert names == ["x", "same", "same_1", "y/sink_port_0"]


def test_equal_constants_are_stored_once(tmp_path):
    g = Graph()
    x = g.input("x", (2000,))
    big = np.arange(2000, dtype=np.float32)
    for array in (big, big.copy(), big + 1):
        x = g.add(Multiply(), x, array)
    g.output(x, "y")
    net = written(g, tmp_path)
    offsets = [i.find("data").get("offset") for i in net.iter("layer") if i.get("type") == "Const"]
    assert offsets == ["0", "0", "8000"]
    assert (tmp_path / "net.bin").stat().st_size == 16000


def test_weights_are_copied_byte_for_byte_from_the_model_file(tmp_path):
    source = tmp_path / "weights"
    data = os.urandom(3 + 40_000)
    source.write_bytes(data)
    tensor = MappedFile(source).tensor(ElementType.f32, [10_000], 3, 40_000)
    g = Graph()
    g.output(g.add(Add(), g.input("x", (10_000,)), g.constant(tensor)), "y")
    written(g, tmp_path)
    assert (tmp_path / "net.bin").read_bytes() == data[3:]


def test_lazy_constants_are_computed_and_written(tmp_path):
    g = Graph()
    tensor = Tensor.lazy(ElementType.f32, (3,), lambda: np.float32([1, 2, 3]))
    g.output(g.add(Add(), g.input("x", (3,)), g.constant(tensor)), "y")
    written(g, tmp_path)
    assert np.fromfile(tmp_path / "net.bin", np.float32).tolist() == [1, 2, 3]


def test_the_same_graph_gives_the_same_bytes(tmp_path):
    for folder in ("a", "b"):
        write_ir(small_graph(), tmp_path / folder, "net", 11, {})
    for name in ("net.xml", "net.bin"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_files_are_as_readable_as_others_and_nothing_else_is_left(tmp_path):
    before = os.umask(0o022)
    try:
        write_ir(small_graph(), tmp_path, "net", 11, {})
    finally:
        os.umask(before)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.bin", "net.xml"]
    assert stat.S_IMODE((tmp_path / "net.xml").stat().st_mode) == 0o644


def test_an_existing_link_is_replaced_not_followed(tmp_path):
    target = tmp_path / "precious"
    target.write_text("keep")
    (tmp_path / "net.bin").symlink_to(target)
    write_ir(small_graph(), tmp_path, "net", 11, {})
    assert target.read_text() == "keep"
    assert not (tmp_path / "net.bin").is_symlink()


def test_a_failure_leaves_the_old_pair_and_no_temporary_file(tmp_path):
    write_ir(small_graph(), tmp_path, "net", 11, {})
    old = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full() -> np.ndarray:
        raise OSError(28, "No space left on device")

    g = Graph()
    tensor = Tensor.lazy(ElementType.f32, (3,), full)
    g.output(g.add(Add(), g.input("x", (3,)), g.constant(tensor)), "y")
    with pytest.raises(OutputError, match="No space left on device"):
        write_ir(g, tmp_path, "net", 11, {})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == old


def test_what_a_killed_run_left_is_swept_away_by_the_next(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / f".net.{dead.pid}.abc123.tmp").write_text("half")
    alive = tmp_path / f".net.{os.getpid()}.abc123.tmp"
    alive.write_text("someone is at it")
    write_ir(small_graph(), tmp_path, "net", 11, {})
    assert sorted(p.name for p in tmp_path.iterdir()) == [alive.name, "net.bin", "net.xml"]


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\0b"])
def test_a_name_that_is_a_path_is_refused(tmp_path, name):
    with pytest.raises(OutputError, match="no file name"):
        write_ir(small_graph(), tmp_path, name, 11, {})


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.back.test_output import small_graph
from mo.back import output
stop, count = int(sys.argv[2]), 0
real = os.replace
def replace(*args):
    global count
    count += 1
    if count == stop:
        os.kill(os.getpid(), int(sys.argv[3]))
    real(*args)
os.replace = replace
output.write_ir(small_graph(2.0), Path(sys.argv[1]), "net", 11, {})
"""


def stopped(folder: Path, stop: int, by: signal.Signals) -> list[str]:
    """Which files are left of a run that exchanges a pair and gets a signal in a step of that."""
    write_ir(small_graph(1.0), folder, "net", 11, {})
    root = Path(__file__).parents[2]
    result = subprocess.run(
        [sys.executable, "-c", KILLED, folder, str(stop), str(int(by))],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert result.returncode == -by
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_being_stopped_during_the_exchange_still_gives_a_whole_pair(tmp_path, stop):
    assert stopped(tmp_path, stop, signal.SIGTERM) == ["net.bin", "net.xml"]
    assert np.fromfile(tmp_path / "net.bin", np.float32).tolist() == [2, 2, 2]
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_being_killed_during_the_exchange_never_mixes_two_pairs(tmp_path, stop):
    left = stopped(tmp_path, stop, signal.SIGKILL)
    if "net.xml" in left:
        assert np.fromfile(tmp_path / "net.bin", np.float32).tolist() == [1, 1, 1]
    write_ir(small_graph(3.0), tmp_path, "net", 11, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.bin", "net.xml"]


def test_a_directory_in_the_place_of_the_result_stays(tmp_path):
    (tmp_path / "net.xml").mkdir()
    with pytest.raises(OutputError, match="Is a directory"):
        write_ir(small_graph(), tmp_path, "net", 11, {})
    assert [path.name for path in tmp_path.iterdir()] == ["net.xml"]


def test_equal_computed_constants_are_stored_once_too(tmp_path):
    g = Graph()
    x = g.input("x", (2000,))
    for value in (1, 1, 2):
        tensor = Tensor.lazy(ElementType.f32, (2000,), lambda v=value: np.full(2000, v))
        x = g.add(Multiply(), x, g.constant(tensor))
    g.output(x, "y")
    written(g, tmp_path)
    stored = np.fromfile(tmp_path / "net.bin", np.float32)
    assert np.unique(stored[stored != 0]).tolist() == [1, 2]
    assert stored.size < 3 * 2000


def test_large_constants_are_converted_part_by_part(tmp_path, monkeypatch):
    monkeypatch.setattr("mo.graph.tensor.PART_ELEMENTS", 100)
    values = np.arange(1001, dtype=np.float32)
    half = Tensor.of(values).converted(ElementType.f16)
    assert max(part.size for part in half.parts()) == 100
    g = Graph()
    g.output(g.add(Add(), g.input("x", (1001,), ElementType.f16), g.constant(half)), "y")
    written(g, tmp_path)
    assert np.fromfile(tmp_path / "net.bin", np.float16).tolist() == values.tolist()


RACING = """
import sys
from pathlib import Path
from tests.back.test_output import small_graph
from mo.back.output import write_ir
for _ in range(20):
    write_ir(small_graph(float(sys.argv[2])), Path(sys.argv[1]), "net", 11, {"run": sys.argv[2]})
"""


def test_runs_side_by_side_leave_a_pair_that_belongs_together(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(RACING)
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    runs = [
        subprocess.Popen([sys.executable, script, tmp_path, str(i)], cwd=root, env=environment)
        for i in range(4)
    ]
    assert [run.wait() for run in runs] == [0] * 4
    run = ET.parse(tmp_path / "net.xml").getroot().find("rt_info/run").get("value")
    assert np.fromfile(tmp_path / "net.bin", np.float32)[0] == float(run)
