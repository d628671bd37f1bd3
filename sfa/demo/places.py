"""Where customers are and what they do: cities by sales region, industries with the words in their names."""

from __future__ import annotations

from dataclasses import dataclass

from sfa.demo.sheets import Words


@dataclass(frozen=True, slots=True)
class City:
    """A city: its name in company names, region, country, area code, dialling code, form of companies."""

    name: str
    region: Words
    country: Words
    area: str
    street: str
    dial: str = "86"
    form: str = ""

    @property
    def is_chinese(self) -> bool:
        """Say whether companies there have Chinese names."""
        return bool(self.area)


@dataclass(frozen=True, slots=True)
class Industry:
    """An industry and the words that companies in it put into their names."""

    name: Words
    chinese: tuple[str, ...]
    english: tuple[str, ...]


_EAST, _SOUTH = ("East China", "华东"), ("South China", "华南")
_WEST, _NORTH = ("West China", "西南西北"), ("North China", "华北")
_EUROPE, _AMERICA = ("Europe", "欧洲"), ("North America", "北美")
_CHINA = ("China", "中国")


def _city(name: str, region: Words, area: str, street: str) -> City:
    return City(name, region, _CHINA, area, street)


# By team: East China, South and West, overseas.
CITIES: tuple[tuple[City, ...], ...] = (
    (
        _city("上海", _EAST, "021", "砺新路"),
        _city("苏州", _EAST, "0512", "澄湖东路"),
        _city("杭州", _EAST, "0571", "望江里"),
        _city("南京", _EAST, "025", "栖岚大道"),
        _city("宁波", _EAST, "0574", "海曙新街"),
    ),
    (
        _city("深圳", _SOUTH, "0755", "南坪三路"),
        _city("广州", _SOUTH, "020", "云麓路"),
        _city("成都", _WEST, "028", "锦帆路"),
        _city("西安", _WEST, "029", "沣泽路"),
        _city("天津", _NORTH, "022", "津沽大街"),
    ),
    (
        City("Leeds", _EUROPE, ("United Kingdom", "英国"), "", "Foundry Row", "44", "Ltd"),
        City("Stuttgart", _EUROPE, ("Germany", "德国"), "", "Werkstrasse", "49", "GmbH"),
        City("Hamburg", _EUROPE, ("Germany", "德国"), "", "Am Kranweg", "49", "GmbH"),
        City("Cleveland", _AMERICA, ("United States", "美国"), "", "Harbor Avenue", "1", "Inc."),
        City("Hamilton", _AMERICA, ("Canada", "加拿大"), "", "Mill Road", "1", "Ltd"),
    ),
)

INDUSTRIES = (
    Industry(("Machinery", "机械制造"), ("精密机械", "重工", "装备"), ("Machinery", "Engineering", "Works")),
    Industry(("Chemicals", "化工"), ("化学", "新材料", "精细化工"), ("Chemicals", "Coatings", "Polymers")),
    Industry(("Food and drink", "食品饮料"), ("食品", "乳业", "饮料"), ("Foods", "Dairies", "Brewing")),
    Industry(("Electronics", "电子"), ("电子", "半导体", "光电"), ("Electronics", "Circuits", "Optics")),
    Industry(("Water", "水务环保"), ("水务", "环保", "净水"), ("Water", "Utilities", "Filtration")),
    Industry(("Pharmaceuticals", "医药"), ("生物医药", "制药", "医疗器械"), ("Pharma", "Biotech", "Medical")),
    Industry(("Energy", "能源"), ("新能源", "热电", "储能"), ("Energy", "Power", "Renewables")),
    Industry(("Textiles", "纺织"), ("纺织", "印染", "化纤"), ("Textiles", "Fibres", "Dyeing")),
)
