"""Networks of nnet2: components one after another (kaldi-asr.org/doc/dnn2.html)."""

from __future__ import annotations

from extensions.front.kaldi.component import Component
from extensions.front.kaldi.fields import read_component
from extensions.front.kaldi.scanner import Scanner
from extensions.front.kaldi.sizes import is_known, refuse_unknown
from mo.errors import ModelFileError
from mo.graph.tensor import Tensor


def read_net(scanner: Scanner) -> list[Component]:
    """``<Nnet> <NumComponents> n <Components> ... </Components> </Nnet>``."""
    scanner.expect("<Nnet>")
    scanner.expect("<NumComponents>")
    at = scanner.at
    count = scanner.integer()
    if not 0 < count <= (scanner.size - at) // 4:
        raise ModelFileError(f"byte {at}: a network of {count} components")
    scanner.expect("<Components>")
    components = [read_component(scanner, is_known) for _ in range(count)]
    scanner.expect("</Components>")
    scanner.expect("</Nnet>")
    refuse_unknown(components)
    return components


def read_priors(scanner: Scanner) -> Tensor | None:
    """The vector behind the network of an acoustic model."""
    if scanner.at >= scanner.size - 3:
        return None
    return scanner.array()
