// Lets the tool say how tall it is, and nothing else.
(() => {
  const frame = document.querySelector("iframe[data-tool-origin]");
  const origin = frame.dataset.toolOrigin;
  const LEAST = 200;
  const MOST = 8000;

  const read = (data) => {
    if (typeof data !== "string") return data;
    try {
      return JSON.parse(data);
    } catch {
      return null;
    }
  };

  const resize = (message) => {
    const height = Number(message.height);
    if (!Number.isFinite(height) || height <= 0) return;
    frame.style.height = `${Math.min(Math.max(Math.ceil(height), LEAST), MOST)}px`;
  };

  const introduce = (message) => {
    const subjects = ["lti.capabilities", "lti.frameResize"];
    frame.contentWindow.postMessage(
      {
        subject: "lti.capabilities.response",
        message_id: message.message_id,
        supported_messages: subjects.map((subject) => ({ subject })),
      },
      origin,
    );
  };

  window.addEventListener("message", (event) => {
    if (event.origin !== origin || event.source !== frame.contentWindow) return;
    const message = read(event.data);
    if (message === null || typeof message !== "object") return;
    if (message.subject === "lti.frameResize") resize(message);
    if (message.subject === "lti.capabilities") introduce(message);
  });
})();
