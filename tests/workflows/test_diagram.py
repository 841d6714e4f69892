"""The picture: complete, the same every time, and nothing in it that a page forbids."""

import re
from xml.etree import ElementTree as ET

import pytest

from tests.workflows.world import csto, lakes
from workflows.diagram import mermaid, svg
from workflows.layout import FONT, SMALL_FONT, edges, lay_out, measure, rows, wrap

SVG = "{http://www.w3.org/2000/svg}"
EVERY = [*csto().procedures.values(), *lakes().procedures.values()]
LAW = csto().procedures["model_law"]
PATH = [("proposed", "drafting"), ("drafting", "eab_review"), ("eab_review", "drafting"),
        ("drafting", "eab_review"), ("eab_review", "commission"), ("commission", "commission"),
        ("commission", "revision")]  # fmt: skip


def drawn(procedure, language="ru", **more):
    return ET.fromstring(svg(procedure, language, **more))


def by_class(root, name):
    return [node for node in root.iter() if name in node.get("class", "").split()]


@pytest.mark.parametrize("procedure", EVERY, ids=lambda p: p.key)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_state_and_arrow_is_drawn(procedure, language):
    root = drawn(procedure, language)
    states = {node.get("data-state") for node in by_class(root, "state")}
    assert states == set(procedure.definition.states)
    assert len(by_class(root, "move")) == len(edges(procedure.definition)) + 1  # and the start


@pytest.mark.parametrize("procedure", EVERY, ids=lambda p: p.key)
def test_a_page_with_a_strict_policy_can_show_it(procedure):
    text = svg(procedure, "ru", path=PATH, now="commission", days={"commission": 5})
    assert not re.search(r"style|<script|href|url\(|on\w+=|\bid=", text)
    root = ET.fromstring(text)
    assert root.get("role") == "img"
    assert [root[0].tag, root[1].tag] == [f"{SVG}title", f"{SVG}desc"]
    assert root[0].text
    assert root[1].text
    colours = set(re.findall(r'(?:fill|stroke)="([^"]*)"', text))
    assert colours <= {"none", "currentColor"}


def test_it_is_the_same_every_time():
    assert svg(LAW, "ru", path=PATH, now="revision") == svg(LAW, "ru", path=PATH, now="revision")


def test_words_are_escaped():
    definition = LAW.definition.model_copy(
        update={"titles": {"ru": "<b>&"}, "stages": {**LAW.definition.stages, "eab": {"ru": "a<b"}}}
    )
    text = svg(type(LAW)(definition), "ru")
    assert "&lt;b&gt;&amp;" in text
    assert "<b>" not in text


@pytest.mark.parametrize("procedure", EVERY, ids=lambda p: p.key)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_nothing_overlaps_or_overflows(procedure, language):
    layout = lay_out(
        procedure.definition, lambda titles: titles.get(language) or titles["en"], notes=True
    )
    boxes = [*layout.boxes.values(), *layout.stages]
    for number, box in enumerate(boxes):
        assert box.x >= 0
        assert box.right <= layout.width
        assert box.y >= 0
        assert box.bottom <= layout.height
        font = FONT if box in layout.boxes.values() else SMALL_FONT
        assert all(measure(text) * font <= box.width for text in box.lines)
        for other in boxes[number + 1 :]:
            apart = box.right < other.x or other.right < box.x
            assert apart or box.bottom <= other.y or other.bottom <= box.y
    for way in layout.ways:
        for x, y in way.points:
            assert 0 <= x <= layout.width
            assert 0 <= y <= layout.height
    inner = [(way.edge, point) for way in layout.ways for point in way.points[1:-1]]
    for edge, (x, y) in inner:  # no arrow turns inside a box
        assert not any(b.x < x < b.right and b.y < y < b.bottom for b in layout.boxes.values()), (
            edge
        )


def test_the_main_line_runs_by_stage_and_the_rest_stands_beside_it():
    places = rows(LAW.definition)
    assert places.main == (
        "proposed", "concept", "drafting", "eab_review", "commission", "council", "plenary",
        "adopted", "dispatched",
    )  # fmt: skip
    assert places.aside == {"revision": 4}
    assert places.dead == ("rejected", "withdrawn")
    layout = lay_out(LAW.definition, lambda titles: titles["ru"])
    main = layout.boxes["commission"]
    assert layout.boxes["revision"].bottom < main.y
    assert layout.boxes["withdrawn"].y > main.bottom
    below = [way for way in layout.ways if way.kind == "return"]
    assert {way.edge for way in below} >= {("eab_review", "drafting"), ("plenary", "council")}
    assert all(y >= main.bottom for way in below for _x, y in way.points)


def test_the_path_the_state_now_and_the_days_are_shown():
    root = drawn(LAW, path=PATH, now="revision", days={"drafting": 61, "revision": 3})
    (now,) = by_class(root, "state-now")
    assert now.get("data-state") == "revision"
    visited = {node.get("data-state") for node in by_class(root, "state-visited")}
    assert visited == {"proposed", "drafting", "eab_review", "commission", "revision"}
    assert {node.get("data-state") for node in by_class(root, "state-ahead")} == (
        set(LAW.definition.states) - visited
    )
    titles = {node.find(f"{SVG}title").text for node in by_class(root, "move-taken")[1:]}
    assert len(titles) == len(set(PATH))
    assert "Направить в ЭКС: Разработка → Экспертиза ЭКС ×2" in titles
    notes = {"".join(node.itertext()) for node in by_class(root, "state-note")}
    assert notes == {"61 дн.", "3 дн."}
    assert root[1].text.endswith("Сейчас: Доработка для комиссии.")


def test_without_an_act_nothing_is_marked():
    root = drawn(LAW)
    for name in ("state-now", "state-visited", "state-ahead", "move-taken", "state-note"):
        assert by_class(root, name) == []


def test_moves_that_only_a_correction_made_are_drawn_too():
    root = drawn(LAW, path=[("adopted", "plenary"), ("withdrawn", "council"), ("gone", "council")])
    titles = {node.find(f"{SVG}title").text for node in by_class(root, "move-taken")[1:]}
    assert titles == {"Принят → В повестке дня пленарного заседания"}


def test_a_language_that_is_missing_falls_back():
    assert "Proposed" in svg(lakes().procedures["bill"], "ru", days={"proposed": 2}, now="proposed")
    assert "2 d" in svg(lakes().procedures["bill"], "fr", days={"proposed": 2})


WRAPPED = [
    ("В повестке дня пленарного заседания", ("В повестке дня", "пленарного", "заседания")),
    ("Proposed", ("Proposed",)),
    ("Verfassungsausschussvorsitz", ("Verfassungsau-", "sschussvorsitz")),
]


@pytest.mark.parametrize(("title", "lines"), WRAPPED)
def test_long_titles_are_broken(title, lines):
    assert wrap(title, 9.4) == lines


def test_mermaid_is_the_same_table():
    text = mermaid(csto().procedures["statement_council"], "en")
    assert text.startswith("stateDiagram-v2\n    direction LR\n")
    assert '    state "Before the Council" as council\n' in text
    assert "    [*] --> proposed\n" in text
    assert "    council --> drafting : Return for revision\n" in text
    assert "    withdrawn --> [*]\n" in text
    assert "retitle" not in text
    arrows = re.findall(r"^    (\w+) --> (\w+) : ", text, re.MULTILINE)
    assert arrows == edges(csto().procedures["statement_council"].definition)
