"""What follows an address that no word introduces: it must say nothing of it, or good.

`Ana@… quedó bloqueado`, `… is in your leaflet`: there are more such stories than any list holds, so
this knows the harmless beginnings, and whatever else follows is for a person to read.
"""

import re

from recovery.domain.replies.address_offer import is_small_talk
from recovery.domain.replies.address_people import OFFICE, PEOPLE
from recovery.domain.replies.address_remark import COURTESIES, PLACE
from recovery.domain.replies.address_story import LOST
from recovery.domain.replies.words import any_of

#: What joins on, points at it or gives a reason; what comes then is weighed by itself.
_JOINS = any_of(
    r"""
    y e and or o ou que porque pq por x con com with for para pra pro since desde from instead en em
    in now ahora agora these this that thats it its is es eh ese esse este esto esta isso isto a al
    ao to the el la los las os as de del da do as because cause cuz if si se but pero mas sino so
    entonces entao ya ja i im ive my mi meu minha mis no nao not dont nunca never cant all todo tudo
    junto cuando quando when whenever where onde donde is ta ok okay blz lower un una uma um hoy
    hoje me nos les te estoy ando estou tambien tambem also too only just solo so apenas ahi ai aqui
    aca here
    """
)
#: What ends a message, and what they do or would have us do.
_CLOSES = any_of(
    r"""
    quedo(?=\satent|\spend|\sa) espero aguardo aguardamos agradezco agradeco agradecid[oa] fico att
    atte atentamente atenciosamente best besos? beij\w+ abra\w+ bendicion\w* feliz buen[oa]s? bom
    boa deus xfa ntp have got dios hugs regards hope let talk ttyl sorry perdon\w* disculp\w+
    desculp\w+ lo mil much\w+ dale listo va vale cheers cordial\w* salud\w+ slds graci\w+ obrig\w+
    valeu tks ty thank\w* x+ xo\w* j[aeio]j\w* haha\w* hehe\w* k+ rs+ soy sou yo eu am hi hola oi
    tel cel\w* whats\w* numero number phone nombre name nome cualquier qualquer any driving tengo
    tenho pon\w* escribi?(?:me|nos)\w* puede\w* pode\w* could can would will should(?=\swork) works?
    working funciona\w* sirve\w* perfect\w* perfeit\w* correct\w* corret\w+ right minuscul\w+ use\w*
    usa[rn]? mande\w* manda\w* envie\w* envia\w* escrib[ae]\w* escrev[ae]\w* send write email mail
    anot\w+ actuali\w+ atuali\w+ cambi[ae]\w* troc[ae]\w* agreg\w+ reviso veo uso abro vejo checo
    better mejor melhor nuev[oa] nov[oa] new (?:respect|safe|fui)(?=\W*$) peace bless\w* laters cya
    t?ch?[ai]u chao besi\w* saludi\w* abs abc flw falou vlw inte amen adios hasta(?=\sl|\spr|\sma)
    ate(?=\s(?:logo|mais|breve|ja|a)) fine good great gr8 yes sim si+ please porf\w* pl[sz] ta tmj
    eh yesemoji dr dra sr sra ing lic prof viu sff pretty recien acab\w+ conf[ie]r\w+ verifi\w+
    still sigo quiero quisiera queria quero gostaria preciso necesito want need
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


#: Words that speak of a mailbox: its use, its health, its age, whose it is, what went there.
_OF_A_BOX = any_of(
    r"""
    us[aeo]\w* using utili[zc]\w* abr[eio]\w* open\w* entr[aeo] ac[ce]+ss?[aeo] revis\w* che[cq]\w*
    le[eio]r? ve[ojr] vejo look\w* mir[oa] funcion\w* sirv\w* serv\w+ work\w* exist\w* v[ai]li\w+
    ativ\w* activ\w* err\w+ equivo\w+ wrong mal bad wr fake fals\w+ trava\w* llen[oa] chei[oa]
    lotad[oa] full lock\w* clos\w+ cerrad[oa] fechad[oa] spam\w* virus estaf\w+ devolv\w+ volt\w+
    fail\w* falh\w+ fall[ao] viej[oa] velh[oa] antig\w+ old anterior previous former was were eran?
    foi fue tenia tinha had no[tp]?(?=\W*$) nao(?=\W*$) su sus tuy?[oa]? seu sua teu tua suy[oa]
    your yours vuestr\w+ voss[oa]\w* ustedes vosotros voces vcs? uds? you his hers? their\w* dela
    dele ella ele escri[bvt]\w+ escrev\w+ mand\w+ envi\w+ sen[dt]\w* wr[io]t\w+ respo\w+ contest\w*
    repl\w+ answer\w* lleg(?!ara?\sel)\w+ cheg\w+ rec[ei]b\w+ rece?iv\w+ gets? got nadie ninguem
    nobody nothing es[aet]e? ess[ae] eso isso that this it one correct\w* corret\w+ cert[oa] right
    ciert\w+ verda\w+ true think creo acho quiza\w* talvez maybe duda todavia ainda aun yet crie\w*
    creado qui?en quem who whos otr[oa](?=\W*$) registr\w+ tienen tem have hold lo \w{3,}lo baja
    log(?:ar|in)? ingres\w* e?mails? correos? aparec\w* appears? nada (?:mi[oa]|meu|mine)(?=\W*$)
    conozc\w+ conhec\w+ idea guess supon\w+ brok\w+ cancel\w* scrap forget
    """
)
_SPEAKS_OF_IT = re.compile(
    rf"\b(?:{_OF_A_BOX}|{LOST}|{OFFICE}|ex\w*|{PEOPLE}(?:s\b|\W*$)"
    rf"|(?:del?|d[oa]|of|es|eh?|is|for|para|pr[ao]|by|com?n?) (?:\w+ )?{PEOPLE})\b"
)
#: `My new work mail`, `o meu agora é`: nothing but the name of a thing of theirs.
_THEIR = r"\b(?:mi[oa]?|my|meu|minha|mine|nuev[oa]|nov[oa]|new|ahora|agora|now)\b"
_NAME = re.compile(
    rf"{_THEIR}|\b(?:gmail|hotmail|outlook|yahoo|icloud|{PLACE}|correo|e?mail|direccion|endereco"
    r"|address|one|ele\w+nico|este|ess?e|this|act?ual|current|hoy|hoje|its?|is|es|eh|sera)\b"
)
_SHOWN = re.compile(rf"{_THEIR}.*\b(?:es|eh?|is)\b|\b(?:es|eh?|its|it is) *$|\bits {_THEIR}")


def past_remark(clause: str, after: str, *, labelled: bool) -> str:
    """Past a remark on something else, where the words before, `hi, it's`, say all there is."""
    if not is_small_talk(" ".join(_NAME.sub(" ", clause).split())):
        return after
    parted = (labelled or not after[:1].isalpha()) and re.search(_THEIR, clause)
    told = re.split(r"[.;!?()\n]", after)[0]
    if not (parted or _SHOWN.search(clause)) or _SPEAKS_OF_IT.search(told):
        return after
    return after[len(told) :]
