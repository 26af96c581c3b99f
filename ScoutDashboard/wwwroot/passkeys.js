// Passkeys (WebAuthn): the sign-in page's button and autofill, and what Your account calls to add one. Without this script, or where the browser has none, nothing is offered.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const token = () => document.querySelector('input[name="__RequestVerificationToken"]').value;

const post = async (address, fields) => {
  const response = await fetch(address, { method: "POST", body: new URLSearchParams({ __RequestVerificationToken: token(), ...fields }) });
  if (response.status === 429) return { outcome: "TooMany" };
  return response.headers.get("Content-Type")?.startsWith("application/json") ? response.json() : { outcome: "Refused" };
};

const descriptors = (list) => (list ?? []).map((known) => ({ ...known, id: bytes(known.id) }));

// By hand: some password managers answer with objects that have no toJSON.
const json = (credential, response) => JSON.stringify({
  id: credential.id, rawId: text(credential.rawId), type: credential.type, authenticatorAttachment: credential.authenticatorAttachment, clientExtensionResults: {}, response,
});

export const available = () => window.isSecureContext && typeof PublicKeyCredential === "function";

// Returns the outcome's name: the server's, or Cancelled, Known, Elsewhere. The password goes from its field to the server; it never comes back from there.
export async function add(name) {
  const password = document.getElementById("passkey-password").value;
  const options = await post("/settings/passkeys/options", { password });
  if (options.outcome) return options.outcome;
  try {
    const credential = await navigator.credentials.create({
      publicKey: { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: descriptors(options.excludeCredentials) },
    });
    const { response } = credential;
    const answer = { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject), transports: response.getTransports?.() ?? [] };
    return (await post("/settings/passkeys", { credential: json(credential, answer), name })).outcome;
  } catch (error) {
    return problemOf(error);
  }
}

const problemOf = (error) => ({ InvalidStateError: "Known", SecurityError: "Elsewhere" })[error.name] ?? "Cancelled";

let waiting = null;

const signIn = async (mediation) => {
  waiting?.abort();
  waiting = new AbortController();
  const { signal } = waiting;
  const options = await post("/sign-in/passkey/options", {});
  if (options.outcome) return options.outcome;
  let credential;
  try {
    credential = await navigator.credentials.get({
      mediation, signal, publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: descriptors(options.allowCredentials) },
    });
  } catch (error) {
    return signal.aborted ? null : problemOf(error);
  }
  const { response } = credential;
  const answer = {
    clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData), signature: text(response.signature), userHandle: response.userHandle ? text(response.userHandle) : null,
  };
  const returnUrl = new URLSearchParams(location.search).get("returnUrl") ?? "";
  const told = await post("/sign-in/passkey", { credential: json(credential, answer), returnUrl });
  if (told.outcome === "Done") location.assign(told.to);
  return told.outcome;
};

const button = document.getElementById("passkey");
if (button && available()) {
  const problem = document.getElementById("passkey-problem");
  const show = (outcome) => {
    const words = outcome && outcome !== "Done" ? problem.dataset[outcome.toLowerCase()] ?? problem.dataset.refused : "";
    problem.textContent = words;
    problem.hidden = !words;
  };
  button.closest("[hidden]").hidden = false;
  button.addEventListener("click", async () => show(await signIn("optional")));
  // Passkeys beside saved names in the field's list. One who lets the page lie for long gets a new challenge by the button.
  if (await PublicKeyCredential.isConditionalMediationAvailable?.()) {
    const outcome = await signIn("conditional");
    if (outcome !== "Cancelled" && outcome !== "TooMany" && outcome !== "Elsewhere") show(outcome);
  }
}
