"""What follows an address that no word introduces: it must say nothing of it, or good.

`Ana@… quedó bloqueado`, `… is in your leaflet`: there are more such stories than any list holds, so
this knows the harmless beginnings, and whatever else follows is for a person to read.
"""

import re

from recovery.domain.replies.address_remark import COURTESIES
from recovery.domain.replies.words import any_of

#: What joins on, points at it or gives a reason; what comes then is weighed by itself.
_JOINS = any_of(
    r"""
    y e and or o ou que porque pq por x con com with for para pra pro since desde from instead
    en em in now ahora agora these this that thats it its is es eh ese esse este esto esta isso
    isto a al ao to the el la los las os as de del da do as because cause cuz if si se but pero
    mas sino so entonces entao ya ja i im ive my mi meu minha mis no nao not dont nunca never
    cant all todo tudo junto cuando quando when whenever where onde donde is ta ok okay blz
    lower un una uma um hoy hoje me nos les te estoy ando estou tambien tambem also too only
    just solo so apenas ahi ai aqui aca here
    """
)
#: What ends a message, and what they do or would have us do.
_CLOSES = any_of(
    r"""
    quedo(?=\satent|\spend|\sa) espero aguardo aguardamos agradezco agradeco agradecid[oa] fico
    att atte atentamente atenciosamente best besos? beij\w+ abra\w+ bendicion\w* feliz
    buen[oa]s? bom boa deus xfa ntp have got dios hugs regards hope let talk ttyl sorry
    perdon\w* disculp\w+ desculp\w+ lo mil much\w+ dale listo va vale cheers cordial\w* salud\w+
    slds graci\w+ obrig\w+ valeu tks ty thank\w* x+ xo\w* j[aeio]j\w* haha\w* hehe\w* k+ rs+ soy
    sou yo eu am hi hola oi tel cel\w* whats\w* numero number phone nombre name nome cualquier
    qualquer any driving tengo tenho pon\w* escribi?(?:me|nos)\w* puede\w* pode\w* could can
    would will should(?=\swork) works? working funciona\w* sirve\w* perfect\w* perfeit\w*
    correct\w* corret\w+ right minuscul\w+ use\w* usa[rn]? mande\w* manda\w* envie\w* envia\w*
    escrib[ae]\w* escrev[ae]\w* send write email mail anot\w+ actuali\w+ atuali\w+ cambi[ae]\w*
    troc[ae]\w* agreg\w+ reviso veo uso abro vejo checo better mejor melhor nuev[oa] nov[oa] new
    fine good great gr8 yes sim si+ please porf\w* pl[sz] ta tmj eh yesemoji dr dra sr sra
    ing lic prof viu sff pretty recien acab\w+ conf[ie]r\w+ verifi\w+ still sigo quiero quisiera
    queria quero gostaria preciso necesito want need
    """
)
_HARMLESS = re.compile(rf"(?:[^a-z]*|(?:{_JOINS}|{_CLOSES}|{COURTESIES})\b.*)")
#: `… en copia`, `… el viejo`: a beginning that is harmless and an end that is not.
_ASIDE = re.compile(
    r"(?:e[nm]|in) (?:copia|cc)\b|(?:the |el |o |my |mi |meu |la |a )?(?:old|viej[oa]"
    r"|antig[ou]?[oa])"
    r"(?: one)?$|(?:le|lhe) |mand(?:ou|o)\b|envi(?:ou|o)\b|escrib(?:io)\b|escreveu\b|mudou\b"
    r"|la (?:clave|contrasena)|a senha|the password"
)


def is_harmless(after: str, email: str) -> bool:
    """The words that follow a bare address at once tell nothing of it, or that it is right."""
    told = re.split(r"[.,;:!?()\n]| [-\u2013\u2014] ", after)[0].strip()
    told = re.sub(r"^[^a-z]+", "", told)
    first = re.match(r"[a-z]{3}", told)
    if first is not None and first.group() in email.partition("@")[0]:
        return True  # signed with the name the address is made of
    return _HARMLESS.fullmatch(told) is not None and _ASIDE.match(told) is None
