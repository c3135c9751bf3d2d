"""The pages that people see; each module is one page, with one router.

A page is a plain function: its first argument says who may ask for it (`visit: Rep`), and gives
the services (`visit.site.recovery`), the words (`visit.say`) and the answer (`visit.render`).
A form that changes something ends with `visit.tell(...)` and `visit.go(path)`.
"""

from fastapi import FastAPI

from recovery.web.pages import (
    account,
    acts,
    acts_call,
    approvals,
    bought,
    card,
    events,
    factor,
    home,
    invitation,
    lists,
    media,
    queue,
    sign_in,
    static,
    status,
    team,
    texts,
    wins,
)
from recovery.web.pages.errors import add_error_pages
from recovery.web.pages.shield import Shield
from recovery.web.pages.site import Site

__all__ = ["PAGES", "Site", "add_pages"]

PAGES = (
    home,
    sign_in,
    invitation,
    account,
    factor,
    team,
    approvals,
    status,
    queue,
    acts_call,
    acts,
    card,
    bought,
    events,
    media,
    lists,
    wins,
    texts,
)


def add_pages(app: FastAPI, site: Site, *, prefix: str = "") -> None:
    """Adds the pages to an app; `prefix` is the path of its public address, for webhooks."""
    app.state.site = site
    for page in PAGES:
        # As they are: to include a router would build each of its routes anew.
        app.router.routes.extend(page.router.routes)
    app.mount("/static", static.files())
    add_error_pages(app)
    app.add_middleware(Shield, site=site, prefix=prefix)
