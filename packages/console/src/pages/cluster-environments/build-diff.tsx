/** Two builds of an environment side by side; differences are also marked in words. */
import type { Build } from '@fairlead/contract/wire'
import { Group, NativeSelect, Table } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { Section } from '../../ui/page.tsx'
import { diffBuilds, type DiffRow, type Difference } from './diff-builds.ts'
import classes from './build-diff.module.css'

const route = getRouteApi('/cluster-environments/$id')

const words: Record<Difference, string> = {
  same: 'same',
  changed: 'changed',
  added: 'added',
  removed: 'removed',
  unknown: 'not compared',
}

export function BuildDiff({ builds }: { builds: readonly Build[] }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [newest, previous] = builds
  if (newest === undefined || previous === undefined) return null
  const withRevision = (revision: number | undefined) => builds.find((build) => build.revision === revision)
  const older = withRevision(search.from) ?? previous
  const newer = withRevision(search.to) ?? newest
  const rows = diffBuilds(older, newer)
  const choose = (change: { from?: number; to?: number }) =>
    void navigate({ search: (now) => ({ ...now, ...change }), replace: true, resetScroll: false })
  const changes = rows.filter(({ difference }) => difference !== 'same' && difference !== 'unknown').length
  return (
    <Section title="Compare two builds">
      <Group gap="sm" align="end">
        <RevisionSelect label="From" builds={builds} value={older.revision} onChange={(from) => choose({ from })} />
        <RevisionSelect label="To" builds={builds} value={newer.revision} onChange={(to) => choose({ to })} />
        <p className={classes.summary}>{changes === 0 ? 'Nothing differs.' : `${changes} of ${rows.length} differ.`}</p>
      </Group>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- on a narrow screen it is scrolled, by the keyboard too */}
      <section className={classes.frame} tabIndex={0} aria-label="The two builds side by side">
        <Table aria-label={`Build ${older.revision} and build ${newer.revision}`} className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Field</Table.Th>
              <Table.Th>Build {older.revision}</Table.Th>
              <Table.Th>Build {newer.revision}</Table.Th>
              <Table.Th>Difference</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <DiffLine key={row.field} row={row} />
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </Section>
  )
}

function DiffLine({ row: { field, older, newer, difference } }: { row: DiffRow }) {
  return (
    <Table.Tr data-difference={difference}>
      <Table.Th scope="row">{field}</Table.Th>
      <Table.Td>
        <Text text={older} />
      </Table.Td>
      <Table.Td>
        <Text text={newer} />
      </Table.Td>
      <Table.Td className={classes.word}>{words[difference]}</Table.Td>
    </Table.Tr>
  )
}

function Text({ text }: { text: string | null }) {
  if (text === null || text === '') return <span className="quiet">{text === null ? 'none' : 'empty'}</span>
  return <span className="mono">{text}</span>
}

function RevisionSelect({
  label,
  builds,
  value,
  onChange,
}: {
  label: string
  builds: readonly Build[]
  value: number
  onChange: (revision: number) => void
}) {
  return (
    <NativeSelect
      size="xs"
      label={label}
      value={value}
      onChange={(event) => onChange(Number(event.currentTarget.value))}
      data={builds.map(({ revision }) => ({ value: String(revision), label: `Build ${revision}` }))}
    />
  )
}
