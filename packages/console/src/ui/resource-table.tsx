/** A short list of resources: its problem, its empty state, its rows, and the button that shows more. */
import { Button, Skeleton, Table } from '@mantine/core'
import type { SortOrder } from '@fairlead/contract/wire'
import type { ReactNode } from 'react'
import type { Listed } from '../queries/use-pages.ts'
import { ProblemCard } from './problem-card.tsx'
import classes from './resource-table.module.css'

export interface Column<Item, Field extends string = never> {
  readonly title: string
  readonly cell: (item: Item) => ReactNode
  /** Columns that can be omitted if space is short. */
  readonly wideOnly?: boolean
  /** A number in one unit: aligned at its end, so that sizes compare. */
  readonly isNumber?: boolean
  /** The field to sort by, and its order at the first click. */
  readonly sort?: readonly [field: Field, first: SortOrder]
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
            {columns.map(({ title, wideOnly, isNumber }) => (
              <Table.Th key={title} data-wide-only={wideOnly} data-number={isNumber}>
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {listed.isPending ? (
            <PendingRows count={pendingRows} columns={columns} />
          ) : (
            listed.items.map((item) => <Row key={item.id} item={item} columns={columns} />)
          )}
        </Table.Tbody>
      </Table>
      {listed.more && (
        <Button variant="subtle" fullWidth loading={listed.more.isComing} onClick={listed.more.show}>
          Show more
        </Button>
      )}
    </div>
  )
}

export function Row<Item, Field extends string>({
  item,
  columns,
  position,
}: {
  item: Item
  columns: readonly Column<Item, Field>[]
  /** In a list of which only a part is drawn. */
  position?: number
}) {
  return (
    <Table.Tr aria-rowindex={position}>
      {columns.map(({ title, cell, wideOnly, isNumber }) => (
        <Table.Td key={title} data-wide-only={wideOnly} data-number={isNumber}>
          {cell(item)}
        </Table.Td>
      ))}
    </Table.Tr>
  )
}

export function PendingRows<Item, Field extends string>({
  count,
  columns,
}: {
  count: number
  columns: readonly Column<Item, Field>[]
}) {
  return Array.from({ length: count }, (_, row) => (
    <Table.Tr key={row}>
      {columns.map(({ title, wideOnly }) => (
        <Table.Td key={title} data-wide-only={wideOnly}>
          <Skeleton height="1.1em" width="70%" />
        </Table.Td>
      ))}
    </Table.Tr>
  ))
}
