"""The full pipeline, with OpenVINO as the judge: what runs in int8, how far the outputs move, what is left in float."""
import xml.etree.ElementTree as ET

import numpy as np
import openvino as ov
import openvino.opset14 as op
import pytest
from conftest import MODELS, PROGRAM, Compiled, bits, convert, inputs_for, save
from openvino._offline_transformations import compress_quantize_weights_transformation as compress
from lpt_opt.judge import IN_F32, SIMULATION, Judge, decibels, judge_modes, weights_size

F32 = np.float32


def outputs(path, values, config=SIMULATION):
    compiled = ov.Core().compile_model(str(path), "CPU", config)
    result = compiled(values)
    return [np.array(result[i]) for i in range(len(compiled.outputs))]


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.xml")), ids=lambda p: p.stem)
def test_a_real_model_runs_in_int8_as_before_and_no_noisier(tmp_path, path):
    judge = Judge(path)
    assert judge.integers
    assert not judge_modes(PROGRAM, judge, tmp_path, ["full"])
    compressed = ov.Core().read_model(path)
    compress(compressed)
    ov.serialize(compressed, tmp_path / "ov.xml")
    assert weights_size(tmp_path / "full.xml") <= 1.01 * weights_size(tmp_path / "ov.xml")


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.xml")), ids=lambda p: p.stem)
def test_a_converted_model_is_left_as_it_is(tmp_path, path):
    for dialect in ("openvino", "type-relaxed"):
        once, twice = tmp_path / f"{dialect}1.xml", tmp_path / f"{dialect}2.xml"
        convert(path, once, "--dialect", dialect)
        assert "already converted, nothing changed" in convert(once, twice, "--dialect", dialect).stdout
        assert once.read_bytes() == twice.read_bytes()
        assert once.with_suffix(".bin").read_bytes() == twice.with_suffix(".bin").read_bytes()


def layers(path):
    """Every layer as (type, element types of its inputs, of its first output), constants and shapes aside."""
    tree = ET.parse(path)
    by_id = {layer.get("id"): layer for layer in tree.find("layers")}
    sources = {}
    for edge in tree.find("edges"):
        sources.setdefault(edge.get("to-layer"), []).append((int(edge.get("to-port")), by_id[edge.get("from-layer")], edge.get("from-port")))
    found = []
    for key, layer in by_id.items():
        types = tuple(next(p.get("precision") for p in source.find("output") if p.get("id") == port) for _, source, port in sorted(sources.get(key, []), key=lambda s: s[0]))
        result = layer.find("output")
        if layer.get("type") not in ("Const", "Result"):
            found.append((layer.get("type"), types, result[0].get("precision")))
    return found


def test_type_relaxed_spells_the_integer_graph_out(tmp_path):
    # What OpenVINO's own passes make of this model, read from its serializer's output.
    convert(MODELS / "ssd_thin.fq.xml", tmp_path / "out.xml", "--dialect", "type-relaxed")
    found = layers(tmp_path / "out.xml")
    assert found.count(("Convolution", ("U8", "I8"), "FP32")) + found.count(("Convolution", ("FP32", "I8"), "FP32")) == 5
    assert found.count(("Subtract", ("U8", "U8"), "FP32")) == 1
    assert not [layer for layer in found if layer[0] == "Convert"]
    with pytest.raises(RuntimeError, match="type_relaxed"):
        ov.Core().read_model(tmp_path / "out.xml")


# -- forms that models bring


def constant(values):
    return op.constant(np.asarray(values, F32))


def half(values):
    return op.convert(op.constant(np.asarray(values, np.float16)), "f32")


def quantize(x, low, high, make=constant, levels=256):
    return op.fake_quantize(x, make(low), make(high), make(low), make(high), levels)


def convolution(x, channels, out, make=constant):
    rng = np.random.default_rng(channels)
    weights = rng.normal(0, 0.3, (out, channels, 3, 3))
    most = np.abs(weights).max((1, 2, 3), keepdims=True)
    return op.convolution(x, quantize(make(weights), -most, most, make, 255), [1, 1], [1, 1], [1, 1], [1, 1])


def network(x, make=constant):
    hidden = op.relu(op.add(convolution(quantize(x, -2.0, 1.984375, make), 3, 8, make), constant(np.linspace(-1, 1, 8).reshape(1, 8, 1, 1))))
    return convolution(quantize(hidden, 0.0, 3.0, make), 8, 4, make)


def dynamic_shape():
    x = op.parameter([-1, 3, -1, -1], F32)
    return ov.Model([op.result(network(x))], [x], "m")


