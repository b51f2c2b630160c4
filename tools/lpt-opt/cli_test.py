"""The command line as a user meets it: exit codes, messages, files left behind, signals, a full disk, odd paths."""
import os
import pathlib
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import time

import numpy as np
import openvino as ov
import openvino.opset13 as op
import pytest
from conftest import MODELS, PASSES, PROGRAM, WEIGHTS, convert, run, save

MODEL = MODELS / "resnet_thin.fq.xml"
SANITIZED = "asan" in PROGRAM or "tsan" in PROGRAM


def files(folder):
    return sorted(p.name for p in pathlib.Path(folder).iterdir())


@pytest.fixture
def old_pair(tmp_path):
    """A folder with an older output in it."""
    (tmp_path / "out.xml").write_text("old xml")
    (tmp_path / "out.bin").write_text("old bin")
    return tmp_path


def assert_old_pair(folder):
    assert (folder / "out.xml").read_text() == "old xml"
    assert (folder / "out.bin").read_text() == "old bin"
    assert files(folder) == ["out.bin", "out.xml"]


def test_the_main_job_prints_a_line(tmp_path):
    done = convert(MODEL, tmp_path / "out.xml")
    assert re.fullmatch(r".*/out\.xml: \d+ layers rewritten, 10 of 10 operations in low precision, weights 345\.5 kB -> 88\.7 kB \(26 %\), \d\.\d\d s\n",
                        done.stdout)
    assert [line.split(f"{MODEL}: ")[1].split(",")[0] for line in done.stderr.splitlines()] == ["10 tensors hold integers", "15 names vanished with what they named"]
    assert files(tmp_path) == ["out.bin", "out.xml"]
    done = convert(MODEL, tmp_path / "out.xml", *WEIGHTS)
    assert done.stderr == ""
    assert re.fullmatch(r".*/out\.xml: 12 layers rewritten, 10 of 10 operations in low precision, weights 345\.5 kB -> 88\.7 kB \(26 %\), \d\.\d\d s\n", done.stdout)


def test_quiet_prints_nothing_and_verbose_says_what_each_pass_did(tmp_path):
    done = convert(MODEL, tmp_path / "out.xml", "-q")
    assert (done.stdout, done.stderr) == ("", "")
    done = convert(MODEL, tmp_path / "out.xml", "-v", *WEIGHTS)
    lines = done.stderr.splitlines()
    assert [line for line in lines if not line.startswith("  ")] == ["fold_weights_fake_quantize: 10 rewritten, 0 refused", "store_pointwise_weights: 2 rewritten, 0 refused"]
    assert len(lines) == 14 and all(re.fullmatch(rf'  {MODEL}:\d+: ".*" \((FakeQuantize|Convolution), id \d+\): rewritten', line) for line in lines if line.startswith("  "))
    lines = convert(MODEL, tmp_path / "out.xml", "-v").stderr.splitlines()
    assert "propagate_convolution: 9 rewritten, 0 refused" in lines
    assert not [line for line in lines if line.endswith(": 0 rewritten, 0 refused")]
    refusals = [line for line in lines if line.startswith("  ") and not line.endswith(": rewritten")]
    assert refusals and all(re.fullmatch(rf'  {MODEL}:\d+: ".*" \(\w+, id \d+\): .+ \[[a-z-]+\]', line) for line in refusals)


def test_help_and_version():
    done = run("--help")
    assert done.returncode == 0
    for word in ("--output", "--weights", "--mode", "--dialect", "--target", "--check", "--explain[=NAME]", "--report", "--require", "--list-passes", "--disable-pass", "--only-pass", "--stop-after", "--print-after", "--jobs",
                 "--progress", "--verbose", "--quiet", "--dry-run", "--force", "--version", "Exit codes:"):
        assert word in done.stdout
    assert re.fullmatch(r"lpt-opt \d+\.\d+\.\d+\n", run("--version").stdout)


@pytest.mark.parametrize("columns, width", [("40", 80), ("80", 80), ("100", 100), ("1000", 120), ("wide", 80)])
def test_help_fits_the_terminal(columns, width):
    for program in (PROGRAM, os.environ["LPT_RUN"], os.environ["LPT_DIFF"]):
        done = subprocess.run([program, "--help"], capture_output=True, text=True, env=os.environ | {"COLUMNS": columns})
        lines = [line for line in done.stdout.splitlines() if not line.startswith("  lpt-")]
        assert width - 8 < max(map(len, lines)) <= width
        assert not re.search(r"\{|OPTIONS|:[A-Z]|=0\.", done.stdout)
    assert "  -o, --output OUT.xml      the model to write; its weights go beside it" in run("--help").stdout


