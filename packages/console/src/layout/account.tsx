/** The signed-in user, and sign-out. Uses the browser's own popover, which opens, closes and returns the focus without code. */
import { version } from '@fairlead/contract/release'
import { ActionIcon, Button } from '@mantine/core'
import { IconLogout, IconUserCircle } from '@tabler/icons-react'
import { useId } from 'react'
import { CloudNames } from '../resources/cloud-names.tsx'
import { useSession } from '../session/session.tsx'
import { docsAddress, DocsLink } from '../ui/docs-link.tsx'
import classes from './account.module.css'

export function Account() {
  const { me, signOut } = useSession()
  const id = useId()
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        popoverTarget={id}
        aria-label={`Signed in as ${me.name}`}
        aria-haspopup="dialog"
      >
        <IconUserCircle size={20} stroke={1.6} />
      </ActionIcon>
      <dialog id={id} popover="auto" aria-label="Account" className={classes.account}>
        <p className={classes.name}>{me.name}</p>
        {me.identity !== null && <p className="quiet">known to {URL.parse(me.identity.issuer)?.host}</p>}
        <p className="quiet">role {me.role}</p>
        <p className="quiet">
          {me.cloud_ids === null ? '' : 'only '}in <CloudNames ids={me.cloud_ids} />
        </p>
        {me.expires_at !== null && <p className="quiet">until {new Date(me.expires_at).toLocaleString()}</p>}
        <p className="quiet">
          Fairlead {version}
          {docsAddress('') !== null && (
            <>
              {' · '}
              <DocsLink page="">Documentation</DocsLink>
            </>
          )}
        </p>
        <Button
          className={classes.out}
          variant="default"
          size="sm"
          fullWidth
          leftSection={<IconLogout size={16} />}
          onClick={() => signOut()}
        >
          Sign out
        </Button>
      </dialog>
    </>
  )
}
