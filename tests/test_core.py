"""The core: pure, light, and exact."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsmill.decode import Decoded, decode
from newsmill.identity import content_hash, record_id
from newsmill.lines import split_lines
from newsmill.markup import strip_markup
from newsmill.outlet import Hints, find_outlet
from newsmill.paths import from_raw_path, to_raw_path
from newsmill.rejection import Rejected
from newsmill.rules import Rules


@pytest.mark.parametrize(
    "module", ["newsmill", "newsmill.clean", "newsmill.readers", "newsmill.schema", "tasks.explain"]
)
def test_the_core_and_what_explains_a_file_load_neither_prefect_nor_duckdb(module: str) -> None:
    look = f"import sys, {module}; print(sorted({{'prefect', 'duckdb', 'pyarrow'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("module", ["tasks.worker", "flows.commands"])
def test_a_worker_and_the_command_line_start_without_prefect(module: str) -> None:
    look = f"import sys, {module}; print('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout == "False\n"


@given(st.text())
def test_spans_laid_end_to_end_are_the_text(text: str) -> None:
    lines = split_lines(text)
    assert "".join(text[line.start : line.end] for line in lines) == text
    assert all(line.text == line.text.strip() for line in lines)


@given(st.binary(max_size=300).map(lambda name: name.replace(b"\0", b"")))
def test_a_raw_path_leads_back_to_its_file_name(name: bytes) -> None:
    path = name.decode("utf-8", "surrogateescape")
    stored = to_raw_path(path)
    stored.encode()
    assert from_raw_path(stored) == path


@given(st.binary())
def test_any_bytes_are_decoded_or_rejected(data: bytes) -> None:
    result = decode(data)
    if isinstance(result, Decoded):
        assert "\0" not in result.text
        result.text.encode()
    else:
        assert isinstance(result, Rejected)


_PROSE = "The mayor’s café – open since 1998 – “closed for good”, naïve regulars said; it cost €5. " * 4


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
        ("cp1252", "windows-1252"),
    ],
)
def test_western_prose_is_decoded_exactly(codec: str, encoding: str) -> None:
    assert decode(_PROSE.encode(codec)) == Decoded(_PROSE, encoding)


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Городской совет отложил решение о новом мосте до весны, сообщил мэр. " * 5, "cp1251"),
        ("Rada města odložila rozhodnutí o novém mostě, řekl starosta na schůzi. " * 5, "cp1250"),
        ("市議会は新しい橋についての決定を春まで延期した、と市長は述べた。" * 5, "shift_jis"),
        ("市议会将新桥的决定推迟到春天，市长说。" * 8, "gbk"),
        ("시의회는 새 다리에 대한 결정을 봄까지 연기했다고 시장이 말했다. " * 5, "euc-kr"),
    ],
)
def test_legacy_codecs_are_recognised(text: str, codec: str) -> None:
    decoded = decode(text.encode(codec))
    assert isinstance(decoded, Decoded)
    assert decoded.text == text


def test_a_label_in_the_text_never_chooses_the_codec() -> None:
    data = b"<meta charset=utf-7>+ADw-script+AD4-alert(1)+ADw-/script+AD4- and some words of a story."
    decoded = decode(data)
    assert isinstance(decoded, Decoded)
    assert "<script>" not in decoded.text


def test_one_damaged_byte_does_not_lose_a_text() -> None:
    data = _PROSE.encode()
    decoded = decode(data[:60] + b"\xff" + data[60:])
    assert isinstance(decoded, Decoded)
    assert decoded.encoding == "utf-8"
    assert decoded.text.count("\ufffd") == 1


def test_mojibake_is_repaired_and_clean_text_is_left_alone() -> None:
    garbled = _PROSE.encode().decode("cp1252", "replace")
    repaired = decode(garbled.encode())
    assert isinstance(repaired, Decoded)
    assert "café – open since 1998 – “closed for good" in repaired.text
    assert repaired.encoding == "utf-8+ftfy"
    clean = "São Paulo, Århus, Ñuñoa, Ðakovo: “â” is a letter and €5 is a price."
    assert decode(clean.encode()) == Decoded(clean, "utf-8")


def test_ids_do_not_change_from_release_to_release() -> None:
    assert str(record_id("courier.example/a.txt", 0)) == "16750c1b-2c3a-4e53-622e-7f63615a361d"
    assert str(content_hash("One.\n\nTwo.")) == str(content_hash(" One. \u00a0Two.\n"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("<p>Tea &amp; cake</p>", "Tea & cake"),
        ('She said <a href="https://x.example/?a=1&b=2">yes</a>.', "She said yes."),
        ("AT&T rose 3 % & fell", "AT&T rose 3 % & fell"),
        ("5 < 6 and 7 > 2", "5 < 6 and 7 > 2"),
        ("<3", "<3"),
    ],
)
def test_markup_left_in_a_line_is_taken_out_and_nothing_else(line: str, words: str) -> None:
    assert strip_markup(line) == words


@pytest.mark.parametrize(
    ("notice", "name"),
    [
        ("© 2025 The Deccan Ledger. All rights reserved.", "The Deccan Ledger"),
        ("© 2024 Deccan Ledger | Terms", "Deccan Ledger"),
        ("Copyright - deccanledger.example 2025", None),
        ("Copyright 2025 Deccanledger.example", None),
    ],
)
def test_a_copyright_line_names_the_outlet_and_a_bare_domain_in_it_does_not(notice: str, name: str | None) -> None:
    lines = split_lines(f"A headline\n\nA paragraph of the article.\n\n{notice}")
    outlet = find_outlet(lines, Rules.parse({}), Hints(raw_path="deccanledger.example/1.txt"))
    assert outlet is not None
    assert (outlet.name, outlet.domain) == (name, "deccanledger.example")
