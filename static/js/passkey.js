// <form data-passkey="get|create">: the device signs in or makes a passkey, then the form is sent with it.
// The server's options come from a JSON element (data-passkey-data="id") or an address (data-passkey-options).
// data-passkey-autofill offers passkeys in the page's field with autocomplete="username webauthn".
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const opened = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

/** The options that JSON carries, with bytes where the browser wants them. */
function understood(options, kind) {
  const given = options.publicKey;
  const challenge = bytes(given.challenge);
  if (kind === "get") return { ...given, challenge, allowCredentials: opened(given.allowCredentials) };
  return {
    ...given,
    challenge,
    user: { ...given.user, id: bytes(given.user.id) },
    excludeCredentials: opened(given.excludeCredentials),
    // A passkey takes the password's place: it lives in the device, and the device asks who holds it.
    authenticatorSelection: {
      ...given.authenticatorSelection,
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    },
  };
}

/** The device's answer as JSON. */
function written(credential) {
  const { response } = credential;
  const parts = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = text(response[name]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  return JSON.stringify({
    type: credential.type,
    id: credential.id,
    rawId: text(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment,
    response: parts,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function optionsFor(form) {
  const { passkeyData, passkeyOptions } = form.dataset;
  if (passkeyData) {
    const data = JSON.parse(document.getElementById(passkeyData).textContent);
    return data.request_options ?? data.creation_options;
  }
  const answer = await fetch(passkeyOptions, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()).request_options;
}

let waiting = null;

async function ask(form, extra = {}) {
  const kind = form.dataset.passkey;
  waiting?.abort();
  waiting = new AbortController();
  const { signal } = waiting;
  const publicKey = understood(await optionsFor(form), kind);
  const credential = await navigator.credentials[kind]({ publicKey, signal, ...extra });
  form.elements.credential.value = written(credential);
  form.submit();
}

/** Offer passkeys in the field's own list, where the browser can. Nobody has asked, so failure is nobody's concern. */
async function offer(form) {
  if (!(await window.PublicKeyCredential?.isConditionalMediationAvailable?.())) return;
  await ask(form, { mediation: "conditional" }).catch(() => {});
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const failed = form.querySelector("[data-passkey-failed]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      await ask(form);
    } catch {
      // Cancelled, unknown device, no network: to the person it is one thing, and the page says what to do.
      failed.hidden = false;
    }
  });
  if ("passkeyAutofill" in form.dataset) offer(form);
}
