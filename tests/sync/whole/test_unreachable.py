"""A centre that cannot be reached, cannot show who it is, or takes no changes."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.whole.conftest import free_port
from tests.sync.whole.line import Line
from tests.sync.whole.office import Office, Person, in_step, nothing_lost


def _is_cut_off(person: Person, *parts: str) -> None:
    """Sync in vain, with something typed before and nothing of it lost."""
    person.does("lead", "add", "Typed meanwhile", "--company", "One")
    waiting = person.unsent
    said = person("sync")
    assert said.code == 5, said
    for part in parts:
        assert part in said.err, said
    assert said.out == ""
    assert person.unsent == waiting


def _then_syncs(office: Office, person: Person) -> None:
    assert person("sync").code == 0
    assert office.rows("SELECT name FROM sfa.lead") == [("Typed meanwhile",)]
    in_step(person)
    nothing_lost(office, person)


@pytest.fixture
def line(office: Office) -> Iterator[Line]:
    """A line to the centre."""
    found = Line(office.server.port())
    yield found
    found.close()


def _through(office: Office, line: Line, login: str, **more: str) -> str:
    return office.url(login, **more).replace(str(office.server.port()), str(line.port))


def test_nobody_listens(office: Office, anna: Person) -> None:
    port = free_port()
    anna.goes_to(office.url("anna").replace(str(office.server.port()), str(port)))
    _is_cut_off(
        anna,
        f"Error: The centre 127.0.0.1:{port} cannot be reached.",
        "Connection refused",
        "Your changes are safe on this device. Check the network, then run: sfa sync.",
    )
    anna.goes_to(office.url("anna"))
    _then_syncs(office, anna)


def test_a_name_that_leads_nowhere(office: Office, anna: Person) -> None:
    anna.goes_to("postgresql://anna@centre.invalid/sfa")
    _is_cut_off(anna, "Error: The centre centre.invalid:5432 cannot be reached.", "run: sfa sync")
    anna.goes_to(office.url("anna"))
    _then_syncs(office, anna)


def test_a_black_hole_at_the_door(office: Office, anna: Person) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = int(deaf.getsockname()[1])
        url = office.url("anna", connect_timeout="2").replace(str(office.server.port()), str(port))
        anna.goes_to(url)
        _is_cut_off(anna, "cannot be reached", "timeout")
    anna.goes_to(office.url("anna"))
    _then_syncs(office, anna)


def test_a_black_hole_in_the_middle_of_a_call(
    office: Office, anna: Person, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfa.sync.running.ATTEMPTS", 1)
    monkeypatch.setattr("sfa.sync.silence.LIMIT_S", 0.5)
    anna.goes_to(_through(office, line, "anna", connect_timeout="2"))
    line.trip("up", 1500, line.hold)
    _is_cut_off(anna, "cannot be reached", "It gave no answer")
    line.close()
    anna.goes_to(office.url("anna"))
    _then_syncs(office, anna)


# ---- takes no changes


def test_a_centre_that_takes_no_changes_still_gives(office: Office, anna: Person, ben: Person) -> None:
    ben.does("account", "add", "Huachuang")
    ben.syncs()
    office.rows("UPDATE sfa.account SET owner_id = (SELECT id FROM sfa.\"user\" WHERE name = 'Anna')")
    office.takes_changes(no=True)
    _is_cut_off(anna, "Error: The centre takes no changes at the moment", "Run sfa sync again later.")
    assert anna.rows("SELECT name FROM account") == [("Huachuang",)]
    office.takes_changes()
    _then_syncs(office, anna)


def test_a_centre_that_takes_no_changes_is_no_trouble_for_who_has_none(office: Office, anna: Person) -> None:
    anna.syncs()
    office.takes_changes(no=True)
    assert anna("sync").code == 0


_FULL = """
CREATE FUNCTION hub.full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full';
END $$;
CREATE TRIGGER full_now BEFORE INSERT ON hub.op EXECUTE FUNCTION hub.full();
"""


def test_a_centre_whose_disk_is_full_still_gives(office: Office, anna: Person, ben: Person) -> None:
    ben.does("account", "add", "Huachuang")
    ben.syncs()
    office.rows("UPDATE sfa.account SET owner_id = (SELECT id FROM sfa.\"user\" WHERE name = 'Anna')")
    office.rows(_FULL)
    _is_cut_off(anna, "Error: The centre's disk is full.", "Your changes are safe on this device.")
    assert anna.rows("SELECT name FROM account") == [("Huachuang",)]
    office.rows("DROP TRIGGER full_now ON hub.op")
    _then_syncs(office, anna)


def test_a_centre_that_fails_at_a_batch_still_gives(office: Office, anna: Person, ben: Person) -> None:
    ben.does("account", "add", "Huachuang")
    ben.syncs()
    office.rows("UPDATE sfa.account SET owner_id = (SELECT id FROM sfa.\"user\" WHERE name = 'Anna')")
    office.rows(_FULL.replace("'disk_full'", "'internal_error'").replace("could not extend file", "a bug"))
    _is_cut_off(anna, "Error: The centre failed", "a bug", "Your changes are safe on this device.")
    assert anna.rows("SELECT name FROM account") == [("Huachuang",)]
    office.rows("DROP TRIGGER full_now ON hub.op")
    _then_syncs(office, anna)


# ---- certificates

_HOST = "centre.example"


class Papers:
    """A certificate authority and what it signs, made by openssl."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = self._authority("ca")
        self.other_root = self._authority("other")

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder)

    def _authority(self, name: str) -> Path:
        self._openssl(
            *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"),
            *("-keyout", f"{name}.key", "-out", f"{name}.crt"),
        )
        return self.folder / f"{name}.crt"

    def certificate(self, days: int) -> tuple[bytes, bytes]:
        """Return a certificate for the host, valid so many days from now, and its key."""
        self._openssl(
            *("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={_HOST}"),
            *("-keyout", "host.key", "-out", "host.csr"),
        )
        (self.folder / "names").write_text(f"subjectAltName=DNS:{_HOST}\n")
        self._openssl(
            *("x509", "-req", "-in", "host.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"),
            *("-days", str(days), "-extfile", "names", "-out", "host.crt"),
        )
        return (self.folder / "host.crt").read_bytes(), (self.folder / "host.key").read_bytes()


