"""The command line of lpt-diff: what people and CI jobs see."""
import json
import xml.etree.ElementTree as ET

import numpy as np
import openvino as ov
import pytest
from openvino import opset13 as op
from conftest import MODELS, convert, run


def const(values):
    return op.constant(np.asarray(values, np.float32))


@pytest.fixture
def pair(tmp_path):
    """A quantized convolution of two channels, and what it became by hand: steps of 1/2 and 1/4."""
    x = op.parameter([1, 2, 4, 4], np.float32, name="x")
    x.output(0).set_names({"x"})
    fake = op.fake_quantize(x, const(-16), const(15.875), const(-16), const(15.875), 256)
    fake.set_friendly_name("fake")
    weights = op.fake_quantize(const([[[[31.75]], [[1]]]]), const(-31.75), const(31.75), const(-31.75), const(31.75), 255)
    weights.set_friendly_name("weights")
    conv = op.convolution(fake, weights, [1, 1], [0, 0], [0, 0], [1, 1])
    conv.set_friendly_name("conv")
    result = op.result(conv)
    result.set_friendly_name("out")
    before = tmp_path / "before.xml"
    ov.save_model(ov.Model([result], [x], "m"), before, compress_to_fp16=False)

    x = op.parameter([1, 2, 4, 4], np.float32, name="x")
    x.output(0).set_names({"x"})
    fake = op.fake_quantize(x, const(-16), const(15.875), const(-128), const(127), 256)
    fake.set_friendly_name("fake")
    stored = op.convert(op.constant(np.array([[[[127]], [[4]]]], np.int8)), np.float32)
    stored.set_friendly_name("weights/convert")
    weights = op.multiply(stored, const(.25))
    weights.set_friendly_name("weights")
    conv = op.convolution(fake, weights, [1, 1], [0, 0], [0, 0], [1, 1])
    conv.set_friendly_name("conv")
    scaled = op.multiply(conv, const(.125))
    scaled.set_friendly_name("scaled")
    result = op.result(scaled)
    result.set_friendly_name("out")
    after = tmp_path / "after.xml"
    ov.save_model(ov.Model([result], [x], "m"), after, compress_to_fp16=False)
    return before, after


def sections(text):
    """The lines behind the table."""
    return text.split("\n\n", 1)[1]


def test_text(pair):
    done = run(*pair, "--ignore", "names")
    assert (done.returncode, done.stderr) == (1, "")
    assert sections(done.stdout) == """\
weights stored in low precision, equal bit for bit
  ~ "conv" (Convolution)   weights f32[1,2,1,1] under FakeQuantize of 255 levels -> i8[1,2,1,1], scale 0.25 (with 9 layers)
activations as integers
  ~ "fake" (FakeQuantize)   output -16...15.88 -> -128...127, times 8, scale 0.125 (with 2 layers)
dequantization stands here now
  + "scaled" (Multiply)   scale 0.125 behind "conv" (Convolution), in front of "out" (Result) (with 1 layer)
outputs: 1, same names, same types and shapes
"""
    table = done.stdout.split("\n\n", 1)[0].splitlines()
    assert table[0].split() == ["before", "after", "change"]
    weights = [path.with_suffix(".bin").stat().st_size for path in pair]
    change = f"{100 * (weights[1] / weights[0] - 1):+.0f} %"
    assert table[2].split("bytes")[1].split(None, 2) == [*map(str, weights), change]
    layers = [len(ET.parse(path).getroot().find("layers")) for path in pair]
    assert table[1].split() == ["layers", *map(str, layers)] + ([f"{layers[1] - layers[0]:+}"] if layers[0] != layers[1] else [])


def test_markdown(pair):
    done = run(*pair, "--format", "md")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[2:4] == ["| | before | after | change |", "|---|--:|--:|--:|"]
    assert "**weights stored in low precision, equal bit for bit**" in lines
    assert "- `+` \"scaled\" \\(Multiply\\): scale 0.125 behind \"conv\" \\(Convolution\\), in front of \"out\" \\(Result\\) (with 1 layer)" in lines


