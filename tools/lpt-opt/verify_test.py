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
    assert re.fullmatch(r'lpt-opt: --require sqnr=500dB is not met: \d+\.\d dB; output "hidden_states": max abs \S+, rel \S+, SQNR \S+ dB, cosine 1\.000000, '
                        r"arg-max \d+ %\n", done.stderr)
    assert not out.exists() and not out.with_suffix(".bin").exists()
    done = run(model, "-o", out, "--require", "sqnr=500", "--force")
    assert done.returncode == 1 and out.exists() and out.with_suffix(".bin").exists()
    # One value in another rounding step, which the last bits of sums decide, leaves 88 dB of 136.
    assert run("-o", out, "--require", "sqnr=70dB", model).returncode == 0


def test_verify_each_names_the_pass(tmp_path):
    done = run(MODELS / "bert_thin.fq.xml", "-o", tmp_path / "out.xml", "--verify-each", "--require", "sqnr=500")
    assert done.returncode == 1
    assert done.stderr.startswith("lpt-opt: --require sqnr=500dB is not met behind pass fold_weights_fake_quantize: ")
    assert not (tmp_path / "out.xml").exists()


def test_inputs_that_are_given(tmp_path):
    model = MODELS / "resnet_thin.fq.xml"
    np.save(tmp_path / "in.npy", np.zeros((1, 3, 96, 96), np.float32))
    assert run("--dry-run", "--input", f"input={tmp_path / 'in.npy'}", model).returncode == 0
    np.save(tmp_path / "in.npy", np.zeros((1, 3, 95, 96), np.float32))
    done = run(model, "--dry-run", "--input", f"0={tmp_path / 'in.npy'}")
    assert (done.returncode, done.stderr) == (3, f'{model}: input 0 "input" is [1,3,95,96], should be [1,3,96,96]\n')


def test_inputs_of_operations_without_a_kernel_are_compared(tmp_path):
    """Also where the operation is in a body: then those of the If."""
    def branch(f):
        y = op.parameter([1, 8, 2], np.float32)
        return ov.Model([op.result(f(y))], [y], "b")

    x, c = op.parameter([1, 8, 2], np.float32), op.parameter([], bool)
    axis = op.constant(np.array([1], np.int64))
    dft = op.dft(x, axis)
    dft.set_friendly_name("dft")
    chosen = op.if_op(c)
    chosen.set_friendly_name("chosen")
    chosen.set_then_body(branch(lambda y: op.dft(y, axis)))
    chosen.set_else_body(branch(op.relu))
    data = [body.get_parameters()[0] for body in (chosen.get_function(0), chosen.get_function(1))]
    chosen.set_input(x.output(0), *data)
    chosen.set_output(chosen.get_function(0).get_results()[0], chosen.get_function(1).get_results()[0])
    path = save(ov.Model([op.result(op.relu(dft)), op.result(chosen.output(0)), op.result(op.sigmoid(x))], [x, c], "m"), tmp_path / "m.xml")
    done = run(path, "-o", tmp_path / "out.xml", "--verify")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith('verified: the outputs are identical; there is no kernel for "chosen" (If), "dft" (DFT), of which the inputs were compared; 2 of 4 layers were run\n')


def test_usage():
    done = run(MODELS / "gru.fq.xml", "--dry-run", "--require", "size=3")
    assert (done.returncode, done.stderr) == (2, "lpt-opt: --require is 'size=3', should be sqnr= and decibels, such as sqnr=40dB\n")