def half_constants():
    x = op.parameter([1, 3, 8, 8], F32)
    return ov.Model([op.result(network(x, half))], [x], "m")


def half_dequantization():
    x = op.parameter([1, 3, 8, 8], F32)
    stored = np.random.default_rng(1).integers(-127, 128, (4, 3, 3, 3)).astype(np.int8)
    weights = op.convert(op.multiply(op.convert(op.constant(stored), "f16"), op.constant(np.full((4, 1, 1, 1), 0.0078125, np.float16))), "f32")
    return ov.Model([op.result(op.convolution(quantize(x, -2.0, 1.984375), weights, [1, 1], [1, 1], [1, 1], [1, 1]))], [x], "m")


def bodies():
    condition, x = op.parameter([], bool), op.parameter([1, 3, 8, 8], F32)
    inner = [op.parameter([1, 3, 8, 8], F32) for _ in range(2)]
    then_body, else_body = (ov.Model([op.result(network(p))], [p], "b") for p in inner)
    node = op.if_op(condition)
    node.set_then_body(then_body)
    node.set_else_body(else_body)
    node.set_input(x.output(0), *inner)
    return ov.Model([op.result(node.set_output(then_body.results[0], else_body.results[0]))], [condition, x], "m")


def spelled_out(signed):
    """QuantizeLinear and DequantizeLinear, as OpenVINO's ONNX frontend converts them."""

    def both(x, scale, zero):
        low, high = (-128, 127) if signed else (0, 255)
        node = op.fake_quantize(x, constant((low - zero) * scale), constant((high - zero) * scale), constant(low), constant(high), 256)
        kind = np.int8 if signed else np.uint8
        real = op.convert(op.convert(node, "i8" if signed else "u8"), "f32")
        return op.multiply(op.subtract(real, op.convert(op.constant(kind(zero)), "f32")) if zero else real, constant(scale))

    x = op.parameter([1, 3, 8, 8], F32)
    stored = np.random.default_rng(1).integers(-127, 128, (8, 3, 3, 3)).astype(np.int8)
    weights = op.multiply(op.convert(op.constant(stored), "f32"), constant(np.full((8, 1, 1, 1), 0.01237)))
    hidden = op.relu(op.convolution(both(x, 0.02, -3 if signed else 128), weights, [1, 1], [1, 1], [1, 1], [1, 1]))
    pooled = op.max_pool(both(hidden, 0.03, 0), [2, 2], [1, 1], [0, 0], [0, 0], [2, 2], "floor", None, "i64", 2).output(0)
    return ov.Model([op.result(convolution(both(pooled, 0.03, 0), 8, 4))], [x], "m")


def of_halves(kind):
    """Two Convolutions on edges of f16 or bf16."""
    rng = np.random.default_rng(3)
    half = lambda values: op.constant(np.asarray(values, F32), dtype=kind)
    x = op.parameter([1, 8, 12, 12], kind)
    value = x
    for _ in range(2):
        end = rng.uniform(0.2, 0.6, (8, 1, 1, 1))
        weights = op.fake_quantize(half(rng.normal(0, 0.2, (8, 8, 3, 3))), *(half(e) for e in (-end, end, -end, end)), 255)
        scaled = op.multiply(op.fake_quantize(value, *(half(e) for e in (0, 2.55, 0, 2.55)), 256), half(1.1))
        value = op.relu(op.convolution(scaled, weights, [1, 1], [1, 1], [1, 1], [1, 1]))
    return ov.Model([op.result(value)], [x], "halves")


HALVES = pytest.mark.parametrize("kind", [ov.Type.f16, ov.Type.bf16], ids=["f16", "bf16"])


def sizes_of(*paths):
    return [path.with_suffix(".bin").stat().st_size for path in paths]


@HALVES
def test_weights_of_a_graph_of_halves_run_bit_for_bit_as_before(tmp_path, kind):
    source, target = save(of_halves(kind), tmp_path / "in.xml"), tmp_path / "out.xml"
    convert(source, target, "--mode", "weights", "--verify")
    before, after = Compiled(source), Compiled(target)
    assert sizes_of(target)[0] < 0.6 * sizes_of(source)[0]
    assert after.integer_layers() == before.integer_layers()
    values = [ov.Tensor(kind, [1, 8, 12, 12])]
    values[0].data.view(np.uint16)[:] = np.random.default_rng(1).integers(0, 2, (1, 8, 12, 12)) * (0x3C00 if kind == ov.Type.f16 else 0x3F80)
    assert bits(after.outputs(values)) == bits(before.outputs(values))