def test_json(pair):
    done = run(*pair, "--ignore", "names", "--format", "json")
    report = json.loads(done.stdout)
    assert (report["format"], report["version"], report["same"]) == ("lpt-diff", 1, False)
    assert report["before"]["file"] == str(pair[0])
    assert [m["kind"] for m in report["meanings"]] == ["stored", "activations", "dequantization"]
    stored = report["meanings"][0]
    assert stored["before"]["name"] == stored["after"]["name"] == "conv"
    lines = pair[1].read_text().splitlines()
    assert 'name="conv"' in lines[stored["after"]["line"] - 1]
    assert stored["values"] == {"elements": 2, "differing": 0, "max_abs": 0, "mean_abs": 0, "sqnr_db": None, "worst_channel": 0}
    assert "layers" not in report and "layers" in json.loads(run(*pair, "--format", "json", "--all").stdout)


def test_one_layer_with_its_neighbourhood(pair):
    done = run(*pair, "--layer", "scaled")
    assert done.returncode == 1
    text = sections(done.stdout)
    assert text.startswith("dequantization stands here now\n  + \"scaled\" (Multiply)")
    assert "weights" not in text.split("\n\nafter\n")[0]
    after = text.split("\n\nafter\n")[1]
    assert [line.split(" = ")[0] for line in after.splitlines()] == ["conv", next(line for line in after.splitlines() if "0.125" in line).split(" = ")[0], "scaled", "out"]


def test_lists_are_cut_with_a_count_unless_all_is_asked_for(tmp_path):
    source = MODELS / "resnet_thin.fq.xml"
    target = convert(source, tmp_path / "out.xml")
    cut, all = run(source, target).stdout, run(source, target, "--all").stdout
    assert "  ... and 7 more; --all shows them\n" in cut
    assert "--all" not in all
    assert len(cut.splitlines()) <= 40
    assert len(run(source, convert(source, tmp_path / "relaxed.xml", "--dialect", "type-relaxed")).stdout.splitlines()) <= 40


def test_quiet_says_it_by_the_exit_code(pair):
    assert run(*pair, "-q").stdout == "" and run(*pair, "-q").returncode == 1
    assert run(pair[0], pair[0], "-q").returncode == 0


def test_what_is_ignored(pair):
    renamed = pair[0].with_name("renamed.xml")
    renamed.write_text(pair[0].read_text().replace('name="conv"', 'name="other"'))
    renamed.with_suffix(".bin").write_bytes(pair[0].with_suffix(".bin").read_bytes())
    assert run(pair[0], renamed).returncode == 1
    assert run(pair[0], renamed, "--ignore", "rt_info,names").returncode == 0


@pytest.mark.parametrize("args, message", [
    ([], "two models are needed; lpt-diff --help shows how it is called\n"),
    (["a.xml"], "two models are needed; lpt-diff --help shows how it is called\n"),
    (["a.xml", "b.xml", "--ignore", "name"], "--ignore is 'name', should be one of names, rt_info, constants, order; did you mean 'names'?\n"),
    (["a.xml", "b.xml", "--format", "yaml"], "--format is 'yaml', should be one of text, json, md\n"),
    (["a.xml", "b.xml", "--all=3"], "--all takes no value, is given '3'\n"),
])
def test_wrong_usage(args, message):
    done = run(*args)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "lpt-diff: " + message)


def test_a_layer_that_nobody_has(pair):
    done = run(*pair, "--layer", "scale")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "lpt-diff: no layer \"scale\" in either model, did you mean \"scaled\"?\n")


def test_files_that_are_not_there_or_no_models(pair, tmp_path):
    missing = tmp_path / "missing.xml"
    done = run(pair[0], missing)
    assert (done.returncode, done.stdout) == (4, "") and str(missing) in done.stderr
    missing.write_text("<net")
    done = run(missing, pair[0])
    assert (done.returncode, done.stdout) == (3, "") and str(missing) in done.stderr
    cut = pair[1].with_suffix(".bin")
    cut.write_bytes(cut.read_bytes()[:-3])
    assert run(*pair).returncode == 3


