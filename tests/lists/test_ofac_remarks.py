"""OFAC's remarks: what each kind of clause becomes. The clauses are those of the real lists, or of their form."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from kstep.lists.account import Account, Reason
from kstep.lists.gathering import Gathering
from kstep.lists.ofac_documents import DOCUMENT_LABELS, NOT_IDENTITY, document_type, is_not_identity
from kstep.lists.ofac_remarks import Clause, read_remarks
from kstep.lists.ofac_values import birth_date_of, country_of_place
from kstep.model import Identity, ValueRefused


def _read(text: str, *, broken_off: bool = False) -> tuple[Identity, Counter[Clause], Account]:
    account = Account()
    person, clauses = Gathering(account, "here"), Counter[Clause]()
    read_remarks(text, person, clauses, broken_off=broken_off)
    return person.identity(), +clauses, account


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("27 Sep 1950", "1950-09-27"),
        ("10 October 1969", "1969-10-10"),
        ("Aug 1964", "1964-08"),
        ("1946", "1946"),
        ("circa 1965", "about 1965"),
        ("circa 12 Mar 1965", "about 1965-03-12"),
        ("circa Aug 1964", "about 1964-08"),
        ("circa 1979-1982", "about 1979 to 1982"),
        ("1960 to 1965", "1960 to 1965"),
        ("between 1960 and 1965", "1960 to 1965"),
        ("01 Jan 1953 to 31 Dec 1954", "1953 to 1954"),
        ("01 Feb 1960 to 29 Feb 1960", "1960-02"),
        ("21 Mar 1950 to 20 Mar 1951", "1950-03-21 to 1951-03-20"),
        ("Mar 1965 to Mar 1966", "1965-03-01 to 1966-03-31"),
    ],
)
def test_a_birth_date_keeps_its_accuracy(written: str, date: str) -> None:
    assert str(birth_date_of(written)) == date
    assert [str(one) for one in _read(f"DOB {written}; alt. DOB 1901.")[0].birth_dates] == [date, "1901"]


@pytest.mark.parametrize(
    "written", ["31 Feb 1960", "1965 to 1960", "Foo 1960", "19600", "", "1 to 2 to 3 to 4", "0000"]
)
def test_an_impossible_birth_date_is_left_out_and_the_rest_stays(written: str) -> None:
    with pytest.raises(ValueRefused):
        birth_date_of(written)
    identity, _, account = _read(f"DOB {written or 'unheard of'}; Gender Female.")
    assert (identity.birth_dates, [str(sex) for sex in identity.sexes]) == ((), ["F"])
    assert account.edition("", "", None, ()).left_out_by_reason == {Reason.UNREADABLE_DATE.value: 1}


@pytest.mark.parametrize(
    ("clause", "document"),
    [
        ("Passport 1084010 (Egypt)", "passport:EG:1084010"),
        ("Passport 1091875", "passport::1091875"),
        ("Passport RL 0235074 (Lebanon)", "passport:LB:RL 0235074"),
        ("alt. Passport A-501801 (India) issued 26 Jul 1985", "passport:IN:A-501801"),
        ("Passport L550681 issued 23 Sep 1997 expires 22 Sep 2002", "passport::L550681"),
        ("Passport C 1415363 - 16/2/1421H issued 21 May 2000", "passport::C 1415363"),
        ("alt. Passport Booklet: A5199819 (Pakistan)", "passport:PK:A5199819"),
        ("Diplomatic Passport A0002987 (Iran)", "passport:IR:A0002987"),
        ("Passport 750200421 (Korea, North) expires Nov 2023", "passport:KP:750200421"),
        ("National ID No. 660000 73767 (Belgium)", "national_id:BE:660000 73767"),
        ("National ID No. CNIC: 35202-5400413-9 (Pakistan)", "national_id:PK:35202-5400413-9"),
        ("National ID No. 12/BAHANA(N)010023 (Burma)", "national_id:MM:12/BAHANA(N)010023"),
        ("National ID No. Tatmadaw Kyee 19571 (Burma)", "national_id:MM:19571"),
        ("Identification Number 2.194.575 (Paraguay)", "national_id:PY:2.194.575"),
        ("Cedula No. R-19 3649 (Guatemala)", "national_id:GT:R-19 3649"),
        ("Cedula No. Cedula: M-137560 (Guatemala)", "national_id:GT:M-137560"),
        ("C.U.R.P. # UIUM570802HBCRRG08 (Mexico)", "national_id:MX:UIUM570802HBCRRG08"),
        ("C.U.R.P. AIMM67125HCHRRG06 (Mexico) issued 1968", "national_id:MX:AIMM67125HCHRRG06"),
        ("D.N.I. 44.129.178", "national_id::44.129.178"),
        ("Citizen's Card Number 211226197812154256 (China)", "national_id:CN:211226197812154256"),
        ("CNP (Personal Numerical Code) 7460301380011 (Romania)", "national_id:RO:7460301380011"),
        ("Turkish Identificiation Number 10298480866 (Turkey)", "national_id:TR:10298480866"),
        ("R.F.C. AUAM-530929 (Mexico)", "tax_id:MX:AUAM-530929"),
        ("Tax ID No. 02681293-E (Spain)", "tax_id:ES:02681293-E"),
        ("NIT # 2665307-9 (Guatemala)", "tax_id:GT:2665307-9"),
        ("Italian Fiscal Code: KMMMHD68D03Z352N", "tax_id::KMMMHD68D03Z352N"),
        ("SSN 123-45-6789 (United States)", "social_security:US:123-45-6789"),
        ("Driver's License No. 180839 (Mexico)", "driving_licence:MX:180839"),
        ("Residency Number 083698992 (United Arab Emirates) expires 15 May 2020", "residence:AE:083698992"),
        ("Romanian Permanent Resident CAN 0125477 (Romania) issued 13 Jul 2007", "residence:RO:CAN 0125477"),
        (
            "Temporary suspension of deportation No. T04338017, expired 08 May 2013, issued by a town",
            "residence::T04338017",
        ),
        ("Travel Document Number A0020375 (Germany)", "travel_document:DE:A0020375"),
        ("Cartilla de Servicio Militar Nacional B4494067 (Mexico)", "military_id:MX:B4494067"),
        ("Military Registration Number 172 (Congo, Democratic Republic of the)", "military_id:CD:172"),
        ("Birth Certificate Number 365", "birth_certificate::365"),
        ("VisaNumberID 2024702 (Mexico)", "visa:MX:2024702"),
        ("Tarjeta Profesional 186785 (Abogado) (Colombia)", "other:CO:186785"),
        ("Immigration No. A7800002 Border Crossing (United States)", "other:US:A7800002"),
        ("Matricula Mercantil No 181301-1 Cali (Colombia)", "other:CO:181301-1"),
        ("M0018061/104,issued 12 September 1993", "other::M0018061/104"),
    ],
)
def test_a_document_has_its_type_issuer_and_bare_number(clause: str, document: str) -> None:
    identity, clauses, account = _read(f"{clause}.")
    assert [str(one) for one in identity.documents] == [document]
    assert clauses == {Clause.DOCUMENT: 1}
    assert account.edition("", "", None, ()).left_out == ()


def test_two_documents_in_one_clause_are_two() -> None:
    identity, _, _ = _read("Passport OR801168 and Kuwaiti National ID No. 281020505755 issued under the name Said Jan.")
    assert [str(one) for one in identity.documents] == ["passport::OR801168", "national_id::281020505755"]


@pytest.mark.parametrize(
    ("clause", "full", "family"),
    [
        ("a.k.a. 'PACHO'", "PACHO", ""),
        ("a.k.a. 'HASAN, 'Ali bin'", "'Ali bin HASAN", "HASAN"),
        ("a.k.a. 'O'BRIEN, Christopher'", "Christopher O'BRIEN", "O'BRIEN"),
        ("a.k.a. ''ABD AL-MUHSI'", "'ABD AL-MUHSI", ""),
        ("a.k.a. 'MERA'I'", "MERA'I", ""),
        ("a.k.a. 'Abu Haza''", "Abu Haza'", ""),
        ("a.k.a. ''FOOPIE''", "FOOPIE", ""),
    ],
)
def test_a_name_in_quotes_is_a_weak_alias(clause: str, full: str, family: str) -> None:
    [name] = _read(f"{clause}.")[0].names
    assert (name.full, name.family, name.quality.value) == (full, family, "weak")


def test_nationalities_and_citizenships_are_one_field_in_order_and_once() -> None:
    identity, _, _ = _read("nationality Iran; alt. nationality Germany; citizen Iran; alt. citizen Palestinian.")
    assert identity.nationalities == ("IR", "DE", "PS")


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("Cairo, Egypt", "EG"),
        ("Pyongyang, Korea, North", "KP"),
        ("Goma, Congo, Democratic Republic of the", "CD"),
        ("Welling, Southeast London, UK", "GB"),
        ("Los Angeles, CA", ""),
        ("Las Cruces, New Mexico", ""),
        ("Guadalajara, Jalisco", ""),
        ("Jalisco Mexico", ""),
    ],
)
def test_only_a_last_part_that_names_a_country_is_one(place: str, code: str) -> None:
    assert country_of_place(place) == code
    identity, _, account = _read(f"POB {place}; alt. POB Aden, Yemen.")
    assert identity.birth_places == (place, "Aden, Yemen")
    assert identity.birth_countries == ((code, "YE") if code else ("YE",))
    assert account.edition("", "", None, ()).left_out == ()


@pytest.mark.parametrize(
    "clause",
    [
        "Linked To: HIZBALLAH",
        "(Linked To: ACME (LONDON) LTD.)",
        "Secondary sanctions risk: North Korea Sanctions Regulations, sections 510.201 and 510.210",
        "alt. Digital Currency Address - XBT 17UVSMegvrzfobKC82dHXpZLtLcqzW9stF",
        "alt. Phone Number 8618004121000",
        "Email:someone@example.org",
        "Website http://www.example.org",
        "Chinese Commercial Code 5170 3057 1344",
        "alt. Executive Order 13846 information: BANKING TRANSACTIONS.  Sec. 5(a)(iii)",
        "Tribe: Noorzai",
        "ethnicity Kurdish",
    ],
)
def test_a_kind_that_identifies_nobody_is_not_read(clause: str) -> None:
    identity, clauses, account = _read(f"{clause}.")
    assert identity == Identity()
    assert clauses == {Clause.NOT_IDENTITY: 1}
    assert not account.edition("", "", None, ()).unknown


@pytest.mark.parametrize(
    "clause",
    [
        "Minister of Finance",
        "wife of Izzat Ibrahim Al-Duri",
        "ICTY indictee in custody",
        "arrested 23 Apr 2002",
        "Commander of the Faithful ('Amir al-Munineen')",
        "Officer, Rwandan Patriotic Front (RPF), 1992-1998",
        "Holder of a Pakistan passport",
    ],
)
def test_words_about_the_person_are_counted_as_words(clause: str) -> None:
    identity, clauses, account = _read(f"{clause}.")
    assert identity == Identity()
    assert clauses == {Clause.WORDS: 1}
    assert not account.edition("", "", None, ()).unknown


@pytest.mark.parametrize(
    ("clause", "label"),
    [
        ("Library Card 12345 (Freedonia)", "remarks: Library Card"),
        ("Resident Permit No. A-1", "remarks: Resident Permit No."),
        ("Height: 180", "remarks: Height:"),
        ("born in 1950 or so", "remarks: born in"),
        ("Passport of unknown number", "remarks: Passport of unknown number"),
        ("a.k.a. EL GATO", "remarks: a.k.a. EL GATO"),
    ],
)
def test_what_looks_like_identity_and_cannot_be_read_is_counted_as_unknown(clause: str, label: str) -> None:
    identity, clauses, account = _read(f"{clause}.")
    assert identity == Identity()
    assert clauses == {Clause.UNKNOWN: 1}
    assert account.edition("", "", None, ()).unknown == {label: 1}


def test_every_clause_is_counted_once() -> None:
    text = (
        "DOB 1950; POB Cairo, Egypt; Gender Male;; a.k.a. 'X Y'; Passport A1 (Iran); Linked To: Z; Minister; Foo No. 1"
    )
    assert _read(text)[1] == Counter(
        [Clause.BIRTH_DATE, Clause.BIRTH_PLACE, Clause.SEX, Clause.WEAK_NAME, Clause.DOCUMENT, Clause.NOT_IDENTITY,
         Clause.WORDS, Clause.UNKNOWN]
    )  # fmt: skip


def test_the_last_clause_of_remarks_that_break_off_is_left_out() -> None:
    identity, clauses, account = _read("Passport A1 (Iran); Passport 1234", broken_off=True)
    assert [str(one) for one in identity.documents] == ["passport:IR:A1"]
    assert clauses == {Clause.DOCUMENT: 1, Clause.BROKEN_OFF: 1}
    [left_out] = account.edition("", "", None, ()).left_out
    assert (left_out.reason, left_out.detail) == (Reason.BROKEN_OFF.value, "Passport 1234")


@pytest.mark.parametrize(
    "hostile",
    [
        "(",
        ";",
        "a.k.a. '",
        "circa ",
        " to ",
        " and ",
        "DOB 1 to ",
        "Passport (",
        "Passport Abc ",
        "POB ,",
        "0",
        ")",
        "'",
    ],
)
def test_hostile_remarks_are_read_in_little_time_and_without_a_traceback(hostile: str) -> None:
    for text in (hostile * 20_000, f"Passport 1{hostile * 20_000}", f"DOB {hostile * 20_000}"):
        started = time.process_time()
        _read(text)
        assert time.process_time() - started < 1


def test_no_label_is_both_a_document_and_not_identity() -> None:
    assert not [label for label in DOCUMENT_LABELS if is_not_identity(label)]
    assert not [label for label in NOT_IDENTITY if document_type(label)]
