/**
 * A list of any length. It is drawn in parts of a hundred rows, each a body of the table: those near the window have their rows, the others are
 * empty and as high as their rows were, or will be.
 */
import { Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { countText, partQuery, partSize, useListLength, type LongList, type Sorting } from '../queries/use-long-list.ts'
import { ProblemCard } from './problem-card.tsx'
import { PendingRows, Row, type Column } from './resource-table.tsx'
import { ariaSortOf, nextSorting } from './sorting.ts'
import classes from './resource-table.module.css'

/** Of most rows; only the scroll bar depends on it. */
const rowHeight = 37
/** How far outside of the window rows are drawn, so that scrolling meets no empty place. */
const nearPx = 1500

export interface LongTableProps<Item, Field extends string> {
  readonly label: string
  /** What its rows are, one and many. */
  readonly unit: readonly [one: string, many: string]
  readonly list: LongList<Item>
  readonly columns: readonly Column<Item, Field>[]
  readonly sorting: Sorting<Field>
  readonly onSort: (sorting: Sorting<Field>) => void
  readonly empty: ReactNode
}

export function LongTable<Item extends { readonly id: string }, Field extends string>(
  props: LongTableProps<Item, Field>,
) {
  const { label, unit, list, columns, sorting, onSort, empty } = props
  const { total, isOld, error } = useListLength(list)
  if (total === null && error !== null) return <ProblemCard error={error} />
  if (total === 0) return empty
  const parts = total === null ? 0 : Math.ceil(total / partSize)
  return (
    <>
      {error !== null && <ProblemCard error={error} />}
      <output className={classes.count}>
        {total === null || isOld ? 'Loading…' : `${countText(total)} ${unitFor(total, unit)}`}
      </output>
      <div className={`${classes.frame} ${classes.long}`}>
        <Table
          aria-label={label}
          aria-busy={total === null || isOld}
          data-old={isOld || undefined}
          aria-rowcount={total === null ? undefined : total + 1}
          className={classes.table}
          highlightOnHover
        >
          <Table.Thead>
            <Table.Tr aria-rowindex={1}>
              {columns.map((column) => (
                <Title key={column.title} column={column} sorting={sorting} onSort={onSort} />
              ))}
            </Table.Tr>
          </Table.Thead>
          {total === null ? (
            <Table.Tbody>
              <PendingRows count={3} columns={columns} />
            </Table.Tbody>
          ) : (
            Array.from({ length: parts }, (_, part) => (
              <Part
                key={part}
                list={list}
                part={part}
                rows={Math.min(partSize, total - part * partSize)}
                columns={columns}
                unit={unit}
              />
            ))
          )}
        </Table>
      </div>
    </>
  )
}

const unitFor = (count: number, unit: readonly [one: string, many: string]): string => unit[count === 1 ? 0 : 1]

function Title<Item, Field extends string>({
  column: { title, wideOnly, isNumber, sort },
  sorting,
  onSort,
}: {
  column: Column<Item, Field>
  sorting: Sorting<Field>
  onSort: (sorting: Sorting<Field>) => void
}) {
  if (sort === undefined) {
    return (
      <Table.Th data-wide-only={wideOnly} data-number={isNumber}>
        {title}
      </Table.Th>
    )
  }
  const [field, first] = sort
  const ariaSort = ariaSortOf(field, sorting)
  const isDown = ariaSort === 'none' ? first === 'desc' : ariaSort === 'descending'
  const Arrow = isDown ? IconArrowDown : IconArrowUp
  return (
    <Table.Th data-wide-only={wideOnly} data-number={isNumber} aria-sort={ariaSort}>
      <button
        type="button"
        className={classes.sort}
        data-set={ariaSort !== 'none'}
        onClick={() => onSort(nextSorting(field, first, sorting))}
      >
        {title}
        <Arrow size={14} stroke={2} aria-hidden />
      </button>
    </Table.Th>
  )
}

interface PartProps<Item, Field extends string> extends Pick<LongTableProps<Item, Field>, 'list' | 'columns' | 'unit'> {
  readonly part: number
  readonly rows: number
}

function Part<Item extends { readonly id: string }, Field extends string>(props: PartProps<Item, Field>) {
  const { list, part, rows, columns, unit } = props
  const body = useRef<HTMLTableSectionElement>(null)
  const [isNear, setNear] = useState(part === 0)
  const [height, setHeight] = useState(rows * rowHeight)
  useEffect(() => {
    const place = body.current
    if (place === null) return undefined
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry === undefined) return
        if (!entry.isIntersecting && entry.boundingClientRect.height > 0) setHeight(entry.boundingClientRect.height)
        setNear(entry.isIntersecting)
      },
      { rootMargin: `${nearPx}px 0px` },
    )
    observer.observe(place)
    return () => observer.disconnect()
  }, [])
  const { data } = useQuery({ ...partQuery(list, part), enabled: isNear })
  const isDrawn = isNear && data !== undefined
  return (
    <Table.Tbody ref={body} aria-busy={isNear && data === undefined ? true : undefined}>
      {isDrawn ? (
        data.results.map((item, row) => (
          <Row key={item.id} item={item} columns={columns} position={part * partSize + row + 2} />
        ))
      ) : (
        <tr className={classes.far} style={{ height }}>
          <td colSpan={columns.length}>
            {rows} more {unitFor(rows, unit)}
          </td>
        </tr>
      )}
    </Table.Tbody>
  )
}
