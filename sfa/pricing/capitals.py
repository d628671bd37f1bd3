"""Amounts in Chinese capital numerals (人民币大写), as contracts and vouchers have them.

Source: 中国人民银行《支付结算办法》附件一《正确填写票据和结算凭证的基本规定》(1997): where zeros
stand between digits one 零 is written; 整 closes an amount that ends with 元. After 角 it
leaves 整 free, and 财政部《会计基础工作规范》第五十二条 asks for it, so it is written. Where the
rule leaves 零 free (the unit's place of 万 or 元 is zero), it is written after 万 and not after
元, the second of the two forms of its example: 107000.53 is 壹拾万零柒仟元伍角叁分.
"""

from __future__ import annotations

from sfa.errors import InvalidInput, msg
from sfa.money import Money

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
MOST_YUAN = 10**16  # past 万亿 there is no usual word


def in_capitals(amount: Money) -> str:
    """Return an amount of yuan in capital numerals, without the word 人民币 that forms print before it.

    Raises:
        InvalidInput: another currency than CNY, less than zero, or 10 to the 16th yuan and more.
    """
    if amount.currency != "CNY":
        raise InvalidInput(
            msg("Currency"),
            msg("capital numerals are for CNY, and the amount is in {currency}"),
            currency=amount.currency,
        )
    if amount.minor < 0:
        raise InvalidInput(
            msg("Amount"), msg("an amount less than zero cannot be written in capital numerals")
        )
    yuan, cents = divmod(amount.minor, 100)
    if yuan >= MOST_YUAN:
        raise InvalidInput(msg("Amount"), msg("it is too large to be written in capital numerals"))
    jiao, fen = divmod(cents, 10)
    whole = f"{_integer(yuan)}元" if yuan or not cents else ""
    if not cents:
        return f"{whole}整"
    tenths = f"{_DIGITS[jiao]}角" if jiao else "零" if whole else ""
    return whole + tenths + (f"{_DIGITS[fen]}分" if fen else "整")


def _integer(number: int) -> str:
    """Return a whole number: groups of four digits, each with its 万 or 亿, zeros between digits once."""
    if not number:
        return _DIGITS[0]
    words = ""
    has_zero = False  # since the last digit that was written
    digits = str(number)
    for index, digit in enumerate(digits):
        place = len(digits) - 1 - index
        if digit == "0":
            has_zero = True
        else:
            words += (_DIGITS[0] if has_zero else "") + _DIGITS[int(digit)] + _PLACES[place % 4]
            has_zero = False
        if place % 4 == 0:
            words += _myriad(digits, place)
    return words


def _myriad(digits: str, place: int) -> str:
    """Return the word that closes the group of four digits which ends at a place, if it has any digit.

    万亿 is 万 of the 亿: the 亿 that closes both is written once, after the lower group.
    """
    end = len(digits) - place
    has_digits = digits[max(0, end - 4) : end].strip("0") != ""
    if place == 8:
        return "亿"
    return ("万" if place % 8 == 4 else "") if has_digits else ""
