"""Mathematics on single elements."""

import numpy as np

UNARY = """abs arccosh arcsinh arctan cbrt ceil cos cosh degrees erf exp expm1 fix floor log1p
logical_not negative radians reciprocal relu rint round sigmoid sign sin sinh softsign square tan
tanh trunc BlockGrad identity make_loss hard_sigmoid"""
POSITIVE = "log log10 log2 rcbrt rsqrt sqrt"
BELOW_ONE = "arccos arcsin arctanh erfinv"


def record(r):
    halves = np.array([[-2.5, -1.5, -0.5, 0.5], [1.5, 2.5, 0.0, 1.7]], np.float32)
    for op in UNARY.split():
        if op == "arccosh":
            r.case(op, r.numbers(2, 3, low=1.1, high=4))
        else:
            r.case(op, (2, 3, 4))
    for op in ("ceil", "fix", "floor", "rint", "round", "trunc", "logical_not", "sign"):
        r.case(op, halves, name="halves")
    for op in POSITIVE.split():
        r.case(op, r.numbers(2, 3, low=0.1, high=4))
    for op in BELOW_ONE.split():
        r.case(op, r.numbers(2, 3, low=-0.9, high=0.9))
    r.case("clip", (2, 3), a_min=-1, a_max=0.5)
    r.case("smooth_l1", (2, 5), scalar=1.0)
    r.case("smooth_l1", (2, 5), scalar=2.0)
    r.case("hard_sigmoid", (2, 5), alpha=0.3, beta=0.4)
    r.case("contrib.quadratic", (2, 3), a=1.5, b=-2, c=0.5)
    r.case("contrib.div_sqrt_dim", (2, 3, 5))
    r.case("Dropout", (2, 3), p=0.4)
    for kind in ("int32", "int64", "uint8", "int8", "float16", "float64"):
        r.case("Cast", r.numbers(2, 3, low=0, high=9), dtype=kind)
    r.case("cast_storage", (2, 3), stype="default")
    r.case("amp_cast", (2, 3), dtype="float16")
    r.case("LinearRegressionOutput", (2, 3))
    r.case("LogisticRegressionOutput", (2, 3))
    r.case("MAERegressionOutput", (2, 3))
    r.case("SVMOutput", (2, 3))
    for op in ["exp", "log1p", "sqrt", "square", "sigmoid"]:
        if op == "sigmoid":
            continue
        r.case("np." + op, r.numbers(2, 3, low=0.1), numpy=True)
    r.case("np.rint", halves, numpy=True)
    r.case("np.around", halves, numpy=True)
    r.case("np.around", (2, 3), numpy=True, decimals=2)
    r.case("npx.relu", (2, 3), numpy=True)
    r.case("npx.sigmoid", (2, 3), numpy=True)
