/** The form that takes an API token. */
import { apiTokenPattern } from '@fairlead/contract/wire'
import { Button, Code, PasswordInput, Stack, Text } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { ProblemCard } from '../ui/problem-card.tsx'

export interface TokenFormProps {
  readonly error: unknown
  readonly isBusy: boolean
  /** While something is typed, no other tab signs this one in. */
  readonly onTyping: (isTyping: boolean) => void
  readonly onToken: (token: string) => void
}

export function TokenForm({ error, isBusy, onTyping, onToken }: TokenFormProps) {
  const [typed, setTyped] = useState('')
  const text = typed.trim()
  const wellFormed = apiTokenPattern.test(text)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (wellFormed) onToken(text)
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <PasswordInput
          label="API token"
          description="It is kept until you close the last Fairlead tab in this browser."
          placeholder="flt_…"
          autoComplete="off"
          value={typed}
          onChange={({ currentTarget: { value } }) => {
            setTyped(value)
            onTyping(value !== '')
          }}
          error={text !== '' && !wellFormed ? 'A token is flt_ and 43 letters, digits, _ or -' : null}
        />
        {error !== null && <ProblemCard error={error} isSignedIn={false} />}
        <Button type="submit" fullWidth loading={isBusy} disabled={!wellFormed}>
          Sign in
        </Button>
        <Text size="sm" className="quiet">
          The first start of <Code>fairlead serve</Code> printed an admin token. Admins create more with{' '}
          <Code>fairlead token create</Code>.
        </Text>
      </Stack>
    </form>
  )
}
