"""The passes of a conversion in the order in which they run."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from extensions.back import carriers, older_forms, precision, versions, workarounds
from extensions.middle import (
    activations,
    attention,
    blocks,
    channel_order,
    data_layouts,
    dilations,
    identities,
    infinities,
    integer_products,
    layout,
    linear,
    memory,
    negations,
    normalizations,
    packed_weights,
    padding,
    parallel_convolutions,
    preprocessing,
    products,
    pruning,
    quantization,
    recurrence,
    shapes,
    sharing,
    sizes,
    strides,
    unsigned_kernels,
    unused_results,
)
from mo.cli.config import Config
from mo.graph.graph import Graph
from mo.graph.node import Node
from mo.pipeline.passes import Pass, rewrites

# What --transform runs, by name; its arguments are those of the function.
TRANSFORMS: dict[str, Callable[..., int]] = {
    "LowLatency2": memory.carry_states,
    "MakeStateful": memory.make_stateful,
    "Pruning": pruning.prune_channels,
}


def passes(config: Config) -> list[Pass]:
    """What a conversion with these settings does to its graph."""
    fusing = not config.disable_fusing
    patterns = [re.compile(pattern) for pattern in config.finegrain_fusing]
    opset = config.opset or versions.DEFAULT_OPSET[config.ir_version]
    half = config.data_type == "FP16" or config.compress_to_fp16

    def keep(node: Node) -> bool:
        return any(pattern.search(node.name) for pattern in patterns)

    spared = keep if patterns else None
    return [
        # ---- middle
        Pass(
            "expose_memory",
            memory.expose_memory,
            in_bodies=False,
            enabled=bool(config.options.get("remove_memory")),
        ),
        Pass("remove_dead", Graph.prune),
        Pass("unused_results", unused_results.drop_unused_results),
        Pass("input_types", preprocessing.set_input_types, in_bodies=False),
        Pass(
            "preprocessing",
            partial(preprocessing.insert_preprocessing, config=config),
            in_bodies=False,
        ),
        Pass(
            "data_layouts",
            partial(data_layouts.change_layouts, config=config),
            in_bodies=False,
        ),
        rewrites("products", *products.RULES),
        Pass("loops_to_sequences", recurrence.loops_to_sequences, enabled=fusing),
        rewrites("fuse_dilations", *dilations.RULES, enabled=fusing, keep=spared),
        Pass("layout", layout.sink_transposes),
        rewrites("channel_order", *channel_order.RULES),
        rewrites("remove_identities", *identities.RULES),
        rewrites("simplify_shapes", *shapes.RULES),
        Pass("share_sizes", sizes.share_sizes),
        rewrites("sizes", *sizes.RULES),
        rewrites(
            "quantization",
            *packed_weights.MOVES,
            *quantization.RULES,
            *integer_products.RULES,
        ),
        rewrites("unsigned_kernels", *unsigned_kernels.RULES),
        # Patterns below ask for one value twice: equal ones must be one by then.
        Pass("share_constants", sharing.share_constants),
        Pass("share_computations", sharing.share_computations),
        rewrites("infinities", *infinities.RULES),
        rewrites("negations", *negations.RULES, enabled=fusing, keep=spared),
        rewrites("fuse_activations", *activations.RULES, enabled=fusing, keep=spared),
        rewrites("fuse_blocks", *blocks.RULES, enabled=fusing, keep=spared),
        rewrites("fuse_normalizations", *normalizations.RULES, enabled=fusing, keep=spared),
        rewrites("fuse_attention", *attention.RULES, enabled=fusing and opset >= 13, keep=spared),
        # Attention is recognised by its transposed keys, too.
        rewrites("transposed_factors", *products.TRANSPOSED),
        rewrites("fuse_padding", *padding.RULES, enabled=fusing, keep=spared),
        rewrites("fuse_linear", *linear.RULES, enabled=fusing, keep=spared),
        rewrites(
            "group_convolutions",
            *parallel_convolutions.rules(spared),
            enabled=fusing and not config.disable_gfusing,
            keep=spared,
        ),
        Pass(
            "raise_strides", strides.raise_strides, enabled=not config.disable_resnet_optimization
        ),
        rewrites(
            "pack_weights", *packed_weights.RULES, enabled=not config.disable_weights_compression
        ),
        rewrites("float_weights", *packed_weights.FLOATS),
        rewrites("spell_out_rounding", *quantization.ROUNDING),
        *(
            Pass(asked.name, partial(TRANSFORMS[asked.name], **asked.arguments), in_bodies=False)
            for asked in config.transforms
        ),
        # ---- back
        Pass("carry_types", carriers.carry),
        rewrites("older_forms", *older_forms.rules(opset), enabled=opset < 11),
        rewrites("workarounds", *workarounds.RULES),
        Pass("copy_states", workarounds.copy_states),
        Pass("narrow_states", workarounds.narrow_states),
        Pass(
            "compress_weights", precision.compress_weights, enabled=half and config.ir_version >= 11
        ),
        Pass("half_precision", precision.to_half, enabled=half and config.ir_version < 11),
        Pass("share_constants_again", sharing.share_constants),
        Pass("own_orders", older_forms.own_orders, enabled=config.ir_version < 11),
        Pass(
            "warn_of_open_sizes",
            versions.warn_of_open_sizes,
            in_bodies=False,
            enabled=config.ir_version < 11,
        ),
        Pass(
            "warn_of_first_states",
            versions.warn_of_first_states,
            enabled=config.ir_version < 11,
        ),
        Pass("check_opset", versions.check_opset(config.opset, config.ir_version)),
    ]
