"""Archives of arrays: every form that numpy and others write is read, and none that lies is believed."""
import io
import struct
import zipfile
import zlib

import numpy as np
import pytest
from conftest import run
from run_test import F32, add_one

X = np.array([[1, 2, 3]], F32)


def npy(array):
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def archive(*members, wide=False, comment=b""):
    """Of (name, method, packed bytes, size, offset or None), as APPNOTE.TXT says; wide: everything in Zip64 fields. A member with an
    offset shares the bytes that are there."""
    body, directory = b"", b""
    for name, method, packed, size, offset in members:
        fields = struct.pack("<IIIHH", zlib.crc32(npy(X)), *((0xFFFFFFFF,) * 2 if wide else (len(packed), size)), len(name), 20 if wide else 0)
        at = len(body) if offset is None else offset
        own = b"PK\3\4" + struct.pack("<HHHHH", 45, 0, method, 0, 0x21) + fields + name
        own += (struct.pack("<HHQQ", 1, 16, size, len(packed)) if wide else b"") + packed
        body += own if offset is None else b""
        central = struct.pack("<HHHHHH", 45, 45, 0, method, 0, 0x21) + fields[:-2] + struct.pack("<H", 28 if wide else 0)
        directory += b"PK\1\2" + central + struct.pack("<HHHII", 0, 0, 0, 0, 0xFFFFFFFF if wide else at) + name
        directory += struct.pack("<HHQQQ", 1, 24, size, len(packed), at) if wide else b""
    count, end = len(members), b""
    if wide:
        end = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, len(directory), len(body))
        end += b"PK\6\7" + struct.pack("<IQI", 0, len(body) + len(directory), 1)
    numbers = (0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF) if wide else (count, count, len(directory), len(body))
    return body + directory + end + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, *numbers, len(comment)) + comment


def deflated(content):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def run_on(folder, content):
    (folder / "in.npz").write_bytes(content)
    return run(add_one(folder), "--inputs", folder / "in.npz", "-o", folder / "out.npz")


STORED = (b"x.npy", 0, npy(X), len(npy(X)), None)
DEFLATED = (b"x.npy", 8, deflated(npy(X)), len(npy(X)), None)


@pytest.mark.parametrize("content", [archive(STORED), archive(DEFLATED), archive(STORED, wide=True), archive(DEFLATED, wide=True), archive(STORED, comment=b"a comment")],
                         ids=["stored", "deflated", "wide", "wide and deflated", "comment"])
def test_forms(tmp_path, content):
    with zipfile.ZipFile(io.BytesIO(content)) as judge:
        assert judge.read("x.npy") == npy(X)
    done = run_on(tmp_path, content)
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "out.npz") as out:
        np.testing.assert_array_equal(out["y"], X + 1)


def other_method():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_BZIP2) as made:
        made.writestr("x.npy", npy(X))
    return stream.getvalue()


SIZE = len(npy(X))


@pytest.mark.parametrize("content, message", [
    (archive(STORED, *[(b"%d.npy" % i, 0, npy(X), SIZE, 0) for i in range(5)]), ": is no .npz archive: its members share bytes"),
    (archive((b"x.npy", 0, npy(X), 1 << 31, None)), "(x.npy): says that it has 2147483648 bytes"),
    (archive((b"x.npy", 8, deflated(npy(X)), 1 << 40, None), wide=True), "(x.npy): says that it has 1099511627776 bytes"),
    (archive((b"x.npy", 8, deflated(npy(X)), SIZE - 1, None)), "(x.npy): is damaged"),
    (archive((b"x.npy", 8, deflated(npy(X)), SIZE + 1, None)), "(x.npy): is damaged"),
    (archive((b"x.npy", 8, deflated(npy(X))[:-2], SIZE, None)), "(x.npy): is damaged"),
    (other_method(), "(x.npy): is packed by method 12, should be stored or deflated"),
    (archive((b"x.npy", 0, npy(X), SIZE, 1 << 30)), ": is no .npz archive: it is cut, or damaged"),
    (archive(STORED).replace(b"PK\3\4", b"PK\3\5"), ": is no .npz archive: its directory is damaged"),
    (archive(STORED).replace(b"PK\1\2", b"PK\1\3"), ": is no .npz archive: its directory is damaged"),
    (archive(STORED, wide=True).replace(b"PK\6\6", b"PK\6\5"), ": is no .npz archive: its directory is damaged"),
    (archive(STORED)[:-1], ": is no .npz archive: it has no end record"),
    (b"", ": is no .npz archive: it has no end record"),
])
def test_lies(tmp_path, content, message):
    done = run_on(tmp_path, content)
    assert (done.returncode, done.stderr) == (3, f"{tmp_path / 'in.npz'}{message}\n")


def test_no_cut_and_no_flipped_byte_ends_the_program(tmp_path):
    rng = np.random.default_rng(0)
    for content in (archive(STORED, wide=True), archive(DEFLATED)):
        for at in rng.integers(0, len(content), 30):
            changed = bytearray(content)
            changed[at] ^= 1 << rng.integers(8)
            for bad in (content[:at], bytes(changed)):
                assert run_on(tmp_path, bad).returncode in (0, 3)
