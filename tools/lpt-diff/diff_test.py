"""lpt-diff: equal models are equal however they are written, a change is named as what it is, and a report is complete."""
import copy
import pathlib
import random
import xml.etree.ElementTree as ET

import numpy as np
import openvino as ov
import pytest
from conftest import MODELS, apply_report, convert, diff_json, read_ir, run

NAMES = sorted(path.stem for path in MODELS.glob("*.xml"))
SMALL = ["resnet_thin.fq", "bert_thin.fq", "lstm.fq", "ssd_thin.fq", "vit_thin.fq", "unet_thin.fq"]


class Ir:
    """A model to change."""

    def __init__(self, path):
        path = pathlib.Path(path)
        self.tree = ET.parse(path)
        self.weights = bytearray(path.with_suffix(".bin").read_bytes())
        self.root = self.tree.getroot()
        self.layers, self.edges = self.root.find("layers"), self.root.find("edges")

    def save(self, path):
        self.tree.write(path)
        path.with_suffix(".bin").write_bytes(self.weights)
        return path

    def of_type(self, *types):
        return [layer for layer in self.layers if layer.get("type") in types]

    def by_id(self, id):
        return next(layer for layer in self.layers if layer.get("id") == id)

    def edge_into(self, layer, port):
        id = layer.findall("input/port")[port].get("id")
        return next(e for e in self.edges if e.get("to-layer") == layer.get("id") and e.get("to-port") == id)

    def source(self, layer, port):
        return self.by_id(self.edge_into(layer, port).get("from-layer"))

    def readers(self, layer):
        return [e for e in self.edges if e.get("from-layer") == layer.get("id")]

    def new_id(self):
        return str(1 + max(int(layer.get("id")) for layer in self.layers))


def shape(layer):
    return [dim.text for dim in layer.find("output/port").findall("dim")]


# --- no difference


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_itself(name):
    path = MODELS / f"{name}.xml"
    done = run(path, path)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{path} -> {path}: no difference\n", "")


@pytest.mark.parametrize("name", NAMES)
def test_what_openvino_writes_of_it_is_the_same(name, tmp_path):
    path = MODELS / f"{name}.xml"
    ov.save_model(ov.Core().read_model(path), tmp_path / "again.xml", compress_to_fp16=False)
    done = run(path, tmp_path / "again.xml")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def shuffled(path, target, seed):
    """Layers in another order and with other numbers, but for the order of inputs and outputs."""
    ir = Ir(path)
    rng = random.Random(seed)
    layers = list(ir.layers)
    order = layers[:]
    rng.shuffle(order)
    for type in ("Parameter", "Result"):
        places = [i for i, layer in enumerate(order) if layer.get("type") == type]
        for place, layer in zip(places, [layer for layer in layers if layer.get("type") == type]):
            order[place] = layer
    numbers = {layer.get("id"): str(i * 3 + 7) for i, layer in enumerate(order)}
    for layer in order:
        layer.set("id", numbers[layer.get("id")])
    ir.layers[:] = order
    for edge in ir.edges:
        edge.set("from-layer", numbers[edge.get("from-layer")])
        edge.set("to-layer", numbers[edge.get("to-layer")])
    edges = list(ir.edges)
    rng.shuffle(edges)
    ir.edges[:] = edges
    return ir.save(target)


@pytest.mark.parametrize("name", NAMES)
def test_order_and_numbers_do_not_count(name, tmp_path):
    path = MODELS / f"{name}.xml"
    for seed in range(2):
        done = run(path, shuffled(path, tmp_path / "shuffled.xml", seed))
        assert done.returncode == 0, done.stdout


# --- one change


def change_attribute(ir, rng):
    layer = rng.choice(ir.of_type("SoftMax", "MaxPool", "Convolution", "MVN", "Transpose", "MatMul", "LSTMSequence"))
    name, value = {"SoftMax": ("axis", "0"), "MaxPool": ("axis", "1"), "Convolution": ("auto_pad", "notset"), "MVN": ("eps", "0.25"),
                   "MatMul": ("rt_note", "1"), "LSTMSequence": ("clip", "0.5"), "Transpose": ("note", "1")}[layer.get("type")]
    data = layer.find("data")
    if data is None:
        data = ET.Element("data")
        layer.insert(0, data)
    data.set(name, value)
    return "attributes", layer.get("name")


