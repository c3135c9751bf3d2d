"""The number belongs to somebody else, in the words of the one who answers."""

import re

from recovery.domain.replies.new_owner import changed_hands
from recovery.domain.replies.text import Reply, fold
from recovery.domain.replies.words import any_of

_NUMBER = any_of(
    r"""
    numero telefono telefone celular movil telemovel whatsapp contacto contato linea linha number
    phone cell line nro num fono cel tel
    """
)
_PERSON = any_of(
    "senora? senorita persona pessoa senhora? moc[oa] mulher homem mujer hombre chic[oa]"
    " muchach[oa] lady person man woman guy girl nombre nome name"
)
_WRONG = re.compile(
    rf"\b(?:{_NUMBER} (?:esta |es |ta |e )?(?:equivocad[oa]|errad[oa]|incorrect[oa]|wrong"
    rf"|que no es)|(?:wrong|incorrect) (?:number|person|phone|contact|guy|lady|woman|man|girl)"
    r"|(?:persona|pessoa|contacto|contato) (?:equivocad[oa]|errad[oa])|(?:equivocad[oa]"
    r"|equivoco|equivocaste|equivocaron|confundi\w+|enganou|errou|errado|equivocou|confundiu"
    r"|enganaram)(?: se)? (?:de|o|a|no|com o|com a)"
    rf" (?:{_NUMBER}|persona|pessoa|chat)"
    r"|(?:ligou|ligaram|mandou|escribieron|escribio|escreveu|llamaron|marcaron|marco"
    r"|marcou)(?: \w+){0,3} (?:equivocad[oa]|errad[oa])"
    rf"|(?:no|nao) (?:es|e)(?: mas| mais)? (?:(?:el|o|su|seu) )?{_NUMBER} (?:de|da|do|del|dela"
    rf"|dele)\b|(?:ya|ja) (?:no|nao) (?:es|e)(?: mas| mais)? (?:(?:el|o|su|seu) )?{_NUMBER}\b"
    r"|(?:no|nao) (?:vive|trabaja|trabalha|mora|labora)(?: mas| mais)? (?:aqui|aca)|(?:ela|ele|ella"
    r"|el) (?:mudou|trocou|cambio)(?: \w+)? (?:de|o) numero|(?:nobody|no one|noone) (?:here )?(?:by"
    r"|with|called) (?:that name)?|not who (?:you|u)(?:re)?(?: \w+){0,2} looking for"
    r"|never heard of (?:her|him)\b|not the (?:right )?(?:person|owner)(?: (?:you"
    r"|u)\w*)?(?: (?:are )?looking for)?|(?:no|nao) (?:soy|sou|es|e) (?:yo )?(?:la|el|a|o|esa|esta"
    r"|essa|ese) (?:persona|pessoa|duen[oa]|dono|titular)(?= que| del| de este| deste| desse|$| ,"
    r"| correct| corret| cert| a quien)|(?:no|nao) (?:soy|sou|era) (?:(?:yo )?(?:quien|quem)|(?:el"
    r"|la|o|a) que) (?:busca|procura|cree|pensa)\w*|(?:no|nao|ya no) (?:vive|trabaja|trabalha"
    r"|mora)(?: mas| mais)? (?:aqui|aca) (?:ningun|nenhum)\w*|(?:aqui|aca) (?:no|nao) (?:vive|mora"
    r"|trabaja|trabalha) (?:ningun|nenhum)\w*|no \w+ (?:here|at this number)"
    r"|no one (?:here )?(?:by that name|called|named)"
    rf"|(?:(?:no|nao) (?:conozco|conheco)|(?:no se|ni idea|nao sei|no tengo idea) (?:de )?(?:quien"
    rf"|quem) (?:sea|seja|es|e)) (?:a )?(?:la |a )?(?:es[ae]|ess[ae]) (?:{_PERSON}(?=$| ,)"
    rf"|(?:senora?|senhora?|sra?) (?!que\b|y\b|e\b)[a-z]+(?=$| ,))"
    rf"|(?:dont|do not|no idea who) (?:know )?(?:that|this) {_PERSON}(?: is)?(?=$| ,)"
    r"|(?:no|nao) (?:conocemos|conhecemos) (?:a )?(?:ningun[oa]?|nenhuma?) (?:senor(?:a|ita)?"
    r"|senhora?|don|dona|sra?|fulan[oa])\b|(?:no|nao) (?:conozco|conheco) (?:a )?(?:esa persona"
    r"|essa pessoa|ese nombre|nadie con|ninguem com|ninguem chamad)\w*|(?:dont|do not) know (?:any"
    r"|anyone|anybody) (?!who)\w+"
    rf"|(?:este|ese|esse|este|this|el|o|aquele) {_NUMBER} (?:(?:ya|ja) )?(?:no|nao|is not|isnt"
    rf"|is no longer|not) (?:(?:es|e|pertenece|pertence|belong\w*|le pertenece)) ?(?:mas|mais)?"
    r"(?: (?:de la|de el|del|de|da|do|dela|dele|al|a|ao|to|suyo|hers|his|su numero|el numero"
    r"|o numero|el de|o da|o do))"
    rf"|(?:this|it)(?: {_NUMBER})? (?:is not|isnt|is no longer|doesnt belong to"
    rf"|does not belong to) (?:\w+ ){{1,2}}(?:number|phone|anymore)|(?:este|esse|esto|isso|aquele"
    rf"|ese) (?:ya )?(?:no|nao) (?:es|e) (?:mas |mais )?(?:el|o) {_NUMBER} (?:de|da|do|dela|dele"
    rf"|suyo)\b|(?:ya no|nao|no longer|doesnt) (?:tiene|usa|tem|has|have|use)(?: mas"
    rf"| mais)? (?:este|esse|this|ese) {_NUMBER}|(?:este|esse|ese|this) (?:{_NUMBER}"
    rf"|chip) (?:(?:ahora|agora|now) )?(?:es|e|is) (?:mio|meu|mine) (?:desde|hace|ha|faz|ahora"
    rf"|agora|now|since|for)|{_NUMBER} (?:(?:ahora|agora|now) )?(?:cambio|mudou"
    rf"|changed) de (?:duen[oa]|dono|owner)|(?:compre|comprei|tengo|tenho|got|have) (?:este|esse"
    rf"|this) (?:numero|number|chip)(?: \w+)? (?:hace poco|ha pouco|recien|recently|nuevo|novo"
    rf"|agora))\b"
)
_ALONE = frozenset(
    """engano|foi engano|e engano|equivocado|equivocada|esta equivocado|estas equivocado
    |esta equivocada|se equivoco|te equivocaste
    |numero errado|errado|wrong|creo que se equivoco de numero|acho que foi engano
    |acho que e engano|deve ser engano|se ha equivocado|se equivocaron
    |you got the wrong one|not me|no soy yo|nao sou eu|its not me|im not her|im not him
    |no soy ella|no soy el|nao sou ela|nao sou ele
    |no soy esa persona|nao sou essa pessoa|im not that person|that is not me
    |sou essa pessoa nao|sou esse nao|sou essa nao|nao sou essa|nao sou esse
    |ela nao esta mais nesse numero""".replace("\n", "").split("|")
)
_ALONE = frozenset(" ".join(phrase.split()) for phrase in _ALONE)
_NOT_NAMED = re.compile(
    r"\b(?:(?P<lead>no (?:soy|es|habla con|esta hablando con)|nao (?:sou|e|fala com"
    r"|esta falando com|se chama)|no me llamo|nao me chamo|im not|i am not|this is not|this isnt"
    r"|my name is not|my name isnt|its not|not) (?P<art>la |el |a |o |da |com a |com o )?(?:senora "
    r"|senor |senhora |senhor |dona |don |sra |sr |mr |mrs |ms |miss )?(?P<name>[a-z]+))\b"
)
_NOBODY_CALLED = re.compile(
    r"\b(?:no|nao) (?:hay|tem|existe|tenemos|temos|trabaja|trabalha|conozco|conocemos|conheco"
    r"|conhecemos)(?: (?:aqui|aca|a))? (?:ningun[oa]?|nenhum[a]?) (?P<name>[a-z]+)"
)
_NAMES_TEXT = """
ana maria juan jose luis carlos pedro joao paulo marcos lucas mateus gabriel rafael bruno felipe
fernando fernanda juliana mariana camila patricia sandra claudia marta laura sofia lucia elena
carmen rosa isabel teresa antonio manuel francisco javier miguel angel diego pablo sergio jorge
ricardo roberto eduardo daniel david andres alejandro alejandra adriana beatriz gabriela daniela
valentina paula carolina natalia veronica monica silvia gloria martha jesus raul oscar mario
victor hugo ramon alberto enrique gustavo martin nicolas sebastian santiago mateo emilia julia
helena leticia larissa amanda bruna vanessa renata tatiana aline cristina luiza luisa rita john
james robert michael william mary jennifer linda susan sarah karen nancy lisa peter paul mark
steven thomas joseph george anna emily jessica bob bill joe mike tom souza silva
"""
_NAMES = frozenset(_NAMES_TEXT.split())
_NOT_NAMES_TEXT = """
interested sure client customer from here available able happy going in at a an the cliente de
da do que quien mas mais esa ese essa esse eso isso esta this that it ok bueno tonto idiota
robot bot spam correcto correto necesario sorry yet working your looking her him
"""
_NOT_NAMES = frozenset(_NOT_NAMES_TEXT.split())


