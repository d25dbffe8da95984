import { defineConfig } from "vite";

export default defineConfig({
  // Relative to <base href>, which the function sets, so that the page also works below a stage.
  base: "./",
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    target: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: false,
    // No data: URLs, and no inline scripts: the content security policy allows neither.
    assetsInlineLimit: 0,
    emptyOutDir: true,
  },
});
