"""Whose the address in a reply is, and whether it is given to be used."""

import re
from dataclasses import dataclass, replace

from recovery.domain.replies.address_dear import (
    asks_for_it,
    is_for_somebody,
    is_put,
    lends,
    puts_there,
    sends_there,
    without_maker,
    without_own_habit,
)
from recovery.domain.replies.address_offer import (
    FIRM,
    NO_WORD,
    ORDER,
    is_offered,
    is_ordered,
    is_since,
    is_since_then,
    is_small_talk,
    is_spoilt,
)
from recovery.domain.replies.address_people import OFFICE, PEOPLE
from recovery.domain.replies.address_remark import PLACE, without_reader
from recovery.domain.replies.address_story import is_story, is_told_beside
from recovery.domain.replies.address_tail import is_harmless, past_remark


@dataclass(frozen=True, slots=True)
class Mention:
    """An address with the words on either side of it, folded."""

    email: str
    before: str
    after: str
    asked: bool


_OLD_BEFORE = re.compile(
    r"\b(?:viej[oa]|anterior|antig[oa]|velh[oa]|old|previous|former"
    r"|(?<!ponham )(?<!ponha )(?<!pongan )(?<!ponga )(?<!usen )(?<!coloquem )(?<!coloque"
    r" )(?<!metam )"
    r"(?<!enviem )(?<!envie )(?<!escrevam )(?<!escreva )(?<!utilizem )(?<!utilize )(?<!pon"
    r" )(?<!poe )(?<!usa )(?<!use )(?<!usem )(?<!manda )(?<!mande )(?<!mandem )"
    r"antes(?! (?:para|pra|pro|a|ao)\b)|ya no|ja nao"
    r"|no longer|no|nao|not|dont|nad[ai]e? (?:al?|para|pr[ao])"
    r"|deixei|deje|dejar|perdi|perdio|lost|stopped|en vez de|em vez de|instead of|rather than"
    r"|en lugar de|no lugar d[eo]"
    r"|borr\w+|elimin\w+|quit(?:a|e|en|ar)|remov\w+|delete|apag\w+|tir[ae]\w*"
    r"|(?:replace|reemplac\w+|substitu\w+)(?! (?:\w+ ){0,3}(?:with|por|by|pelo)\b)|in place of"
    r"|(?:el mio|o meu|mine) (?:era|was)"
    r"|usaba|usava|used to|tenia|tinha|had|cerr(?:e|aron)|hacke\w+|bloque\w+|fechei"
    r"|encerrei)\b[^,.;:]*$"
)
#: Portuguese `manda no …`, `quero receber no …` is no negation.
_IN_THE = re.compile(r"(?<=[a-z]) no (?=\w|$)")
_PORTUGUESE = re.compile(
    r"\b(?:pode[ms]?|poderiam?|receb\w+|meu|minha|manda[r]?|mande|envi[ae]r?|envi[ae]m|ola|oi"
    r"|est?ou|t?ou|pel[oa]|pr[ao]|vejo|fic[oa]|ach[aeo]m?|tenho|coloca[r]?|bota|poe|respond\w+"
    r"|escrev\w+|quero|prefiro|agora|so|melhor|atuali\w+|cham[ae]|usa[r]?|hoje|e|eh)\b"
)
_SPANISH = re.compile(r"\b(?:el|los|las|del|al|ya|y|pero|mis?|correo|ese|ahora|hoy|es|un)\b")
#: `No es gmail, es hotmail: …`
_NOT_THAT_BUT = re.compile(r"\b(?:no|nao|not) (?:es |e |is )?[\w.]+ (?:es|e|its|sino) ")
#: `No dot: …`
_WITHOUT_SIGN = re.compile(
    r"(?<=ai|da|de|ia|ie|la) no (?=(?:e?mail|gmail|hotmail|outlook|yahoo)\b)|"
    r"\bno d[oa] (?=\w)|\bno (?:escritorio|trabalho|servico|banco|celular|cadastro|sistema|site)\b|"
    r"\b(?:no|sin|sem) (?:el |o )?(?:dots?|periods?|dash|hyphen|underscore|spaces?|caps|puntos?"
    r"|pontos?|guion|traco|\d+|numeros?|numbers?|letras?)\b"
    r"|\b(?:not|no|nao) (?:(?:an?|una?|uma?|con|com|with) )*[b-df-hj-np-tv-z](?=\s*$)"
    r"|\b(?:without|sin|sem) (?:el|la|o|a|the) (?:\d+|\w)\b"
)
_FROM = re.compile(
    r"\b(?:cambi\w+|mud\w+|troc\w+|chang\w+|switch\w+|pas[eo]|actualiz\w+|atualiz\w+|moved?"
    r"|update)\b(?: (?!(?:por|para|pr[ao]|to|for)\b)\w+){0,4} (?:de|do|from|del)(?: \w+)? ?$"
)
_SWAP = re.compile(
    r"\b(?:cambi\w+|mud\w+|troc\w+|troqu\w+|chang\w+)(?: (?:el|o|a|the|my|mi|meu))? ?$"
)
_OLD_AFTER = re.compile(
    r"^(?:,? ?(?:ese|esse|este|that|it|one|el|o|eu|yo|i|lo|la|ese correo"
    r"|esse email) ?)*(?:,? ?)(?:ya no|ja nao|nao (?:uso|existe|funciona|e mais)|no (?:uso"
    r"|existe|funciona|sirve|longer|lo uso)|dont use(?! the (?:other|old))"
    r"|doesnt|does not|is (?:old|dead|gone|not)|era|was|no$|nao$|(?:esta|ta|is"
    r"|e) (?:mal|errad|equivocad|cancelad|inactiv|inativ|llen|chei|viej|bloquead|hackead"
    r"|desactivad|desativad|invalid|suspend|full|locked)|is (?:wrong|full|closed)"
    r"|(?:es|eh?) (?:muy |muito |bem |re )?(?:viej|antigu?|velh)[oa]\b(?!,? (?:pero|mas))"
    r"|(?:es?|is|its|que era)(?: (?!(?:no|y|e|and|use\w*|better|mejor|melhor|en|em|in|para|por|to"
    r"|for)\b)\w+){1,5}? (?:viej|antig|anterior|old\b|previous|former|velh)"
    r"|eu nao uso|yo no uso|i dont|me lo hack|fue|foi|dejo de|deixou de|parou de|stopped"
    r"|bounce|rebota|ta errado)"
)
_NEW_BEFORE = re.compile(
    r"\b(?:nuev[oa]|nov[oa]|new|ahora|agora|now|actual|atual|current|correct[oa]?|corret[oa]"
    r"|mejor|cambi\w+ (?:a|por|para|to)|sino|por el|por|para|to|use[mn]?|usa|usar|usem"
    r"|utili\w+|pon\w+|coloqu\w+)\b[^,.;:]*$"
)
_NEW_AFTER = re.compile(
    r"^[ ,(]*(?:(?:now|ahora|agora|so|please|asi que|entao|y|e|and) )*"
    r"(?:use|usen?|usa|usem|pon|pongan)"
    r" (?:that|this|it|es[et]|esse)(?: one| mejor| mesmo)?(?=$|[,.!;])|"
    r"^[ ,(]*(?:es|e|is|esse e|ese es|este es)? ?(?:el|o|the|mi|meu|my)? ?(?:nuevo|novo|new"
    r"|instead of|en vez de|em vez de|en lugar de|no lugar|rather than)\b(?![^.,;!]{0,12}\?)"
)
_STRANGER = re.compile(
    r"\b(?:(?:escribi|escrevi|(?:mande|envie) (?:un|uno|varios|dos|muchos|otro)|mandei"
    r"|mandamos|enviei|wrote|emailed|mailed"
    r"|sent|respondi|contatei|contactei|reclame|consulte|escrito|enviado"
    r"|mandado|escrito|tried|intente|tentei|falei|hable)"
    r"(?: \w+){0,7} (?:a|al|ao|para|to|con|com|pra|de|en)(?: (?:el|o|la|the|correo|email|mail"
    r"|direccion|endereco|cuenta|address))*"
    rf"|(?!(?:(?<=novo )|(?<=meu ))email d[oa] {PLACE}\b)"
    r"(?:correo|email|mail|mensaje|mensagem|message) (?:de|do|da|from)\b"
    r"(?! (?:ahora|agora|hoy|hoje|siempre|sempre|now)\b)(?: \w+)?"
    r"|(?:talk|speak|hablen?|habla|hablar|fal[ae]m?|falar|comuniqu\w+"
    r"|comunicarse)(?: \w+)? (?:to|with|con|com)|(?<!me pueden )(?<!me puede )(?<!me puedes )"
    r"(?<!me podem )(?<!me pode )contact(?:en|e|a|em|ar|o) (?:a|al|o|com|con)"
    r"|(?:llego|llegaron|llega|chegou|chegaram|chega|fue|foi|arrived|went)(?: \w+)? (?:a|al"
    r"|para|no|to|en)"
    r"|(?:llego|llegan|llega|recibi|recibo|recebi|recebo|chegou|chega|got|received|get|vino"
    r"|veio|came|escribieron|mandaron|escribio|mandou|enviaron|escrever[ae]m|escreveu|mandaram"
    r"|enviaram)(?: \w+){0,6} (?:de|desde|from|do|da|by)"
    r"|(?:su|tu|seu|teu|sua|vuestro|vosso|your|ustedes|voces|de la empresa|da empresa|company"
    r"|firma|firm|soporte|suporte|support|ventas|vendas)(?: nuevo| novo| new)?(?: correo"
    r"| email| mail| direccion| endereco| address)(?: \w+){0,3}"
    r"|(?:de|do|da|of|con|com)(?: \w+)? (?:mi|meu|minha|my) (?:esposo|esposa|marido|mujer"
    r"|hijo|hija|filho|filha|jefe|jefa|chefe|socio|socia|mama|papa|mae|pai|hermano|hermana"
    r"|amigo|wife|husband|son|boss|colleague|contador|vecino)(?: \w+){0,2}"
    r"|(?:mi|meu|minha|my) (?:esposo|esposa|marido|mujer|hijo|hija|filho|filha|jefe|jefa"
    r"|chefe|socio|socia|mama|papa|mae|pai|hermano|hermana|amigo|wife|husband|son|boss"
    r"|colleague|contador)s?(?: \w+){0,3}"
    r"|(?:emailed|mailed|copied|cc)(?: \w+)?|(?:firmado|remitente|remetente|sender|signed"
    r"|desde(?! (?:hoy|hoje|ahora|agora|ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic|jan|fev"
    r"|mai|set|out|dez|hace|que))|from(?! (?:today|now))|(?<!go )by|quien es|quem e|who is"
    r"|(?<!mail )(?<!correo )que es|conoc\w+|conhec\w+|know|dice|diz|says"
    r"|(?<!da )(?<!de la )firma)(?: \w+){0,2}) ?$"
)
_OWN = (
    rf"(?:{PLACE}s?|conta|cuenta|account|parte|part|uso|marca|brand|propi\w*|this|new|news|business"
    r"|gmails?|hotmails?)\b"
)
_PROVIDER = r"(?:gmail|hotmail|outlook|yahoo|icloud|aol|bol|uol|terra|ig|live|msn)"
#: `My accountant: …`, unless their own address is named after all.
_SOMEBODY = re.compile(
    rf"\b(?:mis?|meus?|minhas?|my|our|el|la|o|a|the|del|do|da|al|ao|nuestr[oa]|noss[oa]|his|her)"
    rf" (?:\w+ )?(?:ex)?{PEOPLE}s?\b"
    rf"|\b(?:pro|pra|to|with|al|ao|a|con|com) (?:el |la |o |the |our )?{OFFICE}\b"
    rf"(?!.*\b(?:mi|meu|my|mio)\b(?: \w+)? (?:correo|email|mail|direccion|endereco|address|es|e"
    rf"|is)\b)|\b(?:correo|e?mail|direccion|endereco)(?: \w+)? (?:de|do|da|del) (?:mi|meu|minha)"
    rf" (?!{_OWN})\w|\bmy (?!{_OWN})(?:\w+ )?\w+s (?:e?mail|address)\b"
    r"|\b(?:alguien|alguem|someone|somebody|otra persona|outra pessoa) (?:con|com|with|que|who)\b"
)
#: `Good morning, my child, …`, `I am Ana's mother, …`: said to us, or of the one who writes.
_SPEAKERS = re.compile(
    r"(?<=dia|rde|ite|ias|des|hes|ola|ing) (?:mi|minha|meu) (?:hij[oa]|filh[oa]),(?= \w)"
    rf"|\b(?:mi|my|meu|minha|our) {PEOPLE} (?:y|e|and) (?:yo|i|eu|me)\b"
    rf"|\b(?:yo|i|eu|me) (?:y|e|and) (?:mi|my|(?:o )?meu|(?:a )?minha) {PEOPLE}\b"
    rf"|\b(?:soy|sou|im|i am) (?:la |el |o |a |the )?{PEOPLE} (?:de |do |da |of )?\w+,(?= \w)"
)
#: `My daughter says mine is …`, `… is mine`: somebody tells it, but it is theirs.
_TOLD_BY = re.compile(
    rf"\b{PEOPLE}s? (?:(?:me|que|nos) )?(?:dice|diz|disse|dijo|falou|fala|says?|said|tells|told"
    rf"|acha|cree|thinks|reckons|jura)\b|\b(?:dice|diz|disse|dijo|segun|segundo|says|according to)"
    rf" (?:mi|meu|minha|my|el|la|o|a) {PEOPLE}\b"
)
_MINE = (
    r"(?:el mio|o meu|a minha|mine|(?:mi|my|(?:o )?meu) (?:(?:new|nuevo|novo) )?"
    r"(?:correo|e?mail|mail|address|endereco|direccion)(?: novo| nuevo)?)"
)
_MINE_BEFORE = re.compile(rf"\b{_MINE}(?: (?:es|e|eh|is|seria))?[ :]*$")
_MY_MAIL_IS = re.compile(
    r"\b(?:mi|my|meu)(?: (?:new|nuevo|novo))? (?:correo|e?mail|mail|address|endereco)"
    r"(?: (?:new|nuevo|novo))? (?:es|e|eh|is)[ :]*$"
)
_MINE_AFTER = re.compile(rf"^[ ,]*(?:(?:es|e|eh|is) )?{_MINE}(?=$|[ ,.!])")
_MINE_IS = re.compile(
    rf"\b{ORDER}(?: (?:it|to|a|al|ao|pr[ao]))* (?:mine|(?:el )?mio|(?:o )?meu)[ ,:]*$"
    r"|(?:^|[,.;!] ?|\b(?:y|e|and|but|pero|mas) )(?:mine is|el mio es|o meu e)[ :]*$"
)
#: `El de la firma es …`: ours, unless they name it as their own or would have it used.
_OF_FIRM = re.compile(
    rf"\b(?:[ad]?el|al|[dn]?o|ao|the|correo|e?mail|direccion|endereco)(?: (?:del?|d[oa]|of))?"
    rf"(?: (?:la|the))? {FIRM}s?(?: (?:one|e?mail|address))?(?: (?:es|e|is))?[ :,]*$"
)
_THEIR_OWN = re.compile(
    r"\b(?:mis?|meus?|minha|my|mi[oa]|mine|uso|usamos|using|ahora|agora|now|nuev[oa]|nov[oa]|new"
    r"|(?:pode|puede|podria|could|can) (?:ser|be))\b"
)
#: `His is …`: named by whose it is.
_HIS = re.compile(
    r"\b(?:you are|youre|eres|sos|(?:voce|vc) e)$|"
    r"\b(?:el de (?:el|ella)|(?:o )?del[ea]|his|hers|theirs|(?:el|o) s[ue][uy]?o?) (?:es|e|eh|is)$"
)
#: `… es el de mi jefa`.
_IS_SOMEBODYS = re.compile(
    rf"^[ ,]*(?:(?:es|e|eh|is|its) )?(?:(?:el|o|a|la|the) )?(?:(?:del?|d[oa]|of) )?"
    rf"(?:(?:el|la|o|a|mi|meu|minha|my|the) )?{PEOPLE}(?:s|'s)?\b(?! (?:made|me hizo|fez|criou))"
    r"|^[ ,]*(?:(?:es|eh?) )?(?:el|o) d[eo] (?:ustedes|voces|vcs?|uds?|vos(?:otros)?)\b"
)
_INSTEAD = re.compile(
    rf"\b(?P<this>{_PROVIDER}) (?:e[nm] (?:vez|lugar) de|no lugar d[eo]|instead of|rather than|not"
    rf"|y no|e nao) {_PROVIDER}\b"
)
#: `Use the one of ana@…`
_ORDER_OF = re.compile(
    r"\b((?:use[nm]?|usa[rn]?|pon\w*|coloqu\w+|utili[cz]\w+|mand\w+|envi\w+|escrib\w+)"
    r"(?: (?:me|nos|a))?) (?:el|al|o|ao|en el) del? *$"
)
#: The end of a domain, said alone: `the same but .co.uk`.
_ENDING = re.compile(r"\b(but|pero|mas|con|com|with) \.[a-z]{2,4}(?:\.[a-z]{2})?(?=[\s:]|$)")
#: Where a new thought begins.
_CUT = re.compile(
    r"[,.;:!?()\n]| (?:(?<!mail )(?<!reco )(?<!ora )(?<!ovo )(?<!meu )(?<!nao )e [oa]"
    r"|pero|sino|mas(?! (?:al?|en|para|nada)\b)|but|mejor|y|and|(?<! e )so|entao|asi que|porque|yo"
    r"|ahora|agora) "
    r"| e (?=(?:coloc|coloqu|po[en]|us|bot|adicion|anot|cadastr|inclu|atualiz|troqu|mand)\w*\b)"
    r"|(?<!no)(?<!nao)(?<!not)(?<!dont)(?<!you)(?<!they) (?:use[nm]?|usa) (?!antes\b)"
)
_LABEL = re.compile(r"(?::| -|[\u2013\u2014>=])\s*$")
_BUT_LAST = re.compile(
    r" (?:pero|(?<!thing )(?<!all )but|(?<! e )(?<! eh )so|entonces|entao|asi que|por eso)$"
)
#: A laugh or a picture ends a sentence where another follows.
_LAUGH = re.compile(
    r"(?:\b(?:(?:j[aeio]){2,}j?|(?:ha){2,}h?|(?:he){2,}h?|k{2,}|(?:rs)+|lol|lmao)\b"
    r"|[^\x00-\x7f])[ ]*(?=\S)"
)
#: The clause that a comma alone parts from the address.
_BESIDE = re.compile(r"(?:^|[.;!?:\n])([^.;!?:\n]*),[ ]*$")
_CHANGED = re.compile(
    r"\b(?:cambi|mud|troqu|mov|switch|chang|pas)\w+"
    r"(?! (?:la|el|los|las|una?|o|a|os|as|um|uma) (?!correo|e?mail|mail)\w)"
    r"|\b(?:nuev[oa]|nov[oa]|new|now|ahora|agora)\b"
    r"|\b(?:ten[gh]o|uso|use|using)(?: (?:este|ess?e|o|el|this|it))*[ :]*$"
)
_IF_NOT = re.compile(r"\b(?:si no|se nao|senao)\b")
#: `Can you use this or the other?`
_OR = re.compile(r"(?:o|ou|or|u) ")
_REQUEST = re.compile(
    r"\b(?:que tal|pued\w+|podria\w*|podes|pode|podem|poderia\w*|can|could|would|puede ser|pode ser"
    r"|serve|sirve|te sirve|os sirve|will you|(?:me|nos) (?:l[oa]s?|[oa]) (?:cambi|pon|apunt"
    r"|actualiz|anot"
    r"|mand|envi)(?:as|ais|a|es|eis)|(?:me )?(?:troc|mud|coloc|atualiz|anot)(?:as|am) (?:me"
    r" )?(?:para|pra|p))\b"
)