def test_names_cannot_command_the_terminal(pair):
    hostile = pair[0].with_name("hostile.xml")
    hostile.write_text(pair[0].read_text().replace('name="conv"', 'name="a&#10;b&#x9b;31m`*|&lt;b>"'))
    hostile.with_suffix(".bin").write_bytes(pair[0].with_suffix(".bin").read_bytes())
    text = run(pair[0], hostile).stdout
    assert "a\\nb\\x9b31m`*|<b>" in text and "\x9b" not in text
    assert "\x9b" not in run(pair[0], hostile, "--layer", "a\nb\x9b31m`*|<b>").stdout
    assert "a\\\\nb\\\\x9b31m\\`\\*\\|\\<b\\>" in run(pair[0], hostile, "--format", "md").stdout
    names = [m["after"]["name"] for m in json.loads(run(pair[0], hostile, "--format", "json").stdout)["meanings"]]
    assert names == ["a\nb\x9b31m`*|<b>"]  # as it is, escaped by JSON


def test_models_that_have_nothing_in_common(pair):
    done = run(pair[0], MODELS / "gru.fq.xml")
    assert (done.returncode, done.stderr) == (1, "")


def weight_only(values, path):
    x = op.parameter([1, 8], np.float32, name="x")
    product = op.matmul(x, values, False, True)
    product.set_friendly_name("fc")
    result = op.result(product)
    result.set_friendly_name("out")
    model = ov.Model([result], [x], "m")
    model.outputs[0].set_names({"y"})
    ov.save_model(model, path, compress_to_fp16=False)
    return path


def test_low_bit_weights_against_float_ones(tmp_path):
    """A group of four has one scale. 0.6 is 1.2 steps of 0.5."""
    floats = np.array([[.5, 1, -3.5, 3], [2, -1, 7, .6]] * 2, np.float32).reshape(2, 8)
    before = weight_only(op.constant(floats), tmp_path / "f32.xml")
    stored = op.convert(op.constant(np.array([[[1, 2, -7, 6], [2, -1, 7, 1]]] * 2, np.int8), dtype=ov.Type.i4), np.float16)
    grouped = op.multiply(stored, op.constant(np.array([[[.5], [1]]] * 2, np.float16)))
    after = weight_only(op.convert(op.reshape(grouped, op.constant(np.array([2, 8])), False), np.float32), tmp_path / "i4.xml")
    lines = sections(run(before, after, "--ignore", "names").stdout).splitlines()
    assert lines[:2] == [
        "weights stored in low precision, not equal",
        '  ~ "fc" (MatMul)   weights f32[2,8] -> i4[2,8], a scale for each group of 4; 2 of 16 differ, by at most 0.4, 0.05 in the mean, '
        f"SQNR {10 * np.log10((floats ** 2).sum() / .32):.1f} dB, worst channel 0 (with 7 layers)"]
    for form, values, scale in (("nf4", [1, -1, 1, 0] * 4, 7), ("f4e2m1", [1, -3, 6, .5] * 4, .5), ("u8", [1, 0, 255, 7] * 4, .25)):
        stored = op.convert(op.constant(np.array(values, np.float32 if form != "u8" else np.uint8).reshape(2, 8), dtype=getattr(ov.Type, form)), np.float32)
        after = weight_only(op.multiply(stored, op.constant(np.full((2, 1), scale, np.float32))), tmp_path / f"{form}.xml")
        exact = weight_only(op.constant(np.array(values, np.float32).reshape(2, 8) * np.float32(scale)), tmp_path / "exact.xml")
        lines = sections(run(exact, after, "--ignore", "names").stdout).splitlines()
        assert lines[:2] == ["weights stored in low precision, equal bit for bit", f'  ~ "fc" (MatMul)   weights f32[2,8] -> {form}[2,8], scale {scale} (with 4 layers)']
