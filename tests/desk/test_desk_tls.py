"""The desk for other machines: encrypted or not at all."""

import ipaddress
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kiosk_server.county_office.app import desk_app
from kiosk_server.county_office.errors import TlsNeeded
from kiosk_server.county_office.staff.doors import door_of, tls_of
from kiosk_server.serving.server import server
from kiosk_server.serving.sockets import listening
from tests.desk.desk_house import desk

pytestmark = pytest.mark.thorough


def certificate(folder, *, names=("localhost",), passphrase=b""):
    """A certificate of these names and its key, as files."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "desk")])
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    made = (
        made.serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
    )
    if names:
        said = [x509.DNSName(one) for one in names] + [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        made = made.add_extension(x509.SubjectAlternativeName(said), critical=False)
    encoding, style = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    locked = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(encoding))
    key_file.write_bytes(key.private_bytes(encoding, style, locked))
    return cert_file, key_file


def test_the_desk_answers_other_machines_over_tls(tmp_path):
    """Under the names of its certificate and no others; the login page comes, nothing comes in the clear."""
    tls = tls_of(*certificate(tmp_path))
    with desk(tmp_path / "county") as house:
        listens = listening("127.0.0.1", 0)
        port = listens.getsockname()[1]
        running = server(desk_app(house.desk, door_of("192.0.2.1", port, tls, "")), tls=tls[:2])
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listens]})
        thread.start()
        while not running.started:
            time.sleep(0.01)
        try:
            for host, status in (
                (f"localhost:{port}", 200),
                (f"127.0.0.1:{port}", 200),
                ("evil.example", 421),
            ):
                context = ssl.create_default_context(cafile=tls.cert)
                connection = HTTPSConnection("localhost", port, context=context, timeout=20)
                connection.request("GET", "/login", headers={"Host": host})
                answer = connection.getresponse()
                assert (answer.status, "strict-transport-security" in {*map(str.lower, answer.headers)}) == (
                    status,
                    True,
                )
                answer.read()
                connection.close()
        finally:
            running.should_exit = True
            thread.join(timeout=10)
            listens.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "desk.example"])  # noqa: S104
@pytest.mark.parametrize("behind", ["", "https://desk.example"])
def test_no_password_travels_in_the_clear(host, behind):
    """Off this machine without a certificate it does not open, nor behind a proxy that others could go around."""
    with pytest.raises(TlsNeeded):
        door_of(host, 8070, None, behind)


@pytest.mark.parametrize(
    "behind",
    ["http://desk.example", "desk.example", "https://", "https://desk.example/", "https://A.example"],
)
def test_a_proxy_s_address_is_written_whole(behind):
    """What browsers send as Origin, letter by letter."""
    with pytest.raises(TlsNeeded):
        door_of("127.0.0.1", 8070, None, behind)


def test_the_desk_has_the_names_it_was_given_and_no_others(tmp_path):
    """Behind a proxy only the proxy's; of a certificate none with a star, which could be anybody's."""
    assert door_of("127.0.0.1", 8070, None, "https://desk.example").origins == {"https://desk.example"}
    tls = tls_of(*certificate(tmp_path, names=("*.example", "Desk.example")))
    names = {"https://desk.example:8443", "https://127.0.0.1:8443"}
    assert door_of("192.0.2.1", 8443, tls, "").origins == names


def test_a_certificate_that_cannot_serve_is_one_sentence(tmp_path):
    """One file without the other, damaged, locked by a passphrase, or without a name."""
    cert, key = certificate(tmp_path)
    for one, other in ((cert, None), (None, key), (key, cert), (cert, tmp_path / "none"), (tmp_path, key)):
        with pytest.raises(TlsNeeded):
            tls_of(one, other)
    for how in ({"passphrase": b"secret"}, {"names": ()}):
        with pytest.raises(TlsNeeded):
            tls_of(*certificate(tmp_path, **how))
    assert tls_of(None, None) is None
