"""Extensions at work: before translation on the framework's nodes, after it between our passes."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np

from mo.classic.errors import BasicError
from mo.classic.extractor import accepted
from mo.classic.graph import view_of
from mo.classic.layer import Layer
from mo.classic.loading import Extensions
from mo.classic.node import Node
from mo.classic.replacement import FrontReplacementFromConfigFileOp, ReplacementPattern
from mo.classic.reporting import ExtensionError, user_error
from mo.classic.schedule import ANCHORS, Anchor, scheduled
from mo.classic.selecting import CustomReplacementRegistry, occurrences
from mo.classic.settling import settle, settle_node
from mo.classic.source import Describe, graph_of, model_of
from mo.cli.config import Config
from mo.errors import ConversionError
from mo.front.model import Model, SourceNode
from mo.front.registry import Translations
from mo.graph import node as native
from mo.graph.graph import Graph
from mo.pipeline.passes import Pass, rewrites, with_bodies

log = logging.getLogger("mo.extensions")


@dataclass
class _Part:
    """A graph of layers and the model that it stands for; of a body also who carries it."""

    graph: Graph
    model: Model
    holder: SourceNode | None = None
    key: str = ""


class Run:
    """The extensions of one conversion, and what its graphs are to know of it."""

    def __init__(
        self,
        extensions: Extensions,
        config: Config,
        framework: str,
        describe: Describe,
        translations: Translations,
    ) -> None:
        self.extensions = extensions
        self.config = config
        self.framework = framework
        self.describe = describe
        self.translations = translations
        self.order = scheduled(extensions.replacements)
        self.facts = {
            "cmd_params": command_line(config, framework),
            "fw": framework,
            "layout": "NHWC" if framework == "tf" else "NCHW",
            "ir_version": config.ir_version,
        }

    # ---- before translation

    def prepare(self, model: Model) -> Model:
        """The model after its extractors and the replacements of the front phase."""
        top = _Part(graph_of(model, self.describe), model)
        parts = list(self._with_bodies(top))
        for part in parts:
            self._know(part.graph)
            self._extract(part.graph)
        self._replace_by_configuration(top.graph)
        known = set(self.extensions.replacements)
        for cls in self.order:
            if cls.phase == "Front" and cls in known:
                for part in parts[:1] if getattr(cls, "run_not_recursively", False) else parts:
                    self._run(cls, part.graph)
                view_of(top.graph).check_empty_graph(_name(cls))
        for part in reversed(parts):  # those within before those around them
            prepared = model_of(part.graph, part.model)
            if part.holder is not None:
                part.holder.attributes = {**part.holder.attributes, part.key: prepared}
        return prepared

    def _with_bodies(self, part: _Part) -> Iterator[_Part]:
        """A graph, and those of the bodies that its nodes carry."""
        yield part
        for node in part.graph.nodes_of(Layer):
            source = node.op.source  # type: ignore[attr-defined]
            for key, body in list(source.attributes.items()) if source is not None else ():
                if isinstance(body, Model):
                    inner = _Part(graph_of(body, self.describe), body, source, key)
                    yield from self._with_bodies(inner)

    def _know(self, graph: Graph) -> None:
        view_of(graph).graph |= {**self.facts, "name": graph.graph["name"]}
        graph.graph["settle"] = partial(settle, translations=self.translations)
        graph.graph["settle_node"] = lambda node: settle_node(graph, self.translations, node)

    def _extract(self, graph: Graph) -> None:
        for node in list(graph.nodes_of(Layer)):
            layer = node.op
            assert isinstance(layer, Layer)
            cls = self._extractor(layer) if layer.source is not None else None
            if cls is None:
                continue
            shown = Node(graph, node)
            what = f"{cls.__module__}.{cls.__name__}, extractor of '{node.name}'"
            # While it describes the node anew, nothing goes to the framework's attributes.
            source, layer.source = layer.source, None
            try:
                taken = accepted(cls, shown)
            except Exception as error:
                raise user_error(error, what) from error
            if taken:
                _embed(graph, node, layer)
            else:
                layer.source = source
                log.warning("%s declined", what)

    def _extractor(self, layer: Layer) -> type | None:
        attrs = layer.attrs
        if "python_layer" in attrs:
            found = self.extensions.python_layers.get(str(attrs["python_layer"]).lower())
            if found is not None:
                return found
        if "op_type" in attrs and attrs["framework_op"] == "Custom":
            found = self.extensions.custom_operations.get(str(attrs["op_type"]).lower())
            if found is not None:
                return found
        kind = str(attrs["framework_op"]).lower()
        found = self.extensions.extractors.get(kind)
        if found is None and kind in self.extensions.operations:
            source = layer.source
            assert source is not None
            if self.translations.find(source.domain, source.type, source.opset) is None:
                return _own_extractor(self.extensions.operations[kind])
        return found

    def _replace_by_configuration(self, graph: Graph) -> None:
        """Objects of the configuration that name an operation need no class."""
        view = view_of(graph)
        registry = CustomReplacementRegistry()
        ids = {str(cls.replacement_id) for cls in self.extensions.replacements}
        for description in registry.get_all_replacements_descriptions():
            if description.op and description.match_kind != "general":
                replacer = FrontReplacementFromConfigFileOp()
                for match in occurrences(view, description):
                    replacer.replace_sub_graph(view, match)
            elif description.id not in ids:
                log.warning(
                    "--transformations_config: no replacement has the id '%s'", description.id
                )

    # ---- after translation

    def interleave(self, passes: Sequence[Pass]) -> list[Pass]:
        """Our passes with the extensions of the middle and the back between them."""
        places = Places(passes)
        mine: dict[int, list[Pass]] = {}
        lowest: dict[type, int] = {}
        known = set(self.extensions.replacements)
        for cls, before in self.order.items():
            place = max((lowest[earlier] for earlier in before), default=0)
            if issubclass(cls, Anchor):
                lowest[cls] = max(place, places.of(cls))
                continue
            lowest[cls] = place
            if cls in known and cls.phase in ("Middle", "Back", ""):
                name = f"{cls.__module__}.{cls.__name__}"
                step = Pass(name, partial(self._step, cls), in_bodies=False)
                mine.setdefault(place, []).append(step)
            elif cls in known and cls.phase == "Load":
                log.warning("%s: models are read by this tool alone; it is not run", cls.__name__)
        if self.extensions.rules:
            start = places.of(ANCHORS["MiddleStart"])
            mine.setdefault(start, []).append(rewrites("extension_rules", *self.extensions.rules))
        found: list[Pass] = []
        for number in range(len(passes) + 1):
            found += mine.get(number, ())
            found += passes[number : number + 1]
        return found

    def _step(self, cls: type[ReplacementPattern], graph: Graph) -> int:
        recursive = not getattr(cls, "run_not_recursively", False)
        for part in list(with_bodies(graph)) if recursive else [graph]:
            self._know(part)
            self._run(cls, part)
            part.graph["settle"](part)
            self._settle_types(cls, part)
            part.prune()
        view_of(graph).check_empty_graph(_name(cls))
        return 0

    @staticmethod
    def _settle_types(cls: type[ReplacementPattern], graph: Graph) -> None:
        try:
            view_of(graph).settle_types()
        except ConversionError as error:
            raise user_error(error, f"{_name(cls)}, which leaves types that do not fit") from error

    # ---- one replacement

    def _run(self, cls: type[ReplacementPattern], graph: Graph) -> None:
        replacement = cls()
        if not getattr(replacement, "enabled", True):
            return
        view = view_of(graph)
        what = _name(cls)
        try:
            if not all(condition(view) for condition in getattr(cls, "graph_condition", ())):
                return
            replacement.find_and_replace_pattern(view)
        except ExtensionError:
            raise
        except BasicError as error:
            text = error.message.replace("[REPLACEMENT_ID]", str(cls.replacement_id))
            error.message = text
            raise user_error(error, what) from error
        except Exception as error:
            raise user_error(error, what) from error
        if getattr(replacement, "force_clean_up", False):
            view.clean_up()


def _name(cls: type[ReplacementPattern]) -> str:
    """A class and its phase, for messages."""
    return f"{cls.__module__}.{cls.__name__} ({cls.phase.lower() or 'middle'} phase)"


def _embed(graph: Graph, node: native.Node, layer: Layer) -> None:
    """Weights that an extractor keeps as attributes become inputs, in place of the file's own."""
    for index in range(layer.attrs["_visible_inputs"], len(node.inputs)):
        graph.disconnect(node, index)
        layer.attrs["_in_ports"].pop(index, None)
    shown = Node(graph, node)
    for port, name, _ in layer.attrs.get("embedded_inputs") or ():
        constant = graph.constant(np.asarray(layer.attrs[name]), name=f"{node.name}/{name}")
        shown.add_input_port(port, skip_if_exist=True)
        graph.connect(constant, node, port)


