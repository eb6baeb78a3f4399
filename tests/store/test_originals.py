"""What stood in the texts lies sealed: readable with its key alone, and gone when it is taken away."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from qualcode.errors import ProjectError, StoreError
from qualcode.store.originals import Logged, Original, Originals

WORDS = "Zyzzyva Lamplight was born in Hollis Road"
ORIGINAL = Original(
    "t_1", WORDS, ((0, "Zyzzyva"),), (Logged(0, 17, "person", "Zyzzyva Lamplight", "[Keldan]", "names"),)
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "originals.sqlite"


def _put(path: Path, *originals: Original) -> bytes:
    key = Fernet.generate_key()
    sealed = Originals(path, key)
    sealed.put(originals)
    sealed.close()
    return key


def test_what_was_sealed_comes_back(path: Path) -> None:
    key = _put(path, ORIGINAL)
    sealed = Originals(path, key)
    assert sealed.get(["t_1", "t_2"]) == {"t_1": ORIGINAL}
    sealed.set_register("decisions", [["may", None]])
    assert sealed.register("decisions") == [["may", None]]
    assert sealed.register("nothing") is None


def test_the_file_holds_no_words_and_is_the_owners_alone(path: Path) -> None:
    _put(path, ORIGINAL)
    assert b"Lamplight" not in path.read_bytes()
    assert b"Keldan" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "Lamplight" not in repr(ORIGINAL)


@pytest.mark.parametrize("key", [None, Fernet.generate_key()])
def test_another_key_opens_nothing_and_says_so(path: Path, key: bytes | None) -> None:
    _put(path, ORIGINAL)
    sealed = Originals(path, key)
    with pytest.raises(ProjectError) as caught:
        sealed.get(["t_1"])
    assert "key" in str(caught.value)
    assert "Lamplight" not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert sealed.sealed() == ["t_1"]


def test_taken_away_needs_no_key_and_leaves_no_trace(path: Path) -> None:
    other = Original("t_2", "Nobody", (), ())
    key = _put(path, ORIGINAL, other)
    with_trace = path.read_bytes()
    assert b"t_1" in with_trace
    sealed = Originals(path, None)
    assert sealed.remove(["t_1", "t_9"]) == 1
    sealed.close()
    assert b"t_1" not in path.read_bytes()
    assert Originals(path, key).get(["t_1", "t_2"]) == {"t_2": other}


def test_under_a_new_key_the_old_one_opens_nothing(path: Path) -> None:
    key, new = _put(path, ORIGINAL), Fernet.generate_key()
    sealed = Originals(path, key)
    sealed.rekey(new)
    sealed.close()
    assert Originals(path, new).get(["t_1"]) == {"t_1": ORIGINAL}
    with pytest.raises(ProjectError):
        Originals(path, key).get(["t_1"])


def test_a_damaged_file_is_told(path: Path) -> None:
    path.write_bytes(b"this was a database once" * 200)
    with pytest.raises(StoreError):
        Originals(path, Fernet.generate_key()).get(["t_1"])
