// Keeps the sign-in in this tab, where scripts and forms of its pages find it, and opens the first.
const arrival = document.getElementById("lti-arrive").dataset;
try {
  sessionStorage.setItem(`in:${arrival.key}`, arrival.token);
} catch {
  // Storage is blocked now: the cookie that came with this page may do.
}
location.replace(arrival.next);
