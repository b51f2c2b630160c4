"""Whole models against OpenVINO, and what a user of lpt-run sees."""
import json
import re

import numpy as np
import openvino as ov
import openvino.opset13 as op
import pytest
from conftest import LPT_OPT, MODELS, run, run_arrays

F32, I64 = np.float32, np.int64
SIMULATED = {"INFERENCE_PRECISION_HINT": "f32", "LP_TRANSFORMS_MODE": "NO"}
INT8 = {"INFERENCE_PRECISION_HINT": "f32"}


def inputs_for(model):
    """Random values for every input, dynamic dimensions 1; integers choose rows of tables, or mask."""
    rng = np.random.default_rng(1)
    arrays = []
    for port in model.inputs:
        shape = [d.get_length() if d.is_static else 1 for d in port.get_partial_shape()]
        dtype = port.get_element_type().to_dtype()
        arrays.append(rng.integers(0, 900, shape).astype(dtype) if port.get_element_type().is_integral() else rng.normal(0, 1, shape).astype(dtype))
    return arrays


def outputs_of(path, config, arrays):
    result = ov.Core().compile_model(path, "CPU", config)(arrays)
    return [result[i].astype(np.float64) for i in range(len(result))]


def sqnr(right, other):
    noise = ((right - other) ** 2).sum()
    return np.inf if noise == 0 else 10 * np.log10((right**2).sum() / noise)


def save(model, path):
    ov.save_model(model, path, compress_to_fp16=False)
    return path


def add_one(tmp_path, shape=(1, 3), dtype=F32):
    x = op.parameter(list(shape), dtype, name="x")
    x.output(0).set_names({"x", "other, name"})
    y = op.add(x, op.constant(np.ones([1] * len(shape), dtype)))
    y.output(0).set_names({"y"})
    return save(ov.Model([op.result(y)], [x], "m"), tmp_path / "m.xml")


# -- models


@pytest.mark.parametrize("mode", ["as it is", "folded"])
@pytest.mark.parametrize("path", sorted(MODELS.glob("*.xml")), ids=lambda p: p.stem)
def test_models_agree_with_openvino(path, mode, tmp_path):
    if mode == "folded":
        done = run(path, "-o", tmp_path / "folded.xml", "-q", "--mode", "weights", program=LPT_OPT)
        assert done.returncode == 0, done.stderr
        path = tmp_path / "folded.xml"
    model = ov.Core().read_model(path)
    arrays = inputs_for(model)
    int8 = outputs_of(path, INT8, arrays)
    try:
        right = outputs_of(path, SIMULATED, arrays)
    except RuntimeError:  # OpenVINO cannot simulate the LSTM; see below
        pytest.skip("OpenVINO compiles this model with its low precision passes only")
    for mine, simulated, quantized in zip(run_arrays(path, arrays, tmp_path), right, int8, strict=True):
        close = np.abs(mine - simulated).max() <= 1e-4 * np.abs(simulated).max()
        assert close or sqnr(simulated, mine) >= sqnr(simulated, quantized) - 1


def test_a_quantized_lstm_agrees_with_its_spelled_out_form(tmp_path):
    """OpenVINO does not compile this model without its low precision passes, so each FakeQuantize is spelled out for it."""
    path = MODELS / "lstm.fq.xml"
    model = ov.Core().read_model(path)
    arrays = inputs_for(model)
    for node in [n for n in model.get_ordered_ops() if n.get_type_name() == "FakeQuantize"]:
        x, il, ih, ol, oh = [node.input_value(i) for i in range(5)]
        last = op.constant(F32(node.get_attributes()["levels"] - 1))
        inside = op.maximum(op.minimum(x, ih), il)
        step = op.round(op.multiply(op.divide(op.subtract(inside, il), op.subtract(ih, il)), last), "half_to_even")
        node.output(0).replace(op.add(op.multiply(op.divide(step, last), op.subtract(oh, ol)), ol).output(0))
    plain = save(model, tmp_path / "plain.xml")
    for mine, theirs in zip(run_arrays(path, arrays, tmp_path), outputs_of(plain, INT8, arrays), strict=True):
        assert sqnr(theirs, mine) >= 100