def _own_extractor(cls: type) -> type:
    """An operation without an extractor is its own."""

    class Own:
        """Takes every attribute as the operation has it."""

        def extract(self, node: Node) -> bool:
            cls.update_node_stat(node)  # type: ignore[attr-defined]
            return True

    return Own


class Places:
    """Where the borders and the passes of the classic stand among our passes."""

    # Our passes before which the borders of the later phases stand.
    BEFORE: ClassVar[dict[str, str]] = {
        "MiddleStart": "products",
        "MiddleFinish": "spell_out_rounding",
        "PostMiddleStart": "spell_out_rounding",
        "BackStart": "carry_types",
        "BackFinish": "check_opset",
    }

    def __init__(self, passes: Sequence[Pass]) -> None:
        self.numbers = {step.name: number for number, step in enumerate(passes)}

    def of(self, anchor: type[Anchor]) -> int:
        """The number of the pass before which an anchor stands."""
        if anchor.behind:
            return self.numbers[anchor.behind] + 1
        name = self.BEFORE.get(anchor.__name__) if anchor in ANCHORS.values() else None
        return 0 if name is None else self.numbers[name]


def command_line(config: Config, framework: str) -> argparse.Namespace:
    """The flags of the command line as extensions read them; those not given are None."""

    class Given(argparse.Namespace):
        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return None

    # Paths are whole here: extensions open the files.
    sources = {name: str(path) for name, path in config.sources.items()}
    return Given(**{**config.given, **sources, "framework": framework})
