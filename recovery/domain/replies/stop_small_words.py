"""The words around a refusal that change nothing of it: small, polite, angry, how, to whom."""

from recovery.domain.replies.vocatives import VOCATIVE
from recovery.domain.replies.words import any_of

_SMALL = any_of(
    r"""
    me nos mi te les le los las la lo el se o a os as un una uma my this that these those them
    it to of from with at on any all de del do da dos das al ao con com por para pra en em que
    sus su tus tu seus suas your isso isto esto eso esta este estos esas essa essas esse esses
    desses dessa desta deste desse nessa nesta neste nesse dessas disso mas mais more anymore
    again ever nunca y e and be ser estar seguir volver voltar continuar keep nuevamente
    novamente nuevo novo ningun ninguna nenhum nenhuma ni nem ya ja numero number celular
    whatsapps? phone aqui here medio meio modo forma tipo nada anything else other otra otros
    outros outra mano i ive im you ustedes uds voces vosotros oigan oye oiga senores guys
    people gente y'?all yall folks off out senhores loco wey guey bro man dude che pesados
    carajo mierda puta porra caralho merda damn fucking fuck fucken bloody hell maldita sea
    chau adios tchau bye mil veces vezes ultima vez last time times already dije dijimos pedi
    falei disse como hago faco hacer fazer how just kindly such so many tantos tantas tanto
    please favor seu sua meu minha meus minhas mis nuestros nuestro nosso nossos teu tua mim
    eu yo voy vou vamos going gonna should must have has tem tienen tendran think creo acho
    asunto dejen dejar sean seja sejam is are will ahi ai dai daqui aca esos daquele
    inmediatamente imediatamente immediately completely asap lgpd gdpr rgpd serio serious
    seriously verdad verdade honestly sinceramente mire mira miren look olha olhe olhem
    cansad[oa]s? harto harta hartos tired sick todo toda todos todas tudo siempre ficar fiquem
    fique imediato imediata inmediato inmediata entiendan entendam entienda vida caso quem
    alguno alguna algum alguma otro dejenme either since whatsoever further until w sempre
    really empresa firma company equipo equipe ningum via vias make wanna by ve vergonha tio
    tia in into about over estoy estou nah nope asking saber ver tener ter nothing vosso vossa
    vossos vossas vuestro vuestra vuestros quieto quieta enesima llega process procesen
    ninguem nadie esa ese aquel aquella aquele aquela dela dele nesses vcs conmigo comigo
    procedo quedan queda quedas serao sera foram estan estao youve youre been rid needs parte
    entonces entao assim asi ahorita mailing marketing distribution possible posible possivel
    manera mind way our nuestra nossa quiere quer queremos wants personal personales pessoal
    venham venir come coming there alla does empresas gostamos gustan gusta tengo tenho hablar
    falar tanta ask hear van for consider yourself logo away na nas num numa lados partes know
    its theres aviso avisamos the qualquer quaisquer cualquier suy[oa]s? yours lot
    """
)
#: How letters begin and end.
_LETTER = any_of(
    "atte att atenciosamente regards sincerely abrac?o?s? abrazos? grat[oa] cordiales? saludo"
)
#: Cries, and what is called upon: `por el amor de Dios`.
_CRIES = any_of(
    r"""
    aff ufa poxa nossa putz caramba caraca credo ay uy uff? ash pucha chale hijole jesus cristo dios
    deus god gods sake sakes love goodness heavens? christ lord cielos santo santa amor ugh argh
    jeez geez gosh omg wtf ffs afe oxe eita caraio pqp vixe epa opa uai ei hombre mujer vaya
    joder hostia conche ctm ptm vergas? chingad[oa] chinga fuckin effing freaking friggin
    dammit shit crap
    """
)
#: How it is asked: politely, firmly, formally, at once.
_MANNER = any_of(
    r"""
    faz faca[ms]? tengan tenga tenham tenha bondad bondade amabilidad amabilidade amables? gentil
    gentis kind atent[oa]s? fineza fineness obsequio brevedad brevidade once plazo prazo immediate
    effect efecto efeito formal formally official oficial expres[oa] tajante firme simple
    simples better mejor melhor also
    tambien tambem tmb encima encore again pues pois ne tambem porfavorcito favorcito
    ligar liguem chat up being are fica quanto presto effective starting onwards forward future
    futuro
    adelante frente
    siguientes? seguintes? further furthermore henceforth ninguno whatever
    """
)
#: What is said of messages nobody wants.
_UNWANTED = any_of(
    r"""
    annoying stupid silly dumb useless pointless random constant endless nonstop irritantes?
    molest[oa]s? fastidios[oa]s inutiles inuteis estupid[oa]s dichos[oa]s maldit[oa]s chat[oa]s
    indesejad[oa]s desead[oa]s solicitad[oa]s unwanted unsolicited irrelevant ridicul[oa]s
    invasiv[oa]s insistentes insoportables insuportaveis absurd[oa]s inconvenientes masiv[oa]s
    publicitari[oa]s promocional(?:es)? promocionais comercial(?:es)?
    comerciais promotional commercial marketing bulk
    """
)
#: How surely, how kindly and how soon; not in which way, nor how often.
_SURELY = any_of(
    r"""
    absolut complet definit permanent polit kind serious honest simple? respetuos respectful
    expres expressa total urgent final obvious clear clara sincer sincera tru literal frank franca
    firm firme strict estricta estrita oficial official legal cordial prompt amable gentil educada
    encarecida tajante rotunda categorica terminante real verdadera verdadeira humilde atenta
    efectiva efetiva gentle immediate inmediata imediata definitiva completa absoluta formal
    """
)
_ADVERB = rf"{_SURELY}(?:mente|e?ly|y)"
SMALL = rf"(?:{_SMALL}|{VOCATIVE}|{_LETTER}|{_CRIES}|{_MANNER}|{_UNWANTED}|{_ADVERB})"