def test_samples_of_the_file_format_agree_with_openvino(tmp_path):
    """Bodies, states, quantized forms, legacy files: whatever the CPU plugin runs."""
    import subprocess
    import sys

    subprocess.run([sys.executable, str(MODELS / "make_ir_samples.py"), str(tmp_path / "samples")], check=True, capture_output=True)
    ran = []
    for path in sorted((tmp_path / "samples" / "good").glob("*.xml")):
        if path.stem.startswith(("et_", "const_")):
            continue  # element types that OpenVINO runs as others or numpy does not have
        model = ov.Core().read_model(path)
        arrays = []
        for port in model.inputs:
            shape = [d.get_length() if d.is_static else max(2, d.get_min_length()) for d in port.get_partial_shape()]
            dtype = port.get_element_type().to_dtype()
            rng = np.random.default_rng(1)
            arrays.append(rng.integers(0, 2, shape).astype(dtype) if port.get_element_type().is_integral() else rng.normal(0, 1, shape).astype(dtype))
        try:
            theirs = outputs_of(path, INT8, arrays)
        except (RuntimeError, TypeError):
            continue  # the plugin does not run it: any rank, directives to it, and others
        if "<pre-process" in path.read_text(errors="replace"):
            refused(f"{path}: its <pre-process> cannot be run", path)
            continue
        for mine, right in zip(run_arrays(path, arrays, tmp_path), theirs, strict=True):
            np.testing.assert_allclose(mine, right, rtol=1e-5, atol=1e-5, err_msg=path.stem)
        ran.append(path.stem)
    assert {"body_if", "body_loop", "body_if_in_loop", "body_tensor_iterator", "state_opset3", "state_opset6"} <= set(ran)
    assert len(ran) > 60


def test_a_type_relaxed_convolution_computes_what_the_integers_say(tmp_path):
    """The sample's own weights and activations, multiplied by numpy."""
    import subprocess
    import sys

    subprocess.run([sys.executable, str(MODELS / "make_ir_samples.py"), str(tmp_path / "samples")], check=True, capture_output=True)
    path = tmp_path / "samples" / "refused" / "relaxed_conv.xml"
    plain = tmp_path / "plain.xml"
    text = path.read_text()
    assert 'version="type_relaxed_opset1"' in text
    done = run(path, "--json", "-o", tmp_path / "out.npz", "--profile")
    assert done.returncode == 0, done.stderr
    # The same with all edges in f32: what OpenVINO believes of the types is what is computed.
    text = text.replace('"type_relaxed_opset1"', '"opset1"').replace('type_relax="true" ', "")
    text = re.sub(r'(in|out)put_data_types="[^"]*" ', "", text)
    model = re.sub(r'precision="[UI]8"', 'precision="FP32"', text)
    weights = re.search(r'type="Const" version="opset1">\s*<data element_type="i8" shape="([\d, ]+)" offset="(\d+)" size="(\d+)"', model)
    data = bytearray(path.with_suffix(".bin").read_bytes())
    offset, size = int(weights[2]), int(weights[3])
    wide = np.frombuffer(bytes(data[offset : offset + size]), np.int8).astype(F32).tobytes()
    model = model.replace(f'element_type="i8" shape="{weights[1]}" offset="{offset}" size="{size}"', f'element_type="f32" shape="{weights[1]}" offset="{len(data)}" size="{len(wide)}"')
    plain.write_text(model)
    plain.with_suffix(".bin").write_bytes(bytes(data) + wide)
    done = run(plain, "-o", tmp_path / "plain.npz", "-q")
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "out.npz") as a, np.load(tmp_path / "plain.npz") as b:
        for key in a:
            np.testing.assert_allclose(a[key], b[key], rtol=1e-6)


