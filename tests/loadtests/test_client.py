import json
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from engine.errors import NotFound, RecordLayerFailure
from engine.events import BreakerChanged
from engine.settings import SettingsError
from loadtests.client import ClientSpec, EventFile, Job, cpu_seconds, refusal, run_client

SPEC = ClientSpec(
    endpoint="https://localhost:1",
    ca_file="ca.pem",
    credentials_file="key.json",
    jobs=(Job("deck", {"{{name}}": "Ada"}),),
    engine={"max_concurrent_slides": 3},
    time_scale=0.05,
    seed=7,
    events_file="events.ndjson",
)


def test_a_spec_survives_its_way_through_standard_input() -> None:
    """The harness and the client are two processes that must mean the same."""
    assert ClientSpec.from_json(SPEC.as_json()) == SPEC


class TestEventFile:
    def test_writes_each_fact_before_the_next_line_of_the_program(self, tmp_path: Path) -> None:
        """A crash right after must lose nothing."""
        events = EventFile(tmp_path / "events")

        events.tell(BreakerChanged("key", "closed", "open", 2.0))

        written = json.loads((tmp_path / "events").read_text("utf-8"))
        events.close()
        assert written == {
            "event": "BreakerChanged", "key": "key", "before": "closed", "after": "open", "at_seconds": 2.0,
        }  # fmt: skip

    def test_keeps_what_was_told_before(self, tmp_path: Path) -> None:
        """Two writers of one run share the file."""
        for moment in (1.0, 2.0):
            events = EventFile(tmp_path / "events")
            events.write("Mark", {"at_seconds": moment})
            events.close()

        assert len((tmp_path / "events").read_text("utf-8").splitlines()) == 2


def test_a_refused_call_tells_whether_tls_was_to_blame() -> None:
    """A TLS failure of the first read surfaces as well."""
    assert refusal("deck", RecordLayerFailure("bad record"))["is_tls_failure"]
    assert refusal("deck", NotFound("gone", http_status=404))["error_class"] == "NotFound"


async def test_a_bad_environment_variable_is_an_error_and_not_a_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run with settings nobody asked for measures the wrong thing."""
    monkeypatch.setenv("SCALAPAY_BATCH_RETRY_DELAY", "soon")
    spec = ClientSpec(**{**json.loads(SPEC.as_json()), "jobs": (), "credentials_file": _key(tmp_path)})
    events = EventFile(Path(os.devnull))

    with pytest.raises(SettingsError, match="SCALAPAY_BATCH_RETRY_DELAY"):
        await run_client(spec, events)

    events.close()


def test_cpu_time_grows_with_work() -> None:
    """The harness's soundness rests on it."""
    before = cpu_seconds()

    sum(range(200_000))

    assert cpu_seconds() >= before


def _key(folder: Path) -> str:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = {
        "type": "service_account", "client_email": "a@example.com", "private_key": private.decode(),
        "token_uri": "https://localhost:1/token", "private_key_id": "1",
    }  # fmt: skip
    (folder / "key.json").write_text(json.dumps(key), "utf-8")
    return str(folder / "key.json")
