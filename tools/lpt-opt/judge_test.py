"""The judge sees what it is for: a model of which every quality has been taken away in turn."""
import json
import re
import subprocess
import sys

import numpy as np
import openvino as ov
import openvino.opset14 as op
import pytest
from conftest import ROOT, save
from lpt_opt.judge import Judge

F32 = np.float32


def model(high=2.55, name="y", channels=16, moved=0.0, levels=256, extra=0):
    x = op.parameter([1, 16, 8, 8], F32, name="x")
    quantize = lambda value, low, high, levels: op.fake_quantize(value, *[op.constant(F32(end)) for end in (low, high, low, high)], levels)
    weights = np.random.default_rng(0).normal(moved, 0.3, (channels, 16, 3, 3)).astype(F32)
    y = op.convolution(quantize(x, 0, high, levels), quantize(op.constant(weights), -1.27, 1.27, 255), [1, 1], [1, 1], [1, 1], [1, 1])
    if extra:
        y = op.multiply(y, op.constant(np.ones([1, channels, 8, 8], F32)))
    y.output(0).set_names({name})
    return ov.Model([op.result(y)], [x], "m")


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    return Judge(save(model(), tmp_path_factory.mktemp("judge") / "in.xml"))


@pytest.mark.parametrize("change, faults", [
    ({}, []),
    ({"name": "z"}, ["output y:f32[1,16,8,8] -> output z:f32[1,16,8,8]"]),
    ({"levels": 200}, ["int8 1 -> 0", "noise"]),
    ({"high": 1.5}, ["noise"]),
    ({"extra": 1}, ["weights grow by 4096 bytes"]),
    ({"channels": 8}, ["output y:f32[1,16,8,8] -> output y:f32[1,8,8,8]", "shapes [(1, 16, 8, 8)] -> [(1, 8, 8, 8)]", "noise"]),
], ids=["same", "name", "int8", "noise", "growth", "shape"])
def test_each_fault_is_named(tmp_path, judge, change, faults):
    found = judge.faults(save(model(**change), tmp_path / "out.xml"))
    assert [re.sub(r"^noise .*", "noise", fault) for fault in found] == faults


def test_a_file_that_does_not_load_is_a_fault(tmp_path, judge):
    path = save(model(), tmp_path / "out.xml")
    path.write_text(path.read_text().replace('version="opset1"', 'version="opset99"'))
    (fault,) = judge.faults(path)
    assert fault.startswith("does not load: ")


def test_noise_is_the_median_over_the_inputs(judge):
    assert judge.integers == {"Convolution": 1} and 40 < judge.noise < 200 and len(judge.inputs) == 5


def test_last_bits_excuse_nothing_in_a_model_without_steps_behind_its_sums(judge):
    assert judge.noise - 3 < judge.expected() < judge.noise


def judged(*words):
    return subprocess.run([sys.executable, "-m", "lpt_opt.judge", *map(str, words)], capture_output=True, text=True, env={"PYTHONPATH": str(ROOT / "python")})


def test_as_a_program(tmp_path):
    before, after = save(model(), tmp_path / "before.xml"), save(model(levels=200), tmp_path / "after.xml")
    done = judged(before, before, "--pairs", 1, "--slower", 1000)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"int8 operations 1 -> 1; f32 noise [\d.]+ -> [\d.]+ dB; compile [\d.]+ -> [\d.]+ ms; infer [\d.]+ -> [\d.]+ ms\n", done.stdout)
    (tmp_path / "report.json").write_text(json.dumps({"layers": [{"name": "Convolution", "runs_in": "f32"}, {"name": "y", "runs_in": "i8"}]}))
    done = judged(before, after, "--pairs", 1, "--json", "--report", tmp_path / "report.json")
    found = json.loads(done.stdout)
    assert done.returncode == 1 and found["faults"][0] == "int8 1 -> 0"
    assert (found["before"]["int8"], found["after"]["int8"]) == ({"Convolution": 1}, {})
    assert found["after"]["sqnr_db"]["f32"] < found["before"]["sqnr_db"]["f32"]
    done = judged(tmp_path / "none.xml", after)
    assert done.returncode == 1 and done.stderr.startswith(f"{tmp_path / 'none.xml'}: OpenVINO does not run it: ")
