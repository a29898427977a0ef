// Keeps the secret of this login in the tab and at the platform, for browsers that block our
// cookie, and goes on.
(async () => {
  const login = document.getElementById("lti-login").dataset;
  let kept = true;
  try {
    sessionStorage.setItem(`lti:${login.state}`, login.secret);
  } catch {
    kept = false; // storage is blocked: the cookie has to do, or the platform
  }
  const { isAnnounced, put } = window.platformStorage;
  if (isAnnounced || !kept) await put(login.secret);
  location.replace(login.next);
})();
