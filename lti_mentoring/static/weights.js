// The sum below the weights, while one types. Without this file the server checks it.
(() => {
  const box = document.querySelector("[data-weights]");
  const sum = box?.querySelector("[data-sum]");
  if (!sum) return;
  const tell = () => {
    const fields = [...box.querySelectorAll("[data-weight]")];
    const total = fields.reduce((all, field) => all + (Number.parseInt(field.value, 10) || 0), 0);
    const fits = total === Number(box.dataset.weights);
    sum.textContent = fits ? sum.dataset.right : sum.dataset.wrong.replace("{sum}", total);
    sum.classList.toggle("fits", fits);
  };
  box.addEventListener("input", tell);
  tell();
})();
