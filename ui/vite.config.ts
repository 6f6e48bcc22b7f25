import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  // The window loads the page over a custom protocol: every address stays relative.
  base: './',
  clearScreen: false,
  // `devUrl` of src-tauri/tauri.conf.json.
  server: { port: 1420, strictPort: true },
  build: {
    // WebView2 is newer than this; WebKitGTK 2.40 is what Debian 12 and Ubuntu 22.04 ship.
    target: ['safari16.4', 'chrome111'],
    // Fonts stay files: inlined ones would be parsed with the style sheet before the first paint.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/test/setup.ts'],
  },
});
