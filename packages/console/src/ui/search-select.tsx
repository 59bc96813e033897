/** A choice among more than a page can list: the control plane searches for what is typed. */
import { Select, type ComboboxItem } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import classes from './search-select.module.css'

const typingMs = 200
export const mostFound = 30

export interface SearchSelectProps {
  readonly label: string
  readonly placeholder: string
  readonly nothingFound: string
  readonly isClearable?: boolean
  /** Always among the choices. */
  readonly chosen: ComboboxItem | null
  /** The first word of the key is the resource kind. `find` is called with part of a name while the list is open. */
  readonly queryKey: readonly unknown[]
  readonly find: (part: string, signal: AbortSignal) => Promise<readonly ComboboxItem[]>
  readonly error?: string | null
  readonly onChoose: (value: string | null) => void
}

export function SearchSelect(props: SearchSelectProps) {
  const { label, placeholder, nothingFound, isClearable = false, chosen, queryKey, find, error, onChoose } = props
  const [isOpen, setOpen] = useState(false)
  const [typed, search] = useState('')
  // The text in the field after a choice is not a search.
  const [part] = useDebouncedValue(typed === chosen?.label ? '' : typed.trim(), typingMs)
  const { data: found = [], isPending } = useQuery({
    queryKey: [...queryKey, part],
    queryFn: ({ signal }) => find(part, signal),
    placeholderData: keepPreviousData,
    enabled: isOpen,
  })
  const isFound = chosen === null || found.some(({ value }) => value === chosen.value)
  return (
    <Select
      comboboxProps={{ withinPortal: false }}
      label={label}
      placeholder={placeholder}
      searchable
      clearable={isClearable}
      withScrollArea={false}
      classNames={{ options: classes.options, ...(isClearable && { input: classes.filter }) }}
      nothingFoundMessage={isPending ? 'Searching…' : nothingFound}
      data={isFound ? found : [chosen, ...found]}
      // The control plane searches.
      filter={({ options }) => options}
      value={chosen?.value ?? null}
      onDropdownOpen={() => setOpen(true)}
      onDropdownClose={() => setOpen(false)}
      onSearchChange={search}
      onChange={onChoose}
      error={error}
    />
  )
}
