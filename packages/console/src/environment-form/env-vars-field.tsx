/** Environment variables as rows of a name and a value. Several NAME=VALUE lines pasted into a row become as many rows. */
import { ActionIcon, Button, Textarea, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useRef, type ClipboardEvent } from 'react'
import { flushSync } from 'react-dom'
import { sentence } from '../ui/sentence.ts'
import { errorOf } from './field-error.ts'
import { envVarRows, nextKey, type EnvVarRow } from './form.ts'
import type { FormJudgement } from './judge-form.ts'
import { Note } from '../ui/note.tsx'
import { pastedLines } from './pasted-lines.ts'
import classes from './env-vars-field.module.css'

export function EnvVarsField({
  rows,
  onChange,
  judged,
  told,
}: {
  rows: readonly EnvVarRow[]
  onChange: (rows: readonly EnvVarRow[]) => void
  judged: Pick<FormJudgement, 'envVars' | 'envVarsTogether'>
  told: string | undefined
}) {
  const field = useRef<HTMLFieldSetElement>(null)
  const set = (key: number, change: Partial<EnvVarRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...change } : row)))
  const paste = (event: ClipboardEvent<HTMLInputElement>, at: EnvVarRow) => {
    const pasted = pastedLines(event.clipboardData.getData('text'))
    if (pasted === null) return
    event.preventDefault()
    const made = envVarRows(pasted, nextKey(rows))
    const { selectionStart, selectionEnd } = event.currentTarget
    const isReplaced = at.value === '' && (selectionEnd ?? 0) - (selectionStart ?? 0) === at.name.length
    onChange(rows.flatMap((row) => (row.key === at.key ? (isReplaced ? made : [row, ...made]) : [row])))
  }
  const remove = (key: number) => {
    onChange(rows.filter((row) => row.key !== key))
    // The focused element is gone; its neighbour in page order is the button that adds one.
    field.current?.querySelector<HTMLElement>('[data-add]')?.focus()
  }
  const add = () => {
    flushSync(() => onChange([...rows, { key: nextKey(rows), name: '', value: '' }]))
    const names = field.current?.querySelectorAll<HTMLElement>('[data-name]')
    names?.item(names.length - 1).focus()
  }
  const together = told ?? (judged.envVarsTogether === null ? null : sentence(judged.envVarsTogether.what))
  return (
    <fieldset ref={field} className={classes.field}>
      <legend>Environment variables</legend>
      <p className={classes.hint}>Set in the containers of Ray. Several NAME=VALUE lines may be pasted at once.</p>
      {rows.map((row, index) => {
        const found = judged.envVars.get(row.key)
        return (
          <div key={row.key} className={classes.row}>
            <TextInput
              data-name
              aria-label={`Name of variable ${index + 1}`}
              placeholder="NAME"
              autoComplete="off"
              spellCheck={false}
              value={row.name}
              onChange={(event) => set(row.key, { name: event.currentTarget.value })}
              onPaste={(event) => paste(event, row)}
              error={found === undefined ? null : errorOf(found, undefined, true)}
            />
            <ValueInput
              label={`Value of variable ${index + 1}`}
              value={row.value}
              onChange={(value) => set(row.key, { value })}
            />
            <ActionIcon
              className={classes.remove}
              variant="subtle"
              color="gray"
              onClick={() => remove(row.key)}
              aria-label={`Remove variable ${row.name === '' ? index + 1 : row.name}`}
            >
              <IconX size={16} />
            </ActionIcon>
            {found?.warnings.map(({ code, detail }) => (
              <div key={code} className={classes.note}>
                <Note tone="warn">{sentence(detail)}</Note>
              </div>
            ))}
          </div>
        )
      })}
      {together !== null && <Note tone="bad">{together}</Note>}
      <div>
        <Button data-add variant="default" size="xs" leftSection={<IconPlus size={14} />} onClick={add}>
          Add variable
        </Button>
      </div>
    </fieldset>
  )
}

/** One line, or as many as the value has: a one-line input would drop line breaks. */
function ValueInput({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const shared = {
    'aria-label': label,
    placeholder: 'value',
    autoComplete: 'off',
    spellCheck: false,
    value,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  }
  if (value.includes('\n')) return <Textarea {...shared} rows={Math.min(value.split('\n').length, 6)} />
  return (
    <TextInput
      {...shared}
      onPaste={(event) => {
        const text = event.clipboardData.getData('text').replaceAll('\r\n', '\n')
        const { selectionStart, selectionEnd } = event.currentTarget
        if (!text.trimEnd().includes('\n') || selectionStart === null || selectionEnd === null) return
        event.preventDefault()
        onChange(value.slice(0, selectionStart) + text + value.slice(selectionEnd))
      }}
    />
  )
}
