// A page was opened without proof. If this tab still holds the token, fetch a ticket and go on.
(async () => {
  const here = new URL(window.location.href);
  const key = (here.pathname.match(/^\/in\/([^/]+)\//) || [])[1];
  let token = null;
  try { token = window.sessionStorage.getItem(`in:${key}`); } catch { return; }
  if (!token || here.searchParams.get("again")) return;
  document.getElementById("resume").hidden = false;
  document.getElementById("signed-out").hidden = true;
  here.searchParams.delete("ticket");
  here.searchParams.set("again", "1");
  const answer = await fetch(`/in/${key}/ticket`, {
    method: "POST",
    body: new URLSearchParams({ address: here.pathname + here.search }),
    headers: { Authorization: `Bearer ${token}` },
  }).catch(() => null);
  if (answer?.ok) { window.location.replace((await answer.json()).address); return; }
  document.getElementById("resume").hidden = true;
  document.getElementById("signed-out").hidden = false;
})();
