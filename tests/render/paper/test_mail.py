"""Papers as mails: subject, addresses, text and the PDF, read by the standard library."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from sfa.errors import InvalidInput
from sfa.render.paper.document import Look, Named, Paper, Tongue, Variant
from sfa.render.paper.mail import eml_of, file_stem
from sfa.render.paper.templates import standard
from tests.render.paper.samples import bilingual, short

PDF = b"%PDF-1.7 not a real one\n\x00\xff"


def mail_of(paper: Paper, look: Look, title: str = "报价单") -> EmailMessage:
    content = eml_of(paper, look, standard(), PDF, title)
    return message_from_bytes(content, policy=default)


def body_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_a_chinese_mail_says_what_it_is_and_carries_the_pdf() -> None:
    mail = mail_of(short(), Look(tongue=Tongue.CHINESE))
    assert mail["Subject"] == "上海曜枫光电科技有限公司 报价单 Q07-2026-0148"
    assert mail["From"] == "李娜 <lina@yaofeng.example>"
    assert mail["To"] == "王建国 <wang@huachuang.example>"
    assert "含税总额 52,492.12 CNY" in body_of(mail)
    assert "报价有效期至 2026-12-18。" in body_of(mail)
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_filename() == "报价单-Q07-2026-0148-杭州华创智能装备股份有限公司.pdf"
    assert attached.get_content() == PDF


def test_the_name_of_the_file_is_said_in_the_form_that_every_program_knows() -> None:
    content = eml_of(short(), Look(), standard(), PDF, "报价单")
    assert b"filename*=utf-8''%E6%8A%A5%E4%BB%B7%E5%8D%95-Q07" in content.replace(b"\r\n ", b"").replace(
        b"filename*0*", b"filename*"
    )
    assert content.isascii()


def test_each_part_of_a_mail_in_both_languages_names_people_in_its_own() -> None:
    body = body_of(mail_of(bilingual(), Look(tongue=Tongue.BOTH)))
    chinese, english = body.split("-" * 40)
    assert "王建国，您好" in chinese
    assert "Wang" not in chinese
    assert "Dear Wang Jianguo," in english
    assert "王" not in english


def test_a_line_about_what_the_paper_does_not_say_is_left_out() -> None:
    paper = replace(short(), valid_until=None, contact=None)
    mail = mail_of(paper, Look())
    assert "valid until" not in body_of(mail)
    assert "Dear" not in body_of(mail)
    assert mail["To"] is None


def test_a_name_with_line_breaks_adds_no_header() -> None:
    seller = replace(short().seller, name=Named("A\r\nBcc: all@e.example"))
    mail = mail_of(replace(short(), seller=seller), Look())
    assert mail["Bcc"] is None
    assert "A Bcc: all@e.example" in mail["Subject"]


@pytest.mark.parametrize("email", ["not an address", "a@b\nBcc: c@d", "@", "a@b c"])
def test_what_is_no_address_is_refused(email: str) -> None:
    contact = short().contact
    assert contact is not None
    with pytest.raises(InvalidInput, match="no email address"):
        mail_of(replace(short(), contact=replace(contact, email=email)), Look())


@pytest.mark.parametrize("variant", [Variant.INTERNAL, Variant.WAREHOUSE])
def test_what_is_not_for_the_customer_is_never_mailed(variant: Variant) -> None:
    with pytest.raises(InvalidInput, match="not for them"):
        mail_of(short(), Look(variant))


def test_the_same_paper_gives_the_same_mail() -> None:
    assert eml_of(short(), Look(), standard(), PDF, "x") == eml_of(short(), Look(), standard(), PDF, "x")


def test_a_file_name_has_nothing_that_a_disk_refuses() -> None:
    paper = replace(
        short(), revision=3, number="Q/1:2", customer=replace(short().customer, name=Named("A*B?\n C. "))
    )
    assert file_stem(paper, "Quotation") == "Quotation-Q 1 2-r3-A B C"