def change_edge(ir, rng):
    """An input of a sum reads another value of equal shape from above."""
    candidates = []
    seen = {}
    for layer in ir.layers:
        if layer.get("type") == "Add" and shape(layer) in seen.values():
            for port in (0, 1):
                source = ir.source(layer, port)
                others = [id for id, dims in seen.items() if dims == shape(layer) and id != source.get("id")]
                if source.get("id") in others or shape(source) != shape(layer) or not others:
                    continue
                candidates.append((layer, port, others))
        if layer.get("type") in ("ReLU", "Add", "FakeQuantize", "Convolution", "MatMul", "Gelu") and len(layer.findall("output/port")) == 1:
            if layer.get("type") != "FakeQuantize" or ir.source(layer, 0).get("type") != "Const":
                seen[layer.get("id")] = shape(layer)
    candidates = [c for c in candidates if ir.source(c[0], c[1]).get("type") != "Const"] or candidates
    layer, port, others = rng.choice(candidates)
    above = [id for id in others if int(id) < int(layer.get("id")) and ir.by_id(id) is not ir.source(layer, 1 - port)]
    edge = ir.edge_into(layer, port)
    new = ir.by_id(rng.choice(above))
    edge.set("from-layer", new.get("id"))
    edge.set("from-port", new.find("output/port").get("id"))
    return "rewired", layer.get("name")