def is_somebody_else(reply: Reply) -> bool:
    """They say it is the wrong number or that they are another person; a wrong price is neither."""
    if any(
        told(reply)
        for told in (_is_said_alone, changed_hands, _is_asked_whose, _is_mixed_up, _is_a_place)
    ):
        return True
    if _names_both(reply.raw):
        return True
    return any(
        (_WRONG.search(s.words) is not None and not _is_about_us(s.words))
        or _denies_name(s.words, reply.raw)
        or _has_nobody_called(s.words, reply.raw)
        for s in reply.sentences
    )


def _is_said_alone(reply: Reply) -> bool:
    """`Not me`; a mistake may also be one about what they bought."""
    if " ".join(reply.bare) in _ALONE:
        return True
    said = [clause.words for clause in reply.clauses]
    sure = [words for words in said if words in _ALONE]
    return bool(sure) and not (all(map(_MIXED_UP.fullmatch, sure)) and any(map(_OURS.search, said)))


#: `Who is Ana? This is my number.`
_WHO_IS = re.compile(
    r"(?:y |e |and |hola |oi |hi |disculpe |desculpa |sorry )*(?:quien es|quem e|who is|whos"
    r"|who the hell is) (?:la |el |a |o |esa |essa |this |that )?(?:senora |senor |sra |sr |dona "
    r"|mr |mrs )?(?P<name>[a-z]+)"
)
_MY_OWN = re.compile(
    rf"(?:(?:pero|mas|but|y|e|and) )?(?:est[ae]|ess[ae]|es[ae]|this)(?: {_NUMBER})?(?: (?:agora"
    rf"|ahora|now))? (?:es|e|is) (?:mio|meu|mine|(?:mi|(?:o )?meu|my) {_NUMBER})(?: (?:personal"
    rf"|pessoal|privado|particular))?"
)