def is_called_new(mention: Mention) -> bool:
    return bool(_NEW_BEFORE.search(mention.before.rstrip(" :")) or _NEW_AFTER.search(mention.after))


def is_theirs(mention: Mention) -> bool:
    """It is handed over to be used: not old, not somebody else's, not part of a story."""
    if _stands_beside_a_story(mention):
        return False
    if _NEW_AFTER.match(mention.after):
        return True
    if is_for_somebody(mention.after):
        return False
    mention = replace(mention, after=without_maker(mention.after))
    clause = _clause(_of_provider(mention))
    mention = _past_remark(mention, clause)
    if is_ordered(_last_sentence(mention.before)):
        mention = replace(mention, after=without_reader(mention.after))
    if _IS_SOMEBODYS.search(mention.after):
        return not mention.asked and sends_there(mention.after)
    if is_small_talk(clause) and not is_harmless(mention.after, mention.email):
        return False
    said = _last_sentence(mention.before)
    lent = lends(said) or puts_there(said, mention.after)
    if lent:
        mention = replace(mention, after=without_own_habit(mention.after))
    if _is_left(mention, clause) or is_spoilt(mention.after):
        return False
    if not lent and not _is_own(mention, clause):
        return False
    return not mention.asked or (
        _REQUEST.search(clause) is not None and not _OR.match(mention.after)
    )


