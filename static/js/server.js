// Talking to our own server: the CSRF token that the page was given, and how an answer is read.
const headers = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");

async function post(address, data, options) {
  const answer = await fetch(address, {
    method: "POST",
    body: data,
    headers: { ...headers(), "HX-Request": "true", Accept: "application/json, text/html" },
    // A redirect to sign-in must not be followed: it would look like success.
    redirect: "manual",
    ...options,
  });
  return { ok: answer.ok, status: answer.type === "opaqueredirect" ? 401 : answer.status, answer };
}

/**
 * Take a fresh CSRF token from the person's start page; false when she is signed out or somebody else is signed in. Not
 * from this page: she may have lost the role that opens it, and is signed in all the same.
 */
async function renew() {
  const answer = await fetch("/", { headers: { Accept: "text/html" } });
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.body.getAttribute("hx-headers");
  if (!fresh || page.body.dataset.user !== document.body.dataset.user) return false;
  document.body.setAttribute("hx-headers", fresh);
  const token = JSON.parse(fresh)["X-CSRFToken"];
  for (const input of document.querySelectorAll("input[name='csrfmiddlewaretoken']")) input.value = token;
  return true;
}

/**
 * POST a form's data; {ok, status, answer}. Signed out reads as status 401, also when the server redirects to sign-in.
 * Somebody who signed in again in another tab has a new token: it is fetched and the data sent once more.
 */
export async function send(address, data, options = {}) {
  const first = await post(address, data, options);
  if (first.status !== 403) return first;
  return (await renew()) ? post(address, data, options) : { ...first, status: 401 };
}

/** GET a fragment and return its root element, or null when there is none. */
export async function fragment(address, query, signal) {
  const url = new URL(address, location.href);
  url.searchParams.set("q", query);
  const answer = await fetch(url, { headers: { "HX-Request": "true" }, redirect: "error", signal });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  return holder.content.firstElementChild;
}

/** Change the icon in an <svg><use>, keeping the address of the sprite. */
export function setIcon(svg, name) {
  const use = svg.querySelector("use");
  use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${name}`);
}