# -- what a user sees


def test_inputs_by_name_number_and_archive(tmp_path):
    path = add_one(tmp_path)
    x = np.array([[1, 2, 3]], F32)
    np.save(tmp_path / "x.npy", x)
    for key in ("x", "other, name", "0", "arr_0"):
        done = run(path, "--input", f"{key}={tmp_path / 'x.npy'}", "-o", tmp_path / "out.npz")
        assert done.returncode == 0, done.stderr
        with np.load(tmp_path / "out.npz") as out:
            assert list(out) == ["y"]
            np.testing.assert_array_equal(out["y"], x + 1)
    assert run("--input", f"x={tmp_path / 'x.npy'}", path).returncode == 0  # the model may come last
    np.savez_compressed(tmp_path / "in.npz", x=np.asfortranarray(x))
    assert run(path, "--inputs", tmp_path / "in.npz", "-o", tmp_path / "out.npz").returncode == 0
    with np.load(tmp_path / "out.npz") as out:
        np.testing.assert_array_equal(out["y"], x + 1)


def test_random_inputs_depend_on_the_seed_alone(tmp_path):
    path = MODELS / "resnet_thin.fq.xml"
    files = []
    for i, words in enumerate((["--seed", "3"], ["--seed", "3", "-j", "1"], ["--seed", "4"])):
        assert run(path, *words, "-o", tmp_path / f"{i}.npz").returncode == 0
        files.append((tmp_path / f"{i}.npz").read_bytes())
    assert files[0] == files[1] != files[2]


def test_comparison_of_two_models(tmp_path):
    path = MODELS / "bert_thin.fq.xml"
    assert run(path, "-o", tmp_path / "out.xml", "-q", "--mode", "weights", program=LPT_OPT).returncode == 0
    done = run(path, "--compare", tmp_path / "out.xml", "--json", "--per-layer")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["agrees"] is True
    assert report["compare"][0]["output"] == "hidden_states" and report["compare"][0]["max_rel"] < 1e-5 and report["compare"][0]["arg_max"] > 0.9
    assert all(layer["agrees"] for layer in report["layers"]) and len(report["layers"]) > 50


@pytest.mark.parametrize("tolerance", ["0", "1e-3"])
@pytest.mark.parametrize("mode", ["weights", "full"])
def test_outputs_are_judged_as_verify_judges_them(mode, tolerance, tmp_path):
    path = MODELS / "resnet_thin.fq.xml"
    verified = run(path, "-o", tmp_path / "out.xml", "--mode", mode, "--verify=1", "--tolerance", tolerance, program=LPT_OPT)
    compared = run(path, "--compare", tmp_path / "out.xml", "--tolerance", tolerance)
    assert verified.returncode == compared.returncode == 0
    words = re.search(r"^verified: (.*)$", verified.stdout, re.M)[1]
    assert f"they agree: {words}" in compared.stdout.splitlines()


def test_per_layer_names_the_layer_where_models_part(tmp_path):
    def model(factor):
        x = op.parameter([1, 4], F32, name="x")
        a = op.relu(x, name="a")
        b = op.multiply(a, op.constant(np.full((1, 1), factor, F32)), name="b")
        c = op.add(b, op.constant(np.ones((1, 1), F32)), name="c")
        return ov.Model([op.result(c, name="r")], [x], "m")

    one, two = save(model(2), tmp_path / "one.xml"), save(model(3), tmp_path / "two.xml")
    done = run(one, "--compare", two, "--per-layer")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert '  "a" (ReLU): identical' in lines
    assert any(line.startswith('* "b" (Multiply): max abs ') for line in lines)
    assert '  "c" (Add): identical' in lines
    assert "1 of 4 layers part by themselves" in lines
    assert run(one, "--compare", two, "--per-layer", "--sort", "loss").stdout.splitlines()[1].startswith('* "b" (Multiply): ')
    assert f'{two}:' in run(one, "--compare", two, "--bisect").stdout
    assert "no layer parts by itself" in run(one, "--compare", one, "--bisect").stdout.splitlines()


