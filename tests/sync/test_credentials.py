from __future__ import annotations

import os

import pytest

from sfa.errors import InvalidInput, Refused
from sfa.sync import credentials


def test_a_password_comes_from_a_descriptor_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(credentials.PASSWORD_VARIABLE, "of the environment")
    reading, writing = os.pipe()
    os.write(writing, "geheim 密码\nmore".encode())
    os.close(writing)
    try:
        assert credentials.given_password(reading) == "geheim 密码"
    finally:
        os.close(reading)
    assert credentials.given_password() == "of the environment"


def test_without_either_there_is_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(credentials.PASSWORD_VARIABLE, raising=False)
    assert credentials.given_password() is None


def test_a_descriptor_that_is_not_open_is_named() -> None:
    with pytest.raises(InvalidInput) as caught:
        credentials.given_password(987)
    assert "987" in str(caught.value)


@pytest.mark.parametrize("url", ["postgresql://a:secret@h/db", "host=h password=secret"])
def test_an_address_with_a_password_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        credentials.without_password(url)


def test_an_address_without_one_is_taken_as_it_is() -> None:
    assert credentials.without_password("postgresql://a@h/db") == "postgresql://a@h/db"


@pytest.mark.parametrize("url", ["notaurl", "postgresql://a@h/db?nonsense=1"])
def test_what_is_no_address_says_how_to_write_one(url: str) -> None:
    with pytest.raises(InvalidInput, match="postgresql://anna@"):
        credentials.without_password(url)
