// Keeps the secret of this login in the tab, for browsers that block our cookie, and goes on.
const login = document.getElementById("lti-login").dataset;
try {
  sessionStorage.setItem(`lti:${login.state}`, login.secret);
} catch {
  // Storage is blocked: the cookie has to do.
}
location.replace(login.next);
