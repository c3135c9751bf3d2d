"""The name a text may greet a person by, from what somebody typed into a field for names."""

import re
import unicodedata

#: No given name is longer; what is, holds something else.
LONGEST = 40
_TITLES = """
sr sra srta sres señor señora señorita don doña dn dña lic licda licdo ing inga arq dr dra
prof profa profesor profesora mtro mtra maestro maestra cp c.p abog abg cap cdr mons
senhor senhora senhorita dona seu eng enga adv
mr mrs ms mx miss mister madam sir rev
"""
#: What people write where a form insists on a name.
_NOBODY = """
test testing tester prueba pruebas teste testes demo example ejemplo exemplo asdf qwerty
null none nan nil undefined unknown anonymous anonimo anónimo anônimo desconocido
desconhecido nombre nome name firstname cliente customer client contacto contato contact
lead guest invitado user usuario usuário n/a na s/n sn xx xxx xxxx
"""
_IS_TITLE = frozenset(_TITLES.split())
_IS_NOBODY = frozenset(_NOBODY.split())
_NO_NAME = re.compile(r"[@\d<>{}\[\]\\|_=#$%^*~:;]|https?|www\.", re.I)
_AFTER_TITLE = re.compile(r"(?<=\w\w)\.(?=\w)")
_EDGES = " \t\r\n.,-–—'\"()"


def greeting_name(text: str) -> str:
    """The name without honorifics (Spanish, Portuguese, English); "" for what is no name."""
    if len(text) > LONGEST or _NO_NAME.search(text):
        return ""
    # "Lic.Jorge" is typed without a space as often as with one.
    words = _AFTER_TITLE.sub(". ", text).split()
    while words and (_bare(words[0]) in _IS_TITLE or not _bare(words[0])):
        words = words[1:]
    name = " ".join(words).strip(_EDGES)
    letters = sum(sign.isalpha() for sign in name)
    if _bare(name) in _IS_NOBODY or letters < _fewest(name):
        return ""
    return name


def _bare(word: str) -> str:
    return word.strip(_EDGES).casefold()


def _fewest(name: str) -> int:
    """One letter is an initial; one Chinese sign is a name."""
    return 1 if any(unicodedata.category(sign) == "Lo" for sign in name) else 2
