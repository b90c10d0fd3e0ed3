import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["vendor/", "node_modules/"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2025, sourceType: "module", globals: globals.browser },
    rules: {
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-eval": "error",
      "no-implied-eval": "error",
      eqeqeq: ["error", "always"],
      "prefer-const": "error",
    },
  },
  { files: ["*.mjs", "tests/**", "eslint.config.js"], languageOptions: { globals: globals.node } },
  { files: ["theme-early.js"], languageOptions: { sourceType: "script" } },
];
