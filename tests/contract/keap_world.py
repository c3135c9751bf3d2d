"""The sandbox's Keap as a test calls it."""

from urllib.parse import quote

import requests

from tests.contract.openapi import problems

FILE = "keap_v2.yaml"


class Keap:
    """Calls the sandbox's Keap, and holds every answer against Keap's own file."""

    def __init__(self, sandbox, token=None):
        self.sandbox = sandbox
        self.token = token or sandbox.options.keap_token

    def __call__(self, method, path, body=None, *, expect=200, **params):
        answer = self.raw(method, path, body, **params)
        assert answer.status_code == expect, answer.text
        content = answer.json() if answer.content else None
        wrong = problems(FILE, method=method, path=f"/rest/v2{path}", status=expect, body=content)
        assert not wrong, f"{method} {path}: {wrong[:3]}"
        return content

    def raw(self, method, path, body=None, **params):
        url = f"{self.sandbox.url}/crm/rest/v2{path}"
        headers = {"Authorization": f"Bearer {self.token}"}
        return requests.request(method, url, json=body, params=params, headers=headers, timeout=10)

    def get(self, path, **params):
        return self("GET", path, **params)

    def address_in(self, status):
        """Some address in this status that a contact has first."""
        for contact in self.sandbox.world.contacts.values():
            for email in contact["email_addresses"][:1]:
                if email["email_opt_status"] == status:
                    return email["email"], contact["id"]
        raise AssertionError(status)

    def status_of(self, email):
        return self.get(f"/emailAddresses/{quote(email, safe='')}/status")["status"]

    def opt(self, email, *, to):
        path = f"/emailAddresses/{quote(email, safe='')}/status"
        return self("PATCH", path, {"opted_in": to, "reason": "test"})["status"]


def create(keap, email="new@example.com", **fields):
    emails = [{"email": email, "field": "EMAIL1"}]
    return keap("POST", "/contacts", {"email_addresses": emails, **fields}, expect=201)


def pages(keap, path, name, **params):
    rows, token = [], None
    while token or not rows:
        content = keap.get(path, **params, **({"page_token": token} if token else {}))
        rows += content[name]
        token = content.get("next_page_token")
        if not token:
            return rows
    return rows
