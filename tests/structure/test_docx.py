"""DOCX files with what word processors put into them."""

from __future__ import annotations

from tests.structure.files import by_id, docx, numbered, outline, p, part, texts
from tracker.structure.model import Document, Table, articles, block_text
from tracker.structure.reading import read


def _level(number: int, form: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


NUMBERING = part(
    "numbering",
    '<w:abstractNum w:abstractNumId="0">'
    + _level(0, "decimal", "Статья %1.")
    + _level(1, "decimal", "%2.")
    + _level(2, "russianLower", "%3)")
    + _level(3, "decimal", "%2.%4.")
    + "</w:abstractNum>"
    '<w:abstractNum w:abstractNumId="1"><w:name w:val="seq1"/>'
    + _level(0, "decimal", "%1.", '<w:pStyle w:val="N1"/><w:suff w:val="nothing"/>')
    + _level(1, "decimal", "(%2)", '<w:pStyle w:val="N2"/>')
    + _level(2, "lowerRoman", "(%3)")
    + "</w:abstractNum>"
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="1">'
    '<w:startOverride w:val="5"/></w:lvlOverride></w:num>',
)
STYLES = part(
    "styles",
    '<w:style w:type="paragraph" w:styleId="N1"><w:name w:val="N1"/><w:pPr><w:numPr>'
    '<w:numId w:val="2"/></w:numPr></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="N2"><w:name w:val="N2"/><w:basedOn w:val="N1"/>'
    '<w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>',
)


def _read(body: str, **parts: str | bytes) -> Document:
    named = {f"word/{name}.xml": content for name, content in parts.items()}
    return read(docx(body, named), "law.docx")


def test_automatic_numbers_are_computed() -> None:
    law = _read(
        p("Имя первой", properties=numbered(0))
        + p("Первая часть:", properties=numbered(1))
        + p("пункт;", properties=numbered(2))
        + p("пункт.", properties=numbered(2))
        + p("Вторая часть.", properties=numbered(1))
        + p("Имя второй", properties=numbered(0))
        + p("Её часть.", properties=numbered(1))
        + p("С пятого.", properties=numbered(1, 3)),
        numbering=NUMBERING,
    )
    assert [(one.label, one.title) for one in articles(law)] == [
        ("Статья 1.", "Имя первой"),
        ("Статья 2.", "Имя второй"),
    ]
    assert by_id(law, "art_1__para_1__point_б").label == "б)"
    assert [one.number for one in articles(law)[0].children] == ["1", "2"]
    assert [one.number for one in articles(law)[1].children] == ["1", "5"]


def test_numbers_by_style_and_by_a_field() -> None:
    field = (
        '<w:r><w:t>—</w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>'
        ' LISTNUM "SEQ1" \\l 2 </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
        "<w:r><w:t> The Minister acts.</w:t></w:r>"
    )
    law = _read(
        p("Powers")
        + f'<w:p><w:pPr><w:pStyle w:val="N1"/></w:pPr>{field}</w:p>'
        + p("The Minister reports.", style="N2")
        + p("Commencement")
        + p("\u00a0This Act begins.", style="N1"),
        numbering=NUMBERING,
        styles=STYLES,
    )
    assert outline(law) == [
        ("article", "1", "Powers"),
        ("paragraph", "1", ""),
        ("paragraph", "2", ""),
        ("article", "2", "Commencement"),
    ]


def test_revisions_are_accepted_and_reported() -> None:
    change = 'w:id="1" w:author="А. Редактор" w:date="2026-01-02T03:04:05Z"'
    law = _read(
        p("Статья 1. Имя")
        + "<w:p><w:r><w:t xml:space='preserve'>Было </w:t></w:r>"
        + f"<w:del {change}><w:r><w:delText>старое</w:delText></w:r></w:del>"
        + f"<w:ins {change}><w:r><w:t>новое</w:t></w:r></w:ins>"
        + "<w:r><w:t>.</w:t></w:r></w:p>"
        + f"<w:p><w:pPr><w:rPr><w:del {change}/></w:rPr></w:pPr><w:r><w:t>Начало</w:t></w:r></w:p>"
        + p(" и конец.")
    )
    assert texts(articles(law)[0]) == ["Было новое.", "Начало и конец."]
    assert [(one.kind, one.text, one.author) for one in law.changes] == [
        ("deletion", "старое", "А. Редактор"),
        ("insertion", "новое", "А. Редактор"),
    ]
    assert law.changes[0].date == "2026-01-02T03:04:05Z"


def test_footnotes_with_their_marks() -> None:
    notes = part(
        "footnotes",
        '<w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote><w:footnote w:id="2"><w:p>'
        "<w:r><w:footnoteRef/></w:r><w:r><w:t>Сноска.</w:t></w:r></w:p></w:footnote>",
    )
    law = _read(
        p("Статья 1. Имя")
        + '<w:p><w:r><w:t>Слово (</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>'
        + "<w:r><w:t>) дальше.</w:t></w:r></w:p>",
        footnotes=notes,
    )
    assert texts(articles(law)[0]) == ["Слово дальше."]
    assert [(note.mark, block_text(note.blocks)) for note in law.notes] == [("1", "Сноска.")]


def test_tables_merged_and_nested() -> None:
    def cell(inner: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"

    nested = f"<w:tbl><w:tr>{cell(p('в'))}{cell(p('г'))}</w:tr></w:tbl>"
    begun = cell(p("а"), '<w:vMerge w:val="restart"/>')
    law = _read(
        p("Статья 1. Имя")
        + f"<w:tbl><w:tr>{begun}{cell(p('б') + nested)}</w:tr>"
        + f"<w:tr>{cell(p(), '<w:vMerge/>')}{cell(p('д'))}</w:tr></w:tbl>"
    )
    (table,) = articles(law)[0].blocks
    assert isinstance(table, Table)
    assert table.rows[0][0].rows == 2
    assert [len(row) for row in table.rows] == [2, 1]
    assert isinstance(table.rows[0][1].blocks[1], Table)
    assert [one.code for one in law.oddities] == ["nested_table"]


def test_boxes_pictures_hidden_text_and_comments_are_listed() -> None:
    box = (
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx><w:txbxContent>"
        f"{p('В рамке')}</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict>"
        f"<w:txbxContent>{p('В рамке')}</w:txbxContent></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    law = _read(
        p("Статья 1. Имя")
        + p("Текст.")
        + box
        + '<w:p><w:r><w:drawing><a:blip r:embed="x"/></w:drawing></w:r></w:p>'
        + p("тайно", look="<w:vanish/>")
        + "<w:p><w:r><w:object/></w:r></w:p>",
        comments=part("comments", f'<w:comment w:id="0" w:author="Б.">{p("Верно?")}</w:comment>'),
        header1=part("hdr", p("Проект")),
    )
    assert texts(articles(law)[0]) == ["Текст."]
    assert [(one.code, one.params.get("text")) for one in law.oddities] == [
        ("text_box", "В рамке"),
        ("image", ""),
        ("hidden_text", "тайно"),
        ("embedded_object", None),
        ("running_head", "Проект"),
        ("comment", "Верно?"),
    ]


def test_a_table_of_contents_by_style_and_by_field_is_left_out() -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    toc = (
        f"<w:p>{mark('begin')}<w:r><w:instrText> TOC \\o </w:instrText></w:r>{mark('separate')}"
        "<w:r><w:t>Статья 1. Имя</w:t></w:r><w:r><w:tab/><w:t>1</w:t></w:r></w:p>"
        + p("Статья 2. Имя")
        + f"<w:p><w:r><w:t>Статья 3. Имя</w:t></w:r>{mark('end')}</w:p>"
    )
    styled = "".join(p(f"Статья {n}. Имя", style="TOC1") for n in (1, 2, 3))
    body = "".join(p(f"Статья {n}. Имя") + p("Текст статьи.") for n in (1, 2, 3))
    for contents in (toc, styled):
        law = _read(contents + body, styles=STYLES)
        assert [one.number for one in articles(law)] == ["1", "2", "3"]
        assert law.oddities[0].code == "contents_left_out"
        assert law.oddities[0].params == {"count": 3}


def test_superscripts_and_strict_files() -> None:
    raised = '<w:vertAlign w:val="superscript"/>'
    body = (
        "<w:p><w:r><w:t>Статья 5</w:t></w:r>"
        f"<w:r><w:rPr>{raised}</w:rPr><w:t>1</w:t></w:r><w:r><w:t>. Имя</w:t></w:r></w:p>"
        + p("Текст.")
    )
    assert articles(_read(body))[0].number == "5.1"
    strict = part("document", f"<w:body>{body}</w:body>").replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert articles(_read("", document=strict))[0].number == "5.1"


def test_numbers_without_a_dot_and_numbers_before_a_tab() -> None:
    def tabbed(number: str, text: str) -> str:
        run = f"<w:t>{number}</w:t><w:tab/><w:t>{text}</w:t>"
        return f"<w:p><w:r>{run}</w:r></w:p>"

    bare = part(
        "numbering",
        f'<w:abstractNum w:abstractNumId="0">{_level(0, "decimal", "%1")}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
    )
    for first, second in (
        (tabbed("1", "Offence"), tabbed("2", "Penalty")),
        (p("Offence", properties=numbered(0)), p("Penalty", properties=numbered(0))),
    ):
        law = _read(
            first + p("(1) A person commits an offence.") + second + p("A fine is due."),
            numbering=bare,
        )
        assert outline(law) == [
            ("article", "1", "Offence"),
            ("paragraph", "1", ""),
            ("article", "2", "Penalty"),
        ]
