/** Creates a join token and shows it, only once, with the command to type on the machine. */
import type { Cloud, JoinToken } from '@fairlead/contract/wire'
import { Button, Group, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useAct } from '../../queries/use-act.ts'
import { Disclosure } from '../../ui/disclosure.tsx'
import { Note } from '../../ui/note.tsx'
import { useSession } from '../../session/session.tsx'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { focusAfter } from '../../ui/focus-after.ts'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { useNow } from '../../ui/time-text.tsx'
import { tokenJoinCommands } from './join-commands.ts'
import { leftText } from './left-text.ts'
import classes from './join-section.module.css'

export function JoinWithToken({ cloud, isChecker }: { cloud: Cloud; isChecker: boolean }) {
  const { client } = useSession()
  const make = useAct(() => client.clouds.createJoinToken(cloud.id), [])
  return (
    <>
      <Text size="sm">Create a token for it. It lets one machine join, once, within 15 minutes.</Text>
      {make.error !== null && <ProblemCard error={make.error} />}
      {make.data === undefined ? (
        <div>
          <Button leftSection={<IconKey size={16} />} loading={make.isPending} onClick={() => make.mutate()}>
            Create a join token
          </Button>
        </div>
      ) : (
        <MadeToken made={make.data} isChecker={isChecker}>
          <Group gap="xs">
            <Button variant="default" size="xs" loading={make.isPending} onClick={() => make.mutate()}>
              Create another one
            </Button>
            <Button
              variant="default"
              size="xs"
              onClick={({ currentTarget }) => {
                focusAfter(currentTarget)
                make.reset()
              }}
            >
              Hide it
            </Button>
          </Group>
        </MadeToken>
      )}
    </>
  )
}

/** From the button that it replaces. */
const takeFocus = (place: HTMLElement | null) => place?.focus()

function MadeToken({ made, isChecker, children }: { made: JoinToken; isChecker: boolean; children: React.ReactNode }) {
  const left = leftText(Date.parse(made.expires_at), useNow(1000))
  const { ask, file } = tokenJoinCommands(made.command, isChecker)
  return (
    <section ref={takeFocus} className={classes.token} aria-label="The join token" tabIndex={-1}>
      {left === null ? (
        <Note tone="warn">This token has expired. Create another one.</Note>
      ) : (
        <Note tone="plain">
          It is shown this once, and good for <span className="numbers">{left}</span>.
        </Note>
      )}
      <CopyBlock label="join token" text={made.token} />
      <Text size="sm">Run this on the machine, and paste the token when it asks for it:</Text>
      <CopyBlock label="command that joins" text={ask} />
      <Disclosure summary="Without a terminal, or in a script">
        <Text size="sm">
          The command reads the token from standard input, or from a file that only its owner can read; never from the
          command line, where every user of the machine could see it. Paste the token after the first line, and end with
          Ctrl-D:
        </Text>
        <CopyBlock label="commands with a file" text={file} />
      </Disclosure>
      {children}
    </section>
  )
}
