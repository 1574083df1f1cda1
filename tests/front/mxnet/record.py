"""Records what MXNet 1.9.1 computes, for tests/front/mxnet/test_operators.py.

Runs in an environment of its own (Python 3.8, ``pip install mxnet==1.9.1 numpy==1.19.5``)::

    python tests/front/mxnet/record.py [FAMILY...]

and writes ``recorded/FAMILY.npz``: the cases as JSON (name, symbol, and where in the data inputs,
weights and outputs lie) and the data.
A case is an operator, its inputs (shapes of random numbers, or arrays) and its parameters; further
arguments are weights. The cases of a family are in ``cases/FAMILY.py``.
"""

import importlib.util
import json
import sys
import zlib
from pathlib import Path

import mxnet as mx
import numpy as np

HERE = Path(__file__).parent


class Recorder:
    def __init__(self, family):
        self.family = family
        self.random = np.random.RandomState(zlib.crc32(family.encode()) % 2**31)
        self.cases = []
        self.data = bytearray()

    def numbers(self, *shape, low=-2.0, high=2.0):
        return self.random.uniform(low, high, shape).astype(np.float32)

    def case(self, op, *inputs, name="", weights=None, numpy=False, steps=0, **parameters):
        """One operator; ``op`` is a dotted path within mx.sym."""
        function = mx.sym
        for part in op.split("."):
            function = getattr(function, part)
        label = name or ",".join(f"{key}={value}" for key, value in parameters.items())
        variables = [mx.sym.var(f"in{i}") for i in range(len(inputs))]
        if numpy:
            variables = [variable.as_np_ndarray() for variable in variables]
        if not numpy:
            parameters["name"] = "node"
        symbol = function(*variables, **parameters)
        label = "{}({})".format(op.rpartition(".")[2], label)
        self.symbol(label, symbol, *inputs, weights=weights, numpy=numpy, steps=steps)

    def symbol(self, name, symbol, *inputs, weights=None, numpy=False, steps=0):
        """A whole symbol with variables in0, in1, ...; ``steps``: see ``running.Case``."""
        fed = {f"in{i}": self.array(value) for i, value in enumerate(inputs)}
        with mx.util.np_shape(numpy):
            kept = self.weights(symbol, fed, weights or {})
            outputs = self.run(symbol, fed, kept)
        case = {"name": self.unique(name), "symbol": json.loads(symbol.tojson())}
        for kind, arrays in (("inputs", fed), ("weights", kept)):
            case[kind] = {key: self.stored(array) for key, array in arrays.items()}
        if steps:
            case["steps"] = steps
        case["outputs"] = [self.stored(array) for array in outputs]
        self.cases.append(case)

    def unique(self, name):
        names = [case["name"] for case in self.cases]
        while name in names:
            name += "'"
        return name

    def stored(self, array):
        """Where in the data an array begins, its type and its shape."""
        begin = len(self.data)
        self.data += np.ascontiguousarray(array).tobytes()
        return [begin, array.dtype.name, list(array.shape)]

    def array(self, value):
        return value if isinstance(value, np.ndarray) else self.numbers(*value)

    def weights(self, symbol, fed, given):
        shapes = {name: array.shape for name, array in fed.items()}
        shapes.update({name: np.shape(array) for name, array in given.items()})
        arguments, _, states = symbol.infer_shape_partial(**shapes)
        found = {}
        names = list(zip(symbol.list_arguments(), arguments))
        for name, shape in names + list(zip(symbol.list_auxiliary_states(), states)):
            if name in given:
                found[name] = _stored_as(given[name])
            elif name not in fed and not name.endswith("label"):
                low = 0.3 if name.endswith(("var", "gamma")) else -1.0
                found[name] = self.numbers(*shape, low=low, high=1.0)
        return found

    def run(self, symbol, fed, kept):
        states = set(symbol.list_auxiliary_states())
        arguments = {
            name: mx.nd.array(array, dtype=array.dtype)
            for name, array in dict(fed, **kept).items()
            if name not in states
        }
        shapes = {name: array.shape for name, array in arguments.items()}
        for name, shape in zip(symbol.list_arguments(), symbol.infer_shape_partial(**shapes)[0]):
            if name not in arguments:
                arguments[name] = mx.nd.zeros(shape)
        known = {name: mx.nd.array(kept[name]) for name in states}
        executor = symbol.bind(mx.cpu(), arguments, aux_states=known, grad_req="null")
        return [output.asnumpy() for output in executor.forward(is_train=False)]

    def write(self):
        text = json.dumps(self.cases, separators=(",", ":"))
        path = HERE / "recorded" / (self.family + ".npz")
        arrays = {"cases": text.encode(), "data": bytes(self.data)}
        arrays = {key: np.frombuffer(value, np.uint8) for key, value in arrays.items()}
        np.savez_compressed(str(path), **arrays)
        print(f"{path.name}: {len(self.cases)} cases, {path.stat().st_size} bytes")


def _stored_as(value):
    """Weights are single precision, or integers of the quantised."""
    is_integer = isinstance(value, np.ndarray) and value.dtype.kind in "iu"
    return value if is_integer else np.asarray(value, np.float32)


def main():
    families = sys.argv[1:] or sorted(path.stem for path in (HERE / "cases").glob("[a-z]*.py"))
    for family in families:
        spec = importlib.util.spec_from_file_location(
            family, str(HERE / "cases" / (family + ".py"))
        )
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        recorder = Recorder(family)
        module.record(recorder)
        recorder.write()


if __name__ == "__main__":
    main()
