"""E-mail addresses as people type them: syntax, usual typos, roles, and how to show one safely."""

import re
import unicodedata
from functools import lru_cache

#: Providers whose misspelling is certain enough to ask about.
KNOWN_DOMAINS = (
    *("gmail.com", "googlemail.com", "hotmail.com", "hotmail.es", "hotmail.com.br"),
    *("hotmail.com.ar", "hotmail.com.mx", "hotmail.cl", "hotmail.fr", "hotmail.it"),
    *("hotmail.co.uk", "outlook.com", "outlook.es", "outlook.com.br", "outlook.com.ar"),
    *("outlook.pt", "outlook.cl", "live.com", "live.com.mx", "live.com.ar", "msn.com"),
    *("yahoo.com", "yahoo.es", "yahoo.com.br", "yahoo.com.mx", "yahoo.com.ar", "yahoo.com.co"),
    *("yahoo.co.uk", "ymail.com", "rocketmail.com", "icloud.com", "me.com", "mac.com"),
    *("aol.com", "uol.com.br", "bol.com.br", "terra.com.br", "ig.com.br", "globo.com"),
    *("globomail.com", "sapo.pt", "prodigy.net.mx", "telefonica.net", "fibertel.com.ar"),
    *("arnet.com.ar", "protonmail.com", "proton.me", "zoho.com", "gmx.com", "gmx.es"),
    *("une.net.co", "vtr.net", "cantv.net", "comcast.net", "verizon.net", "att.net"),
)
#: Real mail domains that look like a typo of another.
_REAL_LOOKALIKES = frozenset(
    {"mail.com", "email.com", "gmx.net", "gmx.de", "aim.com", "ail.com", "live.cl", "live.com.pt"}
    | {"live.co.uk", "hotmail.de", "hotmail.be", "hotmail.nl", "outlook.fr", "outlook.it"}
    | {"outlook.de", "outlook.com.au", "yahoo.fr", "yahoo.it", "yahoo.de", "yahoo.ca"}
    | {"yahoo.com.pe", "yahoo.com.ve", "yahoo.com.au", "yahoo.cl", "yahoo.co.in", "me.com.br"}
    | {"live.fr", "live.it", "live.nl", "live.ca", "tim.com", "ig.com", "bol.com", "mac.com.br"}
    | {"uol.com", "terra.com", "terra.es", "terra.cl", "zohomail.com", "zoho.eu", "one.com"}
    | {"gmx.at", "gmx.fr", "yahoo.co.jp", "yahoo.co.id", "hotmail.se", "hotmail.ch", "rr.com"}
)
_TLD_TYPOS = {
    **dict.fromkeys(("con", "cmo", "comm", "coom", "ocm", "vom", "xom", "cpm", "cim"), "com"),
    **dict.fromkeys(("con.br", "com.vr", "com.nr", "combr", "cm.br", "comm.br"), "com.br"),
    **dict.fromkeys(("con.mx", "commx", "com.nx", "cm.mx"), "com.mx"),
    **dict.fromkeys(("con.ar", "comar", "cm.ar"), "com.ar"),
    **dict.fromkeys(("con.co", "comco"), "com.co"),
    **dict.fromkeys(("ner", "nte", "nett"), "net"),
    **dict.fromkeys(("ogr", "orgg", "rog"), "org"),
}
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_TLD = re.compile(r"[a-z]{2,24}|xn--[a-z0-9-]{2,59}")
#: RFC 2142 names and what firms put in their place in our three languages.
_ROLE_NAMES = """
abuse accounting accounts admin administracao administracion administrator
all atencion atendimento ayuda billing careers cobranca cobranza cobranzas comercial compras
contabilidad contabilidade contact contacto contato cs customerservice
desarrollo direccion diretoria equipe equipo escritorio facturacion facturas faturamento
feedback finance financeiro finanzas ftp gerencia hello help helpdesk hola hostmaster hr
info informacion informacoes informes it jobs juridico legal mail mailer-daemon marketing
news newsletter no-reply noreply nao-responda no-responder noresponder office oficina ola
operations orders pagos pedidos postmaster prensa press privacidad privacy proveedores
recepcao recepcion recursoshumanos reservas rh root rrhh sac sales secretaria security
servicio servicioalcliente soporte spam staff support suporte team tecnico test tesoreria
usenet user usuario vendas ventas webmaster www
"""
_ROLES = frozenset(_ROLE_NAMES.split())


