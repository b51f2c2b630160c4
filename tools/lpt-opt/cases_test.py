"""Small models rebuilt after real ones, each the example of a kind: test_models/cases/README.md says what each one shows."""
import pathlib
import subprocess

import numpy as np
import pytest
from conftest import MODELS, PROGRAM, convert, run
from lpt_opt.judge import CORE, IN_F32, Judge, weights_size

CASES = MODELS / "cases"
REFUSED = {"clamp_swapped_accepted"}  # OpenVINO refuses the file
NAMES = {"named_tensors"}
NOT_RUN = {"string_parameter"}  # by the executor
MAY_LOSE = {"tflite_depthwise": 22}  # runs in integers as its author meant, at the price of their noise: dB that must stay
WARNED = {"lstm_scales": "LSTM"}  # the runtime is wrong before and after: a warning names the layer
GROWTH = 256  # bytes of alignment and scales that a small model may gain


def named(names):
    return [pytest.param(CASES / name / "in.xml", id=name) for name in sorted(names)]


JUDGED = sorted({path.name for path in CASES.iterdir() if path.is_dir()} - REFUSED - NAMES)


def given(path):
    archive = path.with_name("x.npz")
    if not archive.exists():
        return None
    with np.load(archive, allow_pickle=False) as arrays:
        return [[arrays[f"i{index}"] for index in range(len(arrays.files))]]


@pytest.mark.parametrize("path", named(JUDGED))
def test_a_case_runs_in_openvino_as_before(tmp_path, path):
    judge = Judge(path, given(path))
    found = {}
    for mode in ("full", "weights"):
        target = tmp_path / f"{mode}.xml"
        stderr = convert(path, target, "--mode", mode).stderr
        found[mode] = [fault for fault in judge.faults(target, MAY_LOSE.get(path.parent.name)) if "weights grow" not in fault]
        if weights_size(target) > 1.01 * weights_size(path) + GROWTH:
            found[mode].append(f"weights {weights_size(path)} -> {weights_size(target)} bytes")
        if mode == "full" and WARNED.get(path.parent.name, "") not in stderr:
            found[mode].append("no warning")
    assert found == {"full": [], "weights": []}


@pytest.mark.parametrize("dialect", ["openvino", "type-relaxed"])
@pytest.mark.parametrize("path", named(JUDGED))
def test_a_case_is_verified(tmp_path, path, dialect):
    done = run(path, "-o", tmp_path / "out.xml", "--dialect", dialect, "--verify", "-q")
    if path.parent.name in NOT_RUN:
        assert done.returncode == 3 and len(done.stderr.splitlines()) == 1
    else:
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", named(JUDGED))
def test_a_case_runs_in_the_executor(path):
    done = subprocess.run([pathlib.Path(PROGRAM).with_name("lpt-run"), path], capture_output=True, text=True)
    if path.parent.name in NOT_RUN:
        assert done.returncode == 3 and len(done.stderr.splitlines()) == 1
    else:
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", named(REFUSED))
def test_what_openvino_refuses_is_refused(tmp_path, path):
    with pytest.raises(RuntimeError):
        CORE.read_model(path)
    assert run(path, "-o", tmp_path / "out.xml", "-q").returncode == 3


def value_of(path, by_tensor, name, values):
    """What is behind a name, or None if there is none."""
    model = CORE.read_model(path)
    try:
        model.add_outputs(name if by_tensor else [(name, 0)])
    except RuntimeError:
        return None
    return np.array(CORE.compile_model(model, "CPU", IN_F32)(values)[len(model.outputs) - 1])


@pytest.mark.parametrize("path", named(NAMES))
def test_names_keep_their_values_or_are_warned_of(tmp_path, path):
    target = tmp_path / "out.xml"
    warnings = convert(path, target).stderr
    far = []
    for name in ("act", "pool", "conv", "relu", "act2", "rs"):
        for by_tensor in (True, False):
            was, is_now = (value_of(file, by_tensor, name, given(path)[0]) for file in (path, target))
            if was is not None and (is_now is None or np.abs(was - is_now).max() > 1e-3 * np.abs(was).max()) and name not in warnings:
                far.append(("tensor " if by_tensor else "operation ") + name)
    assert not far
