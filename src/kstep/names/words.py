"""Words that stand in names without naming anyone: particles, titles, placeholders; and words that belong to the next
one. Words of a script that keeps its own letters stand here in these.
"""

from __future__ import annotations

PARTICLES = frozenset(
    "al el ul bin ibn ben bint binti binte bte bt ould wuld uld walad ag van von vom zum auf der den dem ter de la las los "
    "del della dello delle dei degli dal dalla di da dos das du des y zur av af nee ugli ogli oglu ogly oghlu uly uulu "
    "kizi qizi kyzy gyzy qyzy "
    "бин бен ибн бинт аль эль ель уль ал эл улд ульд ван фон дер ден де ла дель ди да ду дос оглы оглу огли угли улы уулу кызы "
    "кизи гызы қызы қизи ұлы ўғли "
    "ビン ベン イブン アル エル フォン ファン デ デル デラ ラ ディ ダ ドス ドゥ オグル "
    "빈 벤 이븐 알 엘 폰 데 델".split()
)
"""Linking words: left out of the comparison, kept for joining (*al* and *Zawahiri* may be written as one word)."""

ARTICLES = frozenset("al el ul il an ar as ash ad ath at az ال аль эль ель уль ал эл アル エル 알 엘".split())
"""The Arabic article, also assimilated, as it stands with a hyphen before a word (ash-Shami)."""

NAMES_TOO = frozenset(
    "sheikh shaykh sheik shaikh cheikh sheekh hajj haji hajji hajii hadji xaji mullah mulla mola molla mufti qari ustad ustaz "
    "ostad ustadz hafiz maulana mawlana major marshal king prince general deputy don dona father dame lord bey pasha pasa hoca "
    "hodja efendi effendi hanim sahib saheb sahab begum pandit swami acharya datuk dato daw ato "
    "shri sri shree шейх шайх мулла хаджи хаджа кари бей паша".split()
)
"""Titles that are also names (*Hafiz Khan*, *Major Smith*): left out only while two other words are left."""

TITLES = NAMES_TOO | frozenset(
    "mr mrs ms miss mister dr doctor doctora prof professor eng engineer ing sir lady rev reverend fr sr sra srta jr junior senior "
    "mawlawi maulawi maulavi maulvi moulavi molvi ayatollah hojjatoleslam hojatoleslam gen colonel col maj captain capt cpt "
    "lieutenant lt brigadier brig commander cmdr admiral sergeant sgt corporal comandante commandante president minister "
    "senator queen princess herr frau senor senora senorita licenciado lic monsieur madame mademoiselle mme mlle signor signora "
    "dott dottor dottore avv senhor senhora meneer mevrouw gospodin gospozha shrimati smt mst mosammat musammat janab hj "
    "kyai kiai drs dra tengku tunku teungku weizero woizero weyzero macallin xaaji alhaj alhaji alhajj elhaj ii iii iv "
    "доктор профессор генерал полковник майор капитан господин госпожа президент министр".split()
)
"""Titles and honorifics: left out of the comparison unless nothing else is left of the name."""

LEADING_TITLES = frozenset(
    "الشيخ الحاج الدكتور الاستاذ المهندس الملا الامير اللواء العقيد العميد الرائد النقيب دكتور شيخ حاج حاجي ملا مولوي "
    "مولانا استاذ استاد مهندس اقاي خانم دكتر جناب سردار شري "
    "דר הרב פרופ מר גברת".split()
)
"""Titles in Arabic and Hebrew letters: only before a name, while two other words are left; elsewhere they are names."""

WRITTEN_SHORT = {"st": "saint", "ste": "sainte", "sta": "santa", "sto": "santo"}
"""Words that many write short where they are part of a name (*St. John*)."""

PLACEHOLDERS = frozenset("fnu lnu nfn nmn nln unknown unk tba tbd anonymous anon notknown unnamed".split())
"""What clerks write where a name is not known: never a name."""

EMPTY_WORDS = frozenset({"none", "null", "nil", "na", "nan"})
"""Words for nothing that are also names (*Li Na*): they name nobody only where they stand alone."""

JOINED_TO_NEXT = frozenset(
    "abu abou abo abi aboo abul aboul abol um umm oum abd abdul abdel abdal abdil abdol abdoul abdool abdu abdur abdus abdush "
    "abduz abdun abdut abder абу абул абуль ум умм абд абдул абдуль абдель абдал абдаль абдур абдус عبد ابو ام".split()
)
"""Words that are half of a name: *Abu Bakr*, *Umm Hani*, *Abd al-Rahman* are one token each."""
