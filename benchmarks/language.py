"""Numbers of transformers for language and speech after a conversion, against onnxruntime.

    python benchmarks/language.py [NAME...]
    python benchmarks/language.py --write    # all of them, recorded in benchmarks/language.csv

Each network is built from the definitions of the package transformers, small and with random
weights, and exported with open batch and lengths by both exporters of torch, the newer one also
to the operation set that has Attention. Each file is
converted as it is, and after onnxruntime's optimisers have put operations of com.microsoft in it;
with static shapes, and with open ones, where the one result runs at three sizes. Printed are the
largest differences to onnxruntime, relative to the largest number of the output. Needs torch,
transformers, onnxscript, onnxruntime and openvino.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

import mo
from benchmarks.recording import record

TOLERANCE = 1e-4
SMALL: dict[str, Any] = {"vocab_size": 128, "attn_implementation": "eager"}
HEADS, SIZE, LAYERS = 4, 16, 2
WIDTH = HEADS * SIZE


class Network(NamedTuple):
    """A module of plain tensors, and its inputs for a batch, new tokens and past tokens."""

    module: Any
    inputs: Callable[[int, int, int], dict[str, np.ndarray]]
    # Names of the open axes of each input.
    axes: dict[str, tuple[str, ...]]
    # What onnxruntime's optimiser for transformers calls it, if it knows it.
    kind: str = ""


_random = np.random.default_rng(0)


def tokens(batch: int, length: int) -> np.ndarray:
    return _random.integers(1, 100, (batch, length))


def floats(*shape: int) -> np.ndarray:
    return _random.normal(size=shape).astype(np.float32)


def padded(batch: int, length: int, _: int) -> dict[str, np.ndarray]:
    """Tokens and their mask; the last sample is padded at its end."""
    mask = np.ones((batch, length), np.int64)
    mask[-1, length - 2 :] = length == 1
    return {"ids": tokens(batch, length), "mask": mask}


def sound(batch: int, *_: int) -> dict[str, np.ndarray]:
    """A hundred frames."""
    return {"sound": floats(batch, 80, 100)}


def states(model: Any, *inputs: Any) -> Any:
    return model(*inputs).last_hidden_state


# ---- modules of plain tensors


def wrapped(model: Any, call: Callable[..., Any]) -> Any:
    import torch

    class Wrapper(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *inputs: Any) -> Any:
            return call(self.model, *inputs)

    return Wrapper().eval()


def cached(model: Any, ids: Any, mask: Any, *past: Any, **more: Any) -> Any:
    """Logits and the grown cache of a model that is given its past as single tensors."""
    from transformers import DynamicCache

    cache = DynamicCache()
    for layer in range(len(past) // 2):
        cache.update(past[2 * layer], past[2 * layer + 1], layer)
    found = model(ids, attention_mask=mask, past_key_values=cache, use_cache=True, **more)
    pairs = [(layer.keys, layer.values) for layer in found.past_key_values.layers]
    return (found.logits, *(tensor for pair in pairs for tensor in pair))


def with_past(model: Any, heads: int, kind: str = "") -> Network:
    """A decoder whose cache of keys and values goes in and out."""
    names = [f"{what}_{layer}" for layer in range(LAYERS) for what in ("key", "value")]

    def inputs(batch: int, new: int, past: int) -> dict[str, np.ndarray]:
        mask = np.ones((batch, past + new), np.int64)
        fed = {"ids": tokens(batch, new), "mask": mask}
        return fed | {name: floats(batch, heads, past, SIZE) for name in names}

    axes: dict[str, tuple[str, ...]] = {"ids": ("batch", "new"), "mask": ("batch", "all")}
    axes |= dict.fromkeys(names, ("batch", "", "past"))
    return Network(wrapped(model, cached), inputs, axes, kind)


def bert() -> Network:
    from transformers import BertConfig, BertModel

    sizes = {"hidden_size": WIDTH, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS}
    model = BertModel(BertConfig(**SMALL, **sizes, intermediate_size=128))
    return encoder_of(model, "bert")


def gpt2() -> Network:
    from transformers import GPT2Config, GPT2LMHeadModel

    config = GPT2Config(**SMALL, n_embd=WIDTH, n_layer=LAYERS, n_head=HEADS, n_positions=64)
    return with_past(GPT2LMHeadModel(config), HEADS, "gpt2")


def llama() -> Network:
    from transformers import LlamaConfig, LlamaForCausalLM

    sizes = {"hidden_size": WIDTH, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS}
    config = LlamaConfig(**SMALL, **sizes, num_key_value_heads=2, intermediate_size=128)
    return with_past(LlamaForCausalLM(config), 2)


def encoder_of(model: Any, kind: str) -> Network:
    """An encoder of tokens."""
    axes = dict.fromkeys(("ids", "mask"), ("batch", "new"))
    return Network(wrapped(model, states), padded, axes, kind)


def decoder_of(model: Any, kind: str) -> Network:
    """A decoder of tokens, beside what an encoder has made of ``past`` others."""

    def inputs(batch: int, new: int, past: int) -> dict[str, np.ndarray]:
        return {"ids": tokens(batch, new), "states": floats(batch, past, WIDTH)}

    axes = {"ids": ("batch", "new"), "states": ("batch", "past")}
    return Network(wrapped(model, with_states), inputs, axes, kind)


def with_states(model: Any, ids: Any, states: Any) -> Any:
    return model(decoder_input_ids=ids, encoder_outputs=(states,), use_cache=False).logits


def t5() -> Any:
    from transformers import T5Config, T5ForConditionalGeneration

    sizes = {"d_model": WIDTH, "d_kv": SIZE, "d_ff": 128, "num_layers": LAYERS, "num_heads": HEADS}
    return T5ForConditionalGeneration(T5Config(**SMALL, **sizes))


def bart() -> Any:
    from transformers import BartConfig, BartForConditionalGeneration

    return BartForConditionalGeneration(BartConfig(**SMALL, **_BOTH_SIDES))


_BOTH_SIDES = {
    "d_model": WIDTH,
    "encoder_layers": LAYERS,
    "decoder_layers": LAYERS,
    "encoder_attention_heads": HEADS,
    "decoder_attention_heads": HEADS,
    "encoder_ffn_dim": 128,
    "decoder_ffn_dim": 128,
}


def whisper() -> Any:
    from transformers import WhisperConfig, WhisperForConditionalGeneration

    special = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 1}
    config = WhisperConfig(**SMALL, **_BOTH_SIDES, **special, max_source_positions=50)
    return WhisperForConditionalGeneration(config)


def whisper_encoder() -> Network:
    """Its number of frames is fixed."""
    module = wrapped(whisper().get_encoder(), states)
    return Network(module, sound, {"sound": ("batch",)}, "bart")


NETWORKS: dict[str, Callable[[], Network]] = {
    "bert": bert,
    "gpt2": gpt2,
    "llama": llama,
    "t5_encoder": lambda: encoder_of(t5().get_encoder(), "t5"),
    "t5_decoder": lambda: decoder_of(t5(), "t5"),
    "bart_encoder": lambda: encoder_of(bart().get_encoder(), "bart"),
    "bart_decoder": lambda: decoder_of(bart(), "bart"),
    "whisper_encoder": whisper_encoder,
    "whisper_decoder": lambda: decoder_of(whisper(), "bart"),
}

# ---- files

# Name, whether it is the newer exporter, and the operation set.
EXPORTERS = (("torchscript", False, 17), ("dynamo", True, 18), ("attention", True, 23))


def export(network: Network, path: Path, dynamo: bool, opset: int) -> None:
    import torch

    network.module.model.set_attn_implementation("sdpa" if opset >= 23 else "eager")
    fed = {name: torch.from_numpy(a) for name, a in network.inputs(2, 5, 3).items()}
    axes = {n: {i: a for i, a in enumerate(axes) if a} for n, axes in network.axes.items()}
    options: dict[str, Any] = {"dynamic_axes": axes}
    if dynamo:
        open_ = torch.export.Dim.DYNAMIC
        options = {"dynamic_shapes": (tuple(dict.fromkeys(a, open_) for a in axes.values()),)}
    with torch.no_grad(), contextlib.redirect_stdout(io.StringIO()):
        torch.onnx.export(
            network.module,
            tuple(fed.values()),
            str(path),
            input_names=list(fed),
            dynamo=dynamo,
            external_data=False,
            opset_version=opset,
            **options,
        )


def optimised(path: Path, kind: str) -> Iterator[tuple[str, Path]]:
    """The file after onnxruntime's own optimiser, and after the one for transformers."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    result = path.with_suffix(".extended.onnx")
    options.optimized_model_filepath = str(result)
    try:
        ort.InferenceSession(str(path), options)
        yield "extended", result
    except Exception as error:
        print(f"{path.stem}: onnxruntime's optimiser fails: {error}")
    if kind:
        from onnxruntime.transformers import optimizer

        result = path.with_suffix(".transformers.onnx")
        try:
            found = optimizer.optimize_model(str(path), kind, HEADS, WIDTH, opt_level=0)
        except Exception as error:
            print(f"{path.stem}: onnxruntime's optimiser fails: {error}")
            return
        found.save_model_to_file(str(result))
        yield "transformers", result