@HALVES
def test_a_graph_of_halves_gets_its_integers(tmp_path, kind):
    source, target, relaxed = save(of_halves(kind), tmp_path / "in.xml"), tmp_path / "out.xml", tmp_path / "relaxed.xml"
    for path, dialect in ((target, "openvino"), (relaxed, "type-relaxed")):
        assert "2 of 2 operations in low precision" in convert(source, path, "--dialect", dialect, "--verify").stdout
    assert max(sizes_of(target, relaxed)) < 0.6 * sizes_of(source)[0]
    assert [types for layer, types, _ in layers(relaxed) if layer == "Convolution"] == [("U8", "I8")] * 2
    before, after = Compiled(source), Compiled(target)
    assert after.integer_layers() == {"Convolution": 2}  # none before: the scale stands in front of the kernel
    for was, now in zip(before.model.inputs + before.model.outputs, after.model.inputs + after.model.outputs):
        assert (was.get_names(), was.get_element_type()) == (now.get_names(), now.get_element_type())


def test_a_graph_of_halves_of_version_10_has_the_same_function(tmp_path):
    source, target = save(of_halves(ov.Type.f16), tmp_path / "in.xml"), tmp_path / "out.xml"
    source.write_text(source.read_text().replace('version="11"', 'version="10"', 1))
    convert(source, target)
    values = [np.random.default_rng(1).uniform(0, 2, (1, 8, 12, 12)).astype(F32)]
    for config in (SIMULATION, IN_F32):
        assert decibels(outputs(source, values), outputs(target, values, config)) > 60


def stored_weights(rng, outputs, inputs):
    """As NNCF stores them: i8 with f16 scales behind a Convert."""
    stored = op.constant(rng.integers(-127, 128, (outputs, inputs, 3, 3)).astype(np.int8))
    return op.multiply(op.convert(stored, "f32"), half(rng.uniform(0.001, 0.003, (outputs, 1, 1, 1))))


def above_quantization(value, rng):
    return op.add(op.multiply(value, half(rng.uniform(0.5, 2, (1, 32, 1, 1)))), half(rng.normal(0, 1, (1, 32, 1, 1))))


def real_weights(value, rng):
    turned = op.transpose(op.unsqueeze(half(rng.normal(0, 1, (3, 3, 32))), op.constant([0])), op.constant([3, 0, 1, 2]))
    kernel = op.reshape(turned, op.constant([32, 1, 1, 3, 3]), False)
    return op.group_convolution(value, kernel, [1, 1], [1, 1], [1, 1], [1, 1])


def grid(value, rng):
    return op.add(value, op.broadcast(half(rng.normal(0, 1, (1, 1, 12, 12))), op.constant([1, 32, 12, 12])))


@pytest.mark.parametrize("middle", [above_quantization, real_weights, grid], ids=lambda f: f.__name__)
def test_stored_weights_with_half_scales_do_not_grow(tmp_path, middle):
    rng = np.random.default_rng(4)
    x = op.parameter([1, 16, 12, 12], F32)
    hidden = op.relu(op.convolution(quantize(x, 0.0, 2.55), stored_weights(rng, 32, 16), [1, 1], [1, 1], [1, 1], [1, 1]))
    value = op.convolution(quantize(middle(hidden, rng), -1.28, 1.27), stored_weights(rng, 8, 32), [1, 1], [1, 1], [1, 1], [1, 1])
    source, target = save(ov.Model([op.result(value)], [x], "m"), tmp_path / "in.xml"), tmp_path / "out.xml"
    convert(source, target, "--verify")
    assert target.with_suffix(".bin").stat().st_size <= source.with_suffix(".bin").stat().st_size
    before, after = Compiled(source), Compiled(target)
    assert after.integer_layers() == before.integer_layers()
    values = inputs_for(before.model)
    assert decibels(before.outputs(values), after.outputs(values)) > 60


@pytest.mark.parametrize("make, layers", [(dynamic_shape, 2), (half_constants, 2), (half_dequantization, 1), (bodies, 4), (lambda: spelled_out(False), 2), (lambda: spelled_out(True), 2)],
                         ids=["dynamic", "f16", "f16-dequantization", "bodies", "qdq-u8", "qdq-i8"])
def test_every_form_goes_through_the_whole_pipeline(tmp_path, make, layers):
    model = make()
    source = save(model, tmp_path / "in.xml")
    for dialect in ("openvino", "type-relaxed"):
        done = convert(source, tmp_path / f"{dialect}.xml", "--dialect", dialect, "--verify")
        assert f"{layers} of {layers} operations in low precision" in done.stdout
    before, after = Compiled(source), Compiled(tmp_path / "openvino.xml")
    assert after.integer_layers() == before.integer_layers()
    values = inputs_for(before.model)
    assert decibels(before.outputs(values), after.outputs(values)) > 60


