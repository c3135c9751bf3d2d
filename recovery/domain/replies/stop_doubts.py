"""Where the words of a stop only report: who did what, not what we should do."""

import re

from recovery.domain.replies.stop_scope import NEGATION, is_only_filler, names_our_list
from recovery.domain.replies.stop_verbs import ENGLISH_WRITE, OUT, OUT_MOOD
from recovery.domain.replies.text import fold

_SUBJECT = re.compile(r"\b(?:i|you|they|we|he|she|u|who|nobody|eu|ele|ela|eles|voce|yo|el|ella)$")
_ENGLISH = re.compile(rf"^{ENGLISH_WRITE}\b")
#: `I call so as not to bother you.`
_PURPOSE = re.compile(r"\b(?:(?:para|pra)|quise|queria|quiero|quero|intento|tento)$")
_ASKED_FOR = re.compile(
    r"\b(?:ped\w+|peco|pido|fal(?:ei|ar|o)|disse|dizer|decir|dije|favor|solicit\w+|rog\w+|rueg\w+"
    r"|sirva\w*|queiram?|exij\w+|a bien|posible"
    r"|possivel|te(?:m|ria) como|pode[mr]?|poderiam?|dev(?:er)?iam?)\b"
)
_BARE_NO = frozenset({"no", "ni", "nao", "n", "nem", "ya no", "nunca"})
#: Third person and order look alike: only with nobody named before, and never "it is no bother".
_STATES_OR_ASKS = re.compile(
    r"\b(?:incomoda|perturba|contacta|contata|manda|envia|enche|escreve|chateia|mandar|enviar)\b"
)
#: `Ya no me manda mensajes mi asesor.`
_SUBJECT_AFTER = re.compile(
    r"\w (?:mi|tu|su|el|la|meu|minha|o|a) (?!numero|celular|tele|whatsapp|movil|contat|contact)\w+$"
)
#: `It hurts me that you do not write.`
_REGRETS = re.compile(
    r"\b(?:ofende|molesta|entristece|duele|sorprende|enoja|extrana|preocupa|incomoda|chateia|doi"
    r"|irrita|lamento|triste|raro|pena|lastima|estranho|feo|mal) (?:de )?que$"
    r"|\b(?:strange|sad|pity|shame|odd|weird)(?: that)?(?: you)?$"
)
_HE_SAID = re.compile(r"\b(?:meu|minha|o|a|ele|ela) (?:\w+ )?disse\b")
#: Nobody who could be the one who does not write stands there.
_NO_SUBJECT = re.compile(
    r".*\b(?:(?:pra|para|com|por) isso|favor|please|gentileza|que (?:saco|chato|chatice"
    r"|inferno|droga|merda|raiva|porre|gente chata))$"
)
_NO_BOTHER = re.compile(r"\b(?:incomoda|perturba|chateia)\b(?! mais)")
#: With its accent it is no order.
_FIRST_PERSON_PAST = re.compile(
    r"\b(?:mandé|envié|contacté|molesté|busqué|dejé|paré|cesé|terminé)\b", re.IGNORECASE
)
_ME_HE = re.compile(r"^(?:me|nos) \w+a$")
_MINE = re.compile(
    r"\b(?:mis?|meus?|minhas?|my|our|este|esse|this|todos|nuestros|mi[oa]s?"
    r"|(?:on|about|of|de|sobre) (?:mi|me|mim))\b"
)
#: Laughed at, `stop it` is none.
LAUGHTER = re.compile(r"\b(?:(?:j[aeo]){2,}|(?:ha){2,}|k{3,}|(?:rs){2,}|lo+l|lmao)\b|😂|🤣")
#: Who asks for the price, or not to insist on one, is no stranger to us.
BARGAIN = re.compile(
    r"\binsist\w*.*\b(?:preci?os?|descuentos?|descontos?|pag\w+)\b"
    r"|\b(?:cuanto|quanto) (?:cuesta|vale|sale|custa|es|e)\b|\bhow much\b"
)
#: `You removed my name.`
_DONE = re.compile(r"\w+ed\b")
_WISHED = re.compile(r"\b(?:if you|want|like|need|wish|have|be|get|please)$")
_TAKEN = re.compile(r"(?<!if you )\btook\b|\b(?:have|has|had) (?:\w+ )?(?:taken|got)\b")
#: `Did you stop writing to me?`
_WHETHER = re.compile(
    r"(?:^| )(?<!ver )(?:si|se|(?:if|when|did|do|does|have|until|unless) (?:you|they|u))$"
)
#: `Don't forget me`; an idiom that holds a `no` of its own has none before it.
_TURNED_ROUND = re.compile(r"dej|stop|esque[cs]|olvid|forget|block")
#: English says `no, stop` without a comma.
_NO_STOP = re.compile(r"(?:^|\b(?:lol|ugh|oh|omg|please) )(?:no )+$")
#: `My name from the receipt`; a number of a telephone is still a number.
_OF_SOMETHING = re.compile(
    r"(?:del?|d[oa]s?|from|off|out of) (?!(?:\w+ )?(?:contact|contat|telef|cel|whats|movil|zap"
    r"|email|corre"
    r"|usted|voc|cliente|customer|su|sua|your|este|esta|ess|est|aqui|ahi|inmediat|imediat))"
)
_PAPER = re.compile(r"\b(?:factura|pedido|cuenta|conta|invoice|order|tarjeta|boleto|nota|perfil)\b")


