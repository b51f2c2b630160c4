"""Reading and writing with no pass in between: the same model to OpenVINO, and nothing lost that only a file shows."""
import hashlib
import pathlib
import re
import tempfile
import xml.etree.ElementTree as ET

import openvino as ov
import pytest
from conftest import MODELS, NO_PASS, Compiled, convert, inputs_for, run


def canonical(path):
    """The model as OpenVINO writes it back; names that OpenVINO made up, which change with every read, are blanked."""
    source = pathlib.Path(path).read_bytes().decode("utf-8", "replace")
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out.xml"
        ov.serialize(ov.Core().read_model(path), out)
        text = out.read_bytes().decode("utf-8", "replace")
        weights = out.with_suffix(".bin").read_bytes()
    made_up = {name for name in re.findall(r'name="([A-Za-z]+_?\d+)"', text) if f'"{name}"' not in source}
    return re.sub(r'name="([^"]*)"', lambda m: 'name=""' if m[1] in made_up else m[0], text), weights


def tree(element):
    """Everything that an element holds; offsets may move."""
    attributes = [(k, v) for k, v in element.attrib.items() if k != "offset"]
    children = sorted((tree(child) for child in element), key=lambda c: c[0] != "dim")  # dims first, as OpenVINO writes them
    return element.tag, attributes, (element.text or "").strip(), children


def names_of(group):
    import make_ir_samples as made

    for fill in (made.element_types, made.constants, made.shapes, made.names, made.structure, made.rt_info, made.bodies, made.quantized,
                 made.legacy, made.encodings, made.by_openvino, made.malformed):
        if not made.MALFORMED:
            fill()
    return sorted(getattr(made, group))


@pytest.mark.parametrize("name", names_of("GOOD"))
def test_a_good_sample_stays_the_same_model(samples, tmp_path, name):
    folder, _ = samples
    source, target = folder / "good" / f"{name}.xml", tmp_path / "out.xml"
    convert(source, target, *NO_PASS)
    assert canonical(source) == canonical(target)
    again = tmp_path / "again.xml"
    convert(target, again, *NO_PASS)
    assert again.read_bytes() == target.read_bytes()
    assert again.with_suffix(".bin").read_bytes() == target.with_suffix(".bin").read_bytes()


@pytest.mark.parametrize("name", names_of("REFUSED"))
def test_a_sample_that_openvino_refuses_keeps_every_element(samples, tmp_path, name):
    folder, _ = samples
    source, target = folder / "refused" / f"{name}.xml", tmp_path / "out.xml"
    convert(source, target, *NO_PASS, "--dialect", "type-relaxed")
    before, after = ET.parse(source).getroot(), ET.parse(target).getroot()
    assert [tree(layer) for layer in before.find("layers")] == [tree(layer) for layer in after.find("layers")]
    edges = [[sorted(e.attrib.items()) for e in root.find("edges")] for root in (before, after)]
    assert sorted(edges[0]) == sorted(edges[1])


def test_unknown_attributes_elements_and_dead_layers_stay(samples, tmp_path):
    folder, _ = samples
    for name in ("unknown_attributes", "layer_dead_unknown", "rt_layer", "rt_port", "rt_port_input", "rt_model", "attr_float_text", "v10_meta",
                 "names_duplicate_tensors", "names_escaped", "attr_none", "state_opset6"):
        source, target = folder / "good" / f"{name}.xml", tmp_path / "out.xml"
        convert(source, target, *NO_PASS)
        before, after = ET.parse(source).getroot(), ET.parse(target).getroot()
        for layer, kept in zip(before.find("layers"), after.find("layers"), strict=True):
            a, b = tree(layer), tree(kept)
            assert sorted(a[1]) == sorted(b[1]) and a[2:] == b[2:], name
        rest = [[tree(e) for e in root if e.tag not in ("layers", "edges")] for root in (before, after)]
        assert rest[0] == rest[1], name


def test_constants_keep_their_bytes(samples, tmp_path):
    folder, manifest = samples
    for key, entry in manifest.items():
        if entry.get("group") not in ("good", "refused") or not entry["summary"]:
            continue
        target = tmp_path / "out.xml"
        convert(folder / f"{key}.xml", target, *NO_PASS, "--dialect", "type-relaxed")
        weights = target.with_suffix(".bin").read_bytes()
        found = []
        for layer in ET.parse(target).getroot().iter("layer"):
            data = layer.find("data")
            if layer.get("type") == "Const" and data is not None and data.get("offset") is not None:
                offset, size = int(data.get("offset")), int(data.get("size"))
                found.append((layer.get("name"), data.get("element_type"), data.get("shape"), size, hashlib.sha256(weights[offset : offset + size]).hexdigest()))
        wanted = [(c["name"], c["element_type"], c["shape"], c["size"], c["sha256"]) for c in entry["summary"]["consts"]]
        assert found == wanted, key


@pytest.mark.parametrize("name", names_of("MALFORMED"))
def test_a_malformed_sample_gets_what_a_careful_reader_answers(samples, tmp_path, name):
    folder, manifest = samples
    source, target = folder / "malformed" / f"{name}.xml", tmp_path / "out.xml"
    done = run(source, "-o", target, *NO_PASS)
    wanted = manifest[f"malformed/{name}"]["want"]
    if wanted == "error":
        no_file = name in ("b01_missing", "b04_directory", "b05_dangling_link", "b06_link_loop", "b07_fifo")
        assert done.returncode == (4 if no_file else 3), done.stderr
        assert done.stderr.startswith(str(source)) and done.stderr.count("\n") == 1, done.stderr
        assert list(tmp_path.iterdir()) == []
    else:
        assert done.returncode == 0, done.stderr
        odd = [line for line in done.stderr.splitlines() if "warning: " in line and "holds no quantization" not in line]
        assert bool(odd) == (wanted == "warn"), done.stderr
        assert target.exists()


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.xml")), ids=lambda p: p.stem)
def test_a_model_that_openvino_wrote_comes_back_byte_for_byte(tmp_path, path):
    target = tmp_path / "out.xml"
    convert(path, target, *NO_PASS)
    assert target.read_bytes() == path.read_bytes()
    assert target.with_suffix(".bin").read_bytes() == path.with_suffix(".bin").read_bytes()


def test_outputs_of_good_samples_stay_bit_equal(samples, tmp_path):
    folder, _ = samples
    compared = 0
    for source in sorted((folder / "good").glob("*.xml")):
        target = tmp_path / source.name
        convert(source, target, *NO_PASS)
        try:
            before = Compiled(source)
            if any(p.get_element_type().bitwidth < 8 for p in before.model.outputs):
                continue  # the unused bits of the last byte are not defined
            values = inputs_for(before.model)
            wanted = before.outputs(values)
        except Exception:  # types and operations that the CPU plugin does not run
            continue
        got = Compiled(target).outputs(values)
        assert [x.tobytes() for x in wanted] == [y.tobytes() for y in got], source.name
        compared += 1
    assert compared >= 60
