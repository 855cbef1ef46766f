"""The script of a word, its one form there, and how it is written in Latin letters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kstep.names import tokenize
from kstep.names.scripts import Script, is_consonantal, latin, own_form, runs, script_of

SCRIPTS = {
    "ivan": Script.LATIN, "đức": Script.LATIN, "νίκος": Script.LATIN, "": Script.LATIN, "علي": Script.ARABIC,
    "گل": Script.ARABIC, "דוד": Script.HEBREW, "иван": Script.CYRILLIC, "ғали": Script.CYRILLIC, "习": Script.HAN,
    "々": Script.HAN, "𰻝": Script.HAN, "鎌ヶ谷": Script.HAN, "プーチン": Script.KANA, "ー": Script.KANA, "さ": Script.KANA,
    "김": Script.HANGUL,
}  # fmt: skip


@pytest.mark.parametrize(("word", "script"), SCRIPTS.items())
def test_a_word_is_of_one_script(word: str, script: Script) -> None:
    assert script_of(word) is script
    assert is_consonantal(word) == (script in (Script.ARABIC, Script.HEBREW))


RUNS = {
    "aliعلي": ["ali", "علي"],
    "高橋みなみ": ["高橋", "みなみ"],
    "佐々木": ["佐々木"],
    "一ノ瀬ノ": ["一ノ瀬", "ノ"],
    "김正恩": ["김", "正恩"],
    "иванivan": ["иван", "ivan"],
    "ivаn": ["ivan"],
    "ивaнов": ["иванов"],
    "": [],
}


@pytest.mark.parametrize(("word", "parts"), RUNS.items())
def test_a_word_is_parted_where_its_script_changes(word: str, parts: list[str]) -> None:
    assert runs(word) == parts


@settings(max_examples=300)
@given(st.text(st.sampled_from("bvжй김习々アー\u3099עدé\u0301νक"), max_size=10))
def test_parting_loses_no_letter_of_words_whose_letters_all_differ_in_look(word: str) -> None:
    assert "".join(runs(word)) == word


FORMS = {
    "ёлкин": "елкин", "йосиф": "йосиф", "їжак": "їжак", "ўткир": "ўткир", "ива\u0301н": "иван", "さくら": "サクラ", "ゝ": "ヽ",
    "プーチン": "プーチン", "習近平": "習近平", "کاظمی": "كاظمي", "بەرزانی": "برزاني", "ڀٽو": "بتو", "zoë": "zoë",
}  # fmt: skip


@pytest.mark.parametrize(("word", "form"), FORMS.items())
def test_a_word_has_one_form_in_its_own_letters(word: str, form: str) -> None:
    assert own_form(word) == form
    assert own_form(form) == form


LATIN = {
    "Greek": "Αλέξης:alexis Τσίπρας:tsipras Παπανδρέου:papandreou Μητσοτάκης:mitsotakis Ευάγγελος:evangelos Αύγουστος:avgoustos "
    "Μπάμπης:bampis Γκίκας:gikas Ντόρα:dora Μάιος:maios Χρήστος:christos Ελευθέριος:eleftherios Ψαράς:psaras",
    "Armenian": "Նիկոլ:nikol Փաշինյան:pashinyan Սարգսյան:sargsyan Հովհաննես:hovhannes Ոսկանյան:voskanyan Հարություն:harutyun",
    "Georgian": "გიორგი:giorgi სააკაშვილი:saakashvili შევარდნაძე:shevardnadze ჯუღაშვილი:jughashvili ნინო:nino",
    "Devanagari": "नरेन्द्र:narendra मोदी:modi शाहरुख़:shahrukh ख़ान:khan सिंह:singh मनमोहन:manmohan "
    "जवाहरलाल:javaharlal तेंदुलकर:tendulkar गांधी:gandhi "
    "अमिताभ:amitabh राहुल:rahul कलाम:kalam रहमान:rahman मुहम्मद:muhammad महमूद:mahmud कृष्ण:krishna "
    "ज्ञानेन्द्र:gyanendra ज़िया:ziya अमित:amit चाँद:chand",
    "Bengali": "শেখ:shekh হাসিনা:hasina মুহাম্মদ:muhammad মমতা:mamata বন্দ্যোপাধ্যায়:bandyopadhyay যতীন:jatin রবীন্দ্রনাথ:rabindranath",
    "Other Indic": "ਮਨਮੋਹਨ:manmohan ਸਿੰਘ:singh મોદી:modi ஸ்டாலின்:stalin రామారావు:ramaravu ಸಿದ್ದರಾಮಯ್ಯ:siddaramayya "
    "വിജയൻ:vijayan മോഹൻലാൽ:mohanlal මහින්ද:mahinda රාජපක්ෂ:rajapaksha",
    "Ethiopic": "አቢይ:abiy አህመድ:ahmed መንግስቱ:mengistu ተስፋዬ:tesfaye መለስ:meles ዜናዊ:zenawi ኢሳያስ:isayas አፈወርቂ:afewerki አበበ:abebe "
    "ክብረ:kibre ሚካኤል:mikael",
    "Thai": "ทักษิณ:thaksin",
    "Azerbaijani": "Əliyev:aliyev Məmmədov:mammadov",
}


@pytest.mark.parametrize(("native", "written"), [pair.split(":") for row in LATIN.values() for pair in row.split()])
def test_scripts_without_a_learned_model_become_latin_as_names_are_usually_written(native: str, written: str) -> None:
    assert tokenize(native).tokens == (written,)


ROMANIZED = {
    "щукин": "shchukin", "юрий": "yuriy", "хрущев": "khrushchev", "ғани": "ghani", "김": "gim", "정은": "jeongeun",
    "习": "xi", "近平": "jinping", "欧阳": "ouyang", "曾": "zeng", "單": "shan", "解": "xie", "尉迟": "yuchi", "プーチン": "puchin",
    "シェフチェンコ": "shefuchenko", "ティナ": "tina", "ドゥテルテ": "duterute", "ヴィクトル": "vikutoru", "ウィリアム": "wiriamu",
    "マッチ": "matchi",
    "ジョン": "jon", "フォン": "fon", "محمد": "mhmd", "דוד": "dwd",
}  # fmt: skip


@pytest.mark.parametrize(("word", "written"), ROMANIZED.items())
def test_every_script_has_a_first_romanisation(word: str, written: str) -> None:
    assert latin(word) == written


@settings(max_examples=500)
@given(st.text(max_size=12))
def test_latin_letters_are_all_that_is_left_of_any_word(word: str) -> None:
    for folded in (word.casefold(), unicodedata.normalize("NFKD", word).casefold()):
        assert folded.isascii() or all("a" <= letter <= "z" for letter in latin(folded))


@pytest.mark.parametrize("first", [0x370, 0x530, 0x900, 0xD80, 0xE00, 0x1000, 0x10A0, 0x1200, 0x2D80, 0xAB00])
def test_every_sign_of_a_script_that_is_romanised_can_be_read(first: int) -> None:
    for number in range(first, first + 0x180):
        assert all("a" <= letter <= "z" for letter in latin(chr(number) * 2 + "ka" + chr(number)))
