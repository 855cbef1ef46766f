"""The receiver that a headquarters runs: an inbox behind HTTPS, where both sides show certificates. It logs no letter and
no address.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from kstep.dispatch.envelope import NotGenuine
from kstep.dispatch.inbox import Inbox, asked_ids
from kstep.dispatch.tls import unusable
from kstep.dispatch.transports import Answer
from kstep.ledger.verifier import canonical
from kstep.model import one_line
from kstep.store import StoreError

LARGEST = 64 << 20
"""Bytes of a request at most."""


@dataclass(frozen=True)
class Listening:
    """Where a receiver listens, its certificate and key, and who vouches for those of senders."""

    host: str
    port: int
    certificate: Path
    key: Path
    authority: Path


def receiver(inbox: Inbox) -> Starlette:
    """The application."""
    answers: dict[str, Callable[[Inbox, bytes], bytes]] = {
        "/messages": _messages, "/receipts": _receipts, "/held": _held, "/heartbeat": _heartbeat,
    }  # fmt: skip

    def route(path: str, answer: Callable[[Inbox, bytes], bytes]) -> Route:
        async def serve(request: Request) -> Response:
            body = b""
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST:
                    return PlainTextResponse("too long", 413)
            try:
                found = await run_in_threadpool(answer, inbox, body)
            except (NotGenuine, ValueError) as error:
                return PlainTextResponse(one_line(str(error), 200), 400)
            except StoreError:
                return PlainTextResponse("nothing can be kept now", 503)
            return Response(found, media_type="application/json")

        return Route(path, serve, methods=["POST"])

    return Starlette(routes=[route(path, answer) for path, answer in answers.items()])


def server(inbox: Inbox, listening: Listening) -> uvicorn.Server:
    """The server, which `run` starts. Raises `InputError` if its certificate, key or authority cannot be used."""
    config = uvicorn.Config(
        receiver(inbox), host=listening.host, port=listening.port, ssl_certfile=str(listening.certificate),
        ssl_keyfile=str(listening.key), ssl_ca_certs=str(listening.authority), ssl_cert_reqs=ssl.CERT_REQUIRED,
        access_log=False, log_level="critical", server_header=False, timeout_graceful_shutdown=5,
    )  # fmt: skip
    try:
        config.load()
    except (OSError, ssl.SSLError):
        mend = "check --certificate, --private-key and --authority"
        raise unusable(listening.certificate, listening.key, listening.authority, mend) from None
    return uvicorn.Server(config)


def _messages(inbox: Inbox, body: bytes) -> bytes:
    return b"".join(
        _line(name, answer) for name, answer in inbox.take(line for line in body.split(b"\n") if line.strip())
    )


def _receipts(inbox: Inbox, body: bytes) -> bytes:
    sender, told = inbox.question(body, "/receipts")
    found = inbox.receipts(asked_ids(told.get("messages")), sender)
    return b"".join(_line(name, answer) for name, answer in found.items())


def _held(inbox: Inbox, body: bytes) -> bytes:
    sender, told = inbox.question(body, "/held")
    named = told.get("messages")
    if not isinstance(named, dict) or told.get("recipient") != inbox.signer.name:
        raise NotGenuine("the question names no messages, or another recipient")
    asked_ids(list(named))
    since, until = told.get("since"), told.get("until")
    if not isinstance(since, int) or not isinstance(until, int):
        raise NotGenuine("the question names no time")
    return canonical(inbox.held(named, sender, since, until))


def _heartbeat(inbox: Inbox, body: bytes) -> bytes:
    nonce = _object(body).get("nonce")
    if not isinstance(nonce, str) or not 0 < len(nonce) <= 64:
        raise NotGenuine("the question has no nonce")
    return inbox.heartbeat(nonce)


def _line(name: str, answer: Answer) -> bytes:
    if answer.problem:
        return canonical({"message": name, "problem": answer.problem}) + b"\n"
    return canonical({"message": name})[:-1] + b',"receipts":[' + b",".join(answer.receipts) + b"]}\n"


def _object(body: bytes) -> Mapping[str, Any]:
    value = json.loads(body)
    if not isinstance(value, dict):
        raise NotGenuine("the question is no JSON object")
    return value


__all__ = ["LARGEST", "Listening", "receiver", "server"]
