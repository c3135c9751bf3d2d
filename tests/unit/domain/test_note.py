"""A note that is told anew: whose words stand in it."""

from recovery.domain.note import Note, Wrote, retold

FIRST = Note("[REC-1] Not recovered", "Tried twice.")
SECOND = Note("[REC-1] Recovered", "Has a new address.")
THIRD = Note("[REC-1] Do not contact", "Said stop.")
OURS = [Wrote.of(FIRST)]


def test_what_nobody_changed_is_replaced_whole():
    assert retold(FIRST, SECOND, OURS)[0] == SECOND


def test_our_own_older_story_is_nobodys_words_however_often_we_tell():
    second, wrote = retold(FIRST, SECOND, OURS)
    assert retold(second, THIRD, [*OURS, wrote])[0] == THIRD


def test_a_title_that_people_changed_stays_and_the_text_is_ours():
    stood = Note("[REC-1] Ask for Rosa", FIRST.text)
    second, wrote = retold(stood, SECOND, OURS)
    assert second == Note("[REC-1] Ask for Rosa", SECOND.text)
    assert retold(second, THIRD, [*OURS, wrote])[0] == Note("[REC-1] Ask for Rosa", THIRD.text)


def test_a_text_that_people_changed_stays_below_and_the_title_is_ours():
    stood = Note(FIRST.title, "Tried twice. Her sister answers.")
    note, _ = retold(stood, SECOND, OURS)
    assert note == Note(SECOND.title, f"{SECOND.text}\n\n{stood.text}")


def test_their_words_stay_below_each_further_story_once():
    stood = Note(FIRST.title, "Tried twice. Her sister answers.")
    second, wrote = retold(stood, SECOND, OURS)
    third, wrote_last = retold(second, THIRD, [*OURS, wrote])
    assert third == Note(THIRD.title, f"{THIRD.text}\n\n{stood.text}")
    # A crash before anybody noted it: the same once more changes nothing.
    assert retold(third, THIRD, [*OURS, wrote, wrote_last])[0] == third


def test_the_ends_of_lines_are_nobodys_words():
    told = Note("t", "One.\n\nTwo.")
    stood = Note("t ", "One. \r\n\r\nTwo.\r\n")
    assert retold(stood, SECOND, [Wrote.of(told)])[0] == SECOND


def test_a_note_that_keap_says_nobody_changed_is_ours_even_where_we_forgot():
    stood = Note("t", "What an earlier version wrote.", is_untouched=True)
    assert retold(stood, SECOND, [])[0] == SECOND
    assert retold(Note("t", "x"), SECOND, [])[0] == Note("t", f"{SECOND.text}\n\nx")


def test_what_is_remembered_holds_no_words():
    assert "Tried" not in repr(Wrote.of(FIRST))