#: A whole answer of its own, though no comma follows it.
SETTLED = re.compile(
    r"\b(?:no (?:and|y)|(?:ya )?no me interesa|no estoy interesad[oa]|no gracias"
    r"|no longer interested|(?:im )?not interested|no thanks?(?: you)?|nao(?: tenho interesse"
    r"| obrigad[oa]| me interessa)|no (?:te|les|los|os) conozco|(?:no quiero|nao quero) nada)\b"
)
#: `If you take me off, I lose my points`; whoever thanks for it asks for it.
_SUPPOSED = re.compile(
    r"(?:^| )(?:si|(?<!ve )(?<!pido )(?<!solicito )se|if(?: you| i)?|si me|se eu|cuando|quando|when"
    r"|(?:did|have|was|do|does)(?: (?:you|they|i))?)$"
)
_THANKED = re.compile(
    r"\b(?:agrade|thank|apprecia|grateful|glad|wonderful|great|nice|obrigad|gracias)\w*"
)


#: `If I told you how many passwords I forgot …`
_IF_TOLD = re.compile(
    r"\b(?:si (?:te|le|les) (?:contara|dijera|cuento|digo)|si supier\w+|se (?:eu )?(?:te |lhe )?"
    r"(?:contasse|dissesse|contar)|if (?:i told you|(?:you )?only (?:you )?knew))\b"
    r"|\b(?:claves?|contrasenas?|senhas?|passwords?) (?:que|that)$"
)


def is_report(rule: str, match: re.Match[str], *, before: str, tail: str, raw: str) -> bool:
    """The match tells of something, denies a stop, or asks for a change of data."""
    clause = SETTLED.sub("", before.rpartition(",")[2]).strip()
    if is_not_said(clause) and not (_SAYS_MINE.search(clause) and _MINE.search(match.group())):
        return True
    if rule == "forbid":
        return _is_statement(match, clause, tail, raw)
    if match.group().startswith(("stop", "quit")) and _NO_STOP.search(f"{clause} "):
        return False
    if _may_be_denied(rule, match) and NEGATION.search(f"{clause} "):
        return True
    if rule == "cease":
        return _WHETHER.search(clause) is not None and not _THANKED.search(raw.casefold())
    if rule not in {"removal", "plain"}:
        return False
    if _IF_TOLD.search(clause):
        return True
    done = rule == "removal" and _DONE.match(match.group()) and not _WISHED.search(clause)
    if done or _TAKEN.search(clause):
        return True
    supposed = _SUPPOSED.search(clause) is not None and not _THANKED.search(raw.casefold())
    return supposed or (rule == "removal" and _is_other_removal(match, clause, tail))


#: `My mother says you are to delete my data`: it is asked for.
_SAYS_MINE = re.compile(
    r"\b(?:mi|my|meu|minha) \w+ (?:(?:me|nos|us) )?(?:dijo|disse|falou|said|says)\b"
)


def is_not_said(before: str) -> bool:
    """What follows is not said to us by whoever writes."""
    return _NOT_SAID.search(before) is not None


def tells_what_i_did(said: str, raw: str) -> bool:
    """A word of it has the accent of `I sent`, which the folded text has lost."""
    done = {fold(verb) for verb in _FIRST_PERSON_PAST.findall(raw)}
    return not done.isdisjoint(said.split())


def _may_be_denied(rule: str, match: re.Match[str]) -> bool:
    """`No` before it turns it round; what is unwanted or forbidden holds its own `no`."""
    if rule == "unwanted":
        return match.groupdict().get("msg3") is not None
    return rule != "plain" or _TURNED_ROUND.search(match.group()) is not None


