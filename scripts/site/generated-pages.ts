/** The reference: pages made from the code each time the site is built, and so never out of date. */
import { apiPages } from './api-pages.ts'
import { clusterEnvironmentPage, ownersFilePage } from './file-pages.ts'
import { commandPage } from './command-page.ts'
import type { GeneratedPage } from './site-page.ts'
import { pythonPage, typescriptPage } from './sdk-pages.ts'

export function generatedPages(): readonly GeneratedPage[] {
  return [
    { path: 'reference/commands', text: commandPage() },
    { path: 'reference/cluster-environment', text: clusterEnvironmentPage() },
    { path: 'reference/owners-file', text: ownersFilePage() },
    { path: 'reference/python', text: pythonPage() },
    { path: 'reference/typescript', text: typescriptPage() },
    ...apiPages(),
  ]
}
