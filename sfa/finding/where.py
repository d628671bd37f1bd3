"""The filter language: from text to a small tree. What the tree selects is said in ``conditions``.

``amount>=50000 and (stage=proposal or not owner=me)``: comparisons joined by ``and``,
``or`` and ``not``. A value may be several words; it ends at ``and``, ``or``, a comma or
a closing bracket, and quotes keep those in it. The signs of a Chinese keyboard serve too.
"""

from __future__ import annotations

from typing import NamedTuple, NoReturn

from sfa.errors import BadUsage, Msg, msg
from sfa.finding.folding import storable

LONGEST = 10_000
_DEEPEST = 40
_MOST_COMPARISONS = 200
_SIGNS = ("<=", ">=", "!=", "<>", "==", "=", "<", ">", "~", "(", ")", ",")
_ALIKE = str.maketrans("（），、＝＜＞！～", "(),,=<>!~")
_WIDE = {"≥": ">=", "≤": "<=", "≠": "!="}
_OPERATORS = {
    "=": "=",
    "==": "=",
    "!=": "!=",
    "<>": "!=",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
    "~": "~",
}
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "「": "」"}


class Comparison(NamedTuple):
    """One test of a field.

    ``operator`` is one of = != < <= > >= ~ in, ``empty`` or ``given``; the last two have no
    values. ``position`` is where the field stands in the text.
    """

    field: str
    operator: str
    values: tuple[str, ...]
    position: int


class Not(NamedTuple):
    """What the node does not select."""

    node: Node


class Both(NamedTuple):
    """What every node selects."""

    nodes: tuple[Node, ...]


class Either(NamedTuple):
    """What at least one node selects."""

    nodes: tuple[Node, ...]


Node = Comparison | Not | Both | Either


class _Token(NamedTuple):
    kind: str  # "word", "quoted", "sign" or "end"
    text: str
    start: int
    end: int


def parse(text: str) -> Node | None:
    """Return the tree of a filter, or ``None`` of an empty one, which selects everything.

    Raises:
        BadUsage: the text is no filter; its message marks the place.
    """
    if len(text) > LONGEST:
        raise BadUsage(
            msg("The filter is too long ({length} characters; {limit} fit)."), length=len(text), limit=LONGEST
        )
    if not storable(text):
        raise BadUsage(msg("The filter holds signs that are no text."), hint=msg("Retype it."))
    parser = _Parser(text, _tokens(text))
    if parser.now.kind == "end":
        return None
    node = parser.either()
    if parser.now.kind != "end":
        parser.refuse(msg("Only 'and' or 'or' can follow here."))
    return node


def _tokens(text: str) -> list[_Token]:
    plain = text.translate(_ALIKE)
    tokens: list[_Token] = []
    at = 0
    while at < len(plain):
        if plain[at].isspace():
            at += 1
            continue
        token = _token(text, plain, at)
        tokens.append(token)
        at = token.end
    tokens.append(_Token("end", "", len(text), len(text)))
    return tokens


def _token(text: str, plain: str, at: int) -> _Token:
    if text[at] in _QUOTES:
        return _quoted(text, at)
    sign = _sign(text, plain, at)
    if sign:
        return sign
    end = at + 1
    while end < len(plain) and not plain[end].isspace() and not _sign(text, plain, end):
        end += 1
    return _Token("word", text[at:end], at, end)


def _sign(text: str, plain: str, at: int) -> _Token | None:
    if text[at] in _WIDE:
        return _Token("sign", _WIDE[text[at]], at, at + 1)
    for sign in _SIGNS:
        if plain.startswith(sign, at):
            return _Token("sign", sign, at, at + len(sign))
    return None


def _quoted(text: str, at: int) -> _Token:
    """Read a quoted text; the closing quote twice stands for itself."""
    close = _QUOTES[text[at]]
    pieces: list[str] = []
    start = at + 1
    while True:
        end = text.find(close, start)
        if end < 0:
            _refuse(text, at, msg("The quote is not closed."))
        pieces.append(text[start:end])
        if text[end + 1 : end + 2] != close:
            return _Token("quoted", close.join(pieces), at, end + 1)
        start = end + 2


def _refuse(text: str, position: int, why: Msg) -> NoReturn:
    raise BadUsage(
        msg("The filter cannot be read at ^: {marked}"),
        why=why,
        hint=msg("Write it like: amount>=50000 and stage=proposal and owner=me"),
        marked=f"{text[:position]}^{text[position:]}",
        position=position,
        text=text,
    )