@pytest.mark.parametrize("args, message", [
    ([], "no model given; lpt-opt --help shows how it is called"),
    ([MODEL], "no output given; add -o OUT.xml, or --dry-run to see what would be done"),
    ([MODEL, "-o", "x.xml", "--disable-pass", "fold_weight_fake_quantize"],
     "unknown pass 'fold_weight_fake_quantize', did you mean 'fold_weights_fake_quantize'?"),
    ([MODEL, "-o", "x.xml", "--print-after", "zork"], "unknown pass 'zork'; --list-passes names them"),
    ([MODEL, "-o", "x.xml", "--dialect", "type_relaxed"], "--dialect is 'type_relaxed', should be one of openvino, type-relaxed; did you mean 'type-relaxed'?"),
    ([MODEL, "-o", "x.xml", "--mode", "none"], "--mode is 'none', should be one of full, weights"),
    ([MODEL, "-o", "x.xml", "--progress", "maybe"], "--progress is 'maybe', should be one of auto, always, never"),
    ([MODEL, "--verfy=3"], "unknown option '--verfy', did you mean '--verify'?"),
    ([MODEL, "-version"], "unknown option '-version', did you mean '--version'?"),
    ([MODEL, "--zork"], "unknown option '--zork'; lpt-opt --help names them all"),
    ([MODEL, "-x"], "unknown option '-x'; lpt-opt --help names them all"),
    *(([MODEL, dashes], f"unknown option '{dashes}'; lpt-opt --help names them all") for dashes in ("-", "---")),
    ([MODEL, ""], "'' is an argument too many"),
    ([MODEL, "--verify", "3"], "'3' is an argument too many; did you mean --verify=3?"),
    ([MODEL, "other.xml", "-o", "x.xml"], "'other.xml' is an argument too many: one model at a time; for m in *.xml; do lpt-opt \"$m\" ...; done"),
    ([MODEL, "other", "-o", "x.xml"], "'other' is an argument too many"),
    ([MODEL, "-o"], "--output needs a value: OUT.xml"),
    ([MODEL, "-o", "x.xml", "-o", "y.xml"], "--output is given 2 times, should be given once"),
    ([MODEL, "-o", "-"], "--output is '-', should be a file"),
    (["-", "-o", "x.xml"], "IN.xml is '-', should be a file"),
    *(([MODEL, "-o", "x.xml", "--mode", "weights", option, "propagate_convolution"],
       f"{option} is 'propagate_convolution', which does not run in mode weights; --list-passes names those that do")
      for option in ("--disable-pass", "--only-pass", "--stop-after", "--print-after")),
    ([MODEL, "-o", "x.xml", "--disable-pass", "decompose_weights"], "--disable-pass is 'decompose_weights', which does not run in dialect openvino; --list-passes names those that do"),
    ([MODEL, "-o", "x.bin"], "x.bin: the output is the XML; its weights would take the same name"),
    *(([MODEL, "-o", "x.xml", f"--verify={n}"], f"--verify is '{n}', should be 1 to 1024")
      for n in ("0", "-1", "1025", "0x10", "1.5", "abc", "false", "99999999999999999999", "-99999999999999999999")),
    *(([MODEL, "-o", "x.xml", f"--tolerance={t}"], f"--tolerance is '{t}', should be 0 or more") for t in ("nan", "inf", "-1", "1e999", "zork")),
    *(([MODEL, "-o", "x.xml", f"--require=sqnr={q}"], f"--require is 'sqnr={q}', should be one of int8=95%, size=30%, sqnr=40dB, saturation=0, with a number of yours")
      for q in ("nan", "inf", "-5", "-5dB", "")),
    *(([MODEL, "-o", "x.xml", f"--require={gate}"], f"--require is '{gate}', should be one of int8=95%, size=30%, sqnr=40dB, saturation=0, with a number of yours")
      for gate in ("int8", "int8=", "int8=101%", "int8=95dB", "size=-1%", "accuracy=1%")),
    *(([MODEL, "-o", "x.xml", "-j", n], f"--jobs is '{n}', should be 1 to 1024") for n in ("0", "1025", "0x2")),
    *(([MODEL, "-o", "x.xml", f"{flag}={value}"], f"{flag} takes no value, is given '{value}'")
      for flag, value in (("--verify-each", "3"), ("--force", "9"), ("--quiet", "false"))),
    ([MODEL, "-o", "x.xml", "--target", "tpu"], "--target is 'tpu', should be cpu, gpu, generic or a JSON file"),
])
def test_wrong_usage_is_exit_code_2(tmp_path, args, message):
    done = run(*args, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, f"lpt-opt: {message}\n")
    assert files(tmp_path) == []


