// Requests that change something, with the token of this page's session.

/** Sends a form's fields; throws an Error with the server's words when it refuses. */
export async function post(path, fields = {}) {
  const answer = await fetch(path, {
    method: "POST",
    headers: {
      "X-CSRF-Token": document.querySelector('meta[name="csrf"]').content,
      Accept: "application/json",
    },
    body: new URLSearchParams(fields),
  });
  if (answer.status === 401) window.location.assign("/sign-in");
  if (answer.status === 204) return null;
  const found = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(found?.error ?? answer.statusText);
  return found;
}
