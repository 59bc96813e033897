/** Builds the console to static files that need no exception in a Content-Security-Policy: no inline script, no inline style, no data URL. */
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { firstScript } from './first-script.ts'
import { leanZod } from './lean-zod.ts'
import { themeVariables } from './theme-variables.ts'

export default defineConfig({
  plugins: [react(), themeVariables(), leanZod(), firstScript()],
  build: {
    target: 'es2024',
    // A data URL would require an exception.
    assetsInlineLimit: 0,
    rolldownOptions: {
      // The SDK loads schemas late, for commands; pages need them from the start.
      checks: { ineffectiveDynamicImport: false },
      output: {
        // `without-eval.ts` comes first in the sources, and must also come first in the chunks.
        strictExecutionOrder: true,
        // What every page needs is one file: over HTTP/1.1 a browser asks for six at a time, and each turn costs a round trip.
        codeSplitting: {
          groups: [
            { name: 'first', test: /[\\/]src[\\/]first-script\.ts$/, priority: 1 },
            { name: 'libraries', test: /node_modules[\\/](?:react|react-dom|scheduler|zod|@tanstack)[\\/]/ },
            { name: 'contract', test: /packages[\\/](?:contract|sdk)[\\/]/ },
            { name: 'shared', minShareCount: 10 },
          ],
        },
      },
    },
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
})
