// Keeps a list fresh: asks for the same page every 20 s and puts its parts marked data-live in the place of ours.
// Without it everything works as well; what is being typed is never touched. X-Desk-Live tells the office that nobody
// asked: it does not keep a session alive, and when the session is over we go where the office sends us, to the login.
"use strict";
const every = 20000;

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { headers: { "X-Desk-Live": "1" }, redirect: "follow" });
  if (answer.redirected) return location.reload();
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const ours of document.querySelectorAll("[data-live]")) {
    const theirs = fresh.querySelector(`[data-live="${ours.dataset.live}"]`);
    if (theirs && theirs.innerHTML !== ours.innerHTML) ours.innerHTML = theirs.innerHTML;
  }
}

setInterval(() => refresh().catch(() => undefined), every); // a line that is down: the next time asks again
document.addEventListener("visibilitychange", () => refresh().catch(() => undefined));
