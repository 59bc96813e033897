/** A list of resources: its problem, its empty state, its rows, and the button that shows more. */
import { Button, Skeleton, Table } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Listed } from '../queries/use-pages.ts'
import { ProblemCard } from './problem-card.tsx'
import classes from './resource-table.module.css'

export interface Column<Item> {
  readonly title: string
  readonly cell: (item: Item) => ReactNode
  /** Columns that can be omitted if space is short. */
  readonly wideOnly?: boolean
}

export function ResourceTable<Item extends { readonly id: string }>({
  label,
  listed,
  columns,
  empty,
  pendingRows = 3,
}: {
  label: string
  listed: Listed<Item>
  columns: readonly Column<Item>[]
  empty: ReactNode
  /** The expected number, if content below would jump. */
  pendingRows?: number
}) {
  if (listed.error !== null && listed.items.length === 0) return <ProblemCard error={listed.error} />
  if (!listed.isPending && listed.items.length === 0) return empty
  return (
    <div className={classes.frame}>
      <Table aria-label={label} aria-busy={listed.isPending} className={classes.table} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ title, wideOnly }) => (
              <Table.Th key={title} data-wide-only={wideOnly}>
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {listed.isPending
            ? Array.from({ length: pendingRows }, (_, row) => <PendingRow key={row} columns={columns} />)
            : listed.items.map((item) => (
                <Table.Tr key={item.id}>
                  {columns.map(({ title, cell, wideOnly }) => (
                    <Table.Td key={title} data-wide-only={wideOnly}>
                      {cell(item)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
        </Table.Tbody>
      </Table>
      {listed.hasMore && (
        <Button variant="subtle" fullWidth loading={listed.isGrowing} onClick={listed.showMore}>
          Show more
        </Button>
      )}
    </div>
  )
}

function PendingRow<Item>({ columns }: { columns: readonly Column<Item>[] }) {
  return (
    <Table.Tr>
      {columns.map(({ title, wideOnly }) => (
        <Table.Td key={title} data-wide-only={wideOnly}>
          <Skeleton height="1.1em" width="70%" />
        </Table.Td>
      ))}
    </Table.Tr>
  )
}