def _is_asked_whose(reply: Reply) -> bool:
    """They do not know the name we wrote to, and the number is theirs."""
    if sum(sentence.is_question for sentence in reply.sentences) > 1:
        return False
    asked = [_WHO_IS.fullmatch(clause.words) for clause in reply.clauses]
    names = [who["name"] for who in asked if who is not None]
    unknown = any(name in _NAMES or _is_capital(name, reply.raw) for name in names)
    mine = (_MY_OWN.fullmatch(c.words) or _I_AM_CALLED.fullmatch(c.words) for c in reply.clauses)
    return unknown and any(mine)


_I_AM_CALLED = re.compile(r"(?:pero |mas |y |e )?(?:yo|eu) me (?:llamo|chamo) [a-z]+")
_NAMED = re.compile(
    r"^(?:(?:y|e|and|pero|mas|but|yo|eu) )*(?:soy|sou|me (?:llamo|chamo)|chamo me|mi nombre es"
    r"|(?:o )?meu nome e|im|my name is|this is)(?: (?:el|la|o|a))? (?P<name>[a-z]+)(?=$| [yea])"
)
#: `I think you mixed me up with somebody`
_MIXED_UP = re.compile(
    r"(?!.*\b(?:me (?:confundi|he)|equivoque|enganei|im|i (?:got|am|was)|est(?:oy|ou))\b)(?:(?:hola"
    r"|oi|hi|perd\w+|disculp\w+|desculp\w+|sorry|creo|acho|parece|i|think|me|que|pero|mas|but"
    r"|deb\w+|dev\w+|te|se|os|usted\w*|uds|voces?|vcs?|you|youve|youre|must|may|be|esta\w*|ta|an?"
    r"|um?|h[ae][ns]?|habeis|have|has|ter|tem|are|got|there|theres|been|hay|hubo|houve"
    r"|havido) )*(?:confund\w+|equivoc\w+|engan\w+|mistaken?|confus\w+|mix(?:ed)?(?: me)? up"
    r"|wrong end)(?: (?:conmigo|comigo|(?:con|com|with) (?:otra persona|outra pessoa"
    r"|someone(?: else)?)))?"
)
_NEVER = re.compile(
    r"\b(?:nunca|jama\w+|never|(?:en|na) (?:mi|toda mi|minha) vida)(?: (?:i|me|he|have|ive|eu"
    r"|yo))* (?:fui|ido|been|to[mo]\w+|taken|hi?[cz][eo]|hecho|fiz|feito|est[ui]\w+|pis[ea]\w*"
    r"|entr\w+|attended|studied|in?scri\w+|inscrev\w+|matricul\w+|(?:compr\w+|contrat\w+"
    r"|bought) (?:nada|anything))\b|\b(?:no|nao|dont) (?:conozco|conheco|know) (?:es[ae]|ess[ae]"
    r"|that|this) \w+$|\b(?:no|nao) (?:se|sei) (?:de )?(?:o )?que (?:me |esta\w* )*(?:habl|fal"
    r"|trat)\w+"
)
#: They know us after all.
_OURS = re.compile(
    r"\b(?:pag\w+|paid|recib\w+|receb\w+|received|lleg\w+|cheg\w+|ped\w+|correo|e?mail|quiero|quero"
    r"|tomo|hago|faco|voy|vou|interes\w+|want|(?:yo |eu )?(?<!no )(?<!nao )(?:soy|sou)"
    r" (?:client|alu[mn]|pacient|d[ao] )\w*)\b"
)


