"""What the company sells: pumps, valves, instruments, and the services around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sfa.demo.sheets import Cells, Words, said

_PUMPS, _VALVES = ("Pumps", "泵"), ("Valves", "阀门")
_CONTROL, _SERVICE = ("Control", "控制与仪表"), ("Service", "服务")
_PIECE, _SET, _YEAR = ("piece", "台"), ("set", "套"), ("year", "年")


@dataclass(frozen=True, slots=True)
class Product:
    """A product: price and cost in yuan."""

    code: str
    name: Words
    family: Words
    unit: Words
    price: int
    cost: int
    is_discontinued: bool = False


PRODUCTS = (
    Product("P20", ("Pump P20", "P20 离心泵"), _PUMPS, _PIECE, 6_800, 4_100),
    Product("P50", ("Pump P50", "P50 多级泵"), _PUMPS, _PIECE, 18_500, 11_200),
    Product("P80", ("Process pump P80", "P80 工艺泵"), _PUMPS, _PIECE, 46_000, 27_500),
    Product("PD10", ("Dosing pump PD10", "PD10 计量泵"), _PUMPS, _PIECE, 9_600, 5_900),
    Product("P15", ("Pump P15", "P15 管道泵"), _PUMPS, _PIECE, 4_200, 3_000, is_discontinued=True),
    Product("V12", ("Control valve V12", "V12 调节阀"), _VALVES, _PIECE, 3_900, 2_300),
    Product("V40", ("Safety valve V40", "V40 安全阀"), _VALVES, _PIECE, 7_400, 4_600),
    Product("VM6", ("Manifold VM6", "VM6 阀岛"), _VALVES, _SET, 12_800, 7_700),
    Product("C100", ("Controller C100", "C100 控制器"), _CONTROL, _SET, 22_000, 12_500),
    Product("F30", ("Flow meter F30", "F30 流量计"), _CONTROL, _PIECE, 8_300, 4_900),
    Product("CM1", ("Monitoring CM1", "CM1 状态监测"), _CONTROL, _SET, 58_000, 26_000),
    Product("S1", ("Maintenance contract", "年度维保"), _SERVICE, _YEAR, 36_000, 19_000),
    Product("S2", ("Commissioning", "安装调试"), _SERVICE, _SET, 15_000, 9_000),
    Product("S3", ("Training", "操作培训"), _SERVICE, _SET, 6_000, 2_500),
)
SERVICES = tuple(product for product in PRODUCTS if product.family == _SERVICE)
GOODS = tuple(product for product in PRODUCTS if product.family != _SERVICE and not product.is_discontinued)


def product_rows(language: str) -> Iterator[Cells]:
    """Yield the products as the import takes them."""
    for product in PRODUCTS:
        yield {
            "key": product.code,
            "code": product.code,
            "name": said(product.name, language),
            "family": said(product.family, language),
            "unit": said(product.unit, language),
            "price": str(product.price),
            "status": "discontinued" if product.is_discontinued else "active",
        }
