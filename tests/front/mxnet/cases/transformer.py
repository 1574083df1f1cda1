"""Attention as GluonNLP spells it."""


def record(r):
    r.case("contrib.interleaved_matmul_selfatt_qk", (5, 2, 24), heads=2)
    r.case("contrib.interleaved_matmul_selfatt_valatt", (5, 2, 24), (4, 5, 5), heads=2)
    r.case("contrib.interleaved_matmul_encdec_qk", (4, 2, 8), (5, 2, 16), heads=2)
    r.case("contrib.interleaved_matmul_encdec_valatt", (5, 2, 16), (4, 4, 5), heads=2)
    r.case("contrib.div_sqrt_dim", (2, 3, 5))
