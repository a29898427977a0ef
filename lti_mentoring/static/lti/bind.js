// The cookie did not arrive: proves with what the tab or the platform has kept that the login was
// begun here.
(async () => {
  const form = document.getElementById("lti-bind");
  const key = `lti:${form.dataset.state}`;
  let secret = null;
  try {
    secret = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
  } catch {
    // Storage is blocked: there is nothing to find here.
  }
  secret ??= await window.platformStorage.get();
  if (secret) {
    form.elements.secret.value = secret;
    form.submit();
  } else {
    document.getElementById("lti-wait").hidden = true;
    document.getElementById("lti-nothing").hidden = false;
  }
})();
