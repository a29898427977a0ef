// Makes everything in lti_mentoring/static that comes from npm packages: a trimmed Bootstrap in both
// writing directions, htmx as published, and one sprite of icons. `python3 dev.py vendor` runs it.

import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import rtlcss from "rtlcss";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "node_modules");
const pages = join(here, "..", "lti_mentoring", "static");
const vendor = join(pages, "vendor");

// The whole of Bootstrap is to shrink, not to grow back: a page's styles load before its first paint.
const CSS_BUDGET_BYTES = 11 * 1024;

function folderFor(name, published = name) {
  const { version } = JSON.parse(readFileSync(join(packages, published, "package.json"), "utf8"));
  const folder = join(vendor, `${name}-${version}`);
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(packages, published, "LICENSE"), join(folder, "LICENSE"));
  return folder;
}

function minified(css) {
  return sass.compileString(css, { syntax: "css", style: "compressed", charset: false }).css + "\n";
}

function makeBootstrap() {
  const folder = folderFor("bootstrap");
  const { css } = sass.compile(join(here, "bootstrap.scss"), {
    loadPaths: [packages],
    charset: false,
    quietDeps: true,
    // Bootstrap 5 is written for Sass's older module system; ours has to speak it too.
    silenceDeprecations: ["import", "global-builtin"],
  });
  const leftToRight = minified(css);
  if (gzipSync(leftToRight, { level: 9 }).length > CSS_BUDGET_BYTES) {
    throw new Error(`bootstrap.min.css is over its ${CSS_BUDGET_BYTES} bytes (gzip): leave a part out`);
  }
  writeFileSync(join(folder, "bootstrap.min.css"), leftToRight);
  writeFileSync(join(folder, "bootstrap.rtl.min.css"), minified(rtlcss.process(css)));
}

function copyHtmx() {
  const folder = folderFor("htmx", "htmx.org");
  // Without its note about a source map, which we do not serve and a browser would ask for.
  const script = readFileSync(join(packages, "htmx.org", "dist", "htmx.min.js"), "utf8");
  writeFileSync(join(folder, "htmx.min.js"), script.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
}

function makeIcons() {
  const folder = folderFor("bootstrap-icons");
  const names = readFileSync(join(here, "icons.txt"), "utf8").split(/\s+/).filter(Boolean).sort();
  const symbols = names.map((name) => {
    const drawing = readFileSync(join(packages, "bootstrap-icons", "icons", `${name}.svg`), "utf8");
    const paths = drawing.replace(/^[^]*?<svg[^>]*>|<\/svg>\s*$/g, "").trim().replace(/\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 16 16" fill="currentColor">${paths}</symbol>`;
  });
  const note = `<!-- Bootstrap Icons, MIT license: see ${relative(pages, join(folder, "LICENSE"))} -->`;
  writeFileSync(
    join(pages, "icons.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg">\n${note}\n${symbols.join("\n")}\n</svg>\n`,
  );
}

function writeSums() {
  const files = readdirSync(vendor, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "SHA256SUMS")
    .map((entry) => join(entry.parentPath, entry.name));
  const lines = [...files, join(pages, "icons.svg")].map((file) => {
    const sum = createHash("sha256").update(readFileSync(file)).digest("hex");
    return `${sum}  ${relative(vendor, file).replaceAll("\\", "/")}`;
  });
  writeFileSync(join(vendor, "SHA256SUMS"), lines.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join("\n") + "\n");
}

rmSync(vendor, { recursive: true, force: true });
makeBootstrap();
copyHtmx();
makeIcons();
writeSums();
