import ssl
from pathlib import Path

import trustme

from engine.wire.network import trusting


def test_trusts_the_given_authority_beside_the_systems(tmp_path: Path) -> None:
    """A company's own proxy has an authority of its own, and Google still has its."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    of_the_system = trusting(None)

    with_one_more = trusting(tmp_path / "ca.pem")

    assert with_one_more.verify_mode is ssl.CERT_REQUIRED
    assert len(with_one_more.get_ca_certs()) == len(of_the_system.get_ca_certs()) + 1
