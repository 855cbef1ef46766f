"""Lists are fetched from real servers: whole or not at all, again only when they are new, and over TLS never by another way."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from command_line import write_rows
from kstep.editions.errors import EditionsError, NotFetched
from kstep.editions.fetching import Fetcher
from kstep.model import InputError
from kstep.store import Database
from kstep.synth import write_list
from lists_in_use import ANN, BEN, Node, crowd
from publisher_site import Site, publisher_site


@pytest.fixture
def site() -> Iterator[Site]:
    with publisher_site() as found:
        yield found


def content(folder: Path, size: int) -> bytes:
    rows = [{"entry_id": entry, **said} for entry, said in crowd(size).items()]
    return write_rows(folder / "made.jsonl", rows).read_bytes()


def test_list_is_fetched_and_again_only_when_it_is_new(node: Node, site: Site) -> None:
    node.register(address=f"{site.address}/own.jsonl?download=1")
    path = "/own.jsonl?download=1"
    site.files[path], site.etags[path] = content(node.folder, 3), '"one"'
    assert node.editions.fetch(ANN, "own").counts["added"] == 3
    assert node.editions.fetch(ANN, "own").state == "unchanged"
    site.files[path], site.etags[path] = content(node.folder, 4), '"two"'
    assert node.editions.fetch(ANN, "own").counts["added"] == 1
    assert site.asked == [(path, ""), (path, '"one"'), (path, '"one"')]
    assert node.happened().count("ListArrived") == 3


def test_folder_is_fetched_file_by_file(node: Node, site: Site) -> None:
    write_list(node.folder / "sdn", "ofac-sdn", 20, seed=3)
    names = ("sdn.csv", "alt.csv", "add.csv")
    for name in names:
        site.files[f"/x/{name}"], site.etags[f"/x/{name}"] = (node.folder / "sdn" / name).read_bytes(), f'"{name}"'
    node.register("sdn", "ofac-sdn", address=f"{site.address}/x/")
    assert node.editions.fetch(ANN, "sdn").counts["added"] == 20
    assert node.editions.fetch(ANN, "sdn").state == "unchanged"
    assert [path for path, etag in site.asked if etag] == [f"/x/{name}" for name in names]
    del site.files["/x/add.csv"]
    with pytest.raises(NotFetched, match=r"/x/add\.csv: answered 404; check the address"):
        node.editions.fetch(ANN, "sdn")


def test_file_address_is_fetched(node: Node) -> None:
    node.register(address=(node.folder / "made.jsonl").as_uri())
    with pytest.raises(NotFetched, match="there is no such file"):
        node.editions.fetch(ANN, "own")
    content(node.folder, 3)
    assert node.editions.fetch(ANN, "own").state == "published"
    node.register("folder", address=node.folder.as_uri() + "/x.jsonl/..")
    with pytest.raises((NotFetched, InputError)):
        node.editions.fetch(ANN, "folder")


def test_list_without_an_address_is_not_fetched(node: Node) -> None:
    node.register()
    with pytest.raises(EditionsError, match="has no address"):
        node.editions.fetch(ANN, "own")


def test_download_that_breaks_off_is_told_and_nothing_taken_in(node: Node, site: Site) -> None:
    node.register(address=f"{site.address}/own.jsonl")
    site.files["/own.jsonl"] = content(node.folder, 30)
    site.cut_off.add("/own.jsonl")
    with pytest.raises(NotFetched, match=r"broke off after|cannot be fetched"):
        node.editions.fetch(ANN, "own")
    assert node.happened() == ["ListSourceRegistered"]
    assert list((node.folder / "editions" / "own").iterdir()) == []


@pytest.mark.parametrize("status", [301, 302, 403, 404, 500, 503])
def test_other_answers_are_told(node: Node, site: Site, status: int) -> None:
    node.register(address=f"{site.address}/own.jsonl")
    site.statuses["/own.jsonl"] = status
    with pytest.raises(NotFetched, match=f"answered {status}"):
        node.editions.fetch(ANN, "own")


def test_encoding_that_was_not_asked_for_is_refused(node: Node, site: Site) -> None:
    node.register(address=f"{site.address}/own.jsonl")
    site.files["/own.jsonl"], site.headers["/own.jsonl"] = b"x" * 9, {"Content-Encoding": "gzip"}
    with pytest.raises(NotFetched, match="in an encoding that was not asked for"):
        node.editions.fetch(ANN, "own")


def test_server_that_is_not_there_is_told(node: Node) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        node.register(address=f"http://127.0.0.1:{unused.getsockname()[1]}/own.jsonl")
    with pytest.raises(NotFetched, match="cannot be fetched") as told:
        node.editions.fetch(ANN, "own")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    "says", [b"", b"HTTP/1.1 200 OK\r\n\r\n[", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"]
)
def test_server_that_says_nothing_more_is_given_up(says: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        accepted: list[socket.socket] = []

        def serve() -> None:
            connection, _ = server.accept()
            accepted.append(connection)
            connection.sendall(says)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(NotFetched, match=r"cannot be fetched|broke off"):
            list(Fetcher(silence=0.2).fetch(f"http://127.0.0.1:{server.getsockname()[1]}/x").parts or ())
        thread.join()
        for connection in accepted:
            connection.close()


def test_server_that_trickles_is_given_up(site: Site) -> None:
    site.files["/x"] = b"x" * 2_000_000
    with pytest.raises(NotFetched, match="took more than 0 seconds; try again"):
        list(Fetcher(patience=0).fetch(f"{site.address}/x").parts or ())


def test_tls_is_proof_where_its_authority_is_believed(database: Database, tmp_path: Path) -> None:
    with publisher_site(tmp_path) as site:
        node = Node.begin(database, tmp_path, trust=site.trust)
        node.register(address=f"{site.address}/own.jsonl", authenticity="tls")
        site.files["/own.jsonl"] = content(tmp_path, 3)
        assert node.editions.fetch(ANN, "own").state == "published"
        held = node.publish(crowd(4))
        assert held.reasons == (
            {"reason": "not proven to be its issuer's", "detail": "did not come over TLS from its address"},
        )
        assert node.editions.release(BEN, "own", held.number, "brought on a disk").state == "published"


def test_server_of_an_authority_that_nobody_believes_is_refused(node: Node, tmp_path: Path) -> None:
    with publisher_site(tmp_path) as site:
        site.files["/own.jsonl"] = content(tmp_path, 3)
        node.register(address=f"{site.address}/own.jsonl", authenticity="tls")
        with pytest.raises(NotFetched, match="CERTIFICATE_VERIFY_FAILED"):
            node.editions.fetch(ANN, "own")
        other = site.address.replace("127.0.0.1", "localhost")
        with pytest.raises(NotFetched, match=r"CERTIFICATE_VERIFY_FAILED|refused"):
            list(Fetcher(site.trust).fetch(f"{other}/own.jsonl").parts or ())


def test_tls_never_leads_to_what_is_not(tmp_path: Path) -> None:
    with publisher_site(tmp_path) as safe, publisher_site() as plain:
        plain.files["/x"], safe.files["/x"] = b"forged", b"moved"
        safe.statuses["/x"], safe.headers["/x"] = 302, {"Location": f"{plain.address}/x"}
        with pytest.raises(NotFetched, match="which is not over TLS"):
            Fetcher(safe.trust).fetch(f"{safe.address}/x")
        assert plain.asked == []
        safe.files["/y"], safe.headers["/x"] = b"here", {"Location": "/y"}
        assert b"".join(Fetcher(safe.trust).fetch(f"{safe.address}/x").parts or ()) == b"here"


def test_nothing_leads_to_files_of_the_machine(site: Site, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    site.statuses["/x"], site.headers["/x"] = 302, {"Location": (tmp_path / "secret").as_uri()}
    with pytest.raises(NotFetched):
        Fetcher().fetch(f"{site.address}/x")


def test_digest_beside_a_list_proves_it(node: Node, site: Site) -> None:
    node.register(address=f"{site.address}/own.jsonl", authenticity="sha256")
    site.files["/own.jsonl"] = made = content(node.folder, 3)
    assert "nothing stands beside it" in node.editions.fetch(ANN, "own").reasons[0]["detail"]
    site.files["/own.jsonl"] = made = content(node.folder, 4)
    site.files["/own.jsonl.sha256"] = f"{hashlib.sha256(made).hexdigest().upper()}  own.jsonl\n".encode()
    assert node.editions.fetch(ANN, "own").state == "published"
    site.files["/own.jsonl"] = content(node.folder, 5)
    assert "has another digest" in node.editions.fetch(ANN, "own").reasons[0]["detail"]


@pytest.mark.parametrize("written", ["raw", "hex", "base64"])
def test_signature_beside_a_list_proves_it(node: Node, written: str) -> None:
    from base64 import b64encode

    key = Ed25519PrivateKey.generate()
    node.register(authenticity="ed25519", key=key.public_key().public_bytes_raw().hex())
    file = node.file(crowd(3))
    signature = key.sign(file.read_bytes())
    forms = {"raw": signature, "hex": signature.hex().encode() + b"\n", "base64": b64encode(signature) + b"\n"}
    beside = file.with_name(file.name + ".sig")
    beside.write_bytes(forms[written])
    assert node.publish(crowd(3)).state == "published"
    assert "is not signed by the key" in node.publish(crowd(4)).reasons[0]["detail"]
    beside.write_bytes(b"\xff" * 63)
    assert node.publish(crowd(5)).state == "held"
    beside.unlink()
    assert "nothing stands beside it" in node.publish(crowd(6)).reasons[0]["detail"]


def test_file_that_is_too_large_is_refused(node: Node) -> None:
    with (
        node.editions._files.incoming("own") as folder,
        pytest.raises(InputError, match="more than the 10 bytes allowed"),
    ):
        node.editions._files.write(iter([b"12345", b"67890", b"x"]), folder / "list", 10, "here")