def test_a_model_without_quantization_is_told(tmp_path):
    x = op.parameter([1, 4], np.float32)
    path = save(ov.Model([op.result(op.relu(x))], [x], "m"), tmp_path / "in.xml")
    done = convert(path, tmp_path / "out.xml")
    assert done.stderr == (f"warning: {path}: the model holds no quantization (no FakeQuantize, no stored integers); quantize it first, "
                           "for instance with nncf.quantize\n")
    assert convert(path, tmp_path / "out.xml", "-q").stderr == ""


def test_weights_that_hold_nan_are_told_with_their_layer(tmp_path):
    weights = bytearray(MODEL.with_suffix(".bin").read_bytes())
    size, offset = max((int(size), int(offset)) for offset, size in re.findall(r'element_type="f32" .* offset="(\d+)" size="(\d+)"', MODEL.read_text()))
    weights[offset + 40:offset + 44] = np.float32("nan").tobytes()
    (tmp_path / "in.xml").write_bytes(MODEL.read_bytes())
    (tmp_path / "in.bin").write_bytes(weights)
    told = f'warning: {tmp_path}/in.xml:1836: "Multiply_3981/fq_weights_1" (FakeQuantize, id 128): its weights hold NaN, for which no integer stands\n'
    assert convert(tmp_path / "in.xml", tmp_path / "out.xml", *WEIGHTS).stderr == told
    checked = run(tmp_path / "in.xml", "-o", tmp_path / "out.xml", *WEIGHTS, "--verify")
    assert checked.returncode == 1 and told in checked.stderr


def test_other_files_than_models_are_named_for_what_they_are(tmp_path):
    weights = MODEL.with_suffix(".bin")
    done = run(weights, "--dry-run")
    assert (done.returncode, done.stderr) == (3, f"{weights}: holds weights; name the XML of the model, such as {MODEL}\n")
    (tmp_path / "net.onnx").write_bytes(b"\x08\x0a\x12\x07pytorch")
    done = run(tmp_path / "net.onnx", "--dry-run")
    assert (done.returncode, done.stderr) == (
        3, f"{tmp_path}/net.onnx: looks like an ONNX model, should be an OpenVINO IR; openvino.convert_model makes one of it\n")
    done = run(PROGRAM, "--dry-run")
    assert (done.returncode, done.stderr) == (3, f"{PROGRAM}: is no XML, should be an OpenVINO IR\n")


