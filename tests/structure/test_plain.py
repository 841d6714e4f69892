"""Plain text in the drafting conventions of three languages."""

from __future__ import annotations

import pytest

from tests.structure.files import by_id, outline, texts
from tracker.structure.model import Document, Paragraph, articles, block_text, provisions
from tracker.structure.reading import read

RUSSIAN = """МОДЕЛЬНЫЙ ЗАКОН
О пограничной безопасности

Настоящий Закон определяет правовые основы обеспечения безопасности на границах государств.

РАЗДЕЛ ПЕРВЫЙ
Общие положения

Глава 1. Начала

Статья 1. Основные понятия

В настоящем Законе используются понятия:
граница - линия;
режим - порядок.

Статья 1-1. Правовая основа
и её пределы

1. Правовую основу составляют:
1) конституция;
2) договоры, в том числе:
а) двусторонние;
б) многосторонние.
Иные акты применяются субсидиарно.
1.1. Государства сотрудничают.
2. Споры решаются переговорами.

Председатель                      И. Иванов
Город, 5 декабря 2022 года

Приложение 1
к модельному закону

ПЕРЕЧЕНЬ ПУНКТОВ

1. Первый пункт.
2. Второй пункт.
"""

ENGLISH = """MODEL LAW
On border security

CONTENTS

Chapter I. General provisions
Article 1. Subject matter
Article 2. Definitions

Chapter I. General provisions

Article 1. Subject matter

(1) This Law lays down rules on:
(a) borders;
(b) checks, being—
(i) ordinary checks;
(ii) special checks.
(2) It applies to all.

Article 2. Definitions

In this Law "border" means a line.

SCHEDULE 1
Forms

1. The form is as follows.
"""

UKRAINIAN = """ЗАКОН УКРАЇНИ
Про охорону кордону

Розділ I
ЗАГАЛЬНІ ПОЛОЖЕННЯ

Стаття 1. Терміни

1. Кордон - це лінія.
1-1. Режим - це порядок, який визначено законом.
2. Інші терміни:
1) пункт;
2) смуга.

Стаття 1 - 1 . Основи

Держави співпрацюють.

Додаток 2
до Закону

ПЕРЕЛІК
"""


def _read(text: str) -> Document:
    return read(text.encode(), "law.txt")


def test_a_russian_law() -> None:
    law = _read(RUSSIAN)
    assert law.title == "О пограничной безопасности"
    assert law.language == "ru"
    assert outline(law) == [
        ("section", "1", "Общие положения"),
        ("chapter", "1", "Начала"),
        ("article", "1", "Основные понятия"),
        ("article", "1-1", "Правовая основа и её пределы"),
        ("paragraph", "1", ""),
        ("point", "1", ""),
        ("point", "2", ""),
        ("subpoint", "а", ""),
        ("subpoint", "б", ""),
        ("alinea", "", ""),
        ("paragraph", "1.1", ""),
        ("paragraph", "2", ""),
        ("annex", "1", "ПЕРЕЧЕНЬ ПУНКТОВ"),
        ("point", "1", ""),
        ("point", "2", ""),
    ]
    assert [block_text((block,)) for block in law.conclusions] == [
        "Председатель И. Иванов",
        "Город, 5 декабря 2022 года",
    ]
    assert block_text(law.preamble).startswith("Настоящий Закон определяет")
    assert by_id(law, "art_1-1__para_1__point_2__subpara_а").label == "а)"
    assert texts(by_id(law, "att_1")) == ["к модельному закону"]
    assert law.oddities == ()


def test_an_english_law_without_its_table_of_contents() -> None:
    law = _read(ENGLISH)
    assert outline(law) == [
        ("chapter", "I", "General provisions"),
        ("article", "1", "Subject matter"),
        ("paragraph", "1", ""),
        ("point", "a", ""),
        ("point", "b", ""),
        ("subpoint", "i", ""),
        ("subpoint", "ii", ""),
        ("paragraph", "2", ""),
        ("article", "2", "Definitions"),
        ("annex", "1", "Forms"),
        ("point", "1", ""),
    ]
    assert [one.code for one in law.oddities] == ["contents_left_out"]