def test_profile_and_text(tmp_path):
    done = run(MODELS / "resnet_thin.fq.xml", "--profile", "--repeat", "2")
    assert done.returncode == 0
    assert re.search(r"^Convolution +9 +\d+\.\d{3} +\d+ %$", done.stdout, re.M)
    assert re.search(r'^"output_0" f32\[1,100\] min \S+, max \S+, mean \S+, largest at \d+$', done.stdout, re.M)
    done = run(MODELS / "resnet_thin.fq.xml", "--profile", "--json")
    told = json.loads(done.stdout)
    assert {"operation", "layers", "milliseconds"} == set(told["profile"][0])
    assert len(told["profile_layers"]) == sum(entry["layers"] for entry in told["profile"])


# -- refusals: one clear error, exit code 3


def refused(message, *args, code=3):
    done = run(*args)
    assert (done.returncode, done.stdout, done.stderr.rstrip("\n")) == (code, "", message)


def test_inputs_that_do_not_fit(tmp_path):
    path = add_one(tmp_path)
    good = np.ones((1, 3), F32)

    def given(**arrays):
        np.savez(tmp_path / "in.npz", **arrays)
        return path, "--inputs", tmp_path / "in.npz"

    refused(f'{path}: input 0 "other, name" is [2,3], should be [1,3]', *given(x=np.ones((2, 3), F32)))
    refused(f'{path}: input 0 "other, name" is f64, should be f32', *given(x=np.ones((1, 3))))
    refused(f'{path}: has no input "z"; it has "other, name"', *given(z=good))
    refused(f'{path}: input 0 "other, name" is not given', *given())
    np.save(tmp_path / "x.npy", good)
    refused(f'{path}: input "other, name" is given twice', *given(x=good), "--input", f"0={tmp_path / 'x.npy'}")
    refused("lpt-run: --input is 'x', should be NAME=FILE.npy", path, "--input", "x", code=2)


def test_damaged_arrays(tmp_path):
    path = add_one(tmp_path)
    x = tmp_path / "x.npy"
    np.save(x, np.ones((1, 3), F32))
    whole = x.read_bytes()
    x.write_bytes(whole[:-1])
    refused(f"{x}: [1,3] of f32 needs 12 bytes, has 11", path, "--input", f"x={x}")
    x.write_bytes(whole[:20])
    refused(f"{x}: is cut: its header needs 118 bytes, has 10", path, "--input", f"x={x}")
    x.write_bytes(b"no array")
    refused(f"{x}: is no .npy array", path, "--input", f"x={x}")
    np.save(x, np.ones((1, 3), ">f4"))
    refused(f'{x}: holds elements of type ">f4", which is not read', path, "--input", f"x={x}")
    huge = whole.replace(b"(1, 3)", b"(9223372036854775807, 3)").replace(b" " * 18 + b"\n", b"\n")
    x.write_bytes(huge)
    done = run(path, "--input", f"x={x}")
    assert (done.returncode, "needs more than 2^63 bytes" in done.stderr or "is cut" in done.stderr) == (3, True)
    archive = tmp_path / "in.npz"
    archive.write_bytes(b"PK\x03\x04 no archive")
    done = run(path, "--inputs", archive)
    assert done.returncode == 3 and done.stderr.startswith(f"{archive}: is no .npz archive: ")
    np.savez(archive, x=np.ones((1, 3), F32))
    damaged = bytearray(archive.read_bytes())
    damaged[damaged.index(b"\x93NUMPY") + 130] ^= 0xFF  # inside of the elements: the checksum tells
    archive.write_bytes(damaged)
    refused(f"{archive}(x.npy): is damaged", path, "--inputs", archive)
    refused(f"{tmp_path / 'none.npy'}: the file does not exist", path, "--input", f"x={tmp_path / 'none.npy'}", code=4)


