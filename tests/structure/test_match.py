"""Which provision is which across editions, and why."""

from __future__ import annotations

from tests.structure.files import by_id
from tracker.structure.match import Match, carry_ids, match
from tracker.structure.model import Document, provisions
from tracker.structure.reading import read

TEXTS = {
    "border": "Граница охраняется органами, которые определены законом каждого государства.",
    "crossing": "Пересечение границы допускается в установленных местах по документам лица.",
    "customs": "Товары декларируются перевозчиком либо их владельцем до начала оформления.",
    "dispute": "Споры сторон решаются переговорами, а при неудаче передаются в комиссию.",
}


def law(*articles: tuple[str, str]) -> Document:
    """A law of articles with heading and text, numbered from 1."""
    written = (
        f"Статья {number}. {heading}\n\n1. {text}\n2. Исключения устанавливает {heading}.\n\n"
        for number, (heading, text) in enumerate(articles, start=1)
    )
    return read("".join(written).encode(), "law.txt")


def pairs(matches: tuple[Match, ...]) -> dict[str, tuple[str, str]]:
    """New id to old id and reason, of the articles."""
    return {one.new: (one.old, one.why) for one in matches if "__" not in one.new}


OLD = law(
    ("Охрана", TEXTS["border"]), ("Пересечение", TEXTS["crossing"]), ("Товары", TEXTS["customs"])
)


def test_an_article_put_in_renumbers_the_rest() -> None:
    new = law(
        ("Охрана", TEXTS["border"]),
        ("Споры", TEXTS["dispute"]),
        ("Пересечение", TEXTS["crossing"]),
        ("Товары", TEXTS["customs"]),
    )
    assert pairs(match(OLD, new)) == {
        "art_1": ("art_1", "same"),
        "art_3": ("art_2", "same"),
        "art_4": ("art_3", "same"),
    }


def test_a_changed_article_is_known_by_number_heading_or_text() -> None:
    new = law(
        ("Охрана", TEXTS["border"].replace("органами", "войсками")),
        ("Переход", TEXTS["crossing"].replace("установленных", "особых")),
        ("Споры", TEXTS["dispute"]),
        ("Товары", "Перевозчик заявляет груз таможне письменно и немедленно."),
    )
    found = {one.new: one for one in match(OLD, new)}
    assert (found["art_1"].old, found["art_1"].why) == ("art_1", "number")
    assert (found["art_2"].old, found["art_2"].heading) == ("art_2", 0.0)
    assert (found["art_4"].old, found["art_4"].why) == ("art_3", "heading")
    assert "art_3" not in found
    assert 0.5 < found["art_1"].likeness < 1
    assert found["art_4"].heading == 1.0


def test_a_rewritten_article_keeps_its_number_and_shows_how_little_is_alike() -> None:
    new = law(
        ("Охрана", TEXTS["border"]), ("Утратила силу", "Исключена."), ("Товары", TEXTS["customs"])
    )
    found = {one.new: one for one in match(OLD, new)}["art_2"]
    assert (found.old, found.why) == ("art_2", "number")
    assert found.likeness < 0.4


def test_a_person_corrects_a_match() -> None:
    new = law(
        ("Охрана", TEXTS["border"]), ("Споры", TEXTS["dispute"]), ("Товары", TEXTS["customs"])
    )
    assert pairs(match(OLD, new))["art_2"] == ("art_2", "number")
    assert "art_2" not in pairs(match(OLD, new, apart=[("art_2", "art_2")]))
    pinned = pairs(match(OLD, new, pinned=[("art_3", "art_2")]))
    assert pinned["art_2"] == ("art_3", "pinned")


def test_parts_and_points_are_matched_within_their_article() -> None:
    old = read(
        "Статья 1. Имя\n\n1. Органы вправе:\n1) проверять документы граждан;\n"
        "2) задерживать нарушителей границы.\n2. Прочее решает суд.\n".encode(),
        "law.txt",
    )
    new = read(
        "Статья 1. Имя\n\n1. Основы дружбы народов.\n2. Органы вправе:\n"
        "1) задерживать нарушителей границы;\n2) проверять документы граждан.\n"
        "3. Прочее решает суд.\n".encode(),
        "law.txt",
    )
    found = {one.new: one.old for one in match(old, new)}
    assert found["art_1__para_2"] == "art_1__para_1"
    assert found["art_1__para_3"] == "art_1__para_2"
    assert found["art_1__para_2__point_1"] == "art_1__para_1__point_2"
    assert found["art_1__para_2__point_2"] == "art_1__para_1__point_1"
    assert "art_1__para_1" not in found


def test_names_stay_with_provisions_through_renumbering() -> None:
    second = law(
        ("Споры", TEXTS["dispute"]), ("Охрана", TEXTS["border"]), ("Товары", TEXTS["customs"])
    )
    second = carry_ids(second, OLD, match(OLD, second))
    assert by_id(second, "art_2").wid == "art_1"
    assert by_id(second, "art_2__para_1").wid == "art_1__para_1"
    assert by_id(second, "art_1").wid == "art_1+2"
    third = law(("Охрана", TEXTS["border"]), ("Споры", TEXTS["dispute"]))
    third = carry_ids(third, second, match(second, third))
    assert [by_id(third, eid).wid for eid in ("art_1", "art_2")] == ["art_1", "art_1+2"]
    wids = [one.wid for one in provisions(third)]
    assert len(set(wids)) == len(wids)
