import json
import stat
from pathlib import Path

from cryptography import x509

from fakeslides.tls import HOSTS, make_identity, write_client_files


def test_writes_what_clients_need_and_keeps_the_key_private(tmp_path: Path) -> None:
    """A throwaway key is still a key."""
    identity = make_identity()

    files = write_client_files(tmp_path, identity, "https://localhost:1")

    assert x509.load_pem_x509_certificate(files.ca_file.read_bytes())
    assert json.loads(files.credentials_file.read_text("utf-8"))["token_uri"] == "https://localhost:1/token"
    assert stat.S_IMODE(files.credentials_file.stat().st_mode) == 0o600


def test_a_second_server_in_the_same_folder_takes_the_files_over(tmp_path: Path) -> None:
    """`--state-dir` is given again and again."""
    identity = make_identity()
    write_client_files(tmp_path, identity, "https://localhost:1")

    files = write_client_files(tmp_path, identity, "https://localhost:2")

    assert "localhost:2" in files.credentials_file.read_text("utf-8")


def test_the_certificate_is_good_for_googles_names_too() -> None:
    """Unmodified clients reach the fake through a proxy under those."""
    assert {"localhost", "127.0.0.1", "slides.googleapis.com", "oauth2.googleapis.com"} <= set(HOSTS)