def foreign(path: Path) -> str:
    """The operations of com.microsoft in a file, and those of attention."""
    import onnx

    nodes = onnx.load(path).graph.node
    shown = {n.op_type for n in nodes if n.domain == "com.microsoft" or n.op_type == "Attention"}
    return " ".join(sorted(shown))


# ---- numbers


def in_onnxruntime(path: Path, fed: dict[str, np.ndarray]) -> list[np.ndarray]:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.log_severity_level = 4
    session = ort.InferenceSession(str(path), options)
    known = {item.name for item in session.get_inputs()}
    return session.run(None, {name: a for name, a in fed.items() if name in known})


def expected(network: Network, path: Path, fed: dict[str, np.ndarray]) -> list[np.ndarray]:
    """What onnxruntime computes, or torch where onnxruntime refuses a file of its exporter."""
    import torch

    try:
        return in_onnxruntime(path, fed)
    except Exception as error:
        print(f"{path.stem}: onnxruntime fails, compared with torch: {str(error)[-120:]}")
    with torch.no_grad():
        found = network.module(*map(torch.from_numpy, fed.values()))
    return [t.numpy() for t in (found if isinstance(found, tuple) else (found,))]


def compiled(path: Path, folder: Path, **flags: str) -> Any:
    import openvino as ov

    xml, _ = mo.convert_model(str(path), **flags).save(folder / "ir.xml")
    return ov.Core().compile_model(xml, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})


