"""Arguments as such: unknown ones, prefixes, missing values, --help and --version."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mo.cli.flag import FRAMEWORKS, Status
from mo.cli.flags import FLAGS, known_to
from mo.cli.parser import parse_arguments
from mo.version import __version__
from tests.cli.refusals import refusal

ROOT = Path(__file__).parents[2]


def parse(*arguments, framework=None, program="mo.py"):
    return parse_arguments(arguments, framework, program)


def test_a_launcher_sets_its_framework():
    assert parse(framework="onnx").framework == "onnx"
    assert parse().framework is None


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["--inptu_shape", "[1]"], "Unknown option '--inptu_shape'", "Did you mean --input_shape"),
        (["--input-model=x"], "Unknown option '--input-model'", "Did you mean --input_model"),
        (["--a_b", "1", "--c_d"], "Unknown option '--a_b', '--c_d'", "mo.py --help"),
        (["-x"], "Unknown option '-x'", "mo.py --help"),
        (["--disable_telemetry"], "Unknown option '--disable_telemetry'", "mo.py --help"),
        (["net.onnx"], "'net.onnx' belongs to no option", "Quote values that hold blanks"),
        (
            ["--input_shape", "[1,", "3]"],
            "'3]' belongs to no option",
            'Quote values that hold blanks, as in --input_shape "[1, 3, 224, 224]".',
        ),
        (["--input_m", "x"], "mbiguous option: --input_m could match --input_model", "--help"),
        (["--input_shape"], "--input_shape needs a value", "--input_shape [SHAPE],..."),
        (
            ["--mean_values", "-1,2"],
            "--mean_values needs a value",
            'with "=" if the value starts with "-": --mean_values=-...',
        ),
        (["-b"], "--batch needs a value", "Write --batch N"),
        (["--static_shape=True"], "--static_shape takes no value", "Write --static_shape, or"),
    ],
)
def test_usage_errors(arguments, message, hint):
    error = refusal(parse, *arguments)
    assert message in error.splitlines()[0]
    assert hint in error


def test_a_file_without_option_is_taken_for_the_model(tmp_path):
    model = tmp_path / "net.onnx"
    model.touch()
    error = refusal(parse, str(model), "--static_shape")
    assert f"A model is given with --input_model {model}" in error


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_launcher_does_not_know_the_flags_of_others(framework):
    for flag in FLAGS.values():
        if flag in known_to(framework):
            continue
        error = refusal(parse, f"{flag.option}=x", framework=framework, program="mo_fw.py")
        assert f"Unknown option '{flag.option}'" in error
        if flag.name == "framework":
            assert f"mo_fw.py converts {framework} models only" in error
        else:
            assert (
                f"is for {FRAMEWORKS[flag.group]} models: use mo.py or mo_{flag.group}.py" in error
            )


def test_prefixes_depend_on_the_launcher(tmp_path):
    model = tmp_path / "net.onnx"
    model.touch()
    assert parse("--input_m", str(model), framework="onnx").input_model == model
    assert "mbiguous" in refusal(parse, "--input_m", str(model), framework="tf")


def test_a_negative_number_is_a_value():
    assert parse("--scale", "-2").scale == -2


@pytest.mark.parametrize("width", ["40", "80", "200", "no number"])
@pytest.mark.parametrize("framework", [None, *FRAMEWORKS])
def test_help_shows_each_flag_and_what_becomes_of_it(framework, width, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", width)
    with pytest.raises(SystemExit) as stopped:
        parse("--help", framework=framework, program="mo_it.py")
    text = capsys.readouterr().out
    assert stopped.value.code == 0
    assert text.startswith("usage: mo_it.py --input_model FILE [options]")
    for flag in FLAGS.values():
        assert (f"\n  {flag.option}" in text) == (flag in known_to(framework)), flag.name
    words = "".join(text.split())
    assert "VersionoftheIR.(default:11)" in words
    assert 'nhwcor"data(nhwc->nchw),prob[n,c]"' in words
    without_effect = [f for f in known_to(framework) if f.status in (Status.WARNED, Status.IGNORED)]
    assert words.count("Acceptedwithouteffect:") == len(without_effect)


def test_version_is_printed(capsys):
    with pytest.raises(SystemExit) as stopped:
        parse("--version", program="mo_onnx.py")
    assert stopped.value.code == 0
    assert capsys.readouterr().out == f"mo_onnx.py {__version__}\n"


def test_help_loads_nothing_heavy():
    script = (
        "import contextlib, io, sys\n"
        "from mo.cli.parser import parse_arguments\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    parse_arguments(['--help'], None, 'mo.py')\n"
        "print(*sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(result.stdout.split())
    assert "mo.cli.flags" in loaded
    heavy = {"numpy", "networkx", "onnx", "google", "mo.graph.graph", "extensions"}
    needless = {"logging", "shutil", "json", "unicodedata", "subprocess"}
    assert not loaded & (heavy | needless)
