"""The backend tests of the package onnx give the verdicts on record, or better ones."""

from __future__ import annotations

import pytest

pytest.importorskip("openvino")

from tests.conformance.limits import LIMITS, Limit, reason
from tests.conformance.onnx_backend import cases, read_table
from tests.conformance.workers import judge_all


def test_the_table_has_every_case_that_the_reader_of_openvino_passes() -> None:
    behind = [
        name
        for name, row in read_table().items()
        if row["openvino_reader"] == "pass" and row["verdict"] != "pass"
    ]
    assert not behind


def test_every_failure_on_record_is_explained() -> None:
    failures = {name: row for name, row in read_table().items() if row["verdict"] != "pass"}
    assert not [name for name, row in failures.items() if not row["reason"]]
    assert all(row["reason"] == reason(name) for name, row in failures.items())


@pytest.mark.parametrize("limit", [limit for limit in LIMITS if limit.shows], ids=lambda x: x.cases)
def test_the_runtime_still_has_each_limit(limit: Limit) -> None:
    assert limit.shows is not None
    assert limit.shows()


@pytest.mark.heavy
def test_no_case_of_the_table_is_worse_than_its_verdict() -> None:
    table = read_table()
    known = [name for name in cases() if name in table]
    worse = {
        name: verdict
        for name, verdict in judge_all("tests.conformance.onnx_backend", known)
        if verdict["verdict"] != "pass" and table[name]["verdict"] == "pass"
    }
    assert not worse
