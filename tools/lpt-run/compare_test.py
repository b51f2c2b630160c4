"""lpt-run --compare finds the layer in which a conversion went wrong, and none in a sound one."""
import itertools
import json
import random
import re
import struct
import xml.etree.ElementTree as ET

import pytest
from conftest import LPT_OPT, MODELS, run

DIALECTS, MODES = ("openvino", "type-relaxed"), ("weights", "full")
PLANTED = ("gru.fq", "lstm.fq", "resnet_thin.fq", "resnet_thin.i8", "ssd_thin.fq", "unet_thin.fq", "squeezenet1_1.fq")


def converted(model, dialect, mode, folder):
    path = folder / "after.xml"
    done = run(MODELS / f"{model}.xml", "-o", path, "--dialect", dialect, "--mode", mode, "-q", program=LPT_OPT)
    assert done.returncode == 0, done.stderr
    return path


def compared(before, after, *args):
    done = run(before, "--compare", after, "--json", *args)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


class Planted:
    """A converted model whose files are changed in one place."""

    def __init__(self, path):
        self.path = path
        self.tree = ET.parse(path)
        self.layers = {layer.get("id"): layer for layer in self.tree.getroot().find("layers")}
        self.edges = list(self.tree.getroot().find("edges"))
        self.source = {(e.get("to-layer"), e.get("to-port")): e for e in self.edges}
        self.bytes = bytearray(path.with_suffix(".bin").read_bytes())
        self.order = self.sorted()
        self.constant = set()
        for i in self.order:
            sources = [self.source[i, port].get("from-layer") for port in self.inputs(i)]
            if self.type(i) == "Const" or (sources and self.type(i) != "Result" and self.constant.issuperset(sources)):
                self.constant.add(i)

    def type(self, i):
        return self.layers[i].get("type")

    def name(self, i):
        return self.layers[i].get("name")

    def inputs(self, i):
        return [port.get("id") for port in self.layers[i].iterfind("input/port")]

    def outputs(self, i):
        return {port.get("id"): (port.get("precision"), *(d.text for d in port)) for port in self.layers[i].iterfind("output/port")}

    def sorted(self):
        done = []
        def visit(i):
            if i not in done:
                for port in self.inputs(i):
                    visit(self.source[i, port].get("from-layer"))
                done.append(i)
        for i in self.layers:
            visit(i)
        return done

    def readers(self, i):
        """Of what comes from a constant: the layers that have data besides, and the ports where they read it."""
        found = []
        for edge in self.edges:
            to = edge.get("to-layer")
            if edge.get("from-layer") == i:
                found += self.readers(to) if to in self.constant else [(to, self.inputs(to).index(edge.get("to-port")))]
        return found

    def next(self, i):
        return [edge.get("to-layer") for edge in self.edges if edge.get("from-layer") == i]

    def constants(self, kind):
        for i in self.constant:
            data = self.layers[i].find("data") if self.type(i) == "Const" else None
            if data is None or not data.get("size"):
                continue
            readers = self.readers(i)
            is_range = any(self.type(reader) == "FakeQuantize" and port > 0 for reader, port in readers)
            is_scale = any(self.type(reader) == "Multiply" for reader in self.next(i)) and re.search("equant|fq_weights", self.name(self.next(i)[0]))
            wanted = {"weight": data.get("element_type") == "i8" and int(data.get("size")) > 64,
                      "scale": data.get("element_type") == "f32" and is_scale,
                      "range": data.get("element_type") == "f32" and is_range}
            if readers and wanted[kind]:
                yield i, int(data.get("offset")), int(data.get("size"))

    def plant_constant(self, kind, rng):
        """returns  names of the layers that may be found: all that read these bytes"""
        i, offset, size = rng.choice(sorted(self.constants(kind)))
        width = 1 if kind == "weight" else 4
        at = offset + width * rng.randrange(size // width)
        if width == 1:
            self.bytes[at] = (self.bytes[at] + 40 if self.bytes[at] < 64 or self.bytes[at] >= 128 else self.bytes[at] - 40) % 256
        else:
            old = struct.unpack_from("<f", self.bytes, at)[0]
            struct.pack_into("<f", self.bytes, at, old * 1.3 if old else 0.25)
        same = [j for j, start, length in self.constants(kind) if start <= at < start + length]
        return {self.name(reader) for j in same for reader, _ in self.readers(j)}

    def plant_edge(self, rng):
        places = []
        for edge in self.edges:
            source, to = edge.get("from-layer"), edge.get("to-layer")
            if source in self.constant or self.type(to) == "Result":
                continue
            for i in self.order[: self.order.index(to)]:
                same = [port for port, what in self.outputs(i).items() if what == self.outputs(source)[edge.get("from-port")]]
                if same and i != source and i not in self.constant:
                    places.append((edge, i, same[0]))
        if not places:
            return set()
        edge, source, port = rng.choice(places)
        edge.set("from-layer", source)
        edge.set("from-port", port)
        return {self.name(edge.get("to-layer"))}

    def save(self, path):
        self.tree.write(path)
        path.with_suffix(".bin").write_bytes(self.bytes)
        return path


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("model", sorted(path.stem for path in MODELS.glob("*.xml")))
def test_no_layer_of_a_sound_conversion_is_starred(model, dialect, mode, tmp_path):
    report = compared(MODELS / f"{model}.xml", converted(model, dialect, mode, tmp_path), "--per-layer", "--bisect")
    assert report["first"] is None
    assert [layer["layer"] for layer in report["layers"] if not layer["agrees"] or "not_compared" in layer] == []


@pytest.mark.parametrize("kind", ["weight", "scale", "range", "edge"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_planted_error_is_found_in_its_layer(kind, dialect, mode, tmp_path):
    found = 0
    for model, seed in itertools.product(PLANTED, range(3)):
        if found == 3:
            break
        rng = random.Random(f"{model} {kind} {seed}")
        sound = converted(model, dialect, mode, tmp_path)
        plant = Planted(sound)
        layers = plant.plant_edge(rng) if kind == "edge" else plant.plant_constant(kind, rng)
        after = plant.save(tmp_path / "planted.xml")
        if not layers or run(sound, "--compare", after, "--tolerance", "0").returncode != 1:
            continue  # without any effect, or no model any more
        report = compared(MODELS / f"{model}.xml", after, "--per-layer", "--bisect")
        starred = [layer for layer in report["layers"] if not layer["agrees"]]
        assert starred and starred[0] == report["first"], (model, layers)
        assert report["first"]["blamed"] in layers, (model, layers)
        found += 1
    assert found == 3
