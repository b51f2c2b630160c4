"""The checks that lpt-opt makes on request: the model before against the model after."""
import re

import numpy as np
import openvino as ov
import openvino.opset13 as op
import pytest
from conftest import MODELS, run, save


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.xml")), ids=lambda p: p.stem)
def test_every_model_keeps_its_function(path, tmp_path):
    done = run(path, "-o", tmp_path / "out.xml", "--verify=3", "--verify-each")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^verified: (the outputs are identical|output \".+\": max abs \S+, rel \S+, SQNR \S+ dB, .+)$", done.stdout, re.M)
    assert (tmp_path / "out.xml").exists()


def test_a_requirement_that_fails_writes_nothing_unless_forced(tmp_path):
    model, out = MODELS / "bert_thin.fq.xml", tmp_path / "out.xml"
    done = run(model, "-o", out, "--require", "sqnr=500dB")
    assert done.returncode == 1
    assert re.fullmatch(r'the model computes something else than before: output "hidden_states": max abs \S+, rel \S+, SQNR \S+ dB, cosine 1\.000000, '
                        r"arg-max \d+ %; the least SQNR is 1\d\d\.\d dB, should be 500 dB\n", done.stderr)
    assert not out.exists() and not out.with_suffix(".bin").exists()
    done = run(model, "-o", out, "--require", "sqnr=500", "--force")
    assert done.returncode == 1 and out.exists() and out.with_suffix(".bin").exists()
    assert run("-o", out, "--require", "sqnr=100dB", model).returncode == 0


def test_verify_each_names_the_pass(tmp_path):
    done = run(MODELS / "bert_thin.fq.xml", "-o", tmp_path / "out.xml", "--verify-each", "--require", "sqnr=500")
    assert done.returncode == 1
    assert done.stderr.startswith('pass fold_weights_fake_quantize changed what the model computes: output "hidden_states": ')
    assert not (tmp_path / "out.xml").exists()


def test_inputs_that_are_given(tmp_path):
    model = MODELS / "resnet_thin.fq.xml"
    np.save(tmp_path / "in.npy", np.zeros((1, 3, 96, 96), np.float32))
    assert run("--dry-run", "--input", f"input={tmp_path / 'in.npy'}", model).returncode == 0
    np.save(tmp_path / "in.npy", np.zeros((1, 3, 95, 96), np.float32))
    done = run(model, "--dry-run", "--input", f"0={tmp_path / 'in.npy'}")
    assert (done.returncode, done.stderr) == (3, 'input 0 "input" is [1,3,95,96], should be [1,3,96,96]\n')


def test_a_model_that_cannot_be_run_is_not_verified(tmp_path):
    x = op.parameter([1, 8, 2], np.float32)
    path = save(ov.Model([op.result(op.dft(x, op.constant(np.array([1], np.int64))))], [x], "m"), tmp_path / "m.xml")
    done = run(path, "-o", tmp_path / "out.xml", "--verify", "-q")
    assert done.returncode == 3
    assert re.fullmatch(re.escape(str(path)) + r':\d+: "DFT_\d+" \(DFT, id 2\): operation DFT of opset7 cannot be run; there is no kernel for it\n', done.stderr)
    assert not (tmp_path / "out.xml").exists()
    assert run(path, "-o", tmp_path / "out.xml").returncode == 0


def test_usage():
    done = run(MODELS / "gru.fq.xml", "--dry-run", "--require", "size=3")
    assert (done.returncode, done.stderr) == (2, "--require is 'size=3', should be sqnr= and decibels, such as sqnr=40dB\n")