def test_a_ukrainian_law() -> None:
    law = _read(UKRAINIAN)
    assert law.language == "uk"
    assert outline(law)[:8] == [
        ("section", "I", "ЗАГАЛЬНІ ПОЛОЖЕННЯ"),
        ("article", "1", "Терміни"),
        ("paragraph", "1", ""),
        ("paragraph", "1-1", ""),
        ("paragraph", "2", ""),
        ("point", "1", ""),
        ("point", "2", ""),
        ("article", "1-1", "Основи"),
    ]
    assert outline(law)[8] == ("annex", "2", "ПЕРЕЛІК")


def test_a_bill_whose_headings_stand_over_the_numbers() -> None:
    law = _read(
        "PART 1\nBORDERS\n\nGuards\n\nBorder guards\n\n1.—(1) The Minister must appoint guards.\n\n"
        "(2) A guard may—\n(a) stop a person;\n(b) ask for papers.\n\nPowers of guards\n\n"
        "2. A guard may search a vehicle.\n\nFinal provisions\n\nCommencement\n\n"
        "3. This Act comes into force when it is passed.\n"
    )
    assert [one for one in outline(law) if one[0] in ("part", "crossheading", "article")] == [
        ("part", "1", "BORDERS"),
        ("crossheading", "", "Guards"),
        ("article", "1", "Border guards"),
        ("article", "2", "Powers of guards"),
        ("crossheading", "", "Final provisions"),
        ("article", "3", "Commencement"),
    ]
    assert by_id(law, "sec_1__para_2__point_b").label == "(b)"


def test_the_points_of_a_resolution_are_no_articles() -> None:
    law = _read(
        "РЕШЕНИЕ\n\nО мерах\n\nСовет решил:\n\n1. Принять меры.\n1.1. Создать группу.\n"
        "2. Поручить Секретариату:\n1) разослать решение;\n2) доложить.\n"
    )
    assert articles(law) == ()
    assert outline(law) == [
        ("point", "1", ""),
        ("subpoint", "1.1", ""),
        ("point", "2", ""),
        ("subpoint", "1", ""),
        ("subpoint", "2", ""),
    ]


def test_rules_approved_by_a_resolution_are_an_annex() -> None:
    law = _read(
        "ПОСТАНОВЛЕНИЕ\n\nОб утверждении Правил\n\n"
        "Правительство в соответствии с законом о данных постановляет утвердить Правила.\n\n"
        "Председатель Правительства И.Иванов\n\nУТВЕРЖДЕНЫ\n\nпостановлением Правительства\n\n"
        "ПРАВИЛА\n\nI. Общие положения\n\n1. Настоящие Правила устанавливают порядок.\n\n"
        "II. Права и обязанности лиц\n\nпри осуществлении контроля\n\n2. Лица вправе проверять.\n"
    )
    assert [one.kind for one in law.body] == ["text"]
    assert outline(law)[2:] == [
        ("section", "I", "Общие положения"),
        ("point", "1", ""),
        ("section", "II", "Права и обязанности лиц при осуществлении контроля"),
        ("point", "2", ""),
    ]


def test_a_text_without_any_numbers() -> None:
    law = _read("ЗАЯВЛЕНИЕ\n\nАссамблея выражает озабоченность.\n\nОна призывает стороны к миру.\n")
    assert [one.kind for one in law.body] == ["text"]
    assert texts(law.body[0])[-1] == "Она призывает стороны к миру."