def _past_remark(mention: Mention, clause: str) -> Mention:
    """Once it is handed over as theirs, a remark on something else takes nothing away."""
    if is_put(mention.after) or mention.before.strip() == "e":
        return mention
    labelled = _LABEL.search(mention.before) is not None
    after = past_remark(clause, mention.after, labelled=labelled)
    passed = len(mention.after[: len(mention.after) - len(after)].split()) > 2
    return replace(mention, after=after, asked=mention.asked and not passed)


def _stands_beside_a_story(mention: Mention) -> bool:
    beside = _BESIDE.search(mention.before)
    if is_put(mention.after):
        return False
    return beside is not None and is_told_beside(beside[1], mention.email)


def _is_own(mention: Mention, clause: str) -> bool:
    """Named as the person's own, to be used from now on."""
    if _OLD_BEFORE.search(clause) and not re.search(r"\b(?:nuev[oa]|nov[oa]|new)\b[^,]*$", clause):
        return False
    if _HIS.search(clause.strip()):
        return False
    if (
        _MINE_IS.search(mention.before)
        or _MY_MAIL_IS.search(mention.before)
        or _is_told_to_be_mine(mention)
    ):
        return True
    said = _SPEAKERS.sub(",", _last_sentence(mention.before))
    if _STRANGER.search(clause) or _SOMEBODY.search(said) or _is_of_firm(said):
        return False
    if not mention.before.strip() and is_since_then(mention.after):
        return True
    if is_since(mention.after) and not _CHANGED.search(clause):
        return False
    aside = mention.before.rstrip().endswith("(")
    if aside:  # `Ana (ana@…)` says whose it is
        clause = _CUT.split(mention.before.rstrip(" ("))[-1]
    if is_story(clause):
        return False
    labelled = _LABEL.search(mention.before) is not None
    unnamed = clause if aside else _without_name(clause, mention.email)
    if asks_for_it(clause, mention.after):
        return NO_WORD.search(said) is None
    return is_offered(clause, labelled=labelled) or is_offered(unnamed, labelled=labelled)