def test_the_output_is_no_folder_and_no_device(tmp_path):
    done = run(MODEL, "-o", tmp_path)
    assert (done.returncode, done.stderr) == (4, f"{tmp_path}: is a directory, should be a file\n")
    with open(tmp_path / "log", "w") as log:
        done = subprocess.run([PROGRAM, MODEL, "-o", "/dev/stdout"], stdout=log, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (4, "/dev/stdout: is in a folder of devices, should be a file elsewhere\n")
    assert files(tmp_path) == ["log"]


def test_a_wrong_file_name_is_exit_code_4(tmp_path):
    done = run(tmp_path / "none.xml", "-o", tmp_path / "out.xml")
    assert (done.returncode, done.stderr) == (4, f"{tmp_path}/none.xml: the file does not exist\n")
    done = run(MODEL, "-w", tmp_path / "none.bin", "-o", tmp_path / "out.xml")
    assert (done.returncode, done.stderr) == (4, f"{tmp_path}/none.bin: the file does not exist\n")
    done = run(tmp_path, "-o", tmp_path / "out.xml")
    assert (done.returncode, done.stderr) == (4, f"{tmp_path}: is a directory, should be a file\n")
    assert files(tmp_path) == []
    shutil.copy(MODEL, tmp_path / "lonely.xml")
    done = run(tmp_path / "lonely.xml", "--dry-run")
    assert done.returncode == 4
    assert done.stderr.endswith(f"its weights: {tmp_path}/lonely.bin: the file does not exist; -w names another file\n")


def test_help_is_a_word_as_well(tmp_path):
    assert (run("help", cwd=tmp_path).returncode, run("help", cwd=tmp_path).stdout) == (0, run("--help").stdout)


def test_a_truncated_bin_is_exit_code_3(old_pair, tmp_path_factory):
    inputs = tmp_path_factory.mktemp("in")
    shutil.copy(MODEL, inputs / "m.xml")
    (inputs / "m.bin").write_bytes(MODEL.with_suffix(".bin").read_bytes()[:100_000])
    done = run(inputs / "m.xml", "-o", old_pair / "out.xml")
    assert done.returncode == 3
    assert re.fullmatch(rf'{inputs}/m\.xml:\d+: ".*" \(Const, id \d+\): bytes \d+\.\.\d+ run past the end of {inputs}/m\.bin \(100000 bytes\)\n', done.stderr)
    assert_old_pair(old_pair)


def test_an_unreadable_input_is_exit_code_4(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    shutil.copy(MODEL, tmp_path / "m.xml")
    (tmp_path / "m.xml").chmod(0)
    assert run(tmp_path / "m.xml", "-o", tmp_path / "out.xml").returncode == 4


def test_a_target_that_cannot_be_read_is_exit_code_4(tmp_path):
    done = run(MODEL, "--dry-run", "--target", tmp_path / "npu.json")
    assert (done.returncode, done.stderr) == (4, f"{tmp_path}/npu.json: the file does not exist\n")
    done = run(MODEL, "--dry-run", "--target", tmp_path)
    assert (done.returncode, done.stderr) == (4, f"{tmp_path}: is a directory, should be a file\n")


def test_a_target_file_that_would_take_the_stack_is_exit_code_3(tmp_path):
    (tmp_path / "npu.json").write_text("[" * 1_000_000)
    done = run(MODEL, "--dry-run", "--target", tmp_path / "npu.json")
    assert (done.returncode, done.stderr) == (3, f"{tmp_path}/npu.json: values are nested deeper than 16 levels\n")


def test_an_unwritable_folder_is_exit_code_4(tmp_path):
    done = run(MODEL, "-o", "/proc/out.xml")
    assert done.returncode == 4
    assert done.stderr.startswith("/proc/out.bin: cannot create a file in /proc: ")
    done = run(MODEL, "-o", tmp_path / "none" / "out.xml")
    assert (done.returncode, done.stderr) == (4, f"{tmp_path}/none/out.bin: cannot create a file in {tmp_path}/none: No such file or directory\n")


@pytest.mark.parametrize("limit", [1000, 50_000, 90_000])
def test_a_full_disk_is_exit_code_4_and_leaves_the_old_pair(old_pair, limit):
    # A limit on the size of files fails at the same places as a disk without space.
    done = run(MODEL, "-o", old_pair / "out.xml", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    if limit > 88_660:
        assert done.returncode == 0  # both files fit
        return
    assert done.returncode == 4
    assert re.fullmatch(rf"{old_pair}/out\.(bin|xml): cannot (reserve space|write): File too large\n", done.stderr)
    assert_old_pair(old_pair)


def test_a_really_full_disk_leaves_the_old_pair(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", disk], capture_output=True).returncode != 0:
        pytest.skip("no small disk can be mounted here")
    try:
        (disk / "out.xml").write_text("old xml")
        (disk / "out.bin").write_text("old bin")
        done = run(MODEL, "-o", disk / "out.xml")
        assert done.returncode == 4
        assert re.fullmatch(rf"{disk}/out\.(bin|xml): cannot (reserve space|write): No space left on device\n", done.stderr)
        assert_old_pair(disk)
    finally:
        subprocess.run(["umount", disk], check=True)


def sparse_model(folder, sizes):
    """A model over a sparse weights file: weights of all zeroes, this many elements each, quantized symmetrically."""
    layers, edges, offset = [], [], 8

    def constant(id, name, dims, offset, size):
        port = "".join(f"<dim>{d}</dim>" for d in dims)
        layers.append(f'<layer id="{id}" name="{name}" type="Const" version="opset1"><data element_type="f32" shape="{",".join(map(str, dims))}" '
                      f'offset="{offset}" size="{size}"/><output><port id="0" precision="FP32">{port}</port></output></layer>')

    for i, size in enumerate(sizes):
        first = i * 5
        constant(first, f"w{i}", [size], offset, size * 4)
        constant(first + 1, f"low{i}", [], 0, 4)
        constant(first + 2, f"high{i}", [], 4, 4)
        offset += size * 4
        ports = "".join(f'<port id="{p}" precision="FP32"/>' for p in range(5))
        layers.append(f'<layer id="{first + 3}" name="q{i}" type="FakeQuantize" version="opset1"><data levels="255" auto_broadcast="numpy"/>'
                      f'<input>{ports}</input><output><port id="5" precision="FP32"><dim>{size}</dim></port></output></layer>')
        layers.append(f'<layer id="{first + 4}" name="r{i}" type="Result" version="opset1"><input><port id="0" precision="FP32"/></input></layer>')
        for port, source in enumerate([0, 1, 2, 1, 2]):
            edges.append(f'<edge from-layer="{first + source}" from-port="0" to-layer="{first + 3}" to-port="{port}"/>')
        edges.append(f'<edge from-layer="{first + 3}" from-port="5" to-layer="{first + 4}" to-port="0"/>')
    (folder / "in.xml").write_text(f'<net name="sparse" version="11"><layers>{"".join(layers)}</layers><edges>{"".join(edges)}</edges></net>')
    with open(folder / "in.bin", "wb") as file:
        file.write(struct.pack("<2f", -1, 1))
        file.truncate(offset)
    return folder / "in.xml"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_halfway_removes_the_temporaries_and_leaves_the_old_pair(old_pair, tmp_path_factory, number):
    source = sparse_model(tmp_path_factory.mktemp("in"), [400_000_000])
    process = subprocess.Popen([PROGRAM, source, "-o", old_pair / "out.xml", "-j", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.time() + 60
    while len(files(old_pair)) < 4 and process.poll() is None and time.time() < deadline:
        time.sleep(0.001)
    assert process.poll() is None, "it was done before the signal came"
    process.send_signal(number)
    assert process.wait(30) == -number
    assert_old_pair(old_pair)


def test_killed_at_any_step_of_the_exchange_no_xml_lies_beside_a_bin_that_is_not_its_own(tmp_path):
    shim = os.environ.get("LPT_CRASH_AT_RENAME")
    if shim is None or SANITIZED:
        pytest.skip("the library that ends the process at a rename is not here")
    convert(MODEL, tmp_path / "new.xml")
    new = [(tmp_path / f"new.{e}").read_bytes() for e in ("xml", "bin")]
    ended_early = 0
    for step in range(1, 8):
        folder = tmp_path / str(step)
        folder.mkdir()
        (folder / "out.xml").write_text("old xml")
        (folder / "out.bin").write_text("old bin")
        done = run(MODEL, "-o", folder / "out.xml", env={**os.environ, "LD_PRELOAD": shim, "LPT_CRASH_AT": str(step)})
        ended_early += done.returncode == 99
        if (folder / "out.xml").exists():
            pair = [(folder / f"out.{e}").read_bytes() for e in ("xml", "bin")]
            assert pair in (new, [b"old xml", b"old bin"]), step
        everything = [p.read_bytes() for p in folder.iterdir()]
        assert new[0] in everything or b"old xml" in everything
        assert new[1] in everything or b"old bin" in everything
        again = convert(MODEL, folder / "out.xml")
        assert files(folder) == ["out.bin", "out.xml"]
        assert ("which is removed" in again.stderr) == (done.returncode == 99)
    assert ended_early == 4


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_interrupted_at_any_step_of_the_exchange_it_ends_by_the_signal_behind_it(old_pair, tmp_path_factory, step):
    shim = os.environ.get("LPT_CRASH_AT_RENAME")
    if shim is None or SANITIZED:
        pytest.skip("the library that interrupts the process at a rename is not here")
    wanted = tmp_path_factory.mktemp("wanted") / "out.xml"
    convert(MODEL, wanted)
    done = run(MODEL, "-o", old_pair / "out.xml", env={**os.environ, "LD_PRELOAD": shim, "LPT_CRASH_AT": str(step), "LPT_INTERRUPT": "1"})
    assert done.returncode == -signal.SIGINT
    for name in ("out.xml", "out.bin"):
        assert (old_pair / name).read_bytes() == (wanted.parent / name).read_bytes()
    assert files(old_pair) == ["out.bin", "out.xml"]


def test_writing_over_the_input_needs_force_and_then_works(tmp_path):
    for extension in ("xml", "bin"):
        shutil.copy(MODEL.with_suffix(f".{extension}"), tmp_path / f"m.{extension}")
    source = tmp_path / "m.xml"
    done = run(source, "-o", source)
    assert (done.returncode, done.stderr) == (2, f"lpt-opt: {source}: the output would replace an input; --force allows it\n")
    (tmp_path / "link.xml").symlink_to("m.xml")
    assert run(source, "-o", tmp_path / "link.xml").returncode == 2
    assert run(source, "-o", tmp_path / "m.ir").returncode == 2  # m.bin would be replaced
    (tmp_path / "link.xml").unlink()
    convert(MODEL, tmp_path / "wanted.xml")
    convert(source, source, "--force")
    for extension in ("xml", "bin"):
        assert (tmp_path / f"m.{extension}").read_bytes() == (tmp_path / f"wanted.{extension}").read_bytes()


def test_what_a_killed_run_leaves_is_named_and_removed(old_pair, tmp_path_factory):
    source = sparse_model(tmp_path_factory.mktemp("in"), [400_000_000])
    process = subprocess.Popen([PROGRAM, source, "-o", old_pair / "out.xml", "-j", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(files(old_pair)) < 4 and process.poll() is None:
        time.sleep(0.001)
    left = [name for name in files(old_pair) if name.endswith(".tmp")]
    written = run(MODEL, "-o", old_pair / "out.xml", *WEIGHTS)  # beside one that still runs
    assert (written.returncode, written.stderr) == (0, "") and set(left) < set(files(old_pair))
    process.kill()
    process.wait(30)
    assert left == [f".out.bin.{process.pid}.tmp", f".out.xml.{process.pid}.tmp"]
    (old_pair / ".out.xml.backup.tmp").write_text("")
    done = run(MODEL, "-o", old_pair / "out.xml", *WEIGHTS)
    assert done.stderr.splitlines() == [f"warning: {old_pair}/out.{kind}: a run that was killed left .out.{kind}.{process.pid}.tmp, which is removed" for kind in ("xml", "bin")]
    assert files(old_pair) == [".out.xml.backup.tmp", "out.bin", "out.xml"]


def test_a_dry_run_writes_nothing_and_says_what_would_be(tmp_path):
    done = run(MODEL, "--dry-run", cwd=tmp_path)
    assert done.returncode == 0
    assert re.fullmatch(r".*: \d+ layers rewritten, .* s, nothing written\n", done.stdout)
    assert files(tmp_path) == []


def test_passes_can_be_listed_chosen_and_followed(tmp_path):
    listed = [line.split()[0] for line in run("--list-passes").stdout.splitlines()]
    assert set(PASSES) < set(listed) and len(set(listed)) == len(listed)
    weights, relaxed = ([line.split()[0] for line in run("--list-passes", *options).stdout.splitlines()] for options in (WEIGHTS, ["--dialect", "type-relaxed"]))
    assert set(PASSES) <= set(weights) < set(listed) & set(relaxed)
    assert "share_constants" in listed and "share_constants" not in relaxed
    assert "propagate_convolution" not in weights and "decompose_weights" not in listed and "decompose_weights" in relaxed
    assert run("--list-passes", "--stop-after", listed[4]).stdout.splitlines()[-1].startswith(listed[4])
    assert listed.index("mark_up") < listed.index("decompose_fake_quantize") < listed.index("fuse_multiply_into_fake_quantize")
    out = tmp_path / "out.xml"
    assert "10 layers rewritten" in convert(MODEL, out, "--only-pass", PASSES[1]).stdout
    assert "0 layers rewritten" in convert(MODEL, out, "--only-pass", PASSES[0]).stdout
    assert "0 layers rewritten" in convert(MODEL, out, "--stop-after", PASSES[0]).stdout
    assert "10 layers rewritten" in convert(MODEL, out, "--stop-after", PASSES[1], *WEIGHTS).stdout
    assert "0 layers rewritten" in convert(MODEL, out, "--disable-pass", PASSES[1], *WEIGHTS).stdout
    printed = run(MODEL, "--dry-run", "-q", "--print-after", "all", *WEIGHTS).stdout
    assert [line for line in printed.splitlines() if line.startswith("# after")] == ["# after fold_weights_fake_quantize", "# after store_pointwise_weights"]  # all others change nothing
    assert "Multiply_3932/fq_weights_1 = Dequantize(Multiply_3932/fq_weights_1/quantized) scale=" in printed
    printed = run(MODEL, "--dry-run", "-q", "--print-after", "propagate_mat_mul").stdout
    assert printed.startswith("# after propagate_mat_mul\n") and printed.count("# after") == 1


@pytest.mark.parametrize("name", ["with blank.xml", "mödel 模.xml", "a.b.c.xml", "noextension", "m.ir", "-dash.xml"])
def test_odd_paths(tmp_path, name):
    done = run(MODEL, "-o", tmp_path / name)
    assert done.returncode == 0, done.stderr
    assert files(tmp_path) == sorted([name, str(pathlib.Path(name).with_suffix(".bin"))])
    again = run(tmp_path / name, "-o", tmp_path / "again.xml")
    assert again.returncode == 0, again.stderr


def test_a_progress_bar_is_drawn_when_asked_for_and_not_into_a_pipe(tmp_path):
    assert "#" in convert(MODEL, tmp_path / "out.xml", "--progress", "always").stderr
    assert convert(MODEL, tmp_path / "out.xml", "--progress", "auto", *WEIGHTS).stderr == ""


def test_standard_output_that_is_full_is_exit_code_4(tmp_path):
    with open("/dev/full", "w") as full:
        done = subprocess.run([PROGRAM, MODEL, "-o", tmp_path / "out.xml", *WEIGHTS], stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (4, "standard output: cannot write\n")


def peak_memory(*args):
    """Runs lpt-opt and returns its peak resident memory, in bytes. A small process starts it: the peak of the one that
    forks counts for the one that is forked."""
    code = "import os, sys; pid = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:]); _, status, usage = os.wait4(pid, 0); print(status, usage.ru_maxrss)"
    done = subprocess.run([sys.executable, "-S", "-c", code, PROGRAM, *map(str, args)], capture_output=True, text=True, check=True)
    status, kilobytes = map(int, done.stdout.split())
    assert status == 0, done.stderr
    return kilobytes * 1024


@pytest.mark.skipif(SANITIZED, reason="sanitizers take memory of their own")
def test_weights_of_5_gigabytes_take_little_memory(tmp_path):
    if shutil.disk_usage(tmp_path).free < 3e9:
        pytest.skip("not enough disk")
    source = sparse_model(tmp_path, [900_000_000, 350_000_000])
    assert peak_memory(source, "-q", "-o", tmp_path / "out.xml") <= 64 << 20
    assert (tmp_path / "out.bin").stat().st_size == 1_250_000_000 + 4  # one scale for both


@pytest.mark.skipif(SANITIZED, reason="sanitizers take memory of their own")
def test_equal_large_weights_are_compared_in_little_memory(tmp_path):
    source = sparse_model(tmp_path, [50_000_000, 50_000_000])
    assert peak_memory(source, "-q", "-o", tmp_path / "out.xml") <= 64 << 20
    assert (tmp_path / "out.bin").stat().st_size == 50_000_000 + 4


def test_hostile_xml_is_answered_quickly(tmp_path):
    deep = "<a>" * 200_000 + "</a>" * 200_000
    wide = " ".join(f'a{i}="1"' for i in range(100_000))
    odd = "".join(f'<layer id="{i}" name="&foo;{i}" type="Parameter" version="opset1"><data shape="" element_type="f32"/></layer>' for i in range(20_000))
    flood = '<edge from-layer="0" from-port="0" to-layer="0" to-port="0"/>' * 100_000
    for text, code in ((f'<net version="11"><layers/><edges/><rt_info>{deep}</rt_info></net>', 3),
                       (f'<net version="11"><layers/><edges/><x {wide}/></net>', 0),
                       (f'<net version="11"><layers/><edges>{flood}</edges></net>', 3),
                       ('<net version="11"><layers/><edges/>' + "&foo;" * 100_000 + "</net>", 0),
                       (f'<net version="11">\n<layers>\n{odd}\n</layers><edges/></net>', 0)):
        (tmp_path / "m.xml").write_text(text)
        start = time.time()
        assert run(tmp_path / "m.xml", "-o", tmp_path / "out.xml").returncode == code
        assert time.time() - start < 20
