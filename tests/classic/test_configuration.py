"""The file of --transformations_config: what it may hold, what it finds, how it is completed."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mo.classic.descriptions import read_descriptions
from mo.cli.kinds import CONFIGURATION
from mo.errors import ConversionError, Finished, UsageError
from mo.main import main
from tests.classic.conftest import Workshop
from tests.classic.models import chain, custom, node
from tests.models.tf import GraphDef

FRONT = Path(__file__).parents[2] / "extensions" / "front"
POINTS = {"start_points": ["a"], "end_points": ["b"]}


def config(folder: Path, content: Any) -> Path:
    path = folder / "mine.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def item(kind: str = "general", **more: Any) -> dict[str, Any]:
    return {"id": "My", "match_kind": kind, **more}


# ---- reading


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "--transformations_config: 'mine.json' is not JSON: "),
        ("[" * 100_000, "--transformations_config: 'mine.json' is not JSON: "),
        (["text"], "'mine.json', object 0 lacks 'id' or 'match_kind'"),
        ([{"id": "My"}], "'mine.json', object 0 lacks 'id' or 'match_kind'"),
        ([item(), {"match_kind": "scope"}], "'mine.json', object 1 lacks 'id' or 'match_kind'"),
        ([item("all")], "'mine.json', object 0 ('My') has match_kind 'all'"),
        ([item("scope")], "'mine.json', object 0 ('My'): 'instances' is no list of scopes"),
        ([item("scope", instances=[])], "object 0 ('My'): 'instances' is no list of scopes"),
        ([item("scope", instances=[1])], "object 0 ('My'): 'instances' is no list of scopes"),
        ([item("scope", instances=["("])], "object 0 ('My'): '(' is no regular expression: "),
        ([item("points")], "('My'): 'instances' has no 'start_points' and 'end_points'"),
        ([item("points", instances=["a"])], "'instances' has no 'start_points' and 'end_points'"),
        (
            [item("points", instances={**POINTS, "end_points": []})],
            "'instances' has no 'start_points' and 'end_points'",
        ),
        ([item(custom_attributes=[1])], "object 0 ('My'): 'custom_attributes' is malformed"),
        ([item(op=7)], "object 0 ('My'): 'op' is malformed"),
        (
            [item("points", instances=POINTS, include_inputs_to_sub_graph="no")],
            "object 0 ('My'): 'include_inputs_to_sub_graph' is malformed",
        ),
        (
            [item("scope", instances=["s"], inputs=[{"node": "a", "port": 0}])],
            "object 0 ('My'): 'inputs' is malformed",
        ),
        (
            [item("scope", instances=["s"], outputs=[{"node": "a"}])],
            "object 0 ('My'): 'outputs' is malformed",
        ),
        (
            [item("scope", instances=["s"], outputs=[{"node": "*", "port": 0}])],
            "object 0 ('My'): '*' is no regular expression: ",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_told(tmp_path: Path, content: Any, message: str):
    with pytest.raises(UsageError) as caught:
        read_descriptions(config(tmp_path, content))
    assert message in caught.value.message
    assert caught.value.hint


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(UsageError, match=r"cannot read 'none.json': No such file"):
        read_descriptions(tmp_path / "none.json")


def test_what_is_left_out_has_defaults(tmp_path: Path):
    (found,) = read_descriptions(config(tmp_path, item("points", instances=POINTS)))
    assert (found.custom_attributes, found.op) == ({}, None)
    assert found.with_inputs
    assert found.with_outputs


# ---- the files that come with the tool


def test_bundled_files_are_found_by_name_and_sound():
    paths = sorted(FRONT.glob("*/*.json"))
    assert len({path.name for path in paths}) == len(paths)
    for path in paths:
        assert read_descriptions(path)
        for written in (path.name, f"front/{path.parent.name}/{path.name}", str(path)):
            assert CONFIGURATION.read("--transformations_config", written) == path


def test_a_file_of_the_users_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    mine = tmp_path / "yolo_v3.json"
    mine.write_text("[]")
    assert CONFIGURATION.read("--transformations_config", "yolo_v3.json") == mine
    missing = CONFIGURATION.read("--transformations_config", "yolo_v9.json")
    assert missing == tmp_path / "yolo_v9.json"


# ---- finding sub-graphs

RECORDER = """
    from mo.front.tf.replacement import FrontReplacementFromConfigFileSubGraph

    SEEN = []

    class Recorder(FrontReplacementFromConfigFileSubGraph):
        replacement_id = 'My'

        def replace_sub_graph(self, graph, match):
            SEEN.append(match)
