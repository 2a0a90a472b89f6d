"""Short texts in old encodings: which one it is, by its letters."""

from __future__ import annotations

import pytest

from rag.readers.encodings import guess

TEXTS = [
    ("cp1254", "Kars şehri: Iğdır, Ağrı"),
    ("cp1254", "Şehir;Nüfus;Açılış\nKars;285.410;12.05.1992\nIğdır;203.594;01.02.1993\n"),
    ("cp1254", "Toplantı yarın saat üçte yapılacak. Katılımcılar raporları getirsin."),
    ("cp1254", "İşçiler “Café Paris” önünde bekledi; ücret 5 € idi."),
    ("cp1254", "Köprü 1992’de açıldı, uzunluğu 50 m²’dir."),
    ("iso8859_9", "Değirmen ırmağın kıyısındadır."),
    ("cp1252", "Après la guerre, le fils revint à Kars. L’été fut très chaud."),
    ("cp1252", "Le café “déjà vu” coûte 5 €."),
    ("cp1252", "À Noël, la mère prépare un gâteau."),
    ("cp1252", "Die Straße ist über fünf Kilometer lang, größer als früher."),
    ("cp1252", "El niño pequeño comió en la montaña. ¿Cuándo volverá?"),
    ("cp1252", "A naïve café – £5"),
    ("cp1252", "Item;Price\nnut;£5\nscrew;£7\n"),
    ("cp1252", "A reunião não começou; a decisão será amanhã."),
    ("cp1252", "La città è più bella così."),
    ("cp1252", "Bron över ån är från 1887 och går på pelare."),
    ("cp1252", "The room is kept at 20 °C ± 1, © 2020 – all “rights” reserved…"),
    ("cp1252", "Länge;50 µm"),
    ("cp1250", "Cześć"),
    ("cp1250", "Zażółć gęślą jaźń; łódź płynie przez Wisłę."),
    ("cp1250", "Most został otwarty w 1992 r. i łączy dwa brzegi."),
    ("cp1250", "Příliš mnoho lidí čekalo na mostě, který byl otevřen později."),
    ("cp1250", "Az erdő mögött működik a régi malom."),
    ("cp1250", "Škola je otvorená každý deň; žiaci sa učia ľahko."),
    ("iso8859_2", "Gęś i żółw mieszkają nad rzeką; ścieżka wiedzie przez pole."),
    ("cp1257", "Tiltas buvo atidarytas 1992 metais, jį pastatė žmonės iš šių kaimų."),
    ("cp1251", "Столица Азербайджана — Баку. Договор подписан в 1992 году."),
    ("cp1251", "Мост открыли весной, и он стоит до сих пор."),
    ("cp1253", "Η πρωτεύουσα της Ελλάδας είναι η Αθήνα."),
    ("cp1253", "Η γέφυρα άνοιξε το 1992 και ενώνει δύο χωριά."),
    ("shift_jis", "橋は1992年に開通しました。川はとても広いです。"),
    ("gb18030", "这座桥于1992年开通。河很宽，水流很急。"),
]


@pytest.mark.parametrize(("encoding", "text"), TEXTS)
def test_the_encoding_of_a_short_text(encoding: str, text: str) -> None:
    data = text.encode(encoding)
    assert data.decode(guess(data) or "ascii") == text


def test_letters_far_into_a_text_are_found() -> None:
    data = b"plain words " * 50_000 + "Iğdır ve Ağrı".encode("cp1254")
    assert data.decode(guess(data) or "ascii").endswith("Iğdır ve Ağrı")


def test_a_broken_byte_in_utf8() -> None:
    assert guess("Şehir Iğdır ".encode() * 50 + b"\xff") == "utf-8"
