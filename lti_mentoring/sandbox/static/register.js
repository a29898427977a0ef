// Goes back to the list of tools when the framed tool says that it has finished.
(() => {
  const frame = document.querySelector("iframe[data-back]");

  window.addEventListener("message", (event) => {
    if (event.origin !== frame.dataset.toolOrigin || event.source !== frame.contentWindow) return;
    if (event.data === null || typeof event.data !== "object") return;
    if (event.data.subject === "org.imsglobal.lti.close") window.location.assign(frame.dataset.back);
  });
})();