"""
NEGATIONS = chain(
    node("Neg", "x", to="a", name="s/first"),
    node("Neg", "a", to="b", name="s/second"),
    node("Add", "b", "three", to="c", name="s/sum"),
    node("Neg", "c", name="t/last"),
    weights={"three": np.float32([3])},
)


def matches(workshop: Workshop, description: Any) -> list[Any]:
    workshop.write(front__recorder=RECORDER)
    path = config(workshop.folder, description)
    workshop.convert(NEGATIONS, transformations_config=path)
    import my_ext.front.recorder

    return my_ext.front.recorder.SEEN


def test_a_scope(workshop: Workshop):
    ends = {
        "inputs": [[{"node": "first", "port": 0}]],
        "outputs": [{"node": "sum$", "port": 0}],
    }
    (match,) = matches(workshop, [item("scope", instances=["s/", "none/"], **ends)])
    assert match.matched_nodes_names() == ["s/first", "s/second", "s/sum"]
    assert (match.inputs_count(), match.outputs_count()) == (1, 1)
    node, port = match.single_input_node(0)
    assert (node.id, port) == ("s/first", 0)
    assert match.output_node(0)[0].id == "s/sum"
    assert match.node_by_pattern("sec.*").id == "s/second"
    assert match.node_by_pattern("none") is None
    with pytest.raises(ConversionError, match=r"pattern '.\*' matches 3 nodes"):
        match.node_by_pattern(".*")


def test_a_scope_without_one_of_its_inputs_is_none(workshop: Workshop):
    ends = {"inputs": [[{"node": "third", "port": 0}]]}
    assert matches(workshop, [item("scope", instances=["s/"], **ends)]) == []


def test_several_nodes_read_an_input(workshop: Workshop):
    ends = {"inputs": [[{"node": "first", "port": 0}, {"node": "second", "port": 0}]]}
    (match,) = matches(workshop, item("scope", instances=["s/"], **ends))
    assert [node.id for node, _ in match.input_nodes(0)] == ["s/first", "s/second"]
    with pytest.raises(ConversionError, match="input 0 of 's' is read by 2 nodes"):
        match.single_input_node(0)


@pytest.mark.parametrize(
    ("more", "first", "last"),
    [
        ({}, "s/first", "t/last"),
        ({"include_inputs_to_sub_graph": False}, "s/second", "t/last"),
        ({"include_outputs_to_sub_graph": False}, "s/first", "s/sum"),
    ],
)
def test_points(workshop: Workshop, more: dict[str, bool], first: str, last: str):
    points = {"start_points": ["s/first"], "end_points": ["t/last"]}
    (match,) = matches(workshop, [item("points", instances=points, **more)])
    # What the nodes in between need beside belongs to them.
    assert "three" in match.matched_nodes_names()
    assert match.single_input_node(0)[0].id == first
    assert match.output_node(0)[0].id == last


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        ("t/last", "s/first", "'My': 's/first' cannot be reached from 't/last'"),
        ("s/sum", "t/last", ""),
    ],
)
def test_points_that_do_not_lead_to_each_other(
    workshop: Workshop, start: str, end: str, message: str
):
    points = {"start_points": [start], "end_points": [end]}
    if not message:
        assert len(matches(workshop, [item("points", instances=points)])) == 1
        return
    with pytest.raises(ConversionError) as caught:
        matches(workshop, [item("points", instances=points)])
    assert message in caught.value.message


def test_an_input_of_the_model_is_no_part_of_a_sub_graph(workshop: Workshop):
    model = chain(
        node("Neg", "x", to="a", name="first"),
        node("Add", "a", "x", name="sum"),
    )
    workshop.write(front__recorder=RECORDER)
    points = {"start_points": ["first"], "end_points": ["sum"]}
    path = config(workshop.folder, [item("points", instances=points)])
    with pytest.raises(ConversionError, match="'My': the input 'x' of the model would be inside"):
        workshop.convert(model, transformations_config=path)


@pytest.mark.parametrize(
    ("description", "line"),
    [
        (item("points", instances=POINTS), "'My': the model has no node 'a', 'b'"),
        (
            item("scope", instances=["none/"]),
            "No sub-graph of the model is what the configuration calls 'My'",
        ),
    ],
)
def test_what_the_model_does_not_have_is_logged(
    workshop: Workshop, caplog: pytest.LogCaptureFixture, description: Any, line: str
):
    with caplog.at_level(logging.WARNING, "mo.extensions"):
        assert matches(workshop, [description]) == []
    assert line in caplog.messages


def test_an_id_that_nobody_knows_is_logged(workshop: Workshop, caplog: pytest.LogCaptureFixture):
    path = config(workshop.folder, [item()])
    with caplog.at_level(logging.WARNING, "mo.extensions"):
        workshop.convert(NEGATIONS, transformations_config=path)
    assert caplog.messages == ["--transformations_config: no replacement has the id 'My'"]


def test_a_sub_graph_becomes_one_operation(workshop: Workshop):
    """The key 'op', with 'custom_attributes' as those of the operation."""
    x = np.array([[1, -2, 3], [4, 5, -6]], np.float32)
    model = chain(
        custom("Unknown", "x", to="a", name="first"),
        custom("Other", "a", to="b", name="last"),
        node("Neg", "b"),
    )
    points = {"start_points": ["first"], "end_points": ["last"]}
    wanted = item("points", instances=points, op="SoftMax", custom_attributes={"axis": 1})
    path = config(workshop.folder, [wanted])
    (y,) = workshop.outputs(model, x, transformations_config=path)
    powers = np.exp(x - x.max(1, keepdims=True))
    np.testing.assert_allclose(y, -powers / powers.sum(1, keepdims=True), rtol=1e-5)


# ---- completing a file


def graph_with_scopes(folder: Path) -> Path:
    graph = GraphDef()
    graph.placeholder("x", (1, 4))
    graph.node("Neg", "s/a", "x")
    graph.node("Mul", "s/in/b", "s/a", "x")
    graph.node("Neg", "s/c", "s/in/b")
    graph.node("Add", "y", "s/c", "s/in/b")
    path = folder / "model.pb"
    path.write_bytes(graph.data)
    return path


def test_inputs_and_outputs_are_filled_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    model = graph_with_scopes(tmp_path)
    points = {"start_points": ["s/a"], "end_points": ["s/c"]}
    items = [item("scope", instances=["s/"]), item("points", instances=points), item()]
    path = config(tmp_path, [*items, item("scope", instances=["none/"])])
    flags = ["--tensorflow_custom_operations_config_update", str(path)]
    assert main(["--input_model", str(model), "--output_dir", str(tmp_path), *flags]) == 0
    scope, by_points, general, none = json.loads(path.read_text())
    assert scope["inputs"] == [[{"node": "a$", "port": 0}, {"node": "in/b$", "port": 1}]]
    assert scope["outputs"] == [{"node": "in/b$", "port": 0}, {"node": "c$", "port": 0}]
    assert by_points["inputs"] == [[{"node": "^s/a$", "port": 0}]]
    assert by_points["outputs"] == [{"node": "^s/c$", "port": 0}]
    assert (general, none) == (item(), item("scope", instances=["none/"]))
    said = "'mine.json': inputs and outputs of 2 objects are filled in."
    assert said in capsys.readouterr().out
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine.json", "model.pb"]


def test_what_was_filled_in_is_found_again(workshop: Workshop):
    workshop.write(front__recorder=RECORDER)
    model = graph_with_scopes(workshop.folder)
    path = config(workshop.folder, [item("scope", instances=["s/"])])
    with pytest.raises(Finished):
        workshop.convert(model, tensorflow_custom_operations_config_update=path)
    workshop.convert(model, transformations_config=path)
    import my_ext.front.recorder

    (match,) = my_ext.front.recorder.SEEN
    assert [(n.id, port) for n, port in match.input_nodes(0)] == [("s/a", 0), ("s/in/b", 1)]
    assert [match.output_node(n)[0].id for n in range(2)] == ["s/in/b", "s/c"]