def test_division_by_zero_names_the_layer(tmp_path):
    a, b = op.parameter([2], np.int32), op.parameter([2], np.int32)
    path = save(ov.Model([op.result(op.divide(a, b, name="ratio"))], [a, b], "m"), tmp_path / "m.xml")
    np.savez(tmp_path / "in.npz", np.ones(2, np.int32), np.zeros(2, np.int32))
    done = run(path, "--inputs", tmp_path / "in.npz")
    assert done.returncode == 3
    assert re.fullmatch(re.escape(str(path)) + r':\d+: "ratio" \(Divide, id 2\): divides an integer by 0\n', done.stderr)


@pytest.mark.parametrize("part, backwards", [(1, False), (1, True), (2, False), (2, True)])
def test_tensor_iterators_in_both_directions(part, backwards, tmp_path):
    x, state = op.parameter([1, part, 2], F32), op.parameter([1, 1, 2], F32)
    total = op.add(state, op.reduce_sum(x, op.constant(np.array([1], I64)), True))
    body = ov.Model([op.result(total), op.result(op.multiply(x, op.constant(F32(10))))], [x, state], "body")
    outer, first = op.parameter([1, 6, 2], F32), op.parameter([1, 1, 2], F32)
    iterator = op.tensor_iterator()
    iterator.set_body(body)
    span = (-1, -part, part, 0, 1) if backwards else (0, part, part, -1, 1)
    iterator.set_sliced_input(x, outer.output(0), *span)
    iterator.set_merged_input(state, first.output(0), body.results[0].output(0))
    last = iterator.get_iter_value(body.results[0].output(0), -1)
    joined = iterator.get_concatenated_slices(body.results[1].output(0), *span)
    running = iterator.get_concatenated_slices(body.results[0].output(0), *((-1, -1, 1, 0, 1) if backwards else (0, 1, 1, -1, 1)))
    path = save(ov.Model([op.result(last), op.result(joined), op.result(running)], [outer, first], "m"), tmp_path / "m.xml")
    arrays = [np.arange(12, dtype=F32).reshape(1, 6, 2), np.ones((1, 1, 2), F32)]
    for mine, theirs in zip(run_arrays(path, arrays, tmp_path), outputs_of(path, INT8, arrays), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("trips", [0, 1, 5])
def test_a_loop_counts_joins_and_stops(trips, tmp_path):
    counter, state = op.parameter([], I64), op.parameter([1, 2], F32)
    grown = op.add(state, op.convert(counter, "f32"))
    goes_on = op.less(op.reduce_sum(grown, op.constant(np.array([0, 1], I64)), False), op.constant(F32(11)))
    body = ov.Model([op.result(grown), op.result(goes_on)], [counter, state], "body")
    outer = op.parameter([1, 2], F32)
    loop = op.loop(op.constant(np.array(trips, I64)), op.constant(np.array(True)))
    loop.set_function(body)
    loop.set_special_body_ports([0, 1])
    loop.set_merged_input(state, outer.output(0), body.results[0].output(0))
    last = loop.get_iter_value(body.results[0].output(0), -1)
    joined = loop.get_concatenated_slices(body.results[0].output(0), 0, 1, 1, -1, 0)
    path = save(ov.Model([op.result(last), op.result(joined)], [outer], "m"), tmp_path / "m.xml")
    mine = run_arrays(path, [np.ones((1, 2), F32)], tmp_path)
    # 1 + 0, + 1, + 2, + 3: the sum of two reaches 11 with the fourth.
    values = [1, 2, 4, 7][:trips]
    np.testing.assert_array_equal(mine[0], np.full((1, 2), values[-1] if values else 1, F32))
    np.testing.assert_array_equal(mine[1], np.repeat(np.array(values, F32).reshape(-1, 1), 2, 1))


def test_an_endless_loop_stops_at_its_limit(tmp_path):
    x = op.parameter([1], F32)
    body = ov.Model([op.add(x, op.constant(np.ones(1, F32))), op.constant(np.array(True))], [x], "body")
    outer = op.parameter([1], F32)
    loop = op.loop(op.constant(np.array(-1, I64)), op.constant(np.array(True)))
    loop.set_function(body)
    loop.set_special_body_ports([-1, 1])
    loop.set_merged_input(x, outer.output(0), body.results[0].output(0))
    out = loop.get_iter_value(body.results[0].output(0), -1)
    loop.set_friendly_name("forever")
    path = save(ov.Model([op.result(out)], [outer], "m"), tmp_path / "m.xml")
    done = run(path, "--max-iterations", "100")
    assert done.returncode == 3
    assert re.fullmatch(re.escape(str(path)) + r':\d+: "forever" \(Loop, id \d+\): does not end within 100 iterations\n', done.stderr)


def test_an_operation_without_a_kernel_is_named(tmp_path):
    x = op.parameter([1, 8, 2], F32)
    path = save(ov.Model([op.result(op.dft(x, op.constant(np.array([1], I64))))], [x], "m"), tmp_path / "m.xml")
    done = run(path)
    assert done.returncode == 3
    assert re.fullmatch(re.escape(str(path)) + r':\d+: "DFT_\d+" \(DFT, id 2\): operation DFT of opset7 cannot be run; there is no kernel for it\n', done.stderr)


def test_a_shape_that_no_memory_holds(tmp_path):
    x, n = op.parameter([1], F32), op.parameter([2], I64)
    path = save(ov.Model([op.result(op.broadcast(x, n))], [x, n], "m"), tmp_path / "m.xml")
    np.savez(tmp_path / "in.npz", np.ones(1, F32), np.array([1 << 40, 1 << 20], I64))
    done = run(path, "--inputs", tmp_path / "in.npz")
    assert done.returncode == 3
    assert done.stderr.rstrip("\n").endswith("its output, [1099511627776,1048576] of f32, does not fit the memory of this machine")


def test_output_that_cannot_be_written(tmp_path):
    path = add_one(tmp_path)
    done = run(path, "-o", tmp_path / "none" / "out.npz")
    assert done.returncode == 4
    assert done.stderr.startswith(f"{tmp_path / 'none' / 'out.npz'}: cannot create a file in ")
    done = run(path, "-o", "/dev/full")
    assert (done.returncode, done.stderr) == (4, "/dev/full: is in a folder of devices, should be a file elsewhere\n")
    refused(f"{tmp_path / 'none.xml'}: the file does not exist", tmp_path / "none.xml", code=4)


def test_usage():
    assert run("--help").returncode == 0
    assert run("--version").stdout.startswith("lpt-run ")
    refused("lpt-run: no model given; lpt-run --help shows how it is called", code=2)
    for flag in ("--per-layer", "--bisect"):
        refused(f"lpt-run: {flag} compares two models; --compare names the other one", MODELS / "gru.fq.xml", flag, code=2)
    refused("lpt-run: --sort sorts what --per-layer lists", MODELS / "gru.fq.xml", "--sort", "loss", code=2)
    refused("lpt-run: --sort is 'name', should be loss", MODELS / "gru.fq.xml", "--sort", "name", code=2)
    for option, text, wanted in (("--repeat", "0", "1 to 1000000"), ("--max-iterations", "0", "1 to 9223372036854775807"), ("--tolerance", "nan", "0 or more"),
                                 ("--seed", "99999999999999999999", "0 to 18446744073709551615"), ("--seed", "-1", "0 to 18446744073709551615")):
        refused(f"lpt-run: {option} is '{text}', should be {wanted}", MODELS / "gru.fq.xml", option, text, code=2)
    refused("lpt-run: --json takes no value, is given '3'", MODELS / "gru.fq.xml", "--json=3", code=2)
