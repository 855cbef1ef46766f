"""Letters over HTTPS to a receiver, with certificates on both sides. It may be sent the same again: it keeps ids, and
answers the same.
"""

from __future__ import annotations

import json
import secrets
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from kstep.dispatch.envelope import NotGenuine, opened, signed_by
from kstep.dispatch.inbox import HEARTBEAT, MOST_AT_ONCE, QUESTION
from kstep.dispatch.recipients import Recipient
from kstep.dispatch.tls import unusable
from kstep.dispatch.transports import Answer, Letter, NotDelivered
from kstep.ledger.signing import SigningKey
from kstep.ledger.verifier import Refused, canonical, sha256
from kstep.model import one_line

PATIENCE = 30.0
"""Seconds to wait for an answer."""

LARGEST = 64 << 20
"""Bytes of an answer that are read."""


@dataclass
class Https:
    """The way to receivers: this node's certificate and key, who vouches for theirs, and the key that signs what is asked."""

    certificate: Path
    key: Path
    authority: Path
    signer: SigningKey
    patience: float = PATIENCE
    again: bool = True
    _clients: dict[str, httpx.Client] = field(default_factory=dict)

    def send(self, channel: str, letters: Sequence[Letter]) -> Mapping[str, Answer]:
        """Post letters; what the receiver has by then, it has signed for."""
        body = b"".join(letter.text + b"\n" for letter in letters)
        return _answers(channel, self._post(channel, "/messages", body))

    def ask(self, channel: str, messages: Sequence[str]) -> Mapping[str, Answer]:
        """What was signed meanwhile."""
        return _answers(channel, self._ask(channel, "/receipts", {"messages": list(messages)}))

    def held(
        self, channel: str, named: Mapping[str, str], recipient: str, since: int, until: int
    ) -> dict[str, list[str]]:
        """In what the receiver differs from what it was sent between two moments. Raises `NotDelivered`."""
        found: dict[str, list[str]] = {"differs": [], "lacks": [], "more": []}
        names, more = sorted(named), set[str]()
        for first in range(0, max(len(names), 1), MOST_AT_ONCE):
            some = {name: named[name] for name in names[first : first + MOST_AT_ONCE]}
            told = {"messages": some, "recipient": recipient, "since": since, "until": until}
            try:
                answer = json.loads(self._ask(channel, "/held", told))
                for name in ("differs", "lacks"):
                    found[name] += [str(one) for one in answer[name]]
                more |= {str(one) for one in answer["more"]}
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise NotDelivered(f"{channel}: what it holds cannot be read ({one_line(str(error), 80)})") from None
        return {**found, "more": sorted(more - set(names))}

    def heartbeat(self, channel: str, recipient: Recipient) -> int:
        """When the receiver, by its own clock, answered what was never asked before. Raises `NotDelivered`."""
        nonce = secrets.token_hex(16)
        try:
            answer = self._post(channel, "/heartbeat", canonical({"nonce": nonce}))
            _, _, told = opened(answer, HEARTBEAT, "life", recipient.signers)
            if (told["format"], told["nonce"], told["recipient"]) != (HEARTBEAT, nonce, recipient.recipient):
                raise NotGenuine("the heartbeat answers another question")
            return int(told["time"])
        except (NotGenuine, KeyError, TypeError, ValueError, RecursionError) as error:
            raise NotDelivered(f"{channel}: {one_line(str(error), 120)}") from None

    def close(self) -> None:
        """Let go of all connections."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def _ask(self, channel: str, path: str, told: Mapping[str, Any]) -> bytes:
        question = canonical({"asks": path, **told})
        return self._post(channel, path, signed_by(self.signer, QUESTION, "question", question))

    def _post(self, channel: str, path: str, body: bytes) -> bytes:
        headers = {"Content-Type": "application/json", "Idempotency-Key": sha256(body).hex()}
        answer = bytearray()
        try:
            with self._client(channel).stream("POST", path, content=body, headers=headers) as got:
                for chunk in got.iter_bytes():
                    answer += chunk
                    if len(answer) > LARGEST:
                        raise NotDelivered(f"{channel}: answers without end")
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
            what = one_line(str(error), 120) or type(error).__name__
            raise NotDelivered(f"{channel}: {what}") from None
        if got.status_code != 200:
            raise NotDelivered(
                f"{channel}: answers {got.status_code} ({one_line(answer[:300].decode(errors='replace'), 120)})"
            )
        return bytes(answer)

    def _client(self, channel: str) -> httpx.Client:
        if channel not in self._clients:
            try:
                context = ssl.create_default_context(cafile=self.authority)
                context.load_cert_chain(self.certificate, self.key)
            except (OSError, ssl.SSLError):
                mend = "check kstep.toml, [dispatch.https]"
                why = unusable(self.certificate, self.key, self.authority, mend)
                raise NotDelivered(f"{channel}: {why}") from None
            self._clients[channel] = httpx.Client(
                base_url=channel, verify=context, timeout=self.patience, trust_env=False, follow_redirects=False
            )
        return self._clients[channel]


def _answers(channel: str, text: bytes) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    try:
        for line in text.split(b"\n"):
            if line.strip():
                told: dict[str, Any] = json.loads(line)
                receipts = tuple(canonical(receipt) for receipt in told.get("receipts", []))
                found[str(told["message"])] = Answer(receipts, str(told.get("problem", "")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, Refused) as error:
        raise NotDelivered(f"{channel}: its answer cannot be read ({one_line(str(error), 80)})") from None
    return found


__all__ = ["Https"]