def _is_of_firm(said: str) -> bool:
    if _OF_FIRM.search(said) is None:
        return False
    return _THEIR_OWN.search(said) is None and not is_ordered(said)


def _is_told_to_be_mine(mention: Mention) -> bool:
    if _TOLD_BY.search(_last_sentence(mention.before)) is None:
        return False
    before, after = _MINE_BEFORE.search(mention.before), _MINE_AFTER.search(mention.after)
    return before is not None or after is not None


def _without_name(clause: str, email: str) -> str:
    """`Ana Souza ana.souza@…`: the words that the address begins with, or is made of."""
    local = email.partition("@")[0]
    names = {name for name in re.split(r"[^a-z]+", local) if len(name) > 2}
    return " ".join(
        word
        for word in clause.split()
        if word not in names
        and (len(word) < 4 or not (word[:3] in local or local.startswith(word[:2])))
    )


def _of_provider(mention: Mention) -> str:
    """The words before it without `gmail instead of aol`, where it is one of gmail."""
    domain = mention.email.partition("@")[2]
    before = _ORDER_OF.sub(r"\1 ", mention.before)
    before = before.replace("so que no ", "so que para ")
    return _INSTEAD.sub(lambda m: " " if domain.startswith(m["this"]) else m.group(), before)


def _clause(before: str) -> str:
    """The words that the address belongs to."""
    said = _ENDING.sub(r"\1", before).rstrip(" :-")
    last = "" if _BUT_LAST.search(said) else _CUT.split(said)[-1]
    last = _LAUGH.split(last)[-1] or last
    if _PORTUGUESE.search(last) and not _SPANISH.search(last):
        last = _IN_THE.sub(" para ", f"{last} ")
    return _WITHOUT_SIGN.sub(" ", _NOT_THAT_BUT.sub(" ", _IF_NOT.sub("", f"{last.rstrip()} ")))


def _is_left(mention: Mention, clause: str) -> bool:
    """What they change from, or use no more."""
    if _FROM.search(mention.before) or _OLD_AFTER.search(mention.after):
        return True
    swapped = re.match(r" ?(?:por(?! favor)|a|para|pelo|to|for)\b", mention.after)
    return _SWAP.search(clause) is not None and swapped is not None


def _last_sentence(before: str) -> str:
    return re.split(r"[.;!?\n]\s", before)[-1]
