"""Normalisations."""


def record(r):
    r.case("BatchNorm", (2, 3, 4, 5))
    r.case("BatchNorm", (2, 3, 4, 5), fix_gamma=False)
    r.case("BatchNorm", (2, 3, 4, 5), fix_gamma=False, eps=1e-2, use_global_stats=True)
    r.case("BatchNorm", (2, 3), fix_gamma=False)
    r.case("BatchNorm", (2, 4, 5, 3), fix_gamma=False, axis=3)
    r.case("BatchNorm", (2, 4, 5, 3), fix_gamma=False, axis=-1)
    r.case("BatchNorm_v1", (2, 3, 4, 5), fix_gamma=False)
    r.case("LayerNorm", (2, 3, 5))
    r.case("LayerNorm", (2, 3, 5), axis=1, eps=1e-3)
    r.case("LayerNorm", (2, 3, 5), output_mean_var=True)
    r.case("GroupNorm", (2, 6, 4, 5), num_groups=2)
    r.case("GroupNorm", (2, 6, 7), num_groups=3, eps=1e-2)
    r.case("InstanceNorm", (2, 3, 4, 5))
    r.case("InstanceNorm", (2, 3, 7), eps=1e-2)
    for mode in ("instance", "channel", "spatial"):
        r.case("L2Normalization", (2, 3, 4, 5), mode=mode)
        r.case("L2Normalization", (2, 3, 4), mode=mode, eps=1e-2)
    r.case("L2Normalization", (2, 3))
    r.case("LRN", (2, 6, 4, 5), nsize=3)
    r.case("LRN", (2, 6, 4, 5), nsize=5, alpha=0.1, beta=0.6, knorm=1)
    r.case("moments", (2, 3, 4), axes=(0, 2))
    r.case("moments", (2, 3, 4), axes=(1,), keepdims=True)
