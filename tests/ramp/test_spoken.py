"""What is said in a thread, however a phone dresses it up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.happened import Word
from ramp.sign_off import ALPHABET
from ramp.spoken import Spoken, spoken

CODE = st.text(ALPHABET, min_size=6, max_size=6)
BLANKS = st.sampled_from([" ", "  ", "\n", "\t", "\u00a0", "\u2009", " \u200b"])
AROUND = st.sampled_from(
    [("", ""), ("*", "*"), ("_", "_"), ("`", "`"), ("```", "```"), ("“", "”"), ("\"", "\""), ("‘", "’"), (" ", "\n"),
     ("<@U0SHIPROOM> ", ""), ("<@U0SHIPROOM|shiproom>, ", "."), ("", " :thumbsup:"), ("", ":+1::skin-tone-3:"),
     ("", " 👍🏽"), ("", "."), ("", "…"), ("", "!"), ("\ufeff", "\u200d"), ("<!here> ", "")]
)  # fmt: skip


@given(code=CODE, label=st.sampled_from(["50", "50%", "10", "T-10", "T–10"]), around=AROUND,
       blanks=st.tuples(BLANKS, BLANKS), lower=st.booleans())  # fmt: skip
def test_a_sign_off_reads_the_same_however_it_is_dressed(code, label, around, blanks, lower):
    text = f"GO{blanks[0]}{label}{blanks[1]}{code}"
    said = spoken(around[0] + (text.lower() if lower else text) + around[1])
    assert said == Spoken(word=Word.GO, label=label.removesuffix("%").replace("–", "-"), code=code)


@pytest.mark.parametrize("word", ["HOLD", "ROLLBACK", "ACK", "GO"])
@given(around=AROUND, lower=st.booleans())
def test_a_word_reads_the_same_however_it_is_dressed(word, around, lower):
    assert spoken(around[0] + (word.capitalize() if lower else word) + around[1]) == Spoken(word=Word(word))


@pytest.mark.parametrize("text", ["Roll back", "roll-back.", "ROLLBACK"])
def test_a_rollback_is_said_in_one_word_or_two(text):
    assert spoken(text) == Spoken(word=Word.ROLLBACK)


def test_a_hold_with_further_words_is_one_and_a_rollback_with_further_words_is_not_plain():
    assert spoken("Hold on, P95 looks odd") == Spoken(word=Word.HOLD, is_plain=False)
    assert spoken("rollback is not needed") == Spoken(word=Word.ROLLBACK, is_plain=False)


@pytest.mark.parametrize(
    "text",
    ["", " ", "looks good", "~GO 50 K7M4QX~", "&gt; GO 50 K7M4QX", "&gt; HOLD", "~HOLD~", "no GO 50 K7M4QX", "WITHHOLD",
     "GOGO", "go50k7m4qx", "go for it", "Go to Lisbon", "go 50 now",
     ":go:", "<https://example.com|link> GO", "НОLD"],
)  # fmt: skip
def test_what_is_struck_out_quoted_or_in_the_middle_of_a_sentence_is_not_said(text):
    said = spoken(text)
    assert said is None or not said.code


@given(st.text())
def test_any_text_is_read_and_a_code_is_only_ever_the_third_word(text):
    said = spoken(text)
    assert said is None or said.word is Word.GO or not said.code


def test_a_link_that_slack_made_of_a_number_reads_as_its_own_words():
    assert spoken("GO <tel:50|50> K7M4QX") == Spoken(word=Word.GO, label="50", code="K7M4QX")