WRAPPED = """
                        ФЕДЕРАЛЬНЫЙ ЗАКОН

                       О персональных данных

                     Глава 1. Общие положения

     Статья 1. Сфера действия настоящего Федерального закона
                и его цели

     1.   Настоящим  законом  регулируются  отношения, связан-
ные  с  обработкой   данных   в  информационно-телекоммуника-
ционных сетях, а также в информационно-
справочных системах, если  обработка  соответствует характеру
действий, совершаемых с данными в информационно-справочных
системах.
     2. Действие закона не распространяется  на  отношения  при
обработке данных для личных нужд граждан, если не нарушаются
права  других  лиц, и  на  отношения,  возникающие  в  быту:
     1) в семье и между лицами, которые проживают совместно  и
ведут общее хозяйство;
     2) в организациях.
"""


def test_wrapped_lines_and_broken_words_are_joined() -> None:
    law = _read(WRAPPED)
    first = by_id(law, "art_1")
    assert first.title == "Сфера действия настоящего Федерального закона и его цели"
    text = texts(by_id(law, "art_1__para_1"))[0]
    assert "отношения, связанные с обработкой данных" in text
    assert "информационно-телекоммуникационных сетях" in text
    assert "а также в информационно-справочных системах" in text
    assert [one.number for one in by_id(law, "art_1__para_2").children] == ["1", "2"]
    joined = [one.params["word"] for one in law.oddities if one.code == "hyphen_joined"]
    assert "связанные" in joined


def test_page_numbers_between_lines_are_taken_out_and_listed() -> None:
    law = _read("Статья 1. Право\n\nТекст первой части закона.\n- 2 -\nВторая часть закона.\n")
    assert texts(by_id(law, "art_1")) == ["Текст первой части закона.", "Вторая часть закона."]
    assert [one.code for one in law.oddities] == ["page_number"]


@pytest.mark.parametrize(
    ("written", "number", "eid"),
    [
        ("Статья 5.1. Имя", "5.1", "art_5-1"),
        ("Статья 12-1. Имя", "12-1", "art_12-1"),
        ("Статья 142⁹. Имя", "142.9", "art_142-9"),
        ("Статья 67¹", "67.1", "art_67-1"),
        ("С т а т ь я 7. Имя", "7", "art_7"),
        ("Article 12A. Name", "12A", "art_12A"),
        ("Section 3. Name", "3", "sec_3"),
        ("Стаття 9 - 2 . Назва", "9-2", "art_9-2"),
    ],
)
def test_numbers_as_they_are_written(written: str, number: str, eid: str) -> None:
    law = _read(f"{written}\n\nТекст этой статьи закона.\n")
    found = articles(law)[0]
    assert (found.number, found.eid) == (number, eid)
    assert written.startswith(found.label)


def test_a_lost_superscript_is_restored_and_said() -> None:
    law = _read("".join(f"Статья {n}. Имя\n\nТекст.\n\n" for n in (15, 16, 161, 162, 17)))
    assert [one.number for one in articles(law)] == ["15", "16", "16.1", "16.2", "17"]
    assert articles(law)[2].label == "Статья 161."
    assert [one.code for one in law.oddities] == ["superscript_restored"] * 2


def test_a_code_with_as_many_articles_keeps_its_numbers() -> None:
    law = _read("".join(f"Статья {n}. Имя\n\nТекст.\n\n" for n in range(158, 164)))
    assert [one.number for one in articles(law)] == [str(n) for n in range(158, 164)]


def test_gaps_and_repeated_numbers_are_listed() -> None:
    law = _read("".join(f"Статья {n}. Имя\n\nТекст.\n\n" for n in (1, 2, 2, 5)))
    assert [(one.code, one.params["number"]) for one in law.oddities] == [
        ("number_repeated", "2"),
        ("number_gap", "5"),
    ]
    assert [one.eid for one in articles(law)] == ["art_1", "art_2", "art_2~2", "art_5"]