@pytest.fixture
def papers(tmp_path: Path, office: Office) -> Iterator[Papers]:
    """What the server shows itself with."""
    if shutil.which("openssl") is None:
        if os.environ.get("CI"):
            pytest.fail("openssl is not installed")
        pytest.skip("openssl is not installed")
    folder = tmp_path / "papers"
    folder.mkdir()
    yield Papers(folder)
    office.rows("ALTER SYSTEM RESET ssl")
    _reload(office)


def _shows(office: Office, certificate: bytes, key: bytes) -> None:
    """Let the server show itself with a certificate from now on."""
    owner = office.server.data.stat()
    for name, content in (("server.crt", certificate), ("server.key", key)):
        path = office.server.data / name
        path.write_bytes(content)
        path.chmod(0o600)
        shutil.chown(path, owner.st_uid, owner.st_gid)
    office.rows("ALTER SYSTEM SET ssl = on")
    _reload(office)


def _reload(office: Office) -> None:
    before = office.value("SELECT pg_conf_load_time()")
    office.rows("SELECT pg_reload_conf()")
    while office.value("SELECT pg_conf_load_time()") == before:
        time.sleep(0.02)


def _secure(office: Office, host: str, root: Path | None) -> str:
    more = {} if root is None else {"sslrootcert": str(root)}
    url = office.url("anna", hostaddr="127.0.0.1", **more)
    return url.replace("@127.0.0.1:", f"@{host}:")


def test_a_centre_elsewhere_must_show_a_certificate_in_its_name(
    office: Office, anna: Person, papers: Papers
) -> None:
    _shows(office, *papers.certificate(days=2))
    says = ("could not show that it is the centre; nothing was sent.", "ask the administrator")
    for url, why in (
        (_secure(office, "other.example", papers.root), "does not match host name"),
        (_secure(office, _HOST, papers.other_root), "certificate verify failed"),
        (_secure(office, _HOST, None), "certificate verify failed"),
    ):
        anna.goes_to(url)
        said = anna("sync")
        assert said.code == 5, said
        assert all(part in said.err for part in (*says, why)), said
    anna.goes_to(_secure(office, _HOST, papers.root))
    anna.does("lead", "add", "Typed meanwhile", "--company", "One")
    _then_syncs(office, anna)


def test_a_certificate_that_expired(office: Office, anna: Person, papers: Papers) -> None:
    _shows(office, *papers.certificate(days=-1))
    anna.goes_to(_secure(office, _HOST, papers.root))
    _is_cut_off(anna, "could not show that it is the centre", "certificate", "the clock")
    _shows(office, *papers.certificate(days=2))
    _then_syncs(office, anna)


def test_a_centre_elsewhere_without_tls_is_not_talked_to(
    office: Office, anna: Person, papers: Papers
) -> None:
    anna.goes_to(_secure(office, _HOST, papers.root))
    _is_cut_off(anna, "does not support SSL")
    anna.goes_to(office.url("anna"))
    _then_syncs(office, anna)
