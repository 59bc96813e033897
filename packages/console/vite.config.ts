/** Builds the console to static files that need no exception in a Content-Security-Policy: no inline script, no inline style, no data URL. */
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { leanZod } from './lean-zod.ts'
import { themeVariables } from './theme-variables.ts'

export default defineConfig({
  plugins: [react(), themeVariables(), leanZod()],
  build: {
    target: 'es2024',
    // A data URL would require an exception.
    assetsInlineLimit: 0,
    // `without-eval.ts` comes first in the sources, and must also come first in the chunks.
    rolldownOptions: { output: { strictExecutionOrder: true } },
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: {
    // `npm run dev` next to `fairlead serve` on its usual port.
    // Under the name that it answers to.
    proxy: { '/api': { target: 'http://127.0.0.1:8470', changeOrigin: true } },
  },
})
