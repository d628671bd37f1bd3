"""Money in integer minor units with its ISO 4217 currency; exact splits; named rounding.

No floating point anywhere. Unit prices are integer millionths of the currency's
unit (``micros``), because real price lists have prices below a cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sfa.errors import InvalidInput, msg

MICROS = 1_000_000

# Source: ISO 4217, list one, without funds, metals and test codes.
CURRENCIES = frozenset(
    """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
    CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
    GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK
    LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR
    PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP
    SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XOF XPF
    YER ZAR ZMW ZWG""".split()
)

# Exponents that are not 2. Source: ISO 4217, list one.
_EXPONENTS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"), 0
    ),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


def exponent(currency: str) -> int:
    """Return how many decimals the currency's minor unit has."""
    return _EXPONENTS.get(currency, 2)


def to_minor(amount: Decimal, currency: str) -> int:
    """Return the amount in minor units.

    Raises:
        InvalidInput: the amount has more decimals than the currency.
    """
    scaled = amount.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise InvalidInput(
            "amount",
            msg("{value} has more decimals than {currency} allows ({places})."),
            value=str(amount),
            currency=currency,
            places=exponent(currency),
        )
    return int(scaled)


def from_minor(minor: int, currency: str) -> Decimal:
    """Return minor units as an amount with the currency's decimals."""
    return Decimal(minor).scaleb(-exponent(currency))


def to_micros(price: Decimal) -> int:
    """Return a unit price in millionths, rounded half up."""
    return int((price * MICROS).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def from_micros(micros: int) -> Decimal:
    """Return a unit price from millionths, without trailing zeros past the second decimal."""
    price = Decimal(micros) / MICROS
    short = price.quantize(Decimal("0.01"))
    return short if short == price else price.normalize()


def line_minor(unit_price_micros: int, quantity_milli: int, currency: str) -> int:
    """Return price times quantity in minor units, rounded half up once, at the end."""
    exact = Decimal(unit_price_micros) * Decimal(quantity_milli) / (MICROS * 1000)
    return int(exact.scaleb(exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of one currency; currencies never mix."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        """Add an amount of the same currency."""
        if self.currency != other.currency:
            raise InvalidInput(
                "currency",
                msg("{one} and {other} cannot be added without a dated rate."),
                one=self.currency,
                other=other.currency,
            )
        return Money(self.minor + other.minor, self.currency)

    def allocate(self, weights: Sequence[int]) -> list[Money]:
        """Split by weights so that the parts sum to the whole.

        The units left over go to the largest remainders, ties to the earlier part.
        """
        total = sum(weights)
        if total <= 0 or any(weight < 0 for weight in weights):
            raise ValueError("weights must not be negative and must sum to more than zero")
        shares = [divmod(self.minor * weight, total) for weight in weights]
        left = self.minor - sum(whole for whole, _ in shares)
        order = sorted(range(len(weights)), key=lambda index: (-shares[index][1], index))
        extra = set(order[:left])
        return [Money(whole + (index in extra), self.currency) for index, (whole, _) in enumerate(shares)]
