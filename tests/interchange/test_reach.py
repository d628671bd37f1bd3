"""Phone numbers, email addresses, several values in a cell."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sfa.interchange.reach import email_address, phone_digits, split_many, split_phones


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("13800138000", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("+86 21 6888 1234", "02168881234"),
        ("021-68881234", "02168881234"),
        ("021-5555 1234 转 801", "02155551234"),
        ("400-820-8820", "4008208820"),
        ("(555) 123-4567 ext. 12", "5551234567"),
        ("+1 555 123 4567", "5551234567"),
        ("+44 (0)20 7946 0958", "442079460958"),
        ("tel: 13800138000", "13800138000"),
        ("手机：13800138000", "13800138000"),
    ],
)
def test_the_same_number_has_the_same_digits_however_it_is_written(text: str, digits: str) -> None:
    assert phone_digits(text) == digits


@pytest.mark.parametrize("text", ["", "n/a", "12", "abc", "+", "1" * 30, "see website"])
def test_what_is_no_phone_number_has_no_digits(text: str) -> None:
    assert phone_digits(text) == ""


def test_usual_numbers_never_load_the_phone_library() -> None:
    code = (
        "import sys; from sfa.interchange.reach import phone_digits;"
        "[phone_digits(text) for text in ('13800138000', '+86 (21) 6888-1234', '021-5555 1234 ext 8')];"
        "sys.exit('phonenumbers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ann@example.org", "ann@example.org"),
        ("Ann Lee <ann@example.org>", "ann@example.org"),
        ("mailto:ann@example.org", "ann@example.org"),
        ("王@例子.公司", "王@例子.公司"),
        ("ann@example", ""),
        ("ann", ""),
        ("a b@example.org", ""),
        ("ann@@example.org", ""),
    ],
)
def test_email_addresses_are_found_or_refused(text: str, address: str) -> None:
    assert email_address(text) == address


def test_several_values_of_a_cell_keep_their_order_without_repeats() -> None:
    assert split_many("a; b、c\nb，d, a") == ["a", "b", "c", "d"]


def test_an_address_keeps_its_commas() -> None:
    assert split_many("1 Main St, Springfield; 2 High St, Leeds", address=True) == [
        "1 Main St, Springfield",
        "2 High St, Leeds",
    ]


def test_a_slash_parts_phone_numbers_but_not_one_number() -> None:
    assert split_phones("13800138000/021-5555 1234") == ["13800138000", "021-5555 1234"]
    assert split_phones("13800138000 或 13900139000") == ["13800138000", "13900139000"]
    assert split_phones("13800138000") == ["13800138000"]