class _Parser:
    """Recursive descent over the tokens of one text."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._next = 0
        self._depth = 0
        self._comparisons = 0

    @property
    def now(self) -> _Token:
        return self._tokens[self._next]

    def refuse(self, why: Msg, token: _Token | None = None) -> NoReturn:
        _refuse(self._text, (token or self.now).start, why)

    def either(self) -> Node:
        nodes = [self._both()]
        while self._took_word("or"):
            nodes.append(self._both())
        return nodes[0] if len(nodes) == 1 else Either(tuple(nodes))

    def _both(self) -> Node:
        nodes = [self._one()]
        while self._took_word("and"):
            nodes.append(self._one())
        return nodes[0] if len(nodes) == 1 else Both(tuple(nodes))

    def _one(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            self.refuse(msg("Brackets and 'not' go too deep."))
        if self._took_word("not"):
            node: Node = Not(self._one())
        elif self._took_sign("("):
            node = self.either()
            if not self._took_sign(")"):
                self.refuse(msg("A closing bracket is missing."))
        else:
            node = self._comparison()
        self._depth -= 1
        return node

    def _comparison(self) -> Node:
        self._comparisons += 1
        if self._comparisons > _MOST_COMPARISONS:
            self.refuse(msg("That is more than a filter can hold."))
        field = self.now
        if field.kind not in ("word", "quoted"):
            self.refuse(msg("The name of a field is missing."))
        self._next += 1
        negated = self._is_word(self.now, "not") and self._is_word(self._tokens[self._next + 1], "in")
        self._next += negated
        operator, values = self._test()
        found = Comparison(field.text, operator, values, field.start)
        return Not(found) if negated else found

    def _test(self) -> tuple[str, tuple[str, ...]]:
        if self._took_word("is"):
            return self._is()
        if self._took_word("in"):
            return "in", self._list()
        if self.now.kind != "sign" or self.now.text not in _OPERATORS:
            self.refuse(msg("A comparison is missing: = != < <= > >= ~, 'in (…)' or 'is empty'."))
        operator = _OPERATORS[self.now.text]
        self._next += 1
        value = self._value()
        if not value and operator in ("=", "!="):
            return ("empty" if operator == "=" else "given"), ()
        return operator, (value,)

    def _is(self) -> tuple[str, tuple[str, ...]]:
        operator = "given" if self._took_word("not") else "empty"
        if not self._took_word("empty"):
            self.refuse(msg("After 'is' comes 'empty' or 'not empty'."))
        return operator, ()

    def _list(self) -> tuple[str, ...]:
        if not self._took_sign("("):
            self.refuse(msg("After 'in' comes a list in brackets: stage in (proposal, won)."))
        values = [self._value(in_list=True)]
        while self._took_sign(","):
            values.append(self._value(in_list=True))
        if not self._took_sign(")"):
            self.refuse(msg("A closing bracket is missing."))
        return tuple(values)

    def _value(self, *, in_list: bool = False) -> str:
        """Read one value: a quoted text, or the words up to what ends it, as they were written."""
        first = self.now
        if first.kind == "quoted":
            self._next += 1
            return first.text
        if first.kind != "word" or self._is_word(first, "and") or self._is_word(first, "or"):
            self.refuse(msg("A value is missing."))
        last = first
        while self._goes_on(in_list=in_list):
            last = self._in_brackets() if self.now.text == "(" else self.now
            self._next += 1
        return self._text[first.start : last.end]

    def _goes_on(self, *, in_list: bool) -> bool:
        token = self.now
        if token.kind == "word":
            return not (self._is_word(token, "and") or self._is_word(token, "or"))
        # A comma may part thousands, and brackets belong to many a company's name.
        return token.kind == "sign" and (token.text == "(" or (token.text == "," and not in_list))

    def _in_brackets(self) -> _Token:
        """Go to the bracket that closes the one here."""
        opened, depth = self.now, 0
        while True:
            if self.now.kind == "end":
                self.refuse(msg("A closing bracket is missing."), opened)
            if self.now.kind == "sign":
                depth += {"(": 1, ")": -1}.get(self.now.text, 0)
            if depth == 0:
                return self.now
            self._next += 1

    @staticmethod
    def _is_word(token: _Token, word: str) -> bool:
        return token.kind == "word" and token.text.lower() == word

    def _took_word(self, word: str) -> bool:
        if not self._is_word(self.now, word):
            return False
        self._next += 1
        return True

    def _took_sign(self, sign: str) -> bool:
        if self.now.kind != "sign" or self.now.text != sign:
            return False
        self._next += 1
        return True
