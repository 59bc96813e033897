/** Searches a list by part of a name: input appears at once, and is sent once typing pauses. */
import { Name } from '@fairlead/contract/names'
import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'

const restMs = 200

export interface TypedName {
  readonly typed: string
  /** The search that is sent; empty for all. */
  readonly name: string
  /** The same, as a list is asked for it; null if no name can contain it. */
  readonly asked: { readonly name_contains?: string } | null
  readonly type: (text: string) => void
}

export function useTypedName(inAddress: string | undefined): TypedName {
  const address = inAddress ?? ''
  const [typed, setTyped] = useState(address)
  const [seen, setSeen] = useState(address)
  // What was typed and is not in the address yet: it gets there later than the next letter, and not always.
  const [underWay, setUnderWay] = useState<readonly string[]>([])
  if (address !== seen) {
    setSeen(address)
    const arrived = underWay.indexOf(address)
    setUnderWay(underWay.slice(arrived === -1 ? underWay.length : arrived + 1))
    if (arrived === -1) setTyped(address)
  }
  const type = (text: string) => {
    setTyped(text)
    setUnderWay([...underWay, text])
  }
  const [name] = useDebouncedValue(typed.trim(), restMs)
  return { typed, name, asked: askedOf(name), type }
}

function askedOf(name: string): TypedName['asked'] {
  if (name === '') return {}
  return Name.safeParse(name).success ? { name_contains: name } : null
}

/** `onTyped` keeps it in the address. */
export function NameSearch({
  search: { typed, type },
  onTyped,
}: {
  search: TypedName
  onTyped: (name: string | undefined) => void
}) {
  return (
    <TextInput
      aria-label="Search by name"
      placeholder="Search by name"
      leftSection={<IconSearch size={16} />}
      value={typed}
      onChange={(event) => {
        const text = event.currentTarget.value
        type(text)
        onTyped(text || undefined)
      }}
    />
  )
}
