// Tells a framed tool what it can ask for, and lets it say how tall it is.
(() => {
  const { prefix, storage } = document.currentScript.dataset;
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

  const supported = () => {
    const messages = [{ subject: "lti.capabilities" }, { subject: "lti.frameResize" }];
    if (!storage) return messages;
    const where = storage === "_parent" ? {} : { frame: storage };
    const subjects = ["lti.put_data", "lti.get_data"];
    return [...messages, ...subjects.map((each) => ({ subject: prefix + each, ...where }))];
  };

  const introduce = (message) => {
    frame.contentWindow.postMessage(
      {
        subject: "lti.capabilities.response",
        message_id: message.message_id,
        supported_messages: supported(),
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