def difference(network: Any, fed: dict[str, np.ndarray], expected: list[np.ndarray]) -> float:
    names = [next(name for name in port.names if name in fed) for port in network.inputs]
    results = network([fed[name] for name in names]).to_tuple()
    worst = 0.0
    for mine, theirs in zip(results, expected):
        if mine.shape != theirs.shape:
            return float("inf")
        worst = max(worst, float(np.abs(mine - theirs).max() / np.abs(theirs).max()))
    return worst


Case = tuple[dict[str, np.ndarray], list[np.ndarray]]


def differences(path: Path, cases: Sequence[Case], folder: Path) -> tuple[float, float]:
    """With the static shapes of the first case, and the largest of all with open ones."""
    network = compiled(path, folder)
    dynamic = max(difference(network, *case) for case in cases)
    fed = cases[0][0]
    known = [next(n for n in port.names if n in fed) for port in network.inputs]
    shapes = ",".join(f"[{','.join(map(str, fed[name].shape))}]" for name in known)
    static = compiled(path, folder, input=",".join(known), input_shape=shapes)
    return difference(static, *cases[0]), dynamic


class Row(NamedTuple):
    network: str
    exporter: str
    optimiser: str
    static: float
    dynamic: float
    operations: str


def check(name: str, folder: Path) -> Iterator[Row]:
    import torch

    torch.manual_seed(0)
    network = NETWORKS[name]()
    for exporter, dynamo, opset in EXPORTERS:
        path = folder / f"{name}.{exporter}.onnx"
        try:
            export(network, path, dynamo, opset)
        except Exception as error:
            print(f"{name:16} {exporter:12} not exported: {str(error).splitlines()[0][:90]}")
            continue
        sizes = [network.inputs(2, 5, 3), network.inputs(3, 7, 6), network.inputs(1, 1, 9)]
        cases = [(fed, expected(network, path, fed)) for fed in sizes]
        for stage, file in [("", path), *optimised(path, network.kind)]:
            try:
                found = differences(file, cases, folder)
            except Exception as error:
                found = float("inf"), float("inf")
                print(f"    {type(error).__name__}: {str(error)[:2000]}")
            yield Row(name, exporter, stage, *found, foreign(file))


def main() -> int:
    warnings.filterwarnings("ignore")
    rows, names = [], [name for name in sys.argv[1:] if name != "--write"]
    with tempfile.TemporaryDirectory() as folder:
        for name in names or NETWORKS:
            for row in check(name, Path(folder)):
                rows.append(row)
                static, dynamic = f"{row.static:.1e}", f"{row.dynamic:.1e}"
                print(f"{row.network:16} {row.exporter:12} {row.optimiser:13} ", end="")
                print(f"{static:>9} {dynamic:>9}  {row.operations}", flush=True)
    if "--write" in sys.argv:
        figures = ((*r[:3], f"{r.static:.1e}", f"{r.dynamic:.1e}", r.operations) for r in rows)
        record(Path(__file__).with_suffix(".csv"), Row._fields, figures)
    return 0 if all(max(row.static, row.dynamic) <= TOLERANCE for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
