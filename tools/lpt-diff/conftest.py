"""What the tests of lpt-diff share: the programs, and an IR as plain data, read without our own reader."""
import json
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import xxhash

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ROOT / "test_models"
PROGRAM = os.environ.get("LPT_DIFF", str(ROOT / "build" / "bin" / "lpt-diff"))
LPT_OPT = os.environ.get("LPT_OPT", str(ROOT / "build" / "bin" / "lpt-opt"))
sys.path.insert(0, str(MODELS))


def run(*args, **options):
    """Runs lpt-diff; returns the finished process, with text output."""
    return subprocess.run([PROGRAM, *map(str, args)], capture_output=True, text=True, errors="surrogateescape", timeout=300, **options)


def convert(source, target, *args):
    done = subprocess.run([LPT_OPT, str(source), "-o", str(target), "-q", *args], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return target


def diff_json(before, after, *args):
    done = run(before, after, "--format", "json", "--all", *args)
    assert done.returncode in (0, 1), done.stderr
    report = json.loads(done.stdout)
    assert report["same"] == (done.returncode == 0)
    return report


def canonical(text):
    """A list of numbers in one spelling."""
    items = [item.strip() for item in text.split(",")]
    try:
        return ",".join(repr(float(item)) for item in items)
    except ValueError:
        return ",".join(items)


def key_of(element):
    return element.get("name") if element.tag == "attribute" and element.get("name") else element.tag


def flatten(element, path, texts):
    """Every text of an element, under the way to it."""
    key = f"{path}/{key_of(element)}" if path else key_of(element)
    parts = [(element.text or "").strip()] + [f"{k}={v}" for k, v in element.attrib.items() if not (k == "name" and element.tag == "attribute")]
    text = " ".join(part for part in parts if part)
    texts[key] = "; ".join(filter(None, [texts.get(key, ""), text]))
    for child in element:
        flatten(child, key, texts)


def layer_facts(layer, weights):
    """A layer as facets name what it has."""
    facts = {"name": layer.get("name"), "type": layer.get("type"), "version": layer.get("version")}
    data = layer.find("data")
    attributes = dict(data.attrib) if data is not None else {}
    if layer.get("type") == "Const" and "offset" in attributes:
        offset, size = int(attributes.pop("offset")), int(attributes.pop("size"))
        facts["bytes"] = xxhash.xxh3_128_hexdigest(weights[offset:offset + size])
    facts |= {f"attribute {name}": canonical(value) for name, value in attributes.items()}
    for name in layer.attrib.keys() - {"id", "name", "type", "version"}:
        facts["names of the result" if name == "output_names" else f"layer attribute {name}"] = layer.get(name)
    ports = {}
    texts = {}
    for i, port in enumerate(layer.findall("input/port")):
        ports["in", port.get("id")] = i
    for i, port in enumerate(layer.findall("output/port")):
        ports["out", port.get("id")] = i
        facts[f"type of output {i}"] = port.get("precision")
        facts[f"shape of output {i}"] = ",".join(dim.text for dim in port.findall("dim"))
        facts[f"names of output {i}"] = sorted(name.replace("\\,", ",") for name in re.split(r"(?<!\\),", port.get("names", "")) if name)
        for child in port:
            if child.tag != "dim":
                flatten(child, f"rt_info of output {i}", texts)
    for child in layer:
        if child.tag == "rt_info":
            flatten(child, "rt_info", texts)
    facts |= texts
    return facts, ports


def read_graph(element, weights, path, graphs):
    layers, ports, places = {}, {}, {}
    for layer in element.find("layers"):
        facts, ports[layer.get("id")] = layer_facts(layer, weights)
        layers[layer.get("id")] = facts
        for body in layer:
            if body.tag.endswith("body"):
                read_graph(body, weights, f"{path}{layer.get('name')}/{body.tag}/", graphs)
        if not path and layer.get("type") in ("Parameter", "Result"):
            facts["place"] = places[layer.get("type")] = places.get(layer.get("type"), -1) + 1
    for edge in element.find("edges"):
        a, b = edge.get("from-layer"), edge.get("to-layer")
        layers[b][f"input {ports[b]['in', edge.get('to-port')]}"] = (a, ports[a]["out", edge.get("from-port")])
    graphs[path] = layers


def read_ir(path):
    """For each graph, under its way, what each layer has, by id."""
    path = pathlib.Path(path)
    graphs = {}
    read_graph(ET.parse(path).getroot(), path.with_suffix(".bin").read_bytes(), "", graphs)
    return graphs


TYPES = {"boolean": "BOOL"}


def port_type(name):
    return TYPES.get(name, name.replace("f", "FP").replace("bFP", "BF").upper() if re.fullmatch(r"b?f\d+", name) else name.upper())


def port_shape(text):
    return text.replace("...", "").replace("?", "-1")  # a port does not tell a scalar from an unknown rank


def fact(what, value):
    """What the report says of a layer, as `layer_facts` has it."""
    if what.startswith("attribute "):
        return canonical(value)
    if what.startswith("type of output"):
        return port_type(value)
    if what.startswith("shape of output"):
        return port_shape(value.strip("[]"))
    if what.startswith("names of output "):
        return sorted(filter(None, value.split(", ")))
    return int(value) if what == "place" else value


def added_facts(layer):
    """Likewise of a layer that the report describes as a whole."""
    facts = {what: fact(what, value) for what, value in layer["facts"].items()}
    facts |= {f"input {i}": (str(source[0]), source[1]) for i, source in enumerate(layer["inputs"])}
    return facts | ({"bytes": layer["bytes"]} if "bytes" in layer else {})


def apply_report(graphs, report):
    """What the first model becomes by what the report says of it."""
    result = {}
    for entry in report["pairs"]:
        path, pairs = entry["path"], {str(a): str(b) for a, b in entry["ids"]}
        layers = {}
        for a, facts in graphs[path].items():
            if a in pairs:
                moved = {key: (pairs.get(value[0], "gone"), value[1]) if key.startswith("input ") else value for key, value in facts.items()}
                layers[pairs[a]] = moved
        result[path] = layers
    removed = set()
    for change in report["layers"]:
        layers = result[change["path"]]
        if "removed" in change:
            removed.add((change["path"], str(change["removed"]["id"])))
        elif "added" in change:
            layers[str(change["added"]["id"])] = added_facts(change["added"])
        else:
            facts = layers[str(change["after"]["id"])]
            for facet in change["facets"]:
                what, value = facet["what"], facet["after"]
                facts.pop(what, None)
                if value is not None:
                    facts[what] = (str(facet["to"][0]), facet["to"][1]) if what.startswith("input ") else fact(what, value)
    for path, layers in graphs.items():  # each layer is a pair or said to be gone
        pairs = {str(a) for entry in report["pairs"] if entry["path"] == path for a, _ in entry["ids"]}
        assert set(layers) == pairs | {id for where, id in removed if where == path}
    return result
