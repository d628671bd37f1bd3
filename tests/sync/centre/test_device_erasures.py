"""A person erased on a device, as the real centre gets it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sfa import clock
from sfa.errors import msg
from sfa.store.change import local_state
from sfa.store.erasure import erase_rows, person_rows
from sfa.store.perform import changing
from sfa.sync.device import Device
from sfa.sync.engine import SyncResult, sync
from tests.simulation.company import ANN
from tests.store.rows import add, edit
from tests.sync.centre.real_centre import RealCentre


def synced(home: Path, centre: RealCentre) -> SyncResult:
    with closing(Device.open(home)) as device:
        return sync(device, centre.transport(ANN), now_ms=clock.wall_ms)


def test_a_person_erased_before_the_first_push_arrives_without_words_and_with_the_rest(
    home: Path, company: RealCentre
) -> None:
    with closing(Device.open(home)) as device:
        me = local_state(device.connection, "user_id")
    account = add(home, "account", name="Yangtze Pumps", owner_id=me)
    contact = add(home, "contact", name="Zhao Secretname", no_calls=1, owner_id=me)
    link = add(home, "contact_account", contact_id=contact, account_id=account)
    edit(home, "contact", contact, name="Zhao Secretname-Li", department="Pumps")
    with changing(home, name=msg("Erase")) as found:
        erase_rows(found.connection, person_rows(found.connection, "contact", contact))
    edit(home, "contact", contact, no_emails=1)
    assert synced(home, company).outcomes == {"applied": 6}
    row = company.state.row("contact", contact)
    assert row is not None
    assert (row.values["name"], row.values["no_calls"], row.values["no_emails"]) == ("[erased]", 1, 1)
    assert row.values["department"] == "Pumps"
    assert company.state.row("contact_account", link) is not None
    held = company.connection.execute("SELECT string_agg(changes, '') FROM hub.op").fetchone()
    assert held is not None
    assert "Secretname" not in held[0]
    edit(home, "contact", contact, no_calls=0)
    synced(home, company)
    assert company.connection.execute("SELECT count(*) FROM sfa.conflict").fetchone() == (0,)
