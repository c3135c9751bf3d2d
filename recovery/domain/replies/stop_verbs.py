"""The verbs of a refusal, in the moods that ask: subjunctive and imperative, of now and of then.

Never the plain indicative of Spanish: "ya no me escriben" complains that nobody does.
"""

from recovery.domain.replies.words import any_of

#: Writing to somebody, and what it feels like when it does not end.
_AR_STEMS = any_of(
    r"""
    contact contat molest incomod perturb fastidi acos chatei enchinch aborrec ching amol torr
    bombarde atosig agobi incordi hostig hostil import[ou]n atorment marte atosigu hostigu
    chingu spame wh?ats?app?e guasape wasape mensaje texte enhinch hinch jorob cargose satur
    mare assedi asedi estorb embrom ladill irrit mac
    """
)
#: `contacten`, `contactaran`, `contatem`, `contatassem`; the Portuguese `-a` states as well.
_AR = r"(?:e|ei[sn]?|es|en|eis|em|ara[sn]?|arais|asen?|asse[ms]?|arem)"
_ER = r"(?:a|as|an|am|ais|iera[sn]?|ierais|iesen?|esse[ms]?|erem|e)"
WRITE = (
    rf"(?:{_AR_STEMS}{_AR}|(?:contact|contat|incomod|perturb|chatei|amol)a"
    rf"|escrib(?:a|as|an|ais?|iera[sn]?|ierais|iesen?)|escrev{_ER}"
    r"|habl(?:e|es|en|eis|ara[sn]?)(?! de\b)(?!(?: \w+)? (?:por|al) tel)|hosti(?:gu|li[cz])e[ns]?"
    r"|jod(?:a|as|an|ais|ieran?)|frieg(?:ue|ues|uen)|persig(?:as?|an)|romp(?:as?|an|am)|insist(?:a"
    r"|as|an|am|e)|encha|enchas|encham|enche|cham(?:e|em)(?! de\b)|text(?:e|en)|spam(?:eie|eiem)"
    r"|aborrec(?:as|a|am)|comuniqu(?:e|en) (?:mas )?conmigo|(?:entre|entrem"
    r"|entres) (?:mais )?em (?:contato|contacto))"
)
SEND = (
    r"(?:mand(?:e|es|en|eis|em|a|arem|ara[sn]?|arais|assem|asen)|envi(?:e|es|en|eis|em|a|ar|arem"
    r"|ara[sn]?|assem|asen)|remit(?:a|an)|pas(?:es|en)|passem?|lleg(?:ue|uen|aran?)|cheg(?:ue|uem))"
)
WRITING = (
    rf"(?:{_AR_STEMS}(?:ar|ando)|escribi(?:r|endo)|escrever|escrevendo|joder|romper|jodiendo|fregar"
    r"|fregando|chatear|chateando|insistir|insistindo|insistiendo|encher|enchendo|hablar(?=me)"
    r"|hablando(?=me)|aborrecer|aborrecendo|llegar|textear"
    r"|entrar em (?:contato|contacto)|comunicarse|comunicar conmigo)"
)
ENGLISH_WRITE = any_of(
    r"""
    write text message msg contact bother disturb whatsapp dm spam harass annoy nag pester bug
    hassle badger bombard ping insist irritate chase hound trouble stalk
    """
)
ENGLISH_WRITING = any_of(
    r"""
    writing texting messaging msging contacting bothering disturbing whatsapping dming spamming
    harassing annoying nagging pestering bugging hassling badgering bombarding pinging irritating
    chasing hounding troubling stalking
    """
)
SENDING = r"(?:mandar|enviar|mandando|enviando|mandandome|enviandome)"
AGAIN = (
    r"(?:volver a|voltar a|v(?:ue|o)lv(?:a|as|an|ais|iera[sn]?|iesen?) a|volt(?:e|em|es|assem) a"
    r"|torn(?:e|em) a|sig(?:a|as|an|ais)|siguiera[sn]?"
    r"|est(?:e|es|en|ejam|eja)|and(?:e|es|en)|fiqu(?:e|em)|fica|veng(?:a[ns]?) a|venham?"
    r"|vay(?:a[ns]?) a|continu(?:es?|em|en|assem|eis)(?: a| to)?)"
)
#: Taking somebody off a list; `OUT_MOOD` makes them requests.
OUT = any_of(
    r"""
    borr elimin quit sac saqu retir remov remuev excluy desuscrib desafili suprim exclu apagu? delet
    tir desvincul bloque risc desactiv suelt tach desapunt desinscrib desregistr descadastr depur
    olvid baj anul encerr desativ
    """
)
OUT_MOOD = any_of(
    r"""
    aran? ieran? yeran? assem issem essem a e eis en an ad ar ir er am em i as es id ais ed uir
    ua uam uan ui ia ya yan uyan is in arem erem irem
    """
)
