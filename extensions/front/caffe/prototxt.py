"""A .prototxt as the fields of its net, by the table of Caffe or of a fork; where it is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from extensions.front.caffe.schema.net import NET, OPEN_ENDED
from mo.errors import ModelFileError
from mo.front.files import open_model
from mo.front.protobuf import Message, Schema
from mo.front.prototext import TextError, decoded, parse_text


def read_net(path: Path, schema: Schema = NET) -> Message:
    """The fields of a .prototxt, by the table of Caffe or of a fork."""
    source = open_model(path)
    try:
        content = decoded(source.view)
        if content.lstrip()[:1] == "<":
            raise ModelFileError("it is a web page", "Download the file itself, not its page.")
        return parse_text(content, schema, (*OPEN_ENDED, layer_schema(schema)))
    except TextError as error:
        hint = error.hint or "Correct the text there."
        if "there is no field" in error.message:
            hint = (
                f"{error.hint} If a fork of Caffe has this field, give its caffe.proto "
                "with --caffe_parser_path."
            ).strip()
        where = f"line {error.line}{_layer_around(content, error)}"
        what = error.message.removeprefix(f"line {error.line}")
        raise ModelFileError(f"'{path.name}', {where}{what}", hint) from error
    except ModelFileError as error:
        raise ModelFileError(f"Cannot read '{path.name}': {error.message}", error.hint) from error


_LAYER = re.compile(r"\blayers?\s*:?\s*\{")
_NAME = re.compile(r"\bname\s*:\s*([\"'])([^\"'\n]*)\1")
_BEGINNING = re.compile(r"what began in line (\d+)")


def _layer_around(content: str, error: TextError) -> str:
    """The name of the layer in which a malformed text has its fault, as far as one can see."""
    began = _BEGINNING.search(error.message)
    line = int(began[1]) if began else error.line
    end = sum(map(len, content.splitlines(keepends=True)[:line]))
    begins = [match.start() for match in _LAYER.finditer(content, 0, end)]
    if not begins:
        return ""
    after = _LAYER.search(content, begins[-1] + 1)
    name = _NAME.search(content, begins[-1], after.start() if after else len(content))
    return f", layer '{name[2]}'" if name else ""


def layer_schema(net: Schema) -> Schema:
    """The table of a layer of the current generation."""
    field = next((field for field in net.values() if field.name == "layer"), None)
    if field is None or field.kind.schema is None:
        raise ModelFileError("its NetParameter has no field 'layer'")
    return field.kind.schema()


def old_types(net: Schema) -> Mapping[str, int] | None:
    """The types of layers of the generation before, by the table of a net."""
    for field in net.values():
        if field.name == "layers" and field.kind.schema is not None:
            return next(
                (f.kind.words for f in field.kind.schema().values() if f.name == "type"), None
            )
    return None
