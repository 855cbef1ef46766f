"""Keys, notes and checkpoints are those of C2SP, and signatures those of RFC 8032: their published vectors, and what must be
refused.
"""

from __future__ import annotations

import base64
from typing import NamedTuple

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from kstep.ledger.signing import SigningKey, checkpoint_text, cosign, sign_checkpoint
from kstep.ledger.verifier import _ORDER, Checkpoint, Key, Refused, is_signed
from kstep.model import ValueRefused

ORIGIN = "screening.example/hq"
ROOT = bytes(range(32))


class Vector(NamedTuple):
    secret: str
    public: str
    message: str
    signature: str


RFC_8032 = [
    Vector(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    Vector(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]
"""Section 7.1."""

GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.
"""
GO_SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
"""The example of the package that the format of notes comes from."""


@pytest.fixture(scope="module")
def signer() -> SigningKey:
    return SigningKey.from_bytes(ORIGIN, bytes(range(1, 33)))


def test_signatures_of_the_standard_are_good() -> None:
    for secret, public, message, signature in RFC_8032:
        key = SigningKey.from_bytes(ORIGIN, bytes.fromhex(secret))
        assert key.key.public.hex() == public
        assert key.private.sign(bytes.fromhex(message)).hex() == signature
        assert is_signed(bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature))
        assert not is_signed(bytes.fromhex(public), bytes.fromhex(message) + b"x", bytes.fromhex(signature))


def test_note_of_others_is_read() -> None:
    key, found = Key.parse(GO_KEY), base64.b64decode(GO_SIGNATURE)
    assert (key.name, key.id.hex(), str(key)) == ("PeterNeumann", "c74f20a3", GO_KEY)
    assert found[:4] == key.id
    assert is_signed(key.public, GO_NOTE.encode(), found[4:])


@given(
    st.binary(min_size=32, max_size=32),
    st.binary(max_size=40),
    st.integers(0, 63),
    st.integers(0, 255),
    st.sampled_from(["signature", "key", "message", "nothing"]),
)
def test_signature_is_good_where_a_library_says_so(
    secret: bytes, message: bytes, at: int, other: int, what: str
) -> None:
    signer = SigningKey.from_bytes(ORIGIN, secret)
    public, signature = bytearray(signer.key.public), bytearray(signer.private.sign(message))
    if what == "signature":
        signature[at] = other
    elif what == "key":
        public[at % 32] = other
    elif what == "message":
        message += bytes([other])
    try:
        Ed25519PublicKey.from_public_bytes(bytes(public)).verify(bytes(signature), message)
    except (InvalidSignature, ValueError):
        good = False
    else:
        good = True
    assert is_signed(bytes(public), message, bytes(signature)) == good


def test_second_form_of_a_signature_is_none(signer: SigningKey) -> None:
    signature = signer.private.sign(b"text")
    scalar = int.from_bytes(signature[32:], "little") + _ORDER
    assert is_signed(signer.key.public, b"text", signature)
    assert not is_signed(signer.key.public, b"text", signature[:32] + scalar.to_bytes(32, "little"))
    assert not is_signed(signer.key.public, b"text", signature[:63])
    assert not is_signed(signer.key.public[:31], b"text", signature)


def test_checkpoint_says_what_was_signed(signer: SigningKey) -> None:
    note = sign_checkpoint(20_852_163, ROOT, signer)
    lines = note.decode().split("\n")
    assert lines[:4] == [ORIGIN, "20852163", base64.b64encode(ROOT).decode(), ""]
    assert lines[4].startswith(f"\u2014 {ORIGIN} ")
    found = Checkpoint.parse(note, "here")
    assert (found.origin, found.size, found.root) == (ORIGIN, 20_852_163, ROOT)
    assert found.text == checkpoint_text(ORIGIN, 20_852_163, ROOT)
    assert found.signed_by(Key.parse(str(signer.key)))


IDENTITY = (1).to_bytes(32, "little")
"""The point that is nothing: as a key it would agree with the signature of anything, if it is read."""


@pytest.mark.parametrize("otherwise", [1 + 2**255 - 19, 1 + 2**255], ids=["beyond the field", "of the other sign"])
def test_point_that_is_written_otherwise_is_none(otherwise: int) -> None:
    written = otherwise.to_bytes(32, "little")
    assert is_signed(IDENTITY, b"text", IDENTITY + bytes(32))
    assert not is_signed(written, b"text", IDENTITY + bytes(32))
    assert not is_signed(IDENTITY, b"text", written + bytes(32))


def test_keys_that_are_not_known_are_passed_over(signer: SigningKey) -> None:
    second = SigningKey.generate(ORIGIN)
    found = Checkpoint.parse(sign_checkpoint(7, ROOT, second, signer), "here")
    assert found.signed_by(signer.key)
    assert found.signed_by(second.key)
    assert not found.signed_by(SigningKey.generate(ORIGIN).key)
    assert not found.signed_by(Key("screening.example/field", signer.key.type, signer.key.public))


def test_wrong_signature_of_a_known_key_is_refused(signer: SigningKey) -> None:
    note = sign_checkpoint(7, ROOT, signer).replace(b"\n7\n", b"\n8\n")
    with pytest.raises(Refused, match=f"here: the signature of {ORIGIN} is wrong"):
        Checkpoint.parse(note, "here").signed_by(signer.key)


@pytest.mark.parametrize("added", [b"", b"\x00" * 7, b"\x00" * 8])
def test_signature_is_as_long_as_its_kind_is(signer: SigningKey, added: bytes) -> None:
    text, _, line = sign_checkpoint(7, ROOT, signer).decode().rpartition(" ")
    signed = base64.b64decode(line)
    longer = f"{text} {base64.b64encode(signed[:4] + added + signed[4:]).decode()}\n"
    found = Checkpoint.parse(longer.encode(), "here")
    if not added:
        assert found.signed_by(signer.key)
        return
    with pytest.raises(Refused, match=f"the signature of {ORIGIN} is wrong"):
        found.signed_by(signer.key)


def test_witness_signs_the_time_too(signer: SigningKey) -> None:
    witness = SigningKey.generate("witness.example/one", witness=True)
    note = cosign(sign_checkpoint(7, ROOT, signer), witness, 1_679_315_147)
    found = Checkpoint.parse(note, "here")
    assert found.signed_by(signer.key)
    assert found.seen_at(witness.key) == 1_679_315_147
    assert Checkpoint.parse(sign_checkpoint(7, ROOT, signer), "here").seen_at(witness.key) is None
    (line,) = note.decode().splitlines()[-1:]
    signed = bytearray(base64.b64decode(line.rsplit(" ", 1)[1]))
    signed[11] ^= 1  # another second
    other = note.decode().replace(line.rsplit(" ", 1)[1], base64.b64encode(signed).decode())
    with pytest.raises(Refused, match=r"the signature of witness\.example/one is wrong"):
        Checkpoint.parse(other.encode(), "here").seen_at(witness.key)


def test_witness_is_not_the_log(signer: SigningKey) -> None:
    """One key, in both its uses: what it signs as the one is not taken for what it signs as the other."""
    witness = SigningKey.from_bytes(ORIGIN, signer.secret, witness=True)
    assert witness.key.id != signer.key.id
    assert not Checkpoint.parse(sign_checkpoint(7, ROOT, signer), "here").signed_by(witness.key)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("\n7\n", "\n07\n", "not a checkpoint"),
        ("\n7\n", "\n-7\n", "not a checkpoint"),
        ("\n7\n", "\n٧\n", "not a checkpoint"),
        ("\n7\n", "\n77777777777777777\n", "not a checkpoint"),
        ("\n7\n", "\n", "not a checkpoint"),
        ("\n\n", "\nmore\n\n", "not a checkpoint"),
        (ORIGIN + "\n7", "two words\n7", "not a checkpoint"),
        (ORIGIN + "\n7", "x" * 201 + "\n7", "not a checkpoint"),
        ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "AAEC", "a root of 3 bytes"),
        ("Hh8=", "Hh9=", "not canonical base64"),
        ("Hh8=", "Hh8", "not base64"),
        ("\u2014 ", "- ", "not a line of a signature"),
        ("\u2014 ", "\u2014\u00a0", "not a line of a signature"),
        ("\n\n", "\n", "not a signed note"),
        ("\n7\n", "\n7\r\n", "not a signed note"),
        ("\n7\n", "\n7\t\n", "not a signed note"),
    ],
)
def test_note_that_is_otherwise_is_refused(signer: SigningKey, old: str, new: str, said: str) -> None:
    note = sign_checkpoint(7, ROOT, signer).decode()
    assert old in note
    with pytest.raises(Refused, match=f"^here: .*{said}"):
        Checkpoint.parse(note.replace(old, new, 1).encode(), "here")


@pytest.mark.parametrize("end", ["", "\n\n", "\n\u2014 x AAAAAA==\n", "\n" + "\u2014 x AAAAAAAAAA==\n" * 65])
def test_note_that_ends_otherwise_is_refused(signer: SigningKey, end: str) -> None:
    text = checkpoint_text(ORIGIN, 7, ROOT).decode()
    with pytest.raises(Refused, match=r"^here: not a signed note|^here: not a line of a signature"):
        Checkpoint.parse((text + end).encode(), "here")


def test_what_is_not_text_is_no_note() -> None:
    with pytest.raises(Refused, match="here: not UTF-8"):
        Checkpoint.parse(b"\xff\n\n", "here")


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak", "x" * 201, "nul\x00", "wide\u3000space"])
def test_nobody_has_such_a_name(name: str) -> None:
    with pytest.raises(ValueRefused, match="cannot name a log"):
        SigningKey.generate(name)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("screening.example/hq", "is no key"),
        (GO_KEY.replace("c74f20a3", "c74f20a4"), "has the id c74f20a3, not c74f20a4"),
        (GO_KEY.replace("PeterNeumann", "Peter Neumann"), "is no key"),
        (GO_KEY.replace("+ARpc", "+AhpC"), "is not one of Ed25519"),
        (GO_KEY[:-4], "is not one of Ed25519"),
    ],
)
def test_key_that_is_otherwise_is_refused(key: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        Key.parse(key)


def test_secret_of_a_key_is_not_told(signer: SigningKey) -> None:
    assert signer.secret.hex() not in repr(signer)
    assert repr(signer) == f"SigningKey({signer.key})"
    assert SigningKey.from_bytes(ORIGIN, signer.secret).key == signer.key
