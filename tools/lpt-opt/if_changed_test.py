"""--if-changed: what was made of the same model, options and version is not made again, and anything else is."""
import os
import re
import shutil

import pytest
from conftest import MODELS, run

NAME = "resnet_thin.fq"


@pytest.fixture()
def zoo(tmp_path):
    for end in ("xml", "bin"):
        shutil.copy(MODELS / f"{NAME}.{end}", tmp_path / f"in.{end}")
    return tmp_path


def converts(folder, *words):
    """Whether something was done, and not only said so."""
    before = (folder / "out.xml").stat().st_ino if (folder / "out.xml").exists() else None
    done = run("in.xml", "-o", "out.xml", "--if-changed", *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    changed = (folder / "out.xml").stat().st_ino != before
    assert changed == (done.stdout != "out.xml: up to date\n")
    return changed


def test_only_what_changed_is_converted(zoo):
    assert converts(zoo) and not converts(zoo)
    os.utime(zoo / "in.xml", (1, 1))  # new times, the same contents
    os.utime(zoo / "in.bin", (1, 1))
    assert not converts(zoo)
    assert converts(zoo, "--mode", "weights") and not converts(zoo, "--mode=weights", "-j1", "-v")
    assert converts(zoo) and not converts(zoo, "--weights", "in.bin", "--progress", "never")
    weights = bytearray((zoo / "in.bin").read_bytes())
    weights[100] ^= 1
    (zoo / "in.bin").write_bytes(weights)
    assert converts(zoo) and not converts(zoo)
    (zoo / "out.bin").unlink()
    assert converts(zoo)


def test_a_check_that_was_not_asked_for_then_is_made(zoo):
    assert converts(zoo)
    done = run("in.xml", "-o", "out.xml", "--if-changed", "--require", "sqnr=200dB", cwd=zoo)
    assert done.returncode == 1 and "is not met" in done.stderr
    assert not converts(zoo)


def test_options_that_are_files_count_by_what_they_hold(zoo):
    target = '{"name": "npu", "precisions": [{"operation": "%s", "ports": [0], "types": ["u8", "i8"]}]}'
    (zoo / "npu.json").write_text(target % "Convolution")
    assert converts(zoo, "--target", "npu.json") and not converts(zoo, "--target", "npu.json")
    (zoo / "npu.json").write_text(target % "MatMul")
    assert converts(zoo, "--target", "npu.json")


def test_the_bytes_do_not_depend_on_times_and_another_version_converts_again(zoo):
    converts(zoo)
    first = (zoo / "out.xml").read_bytes()
    os.utime(zoo / "in.xml", (1, 1))
    (zoo / "out.xml").unlink()
    converts(zoo)
    assert (zoo / "out.xml").read_bytes() == first
    # A copy has lost the attribute, so that the contents decide, of which the digest in rt_info tells.
    (zoo / "out.xml").unlink()
    (zoo / "out.xml").write_bytes(first)
    assert not converts(zoo)
    (zoo / "out.xml").unlink()
    (zoo / "out.xml").write_bytes(re.sub(rb'<source value="\w+"', b'<source value="0123"', first))
    assert converts(zoo)


def test_without_an_output_it_converts_and_says_so_as_ever(zoo):
    plain = run("in.xml", "-o", "plain.xml", cwd=zoo).stdout
    done = run("in.xml", "-o", "out.xml", "--if-changed", cwd=zoo).stdout
    without_time = [re.sub(r"^\w+\.xml|, [\d.]+ s$", "", line) for line in (plain.strip(), done.strip())]
    assert without_time[0] == without_time[1]
    assert b"<source" not in (zoo / "plain.xml").read_bytes()
