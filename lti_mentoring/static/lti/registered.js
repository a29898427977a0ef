// Tells the LMS that its administrator is done here, when they say so (LTI-136).
const registered = document.getElementById("lti-registered");
const lms = window.opener ?? window.parent;
const button = registered.querySelector("[data-close]");
if (lms !== window && registered.dataset.origin) {
  button.hidden = false;
  button.addEventListener("click", () => {
    lms.postMessage({ subject: "org.imsglobal.lti.close" }, registered.dataset.origin);
    if (window.opener) window.close();
  });
}
