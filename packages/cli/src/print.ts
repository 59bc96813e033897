/** How results are printed: as JSON exactly as the API returns them, or as a table for people. */
import type { Page } from '@fairlead/contract/wire'
import type { CliContext } from './context.ts'
import { paintFor } from './terminal/paint.ts'
import { jsonText } from './terminal/json-text.ts'
import { formatTable } from './terminal/table.ts'

export function printJson(context: CliContext, value: unknown): void {
  context.stdout.write(`${jsonText(value, 2)}\n`)
}

export interface ListView<Item> {
  readonly headers: readonly string[]
  readonly row: (item: Item) => readonly string[]
  /** What is missing, and the command that creates it. */
  readonly empty: string
}

export function printList<Item>(
  context: CliContext,
  flags: { readonly json?: boolean },
  found: Page<Item>,
  view: ListView<Item>,
): void {
  if (flags.json) return printJson(context, found)
  if (found.results.length === 0) return context.stdout.write(`${view.empty}\n`)
  const paint = paintFor(context.stdout, context.env)
  const table = { headers: view.headers, rows: found.results.map((item) => view.row(item)) }
  context.stdout.write(formatTable(table, context.stdout, paint))
  if (found.metadata.next_paging_token !== null) {
    context.stdout.write(paint.dim(`There are more; use --max-items to print them.\n`))
  }
}