def change_byte(ir, rng):
    layer = rng.choice([l for l in ir.of_type("Add") if ir.source(l, 1).get("type") == "Const" and int(ir.source(l, 1).find("data").get("size")) > 8])
    data = ir.source(layer, 1).find("data")
    at = int(data.get("offset")) + 4 * rng.randrange(int(data.get("size")) // 4) + 2
    ir.weights[at] ^= 0x20
    return "constants", layer.get("name")


def change_name(ir, rng):
    layer = rng.choice(ir.of_type("Convolution", "MatMul", "Add", "ReLU"))
    layer.set("name", "another name")
    return "renamed", "another name"


def change_tensor_name(ir, rng):
    layer = rng.choice([l for l in ir.layers if l.get("type") not in ("Result", "Parameter", "Const")])
    port = layer.find("output/port")
    port.set("names", (port.get("names", "") + ",another").strip(","))
    return "renamed", layer.get("name")


def insert_layer(ir, rng):
    layer = rng.choice(ir.of_type("Convolution", "MatMul", "Add"))
    output = copy.deepcopy(layer.find("output/port"))
    output.attrib.pop("names", None)
    new = ET.SubElement(ir.layers, "layer", id=ir.new_id(), name="new sigmoid", type="Sigmoid", version="opset1")
    source, target = copy.deepcopy(output), copy.deepcopy(output)
    source.set("id", "0"), target.set("id", "1")
    ET.SubElement(new, "input").append(source)
    ET.SubElement(new, "output").append(target)
    for edge in ir.readers(layer):
        edge.set("from-layer", new.get("id"))
        edge.set("from-port", "1")
    edge = {"from-layer": layer.get("id"), "from-port": output.get("id"), "to-layer": new.get("id"), "to-port": "0"}
    ET.SubElement(ir.edges, "edge", edge)
    return "added", "new sigmoid"


def remove_layer(ir, rng):
    layer = rng.choice(ir.of_type("ReLU", "Sigmoid", "Gelu", "SoftMax", "Add"))
    above = ir.edge_into(layer, 0)
    for edge in ir.readers(layer):
        edge.set("from-layer", above.get("from-layer"))
        edge.set("from-port", above.get("from-port"))
    for edge in [e for e in ir.edges if e.get("to-layer") == layer.get("id")]:
        ir.edges.remove(edge)
    ir.layers.remove(layer)
    if layer.get("type") == "Add":  # with its constant, if nobody else reads it
        for const in ir.of_type("Const"):
            if not ir.readers(const):
                ir.layers.remove(const)
    return "removed", layer.get("name")


def change_range(ir, rng):
    layer = rng.choice([l for l in ir.of_type("FakeQuantize") if ir.source(l, 0).get("type") != "Const"])
    ports = rng.choice([(1, 3), (2, 4), (3,), (4,)])
    for port in ports:
        const = ir.source(layer, port)
        data, id = const.find("data"), ir.new_id()
        new = copy.deepcopy(const)  # others may read it
        new.set("id", id)
        offset = len(ir.weights)
        old = ir.weights[int(data.get("offset")):int(data.get("offset")) + int(data.get("size"))]
        ir.weights += (np.frombuffer(bytes(old), np.float32) * np.float32(1.25) + np.float32(0.5)).astype(np.float32).tobytes()
        new.find("data").set("offset", str(offset))
        ir.layers.append(new)
        edge = ir.edge_into(layer, port)
        edge.set("from-layer", id)
        if not ir.readers(const):
            ir.layers.remove(const)
    return "requantized", layer.get("name")


def change_levels(ir, rng):
    layer = rng.choice([l for l in ir.of_type("FakeQuantize") if ir.source(l, 0).get("type") != "Const"])
    layer.find("data").set("levels", "128")
    return "requantized", layer.get("name")


def change_layer_info(ir, rng):
    layer = rng.choice(ir.of_type("Convolution", "MatMul", "Add"))
    info = ET.SubElement(layer, "rt_info")
    ET.SubElement(info, "attribute", name="note", version="0", value="seen")
    return "rt_info", layer.get("name")


def change_model_info(ir, rng):
    info = ir.root.find("rt_info")
    if info is None:
        info = ET.SubElement(ir.root, "rt_info")
    ET.SubElement(info, "a_note", value="seen")
    return "model", None


def stored_weights(ir, rng):
    """A layer that reads Const -> Convert -> [Subtract ->] Multiply, and these by what they are."""
    found = []
    for layer in ir.of_type("Convolution", "MatMul", "GroupConvolution"):
        chain = {}
        at = ir.source(layer, 1)
        while at.get("type") in ("Multiply", "Subtract", "Convert", "Reshape", "FakeQuantize"):
            chain[at.get("type")] = at
            at = ir.source(at, 0)
        chain["Const"] = at
        if at.get("type") == "Const" and at.find("data").get("element_type") == "i8":
            found.append((layer, chain))
    return rng.choice(found)


def poke(ir, const, change):
    """Gives a constant that is read once other bytes, which are its own."""
    data = const.find("data")
    offset, size = int(data.get("offset")), int(data.get("size"))
    data.set("offset", str(len(ir.weights)))
    ir.weights += change(bytes(ir.weights[offset:offset + size]))


def change_weight(ir, rng):
    layer, chain = stored_weights(ir, rng)
    size = int(chain["Const"].find("data").get("size"))
    at = rng.randrange(size)
    poke(ir, chain["Const"], lambda old: old[:at] + bytes([(old[at] ^ 1)]) + old[at + 1:])
    return "constants", layer.get("name")


def change_scale(ir, rng):
    layer, chain = stored_weights(ir, rng)
    poke(ir, ir.source(chain["Multiply"], 1), lambda old: (np.frombuffer(old, np.float32) * np.float32(1.5)).tobytes())
    return "requantized", layer.get("name")


def change_zero_point(ir, rng):
    """Weights get one, which takes a Subtract."""
    layer, chain = stored_weights(ir, rng)
    convert, multiply = chain["Convert"], chain["Multiply"]
    zero, minus = ir.new_id(), str(int(ir.new_id()) + 1)
    const = ET.SubElement(ir.layers, "layer", id=zero, name="zero point", type="Const", version="opset1")
    ET.SubElement(const, "data", element_type="f32", shape="", offset=str(len(ir.weights)), size="4")
    ET.SubElement(ET.SubElement(const, "output"), "port", id="0", precision="FP32")
    ir.weights += np.float32(3).tobytes()
    new = ET.SubElement(ir.layers, "layer", id=minus, name="minus zero point", type="Subtract", version="opset1")
    ET.SubElement(new, "data", auto_broadcast="numpy")
    ports = ET.SubElement(new, "input")
    port = copy.deepcopy(convert.find("output/port"))
    port.set("id", "0")
    port.attrib.pop("names", None)
    ports.append(port)
    ET.SubElement(ports, "port", id="1", precision="FP32")
    out = copy.deepcopy(port)
    out.set("id", "2")
    ET.SubElement(new, "output").append(out)
    edge = ir.edge_into(multiply, 0)
    if edge.get("from-layer") != convert.get("id"):
        raise IndexError
    ET.SubElement(ir.edges, "edge", {"from-layer": convert.get("id"), "from-port": convert.find("output/port").get("id"), "to-layer": minus, "to-port": "0"})
    ET.SubElement(ir.edges, "edge", {"from-layer": zero, "from-port": "0", "to-layer": minus, "to-port": "1"})
    edge.set("from-layer", minus)
    edge.set("from-port", "2")
    return "requantized", layer.get("name")


def change_type(ir, rng):
    layer, chain = stored_weights(ir, rng)
    chain["Const"].find("data").set("element_type", "u8")
    chain["Const"].find("output/port").set("precision", "U8")
    chain["Convert"].find("input/port").set("precision", "U8")
    return "requantized", layer.get("name")


CHANGES = [change_attribute, change_edge, change_byte, change_name, change_tensor_name, insert_layer, remove_layer, change_range,
           change_levels, change_layer_info, change_model_info]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", SMALL)
def test_one_change_is_named_as_what_it_is(name, change, tmp_path):
    path = MODELS / f"{name}.xml"
    ir = Ir(path)
    try:
        kind, layer = change(ir, random.Random(name))
    except (IndexError, StopIteration):
        pytest.skip("the model has nothing of this kind")
    changed = ir.save(tmp_path / "changed.xml")
    report = diff_json(path, changed)
    named = [(m["kind"], (m["after"] or m["before"] or {"name": None})["name"]) for m in report["meanings"]]
    assert named == [(kind, layer)]
    check_complete(path, changed, report)


@pytest.mark.parametrize("change", [change_weight, change_scale, change_zero_point, change_type], ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", ["resnet_thin.fq", "vit_thin.fq", "unet_thin.fq", "mobilenet_v2_thin.fq"])
def test_one_change_of_stored_weights_is_named_as_what_it_is(name, change, tmp_path):
    converted = convert(MODELS / f"{name}.xml", tmp_path / "converted.xml")
    ir = Ir(converted)
    kind, layer = change(ir, random.Random(name))
    changed = ir.save(tmp_path / "changed.xml")
    report = diff_json(converted, changed)
    assert [(m["kind"], m["after"]["name"], m["verdict"]) for m in report["meanings"]] == [(kind, layer, "not equal")]
    check_complete(converted, changed, report)


@pytest.mark.parametrize("name", ["unet_thin.fq", "ssd_thin.fq", "squeezenet1_1.fq"])
def test_another_size_is_one_change_and_its_consequences(name, tmp_path):
    model = ov.Core().read_model(MODELS / f"{name}.xml")
    shape = [3, *list(model.inputs[0].shape)[1:]]
    model.reshape(shape)
    ov.save_model(model, tmp_path / "changed.xml", compress_to_fp16=False)
    report = diff_json(MODELS / f"{name}.xml", tmp_path / "changed.xml")
    assert [(m["kind"], m["after"]["name"]) for m in report["meanings"]] == [("reshaped", model.inputs[0].node.friendly_name)]
    assert report["meanings"][0]["others"] > 20


# --- a conversion


def check_complete(before, after, report):
    expected = read_ir(after)
    ends = {"Parameter", "Result"}
    moves = any((change.get("added") or change.get("removed") or {"type": None})["type"] in ends for change in report["layers"])
    for path, layers in apply_report(read_ir(before), report).items():
        assert layers.keys() == expected[path].keys()
        for id, facts in expected[path].items():
            def counts(key):  # one input more gives those behind it other places; port maps have a test of their own
                return key != "port map" and not (moves and key == "place")

            said = {key: value for key, value in layers[id].items() if counts(key)}
            assert said == {key: value for key, value in facts.items() if counts(key)}
    for entry in report["layers"]:  # each detail is part of a line
        for detail in entry.get("facets", [entry]):
            assert 0 <= detail["meaning"] < len(report["meanings"])


def test_models_that_have_little_in_common_are_accounted_for_as_well():
    for before, after in (("resnet_thin.fq", "mobilenet_v2_thin.fq"), ("bert_thin.fq", "vit_thin.fq"), ("gru.fq", "lstm.fq"), ("unet_thin.fq", "gru.fq")):
        before, after = MODELS / f"{before}.xml", MODELS / f"{after}.xml"
        check_complete(before, after, diff_json(before, after))


FORMS = {"full": [], "weights": ["--mode", "weights"], "type-relaxed": ["--dialect", "type-relaxed"]}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_of_a_conversion_makes_the_second_model_of_the_first(name, form, tmp_path):
    path = MODELS / f"{name}.xml"
    converted = convert(path, tmp_path / "out.xml", *FORMS[form])
    report = diff_json(path, converted)
    check_complete(path, converted, report)
    assert not [m["text"] for m in report["meanings"] if m.get("verdict") == "not equal"]
