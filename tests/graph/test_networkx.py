"""A graph is one of networkx, whose algorithms are imported when somebody asks for them."""

from __future__ import annotations

import subprocess
import sys

import pytest

BUILT = """
import sys
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
g = Graph()
g.output(g.input("x", (1, 2)))
"""


def run(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", BUILT + code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_graph_is_built_without_the_algorithms():
    run("g.prune(); g.topological(); assert 'networkx.algorithms' not in sys.modules")


@pytest.mark.parametrize(
    "code",
    [
        "import networkx as nx",
        "import networkx.algorithms.dag as dag, networkx as nx; assert nx.algorithms.dag is dag",
        "from networkx import relabel; import networkx as nx; assert nx.relabel is relabel",
        "from networkx.classes.graph import nx; import networkx; assert networkx is nx",
        "from mo.graph.structure import networkx as nx; nx.shortest_path",
        "import networkx as nx, importlib; importlib.reload(nx)",
    ],
)
def test_whoever_imports_networkx_gets_all_of_it_once(code):
    run(
        f"{code}\n"
        "assert isinstance(g, nx.MultiDiGraph) and nx.is_directed_acyclic_graph(g)\n"
        "assert nx.exception.NetworkXError is nx.NetworkXError and nx.utils and nx.convert\n"
        "assert [g.nodes[i]['node'].op.type for i in nx.topological_sort(g)] == "
        "['Parameter', 'Result']"
    )


def test_networkx_that_is_there_already_is_used():
    code = "import networkx as nx\n" + BUILT + "assert isinstance(g, nx.MultiDiGraph)"
    subprocess.run([sys.executable, "-c", code], check=True)
