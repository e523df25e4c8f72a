"""The closed vocabulary of faults: one class for each `layer.kind`, and the points where it may strike.

What a client sees was measured with a POST on Python 3.11 and OpenSSL 3.0: aiohttp 3.14, and httplib2 0.32 as
google-api-python-client uses it.
"""

from typing import Annotated

from pydantic import Field

from fakeslides.scenario.api_faults import ApiFault
from fakeslides.scenario.http_faults import HttpFault
from fakeslides.scenario.tcp_faults import TcpFault
from fakeslides.scenario.tls_faults import TlsFault

__all__ = ["Fault"]

Fault = Annotated[TcpFault | TlsFault | HttpFault | ApiFault, Field(discriminator="kind")]
