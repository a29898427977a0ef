// Keeps small things for tools, apart by origin, as LTI's platform storage wants it.
// Sources: 1EdTech "LTI Client Side postMessages" 0.1, "LTI postMessage Storage" 0.1.
(() => {
  const { origins, prefix } = document.currentScript.dataset;
  const KNOWN = new Set(origins.split(" "));
  const KEYS = 500;
  const LENGTH = 4096;
  const kept = new Map(); // origin: Map of values by keys

  class Refused extends Error {
    constructor(code, message) {
      super(message);
      this.code = code;
    }
  }

  const isWord = (value) => typeof value === "string" && value.length > 0;

  const checkNames = (message) => {
    if (!isWord(message.message_id)) throw new Refused("bad_request", "message_id is missing");
    if (!isWord(message.key)) throw new Refused("bad_request", "key is missing");
  };

  const put = (message, own) => {
    checkNames(message);
    const { key, value } = message;
    if (value === null || value === undefined) {
      own.delete(key);
      return { key, value: null };
    }
    if (typeof value !== "string") throw new Refused("bad_request", "value must be text");
    if (value.length > LENGTH || (own.size >= KEYS && !own.has(key))) {
      throw new Refused("storage_exhaustion", "there is no room for this");
    }
    own.set(key, value);
    return { key, value };
  };

  const get = (message, own) => {
    checkNames(message);
    return { key: message.key, value: own.has(message.key) ? own.get(message.key) : null };
  };

  const ACTS = new Map([
    [`${prefix}lti.put_data`, put],
    [`${prefix}lti.get_data`, get],
  ]);

  const outcome = (act, message, origin) => {
    try {
      if (!KNOWN.has(origin)) throw new Refused("wrong_origin", "no tool of ours is there");
      if (!kept.has(origin)) kept.set(origin, new Map());
      return act(message, kept.get(origin));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { error: { code: error.code, message: error.message } };
    }
  };

  window.addEventListener("message", (event) => {
    const message = event.data;
    if (message === null || typeof message !== "object" || !event.source) return;
    const act = ACTS.get(message.subject);
    if (!act) return;
    event.source.postMessage(
      {
        subject: `${message.subject}.response`,
        message_id: message.message_id,
        ...outcome(act, message, event.origin),
      },
      event.origin,
    );
  });
})();
