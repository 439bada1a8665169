"""The press speaks: pinyin for the synthesiser, a real mp3, recordings first, a bounded shelf."""

import asyncio
import subprocess
import sys

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from boards.model.speech.spoken import MARKS_A_MINUTE, PAUSES, Said, heard, name_said, spoken, words
from boards.model.speech.surname_readings import SURNAME_READINGS
from boards.pages.speech import payouts as page
from kiosk_server.press import speech as voice_room
from kiosk_server.press.errors import SpeechBroken, SpeechBusy, SpeechMissing
from kiosk_server.press.pronounce import BREATHS, pinyin
from kiosk_server.press.speech import voiced
from kiosk_server.press.voice import Voice, recording_name, tools
from kiosk_server.press.worker import Press
from tests.pages import land_sample as land
from tests.pages import views_sample as v
from tests.voice.hearing import loud, seconds

pytestmark = pytest.mark.thorough

HANZI = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=12)
SENTENCE = heard(name_said("单桂珍"), "家领到2025年耕地地力保护补贴1,090.79元。")


@pytest.fixture
def press(tmp_path):
    made = Press(tmp_path / "press", None, "")
    yield made
    made.close()


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


@settings(max_examples=60)
@given(
    st.lists(st.one_of(HANZI, st.sampled_from(list(PAUSES)), st.from_regex("[A-Z0-9]{1,4}", fullmatch=True)))
)
def test_every_character_is_a_syllable(parts):
    """The synthesiser is given one syllable a Hanzi, with its tone, and breaths; never a raw character."""
    speech = heard(*parts)
    said = pinyin(speech).split()
    letters = sum(len(part.reading) - 1 for part in speech if part.reading)
    assert len(said) == len(words(speech)) + letters
    for one in said:
        assert one in BREATHS.values() or (one[-1] in "12345" and one[:-1].isalpha()), one


@pytest.mark.parametrize(
    ("written", "syllables"),
    [
        (name_said("单桂珍"), "shan4 gui4 zhen1"),
        (name_said("仇大明"), "qiu2 da4 ming2"),
        (name_said("万俟小林"), "mo4 qi2 xiao3 lin2"),
        (name_said("贾䶮"), "jia3 yan3"),
        ("单位", "dan1 wei4"),
        ("共1户", "gong4 yi2 hu4"),
        ("1亩", "yi4 mu3"),
        ("第1组", "di4 yi1 zu3"),
        ("11月21日", "shi2 yi1 yue4 er4 shi2 yi1 ri4"),
        ("2011年", "er4 ling2 yi1 yi1 nian2"),
        ("1,100元", "yi4 qian1 yi4 bai3 yuan2"),
        ("10,000元", "yi2 wan4 yuan2"),
        ("不要，不好", "bu2 yao4 , bu4 hao3"),
        ("种粮大户", "zhong4 liang2 da4 hu4"),
        ("一卡通发到银行卡", "yi4 ka3 tong1 fa1 dao4 yin2 hang2 ka3"),
        ("绿、女", "lv4 , nv3"),
        ("A4纸", "ei1 si4 zhi3"),
        ((Said("\U00030000"),), "mou3"),
    ],
)
def test_as_the_synthesiser_is_told(written, syllables):
    """Surnames, tone changes and our own words reach the synthesiser as people say them."""
    assert pinyin(heard(written)) == syllables


def test_two_polyphonic_surnames_are_two_people():
    """任 and 单 are spelled Rén and Shàn in a name, and otherwise where they are no surname."""
    said = pinyin(heard(name_said("任单"), "责任、单位"))
    assert said == "ren2 dan1 ze2 ren4 , dan1 wei4"
    assert pinyin(heard(name_said("单任"))) == "shan4 ren4"


def test_the_synthesiser_knows_every_surname():
    """No reading of the table is spelled out as letters: espeak-ng speaks it as one Mandarin syllable."""
    syllables = sorted(
        {one for readings in SURNAME_READINGS.values() for reading in readings for one in reading}
    )
    done = subprocess.run(
        ["espeak-ng", "-v", "cmn-latn-pinyin", "-x", "-q", "--stdin"],
        input="\n".join(f"{one} ." for one in syllables),
        capture_output=True,
        check=True,
        text=True,
    )
    told = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    assert len(told) == len(syllables)
    assert [
        one for one, line in zip(syllables, told, strict=True) if line.count("_") != 1 or "(en)" in line
    ] == []


@pytest.mark.anyio
async def test_a_sentence_can_be_heard(press):
    """A real mp3, 32 kb/s, of a plausible length for its syllables, with a voice in it; the same every time."""
    assert press.can_speak
    audio = await press.say(SENTENCE)
    syllables = sum(mark not in PAUSES for mark in words(SENTENCE))
    assert 0.2 * syllables < seconds(audio) < 0.5 * syllables
    assert abs(len(audio) / 4000 - seconds(audio)) < 0.5
    assert loud(audio) > 0.2
    assert await press.say(SENTENCE, personal=True) == audio


TWO_PAYOUTS = replace(v.HOUSEHOLD, parts=v.HOUSEHOLD.parts[:2])


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("speech", "most"),
    [
        (page.home_said(v.FRAME, v.HOME), 30),
        (page.home_said(v.FRAME, replace(v.HOME, cases=land.CASE_LINES)), 30),
        (page.home_said(v.FRAME, replace(v.HOME, showing=(), cases=land.CASE_LINES)), 30),
        (page.household_said(v.FRAME, TWO_PAYOUTS), 40),
        (page.household_said(v.FRAME, replace(TWO_PAYOUTS, name="阿不都热依木·买买提")), 40),
    ],
)
async def test_nobody_has_to_listen_long(press, speech, most):
    """As it is really heard, the front page takes half a minute at most and a household's two payouts forty seconds."""
    took = seconds(await press.say(speech, personal=True))
    assert most / 2 < took <= most
    assert len(words(speech)) >= took * MARKS_A_MINUTE / 60  # what is said is bounded by its length in marks