def normalise(text: str) -> str:
    """The form addresses are stored and compared in: trimmed, lower case, without wrappers."""
    plain = unicodedata.normalize("NFKC", text).strip().strip("<>()[]\"'“”‘’«»,;:").strip()
    return plain.lower().removeprefix("mailto:").rstrip(".")


def is_valid(email: str) -> bool:
    """Syntax real mail systems accept (RFC 5321 lengths, no quoting, a name as the last label)."""
    local, at, domain = normalise(email).rpartition("@")
    if not at or len(local) > 64 or len(domain) > 253 or _LOCAL.fullmatch(local) is None:
        return False
    *labels, tld = domain.split(".")
    return bool(labels) and all(map(_LABEL.fullmatch, labels)) and _TLD.fullmatch(tld) is not None


def suggestion(email: str) -> str | None:
    """The address probably meant where the domain is a usual typo of a known one; never certain."""
    local, _, domain = normalise(email).rpartition("@")
    meant = _domain_meant(domain)
    return f"{local}@{meant}" if local and meant is not None and meant != domain else None


def is_role_address(email: str) -> bool:
    """Addressed to a function, not to a person: info@, ventas@, noreply@ (RFC 2142 and kin)."""
    local = normalise(email).partition("@")[0].partition("+")[0]
    return local in _ROLES or local.rstrip("0123456789") in _ROLES or local.startswith("noreply")


def masked(email: str) -> str:
    """An address its owner recognises and a stranger cannot use: `an•••@hotmail.com`."""
    local, at, domain = normalise(email).rpartition("@")
    if not at:
        return "•••"
    shown = local[:2] if len(local) > 2 else local[:1]
    return f"{shown}•••@{domain}"


@lru_cache(maxsize=4096)
def _domain_meant(domain: str) -> str | None:
    if not domain or domain in KNOWN_DOMAINS or domain in _REAL_LOOKALIKES:
        return None
    mended = _mend_ending(domain)
    candidate = mended or domain
    if candidate in KNOWN_DOMAINS:
        return candidate
    return _nearest(candidate) or mended


def _mend_ending(domain: str) -> str | None:
    name, _, ending = domain.partition(".")
    mended = _TLD_TYPOS.get(ending)
    if mended is not None:
        return f"{name}.{mended}"
    cut = _CUT_ENDING.fullmatch(domain)
    return f"{cut[1] or cut[2]}.com" if cut else None


#: Gmail exists only as .com; of the others only what cannot be a country's own domain.
_CUT_ENDING = re.compile(
    r"(gmail|icloud)(?:com)?(?:\..*)?|(hotmail|outlook|yahoo)(?:com)?(?:\.|\.c|\.co|\.cm|\.om)?"
)


def _nearest(domain: str) -> str | None:
    near = [known for known in KNOWN_DOMAINS if _is_near(domain, known)]
    return near[0] if near else None


def _is_near(typed: str, known: str) -> bool:
    """One slip in the provider's name, or two in a long one; the country's ending must agree."""
    name, _, ending = typed.partition(".")
    known_name, _, known_ending = known.partition(".")
    if ending != known_ending or len(known_name) < 4 or name[:1] != known_name[:1]:
        return ending == known_ending and name in _SWAPPED_STARTS.get(known_name, ())
    return edits(name, known_name, limit=2 if len(known_name) > 5 else 1) is not None


#: A wrong first letter is read only where no other provider could be meant.
_SWAPPED_STARTS = {
    "gmail": ("hmail", "fmail", "gmial", "mgail", "ggmail", "jmail", "qmail"),
    "hotmail": ("jotmail", "otmail", "ohtmail", "gotmail", "rotmail", "hotmail"),
    "outlook": ("putlook", "oulook", "iutlook", "uotlook", "autlook"),
    "yahoo": ("tahoo", "uahoo", "ayhoo", "jahoo"),
    "icloud": ("cloud", "ucloud", "oicloud"),
}


def edits(typed: str, meant: str, *, limit: int) -> int | None:
    """How many slips apart (missing, added, wrong or swapped letters); None beyond `limit`."""
    if abs(len(typed) - len(meant)) > limit:
        return None
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for i, letter in enumerate(typed, 1):
        before, previous, row = row, before, [i]
        for j, other in enumerate(meant, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == meant[j - 2] and typed[i - 2] == other:
                cost = min(cost, previous[j - 2] + 1)
            row.append(cost)
    return row[-1] if row[-1] <= limit else None
