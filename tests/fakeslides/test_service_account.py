from google.oauth2 import service_account

from fakeslides.service_account import make_service_account


def test_googles_library_reads_the_key_file() -> None:
    """It is handed to clients as it is."""
    made = make_service_account("https://localhost:1/token")

    credentials = service_account.Credentials.from_service_account_info(made.key_file, scopes=["s"])

    assert credentials.service_account_email == made.key_file["client_email"]
    assert made.key_file["token_uri"] == "https://localhost:1/token"
