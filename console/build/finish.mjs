// Finishes dist/: compresses what gets smaller, and writes files.json, the list of files that the function serves.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = join(import.meta.dirname, "..", "dist");
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .sort()
  .map((file) => {
    const type = types[extname(file)];
    if (!type) {
      throw new Error(`${file}: build/finish.mjs has no content type for this ending; add it.`);
    }
    const path = relative(dist, file).split(sep).join("/");
    const content = readFileSync(file);
    const encodings = [];
    // The function changes index.html, so it is sent as it is.
    if (path !== "index.html") {
      const compressed = {
        br: brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
        gzip: gzipSync(content, { level: 9 }),
      };
      for (const [encoding, ending] of [["br", ".br"], ["gzip", ".gz"]]) {
        if (compressed[encoding].length < content.length) {
          writeFileSync(file + ending, compressed[encoding]);
          encodings.push(encoding);
        }
      }
    }
    // Vite gives the files below assets/ names with a hash of their content.
    return { path, type, hashed: path.startsWith("assets/"), encodings };
  });
writeFileSync(join(dist, "files.json"), JSON.stringify({ files }, null, 1) + "\n");
console.log(`${files.length} files in console/dist.`);