def _is_mixed_up(reply: Reply) -> bool:
    """`You got confused, I am Javi and never went there`: all three said together."""
    said = [clause.words for clause in reply.clauses]
    named = any(_names(_NAMED.match(words), reply.raw) for words in said)
    mixed = named and any(_MIXED_UP.fullmatch(words) for words in said)
    return mixed and any(map(_NEVER.search, said)) and not any(map(_OURS.search, said))


_IS_NOW = re.compile(
    rf"\b(?:(?:est[ae]|es[ae]|ess[ae]|this|[oe]l?) {_NUMBER}(?: (?:ahora|agora|now|ya|ja))?"
    rf"|this(?= is(?: now)? the {_NUMBER} of)) (?:es|e|is|pertenece|pertence|belongs)"
    r"(?: (?:ahora|agora|now|de|do|da|to|el|o|the|numero|number|of))* (?:una?|uma?|an?|otr[oa]"
    r"|outr[oa]) (?!amig|friend|famil|relat|con[ho]+cid|parent|prim|herman|irma|ti[oa]\b|coleg"
    r"|collea|compan|vizinh|vecin)\w+\b(?! (?:mi[ao]|nuestr|noss|minha|meu|of mine))"
)
_UNKNOWN = re.compile(
    r"\b(?:(?:no|nao|dont) (?:conocemos|conozco|conhecemos|conheco|know)(?: (?:al?|la|el|o|any"
    r"|ningun[oa]?|nenhuma?|senora?|senhora?|don|dona|sra?|seu|mrs?|ms))*|(?:aqui|aca) (?:no"
    r"|nao) (?:esta|hay|tem|vive|mora)|(?:no|nao) (?:hay|tem|ha)|no) (?P<name>[a-z]+)(?: (?:aqui"
    r"|aca|here))?$"
)