# -- what the runtime makes of certain forms


# Stored as four dimensions, the weights of these would be taken for those of a MatMul of other axes.
@pytest.mark.parametrize("order", [(0, 1, 3, 2), (0, 2, 3, 1), (0, 3, 1, 2)])
@pytest.mark.parametrize("before", [True, False])
def test_a_transpose_beside_a_pointwise_convolution_keeps_its_order(tmp_path, order, before):
    x = op.parameter([1, 8, 8, 8], F32)
    weights = quantize(constant(np.random.default_rng(0).normal(0, 0.3, (8, 8, 1, 1))), -1.27, 1.27, levels=255)
    transpose = lambda value: op.transpose(value, op.constant(np.array(order)))
    y = op.convolution(transpose(x) if before else x, weights, [1, 1], [0, 0], [0, 0], [1, 1])
    path, target = tmp_path / "m.xml", tmp_path / "o.xml"
    save(ov.Model([y if before else transpose(y)], [x]), path)
    convert(path, target)
    values = inputs_for(ov.Core().read_model(path))
    assert np.allclose(outputs(path, values, IN_F32)[0], outputs(target, values, IN_F32)[0], atol=1e-4)


# What the conversion stores is still its own where the model transposes or reshapes it behind the FakeQuantize.
@pytest.mark.parametrize("move", ["transpose", "reshape"])
def test_moved_weights_of_a_pointwise_convolution_beside_a_transpose(tmp_path, move):
    rng = np.random.default_rng(0)
    weights = [quantize(constant(rng.normal(0, 0.3, (8, 8, 1, 1))), -1.27, 1.27, levels=255) for _ in range(2)]
    moved = op.transpose(weights[1], op.constant([1, 0, 2, 3])) if move == "transpose" else op.reshape(op.reshape(weights[1], op.constant([64]), False), op.constant([8, 8, 1, 1]), False)
    x = op.parameter([1, 8, 8, 8], F32)
    pointwise = lambda data, kernel: op.convolution(data, kernel, [1, 1], [0, 0], [0, 0], [1, 1])
    turned = op.transpose(pointwise(x, moved), op.constant([0, 3, 1, 2]))
    path, target = tmp_path / "m.xml", tmp_path / "o.xml"
    save(ov.Model([pointwise(quantize(x, -2.0, 1.984375), weights[0]), turned], [x]), path)
    convert(path, target)
    values = inputs_for(ov.Core().read_model(path))
    for was, now in zip(outputs(path, values, {}), outputs(target, values, {})):
        assert np.abs(was - now).max() < 0.02 * np.abs(was).max()  # which may be computed in bf16


# Each of them has its own dequantization: OpenVINO finds no integers where two share a Convert.
def test_convolutions_that_share_their_weights_stay_in_int8(tmp_path):
    x = op.parameter([1, 8, 8, 8], F32)
    weights = quantize(constant(np.random.default_rng(0).normal(0, 0.3, (8, 8, 3, 3))), -1.27, 1.27, levels=255)
    y = x
    for high in (2.55, 5.1):
        y = op.relu(op.convolution(quantize(y, 0, high), weights, [1, 1], [1, 1], [1, 1], [1, 1]))
    path, target = tmp_path / "m.xml", tmp_path / "o.xml"
    save(ov.Model([op.result(y)], [x]), path)
    convert(path, target)
    assert Compiled(path).integer_layers()["Convolution"] == Compiled(target).integer_layers()["Convolution"] == 2


# With ends of different shapes OpenVINO would quantize all channels by the scale of the first.
@pytest.mark.parametrize("join", [False, True])
def test_ranges_of_channels_survive_the_runtime(tmp_path, join):
    x = op.parameter([1, 2, 8, 8], F32)
    if join:
        high = constant(np.array([2.0, 0.5, 1.0, 0.25]).reshape(1, 4, 1, 1))
        y = op.fake_quantize(op.concat([op.relu(x), x], 1), constant(0), high, constant(0), high, 256)
    else:
        y = op.multiply(quantize(x, 0, 2.55), constant(np.array([2.0, 0.1]).reshape(1, 2, 1, 1)))
    path, target = tmp_path / "m.xml", tmp_path / "o.xml"
    save(ov.Model([op.result(y)], [x]), path)
    convert(path, target)
    values = inputs_for(ov.Core().read_model(path))
    assert decibels(outputs(path, values), outputs(target, values, IN_F32)) > 60
