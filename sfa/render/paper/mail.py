"""A paper as a mail that is ready to send: subject and text of the template, the PDF attached."""

from __future__ import annotations

import hashlib
import re
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sfa.errors import InvalidInput, msg
from sfa.render.paper.characters import mapped, visible
from sfa.render.paper.document import Kind, Look, Paper, Person, Tongue, Variant
from sfa.render.paper.labels import Labels
from sfa.render.paper.places import filled_lines, places_of
from sfa.render.paper.templates import Template

_MAILS = {Kind.QUOTE: "mail", Kind.ORDER: "order-mail"}
_PARTED = "\n\n" + "-" * 40 + "\n\n"
# What no file system takes in a name.
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]+')


def eml_of(paper: Paper, look: Look, template: Template, pdf: bytes, title: str) -> bytes:
    """Return a mail to the customer's contact with the PDF attached, as an unsent draft.

    Raises:
        InvalidInput: an address is none, or the paper is for our own eyes.
    """
    if look.variant is not Variant.CUSTOMER:
        raise InvalidInput(
            "variant",
            msg("a mail goes to the customer, and this paper is not for them."),
            hint=msg("Make the mail of the variant for the customer."),
        )
    paper = mapped(paper, visible)
    subject, body = _texts(paper, look, template)
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = subject
    if sender := _address(paper.prepared_by, paper.seller.email, look):
        mail["From"] = sender
    if receiver := _address(paper.contact, paper.customer.email, look):
        mail["To"] = receiver
    mail["Date"] = format_datetime(paper.made_at)
    # Mail programs open it as a draft, to be read once more and sent.
    mail["X-Unsent"] = "1"
    mail.set_content(body)
    mail.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"{file_stem(paper, title)}.pdf")
    # One paper gives one mail, byte for byte.
    mail.set_boundary(f"=={hashlib.sha256(pdf + body.encode()).hexdigest()[:32]}==")
    return mail.as_bytes()


def file_stem(paper: Paper, title: str) -> str:
    """Return a name for a paper's files: ``报价单-Q07-2026-0148-r2-杭州华创``."""
    revision = f"r{paper.revision}" if paper.revision > 1 else ""
    customer = paper.customer.name.text or paper.customer.name.english
    parts = (_NOT_IN_NAMES.sub(" ", each).strip(" .") for each in (title, paper.number, revision, customer))
    return "-".join(each for each in parts if each)[:80].rstrip(" .-")


def _texts(paper: Paper, look: Look, template: Template) -> tuple[str, str]:
    """Return subject and body; a subject that names what the paper does not have is its title and number."""
    subjects, bodies = [], []
    for code in look.tongue.codes:
        places = places_of(paper, look.variant, Tongue(code))
        first, _, rest = template.files[f"{_MAILS[paper.kind]}.{code}.txt"].partition("\n")
        subject = " ".join(filled_lines(first, places).partition(":")[2].split())
        title = Labels(Tongue(code), template.labels).one(f"title_{paper.kind}")
        subjects.append(subject or f"{title} {paper.number}")
        bodies.append(filled_lines(rest, places).strip())
    return " / ".join(subjects), _PARTED.join(bodies) + "\n"


def _address(person: Person | None, email: str, look: Look) -> Address | None:
    email = ((person.email if person else "") or email).strip()
    if not email:
        return None
    name = " / ".join(person.name.said(look.tongue)) if person and person.email else ""
    try:
        return Address(" ".join(name.split()), addr_spec=email)
    except (ValueError, IndexError, MessageError) as error:
        raise InvalidInput(
            "email", msg("{value!r} is no email address."), hint=msg("Correct it and try again."), value=email
        ) from error