def _is_a_place(reply: Reply) -> bool:
    """`This line is a garage's now, we know no Teresa`."""
    said = [clause.words for clause in reply.clauses]
    if not any(map(_IS_NOW.search, said)) or any(s.is_question for s in reply.sentences):
        return False
    return any(_names(_UNKNOWN.search(words), reply.raw) for words in said)


def _names(found: re.Match[str] | None, raw: str) -> bool:
    return found is not None and (found["name"] in _NAMES or _is_capital(found["name"], raw))


#: `Soy Nelson, no Patricia`: both names written as such.
_NOT_BUT = re.compile(
    r"\b(?:[Ss]oy|[Ss]ou|[Ii]['’]?m|I am|[Mm]e llamo|[Mm]e chamo|[Tt]his is|[Mm]y name is|[Aa]qui"
    r" é)(?: (?:el|la|o|a))? (?P<mine>[A-ZÁÉÍÓÚÑÂÊÔÃ][a-záéíóúñâêôãç]+),? (?:y |e |and )?"
    r"(?:no|não|nao|not)(?: (?:soy|sou|el|la|o|a))? (?!Gracias|Obrigad|Thank|Quier|Quer)"
    r"(?P<theirs>[A-ZÁÉÍÓÚÑÂÊÔÃ][a-záéíóúñâêôãç]+)(?=\s*$|\s?[,.!\n]|\s+[^\w\s])"
)


def _names_both(raw: str) -> bool:
    """Two people; `I am Javier, not Javi` is of the spelling."""
    both = _NOT_BUT.search(raw)
    return both is not None and fold(both["mine"])[:3] != fold(both["theirs"])[:3]


def _is_about_us(words: str) -> bool:
    return (
        re.search(
            r"\b(?:pedido|factura|orden|order|invoice|boleto|tarjeta|cuenta|conta|cartao"
            r"|precio|preco)\b",
            words,
        )
        is not None
    )


def _denies_name(words: str, raw: str) -> bool:
    for match in _NOT_NAMED.finditer(words):
        name = match["name"]
        if name in _NAMES and (match["lead"] != "not" or words.startswith("not")):
            return True
        is_person = match["lead"].split()[-1] not in {"e", "es", "not"} or match["lead"] in {
            "im not",
            "this is not",
        }
        if is_person and name not in _NOT_NAMES and _is_capital(name, raw):
            return True
    return False


def _has_nobody_called(words: str, raw: str) -> bool:
    """`Não tem nenhuma Jéssica aqui`."""
    for match in _NOBODY_CALLED.finditer(words):
        name = match["name"]
        if name in _NAMES or re.fullmatch(_PERSON, name) or _is_capital(name, raw):
            return True
    return False


def _is_capital(name: str, raw: str) -> bool:
    """Written as a name inside a sentence that is not all in capitals."""
    if raw.isupper():
        return False
    return any(
        w.strip(".,!?;:")[:1].isupper() and fold(w.strip(".,!?;:")) == name for w in raw.split()[1:]
    )
