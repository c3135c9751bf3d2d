"""The number belongs to somebody else, in the words of the one who answers."""

import re

from recovery.domain.replies.new_owner import changed_hands
from recovery.domain.replies.text import Reply, fold
from recovery.domain.replies.words import any_of

_NUMBER = any_of(
    r"""
    numero telefono telefone celular movil telemovel whatsapp contacto contato linea linha number
    phone cell
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
    r"|enganaram)(?: se)? (?:de|o|a|no|com o|com a) (?:numero|persona|pessoa|contacto|contato"
    r"|telefono|telefone)"
    r"|(?:ligou|ligaram|mandou|escribieron|escribio|escreveu|llamaron|marcaron|marco"
    r"|marcou)(?: \w+){0,3} (?:equivocad[oa]|errad[oa])"
    rf"|(?:no|nao) (?:es|e)(?: mas| mais)? (?:(?:el|o|su|seu) )?{_NUMBER} (?:de|da|do|del|dela"
    rf"|dele)\b|(?:ya|ja) (?:no|nao) (?:es|e)(?: mas| mais)? (?:(?:el|o|su|seu) )?{_NUMBER}\b"
    r"|(?:no|nao) (?:vive|trabaja|trabalha|mora|labora)(?: mas| mais)? (?:aqui|aca)"
    r"|(?:ela|ele|ella|el) (?:mudou|trocou|cambio)(?: \w+)? (?:de|o) numero"
    r"|(?:nobody|no one|noone) (?:here )?(?:by|with|called) (?:that name)?"
    r"|not who (?:you|u)(?:re)?(?: \w+){0,2} looking for|never heard of (?:her|him)\b"
    r"|not the (?:right )?(?:person|owner)(?: (?:you|u)\w*)?(?: (?:are )?looking for)?"
    r"|(?:no|nao) (?:soy|sou|es|e) (?:yo )?(?:la|el|a|o|esa|esta|essa|ese) (?:persona|pessoa"
    r"|duen[oa]|dono|titular)(?= que| del| de este| deste| desse|$| ,| correct| corret| cert"
    r"| a quien)|(?:no|nao) (?:soy|sou|era) (?:(?:yo )?(?:quien|quem)|(?:el|la|o|a) que) (?:busca"
    r"|procura|cree|pensa)\w*"
    r"|(?:no|nao|ya no) (?:vive|trabaja|trabalha|mora)(?: mas| mais)? (?:aqui|aca) (?:ningun"
    r"|nenhum)\w*|(?:aqui|aca) (?:no|nao) (?:vive|mora|trabaja|trabalha) (?:ningun|nenhum)\w*"
    r"|no \w+ (?:here|at this number)|no one (?:here )?(?:by that name|called|named)"
    rf"|(?:(?:no|nao) (?:conozco|conheco)|(?:no se|ni idea|nao sei|no tengo idea) (?:de )?(?:quien"
    rf"|quem) (?:sea|seja|es|e)) (?:a )?(?:la |a )?(?:es[ae]|ess[ae]) (?:{_PERSON}(?=$| ,)"
    rf"|(?:senora?|senhora?|sra?) (?!que\b|y\b|e\b)[a-z]+(?=$| ,))"
    rf"|(?:dont|do not|no idea who) (?:know )?(?:that|this) {_PERSON}(?: is)?(?=$| ,)"
    r"|(?:no|nao) (?:conocemos|conhecemos) (?:a )?(?:ningun[oa]?|nenhuma?) "
    r"(?:senor(?:a|ita)?|senhora?|don|dona|sra?|fulan[oa])\b"
    r"|(?:no|nao) (?:conozco|conheco) (?:a )?(?:ningun|nenhum|esa persona|essa pessoa"
    r"|ese nombre|nadie con|ninguem com|ninguem chamad)\w*|(?:dont|do not) know (?:any|anyone"
    r"|anybody) (?!who)\w+"
    rf"|(?:este|ese|esse|este|this|el|o|aquele) {_NUMBER} (?:(?:ya|ja) )?(?:no|nao|is not"
    rf"|isnt|is no longer|not) (?:(?:es|e|pertenece|pertence|belong\w*|le pertenece)) ?(?:mas"
    rf"|mais)?"
    r"(?: (?:de la|de el|del|de|da|do|dela|dele|al|a|ao|to|suyo|hers|his|su numero|el numero"
    r"|o numero|el de|o da|o do))"
    rf"|(?:this|it)(?: {_NUMBER})? (?:is not|isnt|is no longer|doesnt belong to"
    rf"|does not belong to) (?:\w+ ){{1,2}}(?:number|phone|anymore)"
    rf"|(?:este|esse|esto|isso|aquele|ese) (?:ya )?(?:no|nao) (?:es|e) (?:mas |mais )?(?:el"
    rf"|o) {_NUMBER} (?:de|da|do|dela|dele|suyo)\b"
    rf"|(?:ya no|nao|no longer|doesnt) (?:tiene|usa|tem|has|have|use)(?: mas| mais)? (?:este"
    rf"|esse|this|ese) {_NUMBER}"
    rf"|(?:este|esse|ese|this) (?:{_NUMBER}|chip) (?:(?:ahora|agora|now) )?(?:es|e|is)"
    rf" (?:mio|meu|mine) (?:desde|hace|ha|faz|ahora|agora|now|since|for)"
    rf"|{_NUMBER} (?:(?:ahora|agora|now) )?(?:cambio|mudou|changed) de (?:duen[oa]|dono"
    rf"|owner)|(?:compre|comprei|tengo|tenho|got|have) (?:este|esse|this) (?:numero|number"
    rf"|chip)(?: \w+)? (?:hace poco|ha pouco|recien|recently|nuevo|novo|agora))\b"
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
    r"|esta falando com|se chama)|no me llamo|nao me chamo|im not|i am not|this is not"
    r"|this isnt|my name is not|my name isnt|its not|not)"
    r" (?P<art>la |el |a |o |da |com a |com o )?(?:senora |senor |senhora |senhor |dona |don "
    r"|sra |sr |mr |mrs |ms |miss )?(?P<name>[a-z]+))\b"
)
_NOBODY_CALLED = re.compile(
    r"\b(?:no|nao) (?:hay|tem|existe|tenemos|temos|trabaja|trabalha)(?: (?:aqui|aca))?"
    r" (?:ningun[oa]?|nenhum[a]?) (?P<name>[a-z]+)"
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
    if " ".join(reply.bare) in _ALONE or any(clause.words in _ALONE for clause in reply.clauses):
        return True
    if changed_hands(reply) or _is_asked_whose(reply) or _names_both(reply.raw):
        return True
    return any(
        (_WRONG.search(s.words) is not None and not _is_about_us(s.words))
        or _denies_name(s.words, reply.raw)
        or _has_nobody_called(s.words, reply.raw)
        for s in reply.sentences
    )


#: `Who is Ana? This is my number.`
_WHO_IS = re.compile(
    r"(?:y |e |and |hola |oi |hi |disculpe |desculpa |sorry )*(?:quien es|quem e|who is|whos|who"
    r" the hell is)"
    r" (?:la |el |a |o |esa |essa |this |that )?(?:senora |senor |sra |sr |dona |mr |mrs"
    r" )?(?P<name>[a-z]+)"
)
_MY_OWN = re.compile(
    rf"(?:(?:pero|mas|but|y|e|and) )?(?:est[ae]|ess[ae]|es[ae]|this)(?: {_NUMBER})?(?: (?:agora"
    rf"|ahora|now))? (?:es|e|is)"
    rf" (?:mio|meu|mine|(?:mi|(?:o )?meu|my) {_NUMBER})(?: (?:personal|pessoal|privado"
    rf"|particular))?"
)


def _is_asked_whose(reply: Reply) -> bool:
    """They do not know the name we wrote to, and the number is theirs."""
    if sum(sentence.is_question for sentence in reply.sentences) > 1:
        return False
    asked = [_WHO_IS.fullmatch(clause.words) for clause in reply.clauses]
    names = [who["name"] for who in asked if who is not None]
    unknown = any(name in _NAMES or _is_capital(name, reply.raw) for name in names)
    return unknown and any(_MY_OWN.fullmatch(clause.words) for clause in reply.clauses)


#: `Soy Nelson, no Patricia`: both names written as such.
_NOT_BUT = re.compile(
    r"\b(?:[Ss]oy|[Ss]ou|[Ii]['’]?m|I am|[Mm]e llamo|[Mm]e chamo|[Tt]his is|[Mm]y name is|[Aa]qui"
    r" é)(?: (?:el|la|o|a))? [A-ZÁÉÍÓÚÑÂÊÔÃ][a-záéíóúñâêôãç]+,? (?:y |e |and )?(?:no|não|nao|not)"
    r"(?: (?:soy|sou|el|la|o|a))? (?!Gracias|Obrigad|Thank|Quier|Quer)[A-ZÁÉÍÓÚÑÂÊÔÃ]"
    r"[a-záéíóúñâêôãç]+(?=\s*$|\s?[,.!\n]|\s+[^\w\s])"
)


def _names_both(raw: str) -> bool:
    return _NOT_BUT.search(raw) is not None


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
