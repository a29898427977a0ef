// Talks with the platform's storage by messages (LTI-150…152): hands a value over, asks for it.
// Each promise is kept within its time, with null where nobody has answered.
window.platformStorage = (({ storageKey: key, storageTarget: named, storageOrigin: origin }) => {
  const ANNOUNCED = 600; // milliseconds for a platform that says it keeps things
  const UNSURE = 250; // for one that does not say so: most never answer

  const lms = window.opener ?? (window.parent === window ? null : window.parent);

  const frame = (name) => {
    if (!name || name === "_parent") return lms;
    try { return lms.frames[name] ?? null; } catch { return null; } // no frame of that name
  };

  const ask = (target, message, time, from) => new Promise((resolve) => {
    if (!target) { resolve(null); return; }
    const message_id = crypto.randomUUID();
    const listen = (event) => {
      if (event.source !== target || (from !== "*" && event.origin !== from)) return;
      if (event.data?.message_id !== message_id || !String(event.data?.subject).endsWith(".response")) return;
      window.removeEventListener("message", listen);
      resolve(event.data.error ? null : event.data);
    };
    window.addEventListener("message", listen);
    setTimeout(() => { window.removeEventListener("message", listen); resolve(null); }, time);
    // Brightspace's own component listens to the longer name.
    for (const subject of [message.subject, `org.imsglobal.${message.subject}`]) {
      try { target.postMessage({ ...message, subject, message_id }, from); } catch { /* another origin */ }
    }
  });

  // A platform that named no frame may still have one: it is asked, where nothing else is left.
  const found = async () => {
    if (named) return named;
    const told = await ask(lms, { subject: "lti.capabilities" }, UNSURE, "*");
    const able = (told?.supported_messages ?? []).find((each) => String(each?.subject).endsWith("lti.put_data"));
    return able ? able.frame || "_parent" : null;
  };

  const send = async (message) => {
    const name = await found();
    return name ? ask(frame(name), { ...message, key }, ANNOUNCED, origin) : null;
  };

  return {
    isAnnounced: Boolean(named),
    put: async (value) => Boolean(await send({ subject: "lti.put_data", value })),
    get: async () => (await send({ subject: "lti.get_data" }))?.value ?? null,
  };
})(document.querySelector("[data-storage-key]").dataset);
