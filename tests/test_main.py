"""The command line as a whole: files, exit codes, and one clear message for every bad input."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import mo
from mo.main import main
from tests.models.networks import conv_relu, unknown_operations, with_external_data

ROOT = Path(__file__).parents[1]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "net.onnx"
    path.write_bytes(conv_relu())
    return path


def run(capsys, *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def refused(capsys, code: int, *arguments: object) -> str:
    """The message of a conversion that must fail with this exit code, and leave nothing."""
    folder = next((Path(str(b)) for a, b in pairwise(arguments) if a == "--output_dir"), None)
    before = sorted(folder.iterdir()) if folder and folder.is_dir() else None
    found, out, err = run(capsys, *arguments)
    assert found == code, err
    assert "Traceback" not in err
    assert "SUCCESS" not in out
    told = err.partition("\n\n")[0]  # code to copy may stand below
    assert all(line.startswith("[ ERROR ]  ") for line in told.splitlines())
    if before is not None and folder is not None:
        assert sorted(folder.iterdir()) == before
    return err


# ---- what works


def test_a_model_becomes_two_files(capsys, model, tmp_path):
    code, out, err = run(capsys, "--input_model", model, "--output_dir", tmp_path / "ir")
    assert (code, err) == (0, "")
    assert f"[ SUCCESS ] XML file: {tmp_path}/ir/net.xml" in out
    assert f"[ SUCCESS ] BIN file: {tmp_path}/ir/net.bin" in out
    assert sorted(p.name for p in (tmp_path / "ir").iterdir()) == ["net.bin", "net.xml"]


def test_the_ir_says_how_it_was_made_without_directories(capsys, model, tmp_path):
    run(capsys, "--input_model", model, "--output_dir", tmp_path, "--input_shape", "[1,3,8,8]")
    text = (tmp_path / "net.xml").read_text()
    assert f'<MO_version value="{mo.__version__}"/>' in text
    assert '<input_shape value="[1,3,8,8]"/>' in text
    assert str(tmp_path) not in text


def test_nothing_is_said_when_silent_but_where_the_files_are(capsys, model, tmp_path):
    _, out, err = run(capsys, "--input_model", model, "--output_dir", tmp_path, "--silent")
    assert "XML file" in out
    assert err == ""


def test_progress_shows_each_step(capsys, model, tmp_path):
    flags = ["--progress", "--stream_output"]
    _, _, err = run(capsys, "--input_model", model, "--output_dir", tmp_path, *flags)
    assert "0.00% read" in err
    assert "100.00% done" in err


def test_the_log_lists_the_passes_with_changes_and_time(tmp_path, model):
    result = subprocess.run(
        [sys.executable, ROOT / "mo.py", "--input_model", model, "--log_level", "DEBUG"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "fuse_linear" in result.stderr
    assert "changes" in result.stderr
    assert (tmp_path / "net.xml").exists()


def test_the_python_api_does_the_same(model, tmp_path):
    converted = mo.convert_model(model, input_shape=[2, 3, 8, 8])
    assert converted.inputs == {"x": "f32[2,3,8,8]"}
    assert converted.outputs == {"y": "f32[2,4,6,6]"}
    assert "Convolution" in str(converted)
    xml, binary = converted.save(tmp_path / "other.xml")
    assert xml.name == "other.xml"
    assert binary.stat().st_size > 0


def test_the_python_api_raises_with_a_hint(tmp_path):
    with pytest.raises(mo.ConversionError) as caught:
        mo.convert_model(tmp_path / "missing.onnx")
    assert "missing.onnx" in str(caught.value)


@pytest.mark.parametrize("launcher", ["mo.py", "mo_onnx.py"])
def test_each_launcher_converts_from_any_directory(launcher, model, tmp_path):
    command = [sys.executable, ROOT / launcher, "--input_model", model.name]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "net.xml").exists()


def test_code_beside_the_model_is_not_run(model, tmp_path):
    for name in ("numpy", "networkx", "extensions"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('ran code of the model folder')")
    command = [sys.executable, ROOT / "mo.py", "--input_model", model.name]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)


# ---- what is refused


def test_arguments_that_make_no_sense(capsys, model):
    assert "Did you mean --input_model" in refused(capsys, 2, "--input_modle", model)
    refused(capsys, 2)
    refused(capsys, 2, "--input_model", model, "--input_shape", "[1,3,abc]")
    refused(capsys, 2, "--input_model", model, "--batch", "0")
    refused(capsys, 2, "--input_model", model, "--framework", "keras")
    refused(capsys, 2, "--input_model", model, "--scale", "0")
    refused(capsys, 2, "--input_model", model, "--data_type", "FP8")
    refused(capsys, 2, "--input_model", model, "--scale", "2", "--scale_values", "[2]")


@pytest.mark.parametrize("framework", ["tf", "caffe", "mxnet", "kaldi"])
def test_a_wrong_framework_flag(capsys, model, framework):
    refused(capsys, 2, "--input_model", model, "--framework", framework)


def test_files_that_are_no_model(capsys, tmp_path):
    missing = tmp_path / "missing.onnx"
    assert "missing.onnx" in refused(capsys, 3, "--input_model", missing)
    for name, content in {
        "empty": b"",
        "text": b"hello, this is no model at all\n" * 20,
        "random": bytes(range(256)) * 64,
        "html": b"<!DOCTYPE html><html><body>404</body></html>",
    }.items():
        path = tmp_path / f"{name}.onnx"
        path.write_bytes(content)
        assert path.name in refused(capsys, 3, "--input_model", path, "--output_dir", tmp_path)


def test_a_directory_instead_of_a_file(capsys, tmp_path):
    folder = tmp_path / "net.onnx"
    folder.mkdir()
    code = main(["--input_model", str(folder), "--output_dir", str(tmp_path)])
    assert code in (2, 3)


@pytest.mark.parametrize("part", range(1, 51))
def test_a_truncated_file(capsys, tmp_path, part):
    content = conv_relu()
    path = tmp_path / "net.onnx"
    path.write_bytes(content[: len(content) * part // 51])
    refused(capsys, 3, "--input_model", path, "--output_dir", tmp_path)


def test_a_message_nested_beyond_reason(capsys, tmp_path):
    nested = b""
    for _ in range(2000):
        size = len(nested)
        length = b""
        while size > 127:
            length += bytes([size & 127 | 128])
            size >>= 7
        nested = b"\x3a" + length + bytes([size]) + nested
    path = tmp_path / "net.onnx"
    path.write_bytes(nested)
    refused(capsys, 3, "--input_model", path, "--output_dir", tmp_path)


def test_a_cycle_is_named(capsys, tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(conv_relu(cycle=True))
    message = refused(capsys, 3, "--input_model", path, "--output_dir", tmp_path)
    assert "cycle" in message
    assert "'relu'" in message


def test_an_undefined_tensor_is_named(capsys, tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(conv_relu(undefined=True))
    message = refused(capsys, 3, "--input_model", path, "--output_dir", tmp_path)
    assert "reads tensor 'nowhere'" in message


def test_all_unsupported_operations_are_named_at_once(capsys, tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(unknown_operations())
    message = refused(capsys, 4, "--input_model", path, "--output_dir", tmp_path)
    assert "2 operation types" in message
    assert "'first', 'second'" in message
    assert "my.domain.Other" in message


def test_what_is_cut_off_need_not_be_supported(capsys, tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(unknown_operations())
    code, _, err = run(
        capsys, "--input_model", path, "--output_dir", tmp_path, "--input", "made[1,4]"
    )
    assert code == 0, err


def test_channels_that_do_not_fit_the_weights(capsys, model, tmp_path):
    flags = ["--input_shape", "[1,5,8,8]", "--output_dir", tmp_path]
    message = refused(capsys, 5, "--input_model", model, *flags)
    assert "Conv 'conv'" in message
    assert "5 channels, the weights expect 3" in message


def test_a_shape_of_the_wrong_rank(capsys, model):
    message = refused(capsys, 2, "--input_model", model, "--input_shape", "[3,8]")
    assert "rank 4" in message


@pytest.mark.parametrize("flag", ["--input", "--output"])
def test_a_name_that_does_not_exist(capsys, model, flag):
    message = refused(capsys, 2, "--input_model", model, flag, "rleu")
    assert "'rleu'" in message
    assert "Did you mean 'relu'" in message


def test_names_that_are_no_utf8_and_controls_still_make_valid_files(capsys, tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(conv_relu(name=b"\xff\x01<&"))
    code, _, err = run(capsys, "--input_model", path, "--output_dir", tmp_path)
    assert code == 0, err


def test_external_data_is_read_only_from_beside_the_model(capsys, tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    secret = tmp_path / "secret"
    secret.write_bytes(bytes(4 * 3 * 9 * 4))
    path = folder / "net.onnx"
    for location, reason in {
        "../secret": "leaves the model's directory",
        str(secret): "absolute path",
        "link": "symbolic link",
        "missing": "No such file",
        "": "no usable file name",
    }.items():
        link = folder / "link"
        link.unlink(missing_ok=True)
        link.symlink_to(secret)
        path.write_bytes(with_external_data(location))
        message = refused(capsys, 3, "--input_model", path, "--output_dir", folder)
        assert reason in message


def test_an_external_file_that_is_too_short(capsys, tmp_path):
    (tmp_path / "data").write_bytes(b"1234")
    path = tmp_path / "net.onnx"
    path.write_bytes(with_external_data("data"))
    refused(capsys, 3, "--input_model", path, "--output_dir", tmp_path)


def test_an_output_directory_that_is_a_file(capsys, model, tmp_path):
    target = tmp_path / "file"
    target.write_text("")
    assert "output directory" in refused(capsys, 6, "--input_model", model, "--output_dir", target)


def test_a_model_name_that_is_a_path(capsys, model, tmp_path):
    arguments = ["--input_model", model, "--output_dir", tmp_path, "--model_name", "a/b"]
    assert main([str(a) for a in arguments]) in (2, 6)


def test_a_full_disk_leaves_nothing_behind(model, tmp_path):
    """A limit on file sizes stands in for the disk."""
    code = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))\n"
        "from mo.main import main\n"
        f"sys.exit(main(['--input_model', {str(model)!r}, '--output_dir', {str(tmp_path)!r}]))"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 6
    assert "Cannot write" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["net.onnx"]


HUGE = {
    "a constant of 2^62 elements": {"fill": (1 << 31, 1 << 31)},
    "a constant of 2^40 elements": {"fill": (1 << 20, 1 << 20)},
    "weights of 2^62 elements": {"weight_dims": (1 << 31, 1 << 31, 3, 3)},
    "weights of negative size": {"weight_dims": (-4, 3, 3, 3)},
    "weights of seventeen dimensions": {"weight_dims": (1,) * 17},
    "weights with too few bytes": {"weight_dims": (4, 3, 3, 4)},
}


@pytest.mark.parametrize("what", HUGE)
def test_claimed_sizes_take_neither_memory_nor_time(what, tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(conv_relu(**HUGE[what]))

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))

    result = subprocess.run(
        [sys.executable, ROOT / "mo.py", "--input_model", path, "--output_dir", tmp_path],
        capture_output=True,
        text=True,
        preexec_fn=limit,
        timeout=20,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert result.returncode in (0, 3, 5), result.stderr
    assert "Traceback" not in result.stderr


def test_debugging_shows_the_traceback(model, tmp_path):
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"no model")
    command = [sys.executable, ROOT / "mo.py", "--input_model", path, "--log_level", "DEBUG"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert "Traceback" in result.stderr
