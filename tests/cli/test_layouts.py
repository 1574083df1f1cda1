"""--layout, --source_layout, --target_layout (facts sheet 3.7)."""

from __future__ import annotations

import pytest

from mo.cli.config import LayoutRequest
from mo.cli.layouts import layouts, merged, source_layouts, target_layouts
from tests.cli.refusals import marked, refusal


@pytest.mark.parametrize(
    ("text", "requests"),
    [
        ("nhwc", [(None, "nhwc", None)]),
        ("NHWC", [(None, "nhwc", None)]),
        ("[n,h,w,c]", [(None, "nhwc", None)]),
        ("(n h w c)", [(None, "nhwc", None)]),
        ("[nhwc]", [(None, "nhwc", None)]),
        ("[n,c,...]", [(None, "nc...", None)]),
        ("nc...", [(None, "nc...", None)]),
        ("n??c", [(None, "n??c", None)]),
        ("nhwc->nchw", [(None, "nhwc", "nchw")]),
        ("[n,h,w,c]->[n,c,h,w]", [(None, "nhwc", "nchw")]),
        ("name(nhwc),name2[n,c]", [("name", "nhwc", None), ("name2", "nc", None)]),
        ("name(nhwc->nchw)", [("name", "nhwc", "nchw")]),
        ("name[n,h,w,c]->[n,c,h,w]", [("name", "nhwc", "nchw")]),
        ("name [ n, h ] -> [ h, n ]", [("name", "nh", "hn")]),
        ("name[n,c,...]->[n*c,...]", [("name", "nc...", "n*c...")]),
        ('"a(0)"(nc)', [("a(0)", "nc", None)]),
    ],
)
def test_layouts_are_read(text, requests):
    assert layouts("--layout", text) == tuple(LayoutRequest(*item) for item in requests)


@pytest.mark.parametrize(
    ("text", "problem", "bad_part"),
    [
        ("nchw,nc", "'nchw' lacks the name of its input or output", "nchw"),
        ("a(nc),b", "'b' lacks the name of its input or output", "b"),
        ("a(nc),a(cn)", "'a(cn)' gives a second layout for this name", "a(cn)"),
        ("a()", "a layout is missing", ")"),
        ("nc->", "a layout is missing", " "),
        ("nn", "'nn' names a dimension twice", "nn"),
        ("...c...", "'...c...' names a dimension twice", "...c..."),
        ("n..c", "'n..c' is no layout; dimensions are single letters, ? or ...", "n..c"),
        ("n1", "'n1' is no layout", "n1"),
        ("[n,,c]", "a dimension is missing", ","),
        ("a->b->c", "'c' is a second target layout", "c"),
        ("a(n->c)->d", "'d' is a second target layout", "d"),
        ("a(nc)x", "'x' stands after the end of a layout", "x"),
        ("a(nc", "'(' is never closed", "("),
    ],
)
def test_other_layouts_are_refused(text, problem, bad_part):
    error = refusal(layouts, "--layout", text)
    assert error.startswith("--layout: ")
    assert problem in error
    assert marked(error) == bad_part
    assert error.endswith('For example: --layout "data(nhwc->nchw),mask[n,c]"')


def test_source_and_target_layouts_are_read_apart_and_brought_together():
    source = source_layouts("--source_layout", "a(nhwc),b(nc)")
    target = target_layouts("--target_layout", "a(nchw),c(cn)")
    assert merged([*source, *target]) == (
        LayoutRequest("a", "nhwc", "nchw"),
        LayoutRequest("b", "nc", None),
        LayoutRequest("c", None, "cn"),
    )


@pytest.mark.parametrize("read", [source_layouts, target_layouts])
def test_one_of_them_alone_holds_no_change(read):
    error = refusal(read, "--source_layout", "a(nhwc->nchw)")
    assert "asks for a change; that is written --layout source->target" in error