def test_sentences_that_begin_like_headings_are_text() -> None:
    law = _read(
        "Статья 1. Имя\n\nСтатья 25 настоящего Кодекса применяется с изъятиями.\n"
        "Глава 4 Гражданского кодекса не применяется.\n"
        "Section 36 explains what a unit is.\nПриложение 1 к Закону утрачивает силу.\n"
    )
    assert len(list(provisions(law))) == 1


def test_an_article_without_a_heading_keeps_its_sentence_as_text() -> None:
    law = _read("Статья 1\n\nЧеловек свободен.\n\nСтатья 2. Граждане имеют право:\n1) на жизнь.\n")
    assert [one.title for one in articles(law)] == ["", ""]
    assert texts(articles(law)[1]) == ["Граждане имеют право:"]


AMENDING = """ФЕДЕРАЛЬНЫЙ ЗАКОН

О внесении изменений в отдельные акты

Статья 1

Внести в Закон "О границе" следующие изменения:

1) в статье 4 слово "лица" заменить словом "граждане";

2) дополнить статьей 5.1 следующего содержания:

{open}Статья 5.1. Права граждан

1. Граждане вправе обращаться в {open}суд{close}.

2. Суд решает:
1) в срок;
2) по закону.{close};

3) статью 6 изложить в следующей редакции:

{open}Статья 6. Обязанности

Граждане обязаны соблюдать закон {open}О порядке{merged};

4) статью 7 признать утратившей силу.

Статья 2

Настоящий Закон вступает в силу немедленно.
"""


@pytest.mark.parametrize(
    ("opening", "closing", "merged"),
    [("«", "»", "»"), ("«", "»", "»»"), ('"', '"', '".'), ("“", "”", "”"), ("„", "“", "“")],
)
def test_quoted_articles_are_not_the_acts_own(opening: str, closing: str, merged: str) -> None:
    law = _read(AMENDING.format(open=opening, close=closing, merged=merged))
    assert [one.number for one in articles(law)] == ["1", "2"]
    assert [one.number for one in articles(law)[0].children] == ["1", "2", "3", "4"]
    added = by_id(law, "art_1__point_2")
    quoted = [block for block in added.blocks if isinstance(block, Paragraph) and block.role]
    assert len(quoted) == 5
    assert quoted[0].text == f"{opening}Статья 5.1. Права граждан"


def test_an_amendment_without_quotation_marks_is_recognised_and_listed() -> None:
    law = _read(
        "Статья 1\n\nЗакон дополнить статьей 15 следующего содержания:\n\nСтатья 15. Права\n\n"
        "Граждане имеют права.\n\nСтатья 2\n\nЗакон вступает в силу.\n"
    )
    assert [one.number for one in articles(law)] == ["1", "2"]
    assert [one.code for one in law.oddities] == ["quote_without_marks"]


def test_a_quote_that_never_ends_is_listed_and_nothing_is_lost() -> None:
    law = _read('Статья 1. Имя\n\n"Открыто здесь\n\nСтатья 2. Имя\n\nТекст.\n')
    assert len(articles(law)) == 2
    assert [one.code for one in law.oddities] == ["quote_not_closed"]


def test_annex_on_the_title_page_is_not_an_annex() -> None:
    law = _read(
        "Приложение\nк постановлению Ассамблеи\n\nМОДЕЛЬНЫЙ ЗАКОН\nО границе\n\n"
        "Статья 1. Имя\n\nТекст.\n"
    )
    assert law.annexes == ()
    assert law.title == "О границе"


def test_articles_begin_anew_in_an_annex() -> None:
    law = _read(
        "Статья 1. Имя\n\nТекст.\n\nСтатья 2. Имя\n\nТекст.\n\nПриложение № 1\nк закону\n\n"
        "ПОЛОЖЕНИЕ\n\nСтатья 1. Имя\n\nТекст.\n"
    )
    assert [one.eid for one in articles(law)] == ["art_1", "art_2", "att_1__art_1"]
    assert law.oddities == ()