_SAY = (
    r"(?:dije|dijimos|diga|digo|puse|pongo|escribi|respond[oi]|falei|falo|fale|disse|disser"
    r"|escrevi|responder|sa(?:y|id|ying)|wr(?:ote|ite)|reply|pedi|told|asked)"
)
_FRIEND = (
    r"(?:mi|my|meu|minha) (?!baja|baixa|num|name|nom|data|da[td]os|cadastr|contac?t|elimin"
    r"|exclu)\w+"
)
#: Not their own words to us: said to or by somebody else, never said, or said only to ask.
_NOT_SAID = re.compile(
    r"\b(?:di(?:le|gale|ganle|je|jimos)|avis\w+|diga|fal(?:[ae]m?|ei)|disse|pid\w+|ped\w+|tell|told"
    rf"|ask(?:ed)?)(?: (?:a|al|ao|pra|para|pro|to))? {_FRIEND}"
    rf"|\b(?:a|al|pr[ao]|para (?:o|a)|to) {_FRIEND}(?: (?:le|eu|yo|i|lhe))* {_SAY}\b"
    r"|\b(?:mi|my|meu|minha|una?|uma?|an?) (?:(?!l?h?es |te |you )\w+ ){1,2}?(?:(?:me|nos"
    r"|us) )?(?:pidio|pediu|dice|dijo|disse|diz|falou|says?|said|asked|told|saying)\b(?! (?:que "
    r"|to )?(?:you|u|les|te|lhes)\b)|(?<!didnt )\b(?:no|nunca|nao|never|didnt|dont|not|si|se|if"
    r"|quien|quem|who)"
    rf"(?: (?:es|e|that|its|im|i|yo|eu|les|lhes|le|te|que|am|is))* {_SAY}\b"
)
#: `Delete that and …`: an order before it is no subject.
_ORDER_AND = re.compile(
    rf"^(?:{OUT}{OUT_MOOD}|delete|erase|wipe|remove|cierr\w+|fech\w+)(?: (?:iss?t?o|es[aot]+"
    rf"|est[aeo]|tud?o"
    r"|todo|it|that|this|dai|ahi|logo|ya|ja|(?:mi|meu|o meu|my) \w+))* (?:e|y|and)$"
)


#: `It is not that you don't write, …`
_NOT_THAT = re.compile(
    r"\b(?:no|nao|not|isnt) (?:es|e|eh|digo|quise decir|estoy diciendo|estou dizendo|to dizendo"
    r"|that|saying)(?: that| que)?$|\bnot that(?: you)?$"
)


_LAST_NO = re.compile(r"\b(?:no|nao|n|dont|do not|never|not)$")


def _up_to_no(clause: str, match: re.Match[str]) -> str:
    return f"{clause} {_LAST_NO.sub('', match['neg'])}".strip()


def _is_statement(match: re.Match[str], clause: str, tail: str, raw: str) -> bool:
    verb = match.groupdict().get("write") or ""
    if _NOT_THAT.search(_up_to_no(clause, match)) or _REGRETS.search(clause):
        return True
    if _PURPOSE.search(clause) and not _ASKED_FOR.search(clause):
        return True
    if _ENGLISH.match(verb.strip()) and match["neg"] in _BARE_NO:
        return True
    if _SUBJECT.search(clause) and match["neg"] in {
        *_BARE_NO,
        "dont",
        "never",
        "do not",
        "no longer",
    }:
        return True
    said = match.group()
    if _NO_BOTHER.search(f"{said} {tail}"):
        return True
    if _STATES_OR_ASKS.search(said) and _SUBJECT_AFTER.search(tail):
        return True
    clause = _ORDER_AND.sub("", _NO_SUBJECT.sub("", clause))
    if match["neg"] == "ja nao" and _STATES_OR_ASKS.search(said):
        return True
    asked = is_only_filler(clause) or (_ASKED_FOR.search(clause) and not _HE_SAID.search(clause))
    if _STATES_OR_ASKS.search(said) and clause and not asked:
        return True
    wished = match["neg"].endswith(" que")  # what they did stands beside the wish
    return tells_what_i_did(said, raw) and not wished


def _is_other_removal(match: re.Match[str], clause: str, tail: str) -> bool:
    listed = is_only_filler(tail) or names_our_list(tail)
    if match.groupdict().get("data") is not None:
        elsewhere = _OF_SOMETHING.match(tail) is not None and not listed
        return (
            elsewhere
            or _PAPER.search(tail) is not None
            or not (listed or _MINE.search(match.group()))
        )
    named = names_our_list(tail) or is_only_filler(clause)
    return _ME_HE.match(match.group()) is not None and not named
