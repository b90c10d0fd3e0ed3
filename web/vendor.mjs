/**
 * Copies the few libraries the page uses from node_modules/ into vendor/, with their licences,
 * and writes vendor/manifest.json and the import map (with integrity) in index.html.
 *
 *   node vendor.mjs            after `npm ci`: write vendor/ anew
 *   node vendor.mjs --check    compare with node_modules/ byte for byte (without node_modules/: with the manifest)
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const MODULES = join(HERE, "node_modules");
const VENDOR = join(HERE, "vendor");
const INDEX = join(HERE, "index.html");

/** package -> the files that are used of it, and the names they are imported by. */
const USED = {
  "preact": { files: ["dist/preact.mjs", "hooks/dist/hooks.mjs"],
    imports: { "preact": "dist/preact.mjs", "preact/hooks": "hooks/dist/hooks.mjs" } },
  "htm": { files: ["dist/htm.mjs", "preact/index.mjs"],
    imports: { "htm": "dist/htm.mjs", "htm/preact": "preact/index.mjs" } },
  "@preact/signals-core": { files: ["dist/signals-core.mjs"], imports: { "@preact/signals-core": "dist/signals-core.mjs" } },
  "@preact/signals": { files: ["dist/signals.mjs"], imports: { "@preact/signals": "dist/signals.mjs" } },
  "uplot": { files: ["dist/uPlot.esm.js", "dist/uPlot.min.css"], imports: { "uplot": "dist/uPlot.esm.js" } },
  "katex": { files: ["dist/katex.mjs", "dist/katex.min.css", /^dist\/fonts\/.*\.woff2$/], imports: { "katex": "dist/katex.mjs" } },
  "@fontsource-variable/inter": { imports: {},
    files: ["latin", "latin-ext", "greek"].map((part) => `files/inter-${part}-wght-normal.woff2`) },
};

const digest = (kind, bytes, form = "base64") => createHash(kind).update(bytes).digest(form);
const listed = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join("/"))
  .sort();

/** Everything vendor/ must hold: path in vendor/ -> bytes, and the manifest that says so. */
function wanted() {
  const lock = JSON.parse(readFileSync(join(HERE, "package-lock.json"), "utf8"));
  const contents = new Map();
  const packages = {};
  for (const [name, { files }] of Object.entries(USED)) {
    const folder = join(MODULES, name);
    const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const locked = lock.packages[`node_modules/${name}`].version;
    if (about.version !== locked) throw new Error(`${name} is ${about.version}, the lock says ${locked}: run npm ci`);
    const all = listed(folder);
    const licence = all.filter((path) => /^(licen[cs]e|ofl)(\.\w+)?$/i.test(path));
    if (!licence.length) throw new Error(`${name} carries no licence file`);
    const taken = [...files.flatMap((file) => typeof file === "string" ? [file] : all.filter((path) => file.test(path))), ...licence];
    packages[name] = { version: about.version, licence: about.license, files: {} };
    for (const path of taken) {
      const bytes = readFileSync(join(folder, path));
      contents.set(`${name}/${path}`, bytes);
      packages[name].files[path] = { bytes: bytes.length, sha384: `sha384-${digest("sha384", bytes)}` };
    }
  }
  return { contents, packages };
}

/** The import map for these packages, as it stands in index.html. */
function importMap(packages) {
  const imports = {}, integrity = {};
  for (const [name, { imports: names }] of Object.entries(USED)) {
    for (const [as, path] of Object.entries(names)) imports[as] = `./vendor/${name}/${path}`;
    for (const [path, { sha384 }] of Object.entries(packages[name].files)) {
      if (/\.m?js$/.test(path)) integrity[`./vendor/${name}/${path}`] = sha384;
    }
  }
  return `\n${JSON.stringify({ imports, integrity }, null, 2)}\n`;
}

const MAP = /(<script type="importmap">)([^]*?)(<\/script>)/;
const manifestText = (packages) => {
  const map = importMap(packages);
  return JSON.stringify({ import_map: `sha256-${digest("sha256", map)}`, packages }, null, 2) + "\n";
};

function write() {
  const { contents, packages } = wanted();
  rmSync(VENDOR, { recursive: true, force: true });
  for (const [path, bytes] of contents) {
    mkdirSync(dirname(join(VENDOR, path)), { recursive: true });
    writeFileSync(join(VENDOR, path), bytes);
  }
  writeFileSync(join(VENDOR, "manifest.json"), manifestText(packages));
  const page = readFileSync(INDEX, "utf8");
  if (!MAP.test(page)) throw new Error("index.html has no import map to fill");
  writeFileSync(INDEX, page.replace(MAP, (_, open, __, close) => open + importMap(packages) + close));
  const bytes = [...contents.values()].reduce((sum, file) => sum + file.length, 0);
  console.log(`vendor/: ${Object.keys(packages).length} packages, ${contents.size} files, ${bytes} bytes`);
}

function check() {
  const manifest = JSON.parse(readFileSync(join(VENDOR, "manifest.json"), "utf8"));
  const wrong = [];
  const present = listed(VENDOR).filter((path) => path !== "manifest.json");
  const expected = new Map(Object.entries(manifest.packages)
    .flatMap(([name, { files }]) => Object.entries(files).map(([path, { sha384 }]) => [`${name}/${path}`, sha384])));
  for (const path of present) if (!expected.has(path)) wrong.push(`${path} is not in the manifest`);
  for (const [path, sha384] of expected) {
    if (!present.includes(path)) wrong.push(`${path} is missing`);
    else if (`sha384-${digest("sha384", readFileSync(join(VENDOR, path)))}` !== sha384) wrong.push(`${path} was changed`);
  }
  if (existsSync(MODULES)) {
    const { contents, packages } = wanted();
    for (const [path, bytes] of contents) {
      if (!existsSync(join(VENDOR, path)) || !readFileSync(join(VENDOR, path)).equals(bytes)) wrong.push(`${path} differs from its package`);
    }
    if (readFileSync(join(VENDOR, "manifest.json"), "utf8") !== manifestText(packages)) wrong.push("manifest.json is not what these packages give");
  }
  const map = readFileSync(INDEX, "utf8").match(MAP)?.[2];
  if (map !== importMap(manifest.packages)) wrong.push("the import map in index.html is not what the manifest gives");
  for (const line of wrong) console.error(`vendor: ${line}`);
  if (wrong.length) process.exit(1);
  console.log(`vendor/: ${present.length} files as they should be${existsSync(MODULES) ? "" : " (by the manifest; node_modules/ is not here)"}`);
}

if (process.argv.includes("--check")) check();
else write();
