"""Which path of Keap's does what."""

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import Receive, Scope, Send

from recovery.sandbox.keap import (
    automations,
    by_hand,
    commerce,
    contacts,
    emails,
    firm,
    notes,
    oauth,
    tags,
    tasks,
)
from recovery.sandbox.keap.account import Account
from recovery.sandbox.keap.gate import Gate
from recovery.sandbox.keap.query import error
from recovery.sandbox.world import World

Handler = Callable[[Account, Request], Awaitable[Response]]

#: In this order: `contacts/model` before `contacts/{contact_id}`.
OPERATIONS: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/emailAddresses", emails.list_addresses),
    ("GET", "/emailAddresses/{email:path}/status", emails.get_status),
    ("PATCH", "/emailAddresses/{email:path}/status", emails.set_opt_in),
    ("GET", "/contacts/model", firm.contact_model),
    ("POST", "/contacts/model/customFields", firm.create_custom_field),
    ("POST", "/contacts:merge", contacts.merge_contacts),
    ("GET", "/contacts", contacts.list_contacts),
    ("POST", "/contacts", contacts.create_contact),
    ("GET", "/contacts/{contact_id}", contacts.get_contact),
    ("PATCH", "/contacts/{contact_id}", contacts.change_contact),
    ("DELETE", "/contacts/{contact_id}", contacts.delete_contact),
    ("GET", "/contacts/{contact_id}/tags", tags.list_tags_of),
    ("GET", "/contacts/{contact_id}/notes", notes.list_notes),
    ("POST", "/contacts/{contact_id}/notes", notes.create_note),
    ("GET", "/contacts/{contact_id}/notes/{note_id}", notes.get_note),
    ("PATCH", "/contacts/{contact_id}/notes/{note_id}", notes.change_note),
    ("DELETE", "/contacts/{contact_id}/notes/{note_id}", notes.delete_note),
    ("GET", "/notes", notes.list_notes),
    ("GET", "/tasks/model", firm.task_model),
    ("GET", "/tasks", tasks.list_tasks),
    ("POST", "/tasks", tasks.create_task),
    ("GET", "/tasks/{task_id}", tasks.get_task),
    ("PATCH", "/tasks/{task_id}", tasks.change_task),
    ("DELETE", "/tasks/{task_id}", tasks.delete_task),
    ("GET", "/tags/categories", tags.list_categories),
    ("POST", "/tags/categories", tags.create_category),
    ("GET", "/tags", tags.list_tags),
    ("POST", "/tags", tags.create_tag),
    ("POST", "/tags/{tag_id}/contacts:applyTags", tags.apply_tag),
    ("POST", "/tags/{tag_id}/contacts:removeTags", tags.remove_tag),
    ("GET", "/tags/{tag_id}/contacts", tags.list_people_of),
    ("GET", "/tags/{tag_id}", tags.get_tag),
    ("GET", "/users", firm.list_users),
    ("GET", "/users/{user_id}", firm.get_user),
    ("GET", "/oauth/connect/userinfo", firm.userinfo),
    ("GET", "/businessProfile", firm.business_profile),
    ("GET", "/settings/applications:getConfiguration", firm.configuration),
    ("GET", "/settings/applications:isEnabled", firm.is_enabled),
    ("GET", "/orders", commerce.list_orders),
    ("GET", "/subscriptions", commerce.list_subscriptions),
    ("GET", "/opportunities", commerce.list_opportunities),
    ("POST", "/automations/goals/achieve", automations.achieve_goal),
    ("GET", "/automations", automations.list_automations),
    (
        "POST",
        "/automations/{automation_id}/sequences/{sequence_id}:addContacts",
        automations.add_to_automation,
    ),
    ("GET", "/campaigns", automations.list_campaigns),
    ("GET", "/campaigns/{campaign_id}/sequences", automations.list_sequences),
    (
        "POST",
        "/campaigns/{campaign_id}/sequences/{sequence_id}:addContacts",
        automations.add_to_campaign,
    ),
    (
        "POST",
        "/campaigns/{campaign_id}/sequences/{sequence_id}:removeContacts",
        automations.remove_from_campaign,
    ),
    ("GET", "/reporting/reports", automations.list_reports),
    ("GET", "/reporting/reports/{report_id}/model", automations.report_model),
    ("POST", "/reporting/reports/{report_id}:run", automations.run_report),
)


def routes(world: World) -> list[BaseRoute]:
    """Keap's paths, OAuth2's token endpoint and the control endpoints of contacts."""
    account, tokens = Account(world), oauth.Tokens(world)
    emails.schedule_waves(account)
    operations = [
        Route(path, partial(handler, account), methods=[method])
        for method, path, handler in OPERATIONS
    ]
    api = Router(operations, redirect_slashes=False, default=_no_such_path)

    async def reconnect(_: Request) -> Response:
        return JSONResponse({"refresh_token": tokens.reconnect()})

    by_contact = "/_sandbox/contacts/{contact_id}"
    return [
        Mount("/crm/rest/v2", app=Gate(api, world, tokens)),
        Route("/token", partial(oauth.token, world, tokens), methods=["POST"]),
        Route(by_contact, partial(by_hand.show_contact, account), methods=["GET"]),
        Route(by_contact, partial(by_hand.change_contact, account), methods=["POST"]),
        Route("/_sandbox/tasks/{task_id}", partial(by_hand.change_task, account), methods=["POST"]),
        Route("/_sandbox/keap/reconnect", reconnect, methods=["POST"]),
    ]


async def _no_such_path(scope: Scope, receive: Receive, send: Send) -> None:
    await error(404, "No such endpoint", domain="endpoint")(scope, receive, send)
