"""TLS handshakes in memory, without a network."""

import ssl


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext, host: str) -> ssl.SSLError | None:
    """Let two sides shake hands; return what the client has against it."""
    return _shake(client, server, host)[1]


def certificate_of(server: ssl.SSLContext) -> bytes:
    """Return the certificate that a server shows, whatever it is worth."""
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    certificate = _shake(anybody, server, "localhost")[0].getpeercert(binary_form=True)
    assert certificate is not None
    return certificate


def _shake(
    client: ssl.SSLContext, server: ssl.SSLContext, host: str
) -> tuple[ssl.SSLObject, ssl.SSLError | None]:
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname=host)
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    for side in (ours, theirs, ours):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
        except ssl.SSLError as error:
            return ours, error
    return ours, None