@pytest.mark.anyio
async def test_public_speech_is_made_once(press, tmp_path):
    """The second listener hears the kept file; many at once are one piece of work."""
    answers = await asyncio.gather(*(press.say(SENTENCE) for _ in range(20)))
    (kept,) = files(tmp_path)
    assert kept.read_bytes() == answers[0] == answers[-1]
    kept.write_bytes(b"kept")
    assert await press.say(SENTENCE) == b"kept"


@pytest.mark.anyio
async def test_personal_speech_touches_no_disk(press, tmp_path):
    """After a household was read aloud there is no file anywhere below the data folder."""
    assert await press.say(SENTENCE, personal=True)
    assert files(tmp_path) == []


@pytest.mark.anyio
async def test_the_shelf_of_speech_is_bounded(tmp_path, monkeypatch):
    """What was not asked for longest leaves when the shelf is full."""
    monkeypatch.setattr("kiosk_server.press.voice.KEPT_FILES", 3)
    monkeypatch.setattr("kiosk_server.press.voice.KEPT_BYTES", 250)
    folder = tmp_path / "speech"
    folder.mkdir()

    async def perform(_verb, _tools, speech, kept):
        with open(kept, "wb") as file:  # noqa: ASYNC230, PTH123
            file.write(b"x" * 100)
        return b"x" * 100

    voice = Voice(folder, None, perform)
    for number in range(6):
        await voice.say(heard(f"第{number}句"), personal=False)
    assert len(files(folder)) == 2


@pytest.mark.anyio
async def test_a_recording_comes_first(tmp_path):
    """The county's voice is played for exactly its words, written or said, and for no others."""
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / f"{recording_name('公示到11月28日。')}.mp3").write_bytes(b"by hash")
    (pack / "help.mp3").write_bytes(b"by words")
    (pack / "help.txt").write_text("怎么用，点3下。\n", "utf-8")
    (pack / "empty.mp3").write_bytes(b"")

    async def silent(*_matter):
        return b"synthesised"

    voice = Voice(tmp_path / "speech", pack, silent)
    assert voice.can_speak
    assert voice.described.endswith("录音 2 段")
    assert await voice.say(heard("公示到11月28日。"), personal=False) == b"by hash"
    assert await voice.say(heard("怎么用，", "点三下。"), personal=False) == b"by words"
    assert await voice.say(heard("怎么用，点4下。"), personal=True) == b"synthesised"
    (pack / "help.mp3").unlink()
    assert await voice.say(heard("怎么用，点3下。"), personal=True) == b"synthesised"


@pytest.mark.anyio
async def test_without_a_voice_it_says_so(tmp_path, monkeypatch):
    """No synthesiser and no recording: known from the start, and a refusal with advice when asked."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tools() is None
    press = Press(tmp_path / "press", None, "")
    assert not press.can_speak
    with pytest.raises(SpeechMissing):
        await press.say(SENTENCE)


@pytest.mark.anyio
async def test_nobody_waits_for_ever_in_the_queue(tmp_path):
    """When too many want personal speech at once, the last are told to come back; then it works again."""
    done = asyncio.Event()

    async def slow(*_matter):
        await done.wait()
        return b"spoken"

    voice = Voice(tmp_path / "speech", None, slow)
    asking = [asyncio.create_task(voice.say(heard(f"第{n}户"), personal=True)) for n in range(12)]
    await asyncio.sleep(0)
    done.set()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(answer) for answer in answers] == [bytes] * 8 + [SpeechBusy] * 4
    assert await voice.say(heard("再来"), personal=True) == b"spoken"


def program(tmp_path, name: str, body: str) -> str:
    path = tmp_path / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("body", ["exit 3", "kill -9 $$", "exec sleep 60", "cat >/dev/null"])
def test_a_broken_child_is_a_refusal(tmp_path, monkeypatch, body):
    """A synthesiser or encoder that dies, hangs or says nothing ends in a sentence, and leaves no child."""
    monkeypatch.setattr(voice_room, "PATIENCE_S", 0.3)
    espeak, lame = tools()
    with pytest.raises(SpeechBroken):
        voiced((espeak, program(tmp_path, "lame", body)), "ni3 hao3")
    with pytest.raises(SpeechBroken):
        voiced((program(tmp_path, "espeak", body), lame), "ni3 hao3")
    left = {child.name() for child in psutil.Process().children(recursive=True)}
    assert not left & {"espeak", "espeak-ng", "lame", "sleep", "cat"}


def test_a_child_that_is_gone_is_a_refusal(tmp_path):
    """A program removed since the start is told like any other fault."""
    with pytest.raises(SpeechBroken):
        voiced((str(tmp_path / "espeak-ng"), str(tmp_path / "lame")), "ni3 hao3")


def test_the_server_loads_no_pypinyin():
    """Importing the press and the pages' speech costs the server no dictionary."""
    code = "import sys, kiosk_server.press.worker, kiosk_server.web.pages.read_aloud; print('pypinyin' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "False"
    assert spoken("1") == "一"
