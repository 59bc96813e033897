/** The form as the file of the command line, which can be edited, copied and downloaded here. Loaded when first opened. */
import { writeConfigYaml } from '@fairlead/config-file'
import type { ConfigCloud, ConfigWarning } from '@fairlead/contract/wire'
import { Button, CopyButton, Group, Stack, Text, Textarea } from '@mantine/core'
import { IconCheck, IconCopy, IconDownload } from '@tabler/icons-react'
import { CopyBlock } from '../ui/copy-block.tsx'
import { ProblemCard } from '../ui/problem-card.tsx'
import { sentence } from '../ui/sentence.ts'
import { fileName, readFile, type ReadFile } from './file-text.ts'
import { textOf, type ConfigForm } from './form.ts'
import { judgeName } from './judge-form.ts'
import { Note } from '../ui/note.tsx'
import type { ToldProblems } from './told-problems.ts'

export function ConfigFileView({
  form,
  text: typed,
  environment,
  cloud,
  warnings,
  told,
  onRead,
}: {
  form: ConfigForm
  /** What was typed here, while the form still matches it; null: the form is written out again. */
  text: string | null
  environment: string
  cloud: ConfigCloud | null
  warnings: readonly ConfigWarning[]
  told: ToldProblems['fields']
  onRead: (read: ReadFile) => void
}) {
  const text = typed ?? writeConfigYaml(textOf(form))
  const name = fileName(environment)
  const { file } = readFile(text, name, cloud)
  return (
    <Stack gap="sm">
      <Textarea
        label="Configuration file"
        description="The file that fairlead cluster-env build reads. What you change here changes the form."
        classNames={{ input: 'mono' }}
        rows={Math.min(Math.max(text.split('\n').length + 1, 10), 30)}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => onRead(readFile(event.currentTarget.value, name, cloud))}
        error={file.problem !== null}
      />
      {file.problem !== null && <ProblemCard document={file.problem.toDocument()} />}
      {[...told]
        .filter(([field]) => field !== 'name' && field !== 'cloud')
        .map(([field, detail]) => (
          <Note key={field} tone="bad">
            <span className="mono">{field}</span>: {detail}
          </Note>
        ))}
      {warnings.map(({ code, path, detail }) => (
        <Note key={`${code} ${path}`} tone="warn">
          <span className="mono">{path}</span>: {sentence(detail)}
        </Note>
      ))}
      <Group gap="xs">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              size="xs"
              leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy the file'}
            </Button>
          )}
        </CopyButton>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconDownload size={14} />}
          onClick={() => saveFile(name, text)}
        >
          Download {name}
        </Button>
      </Group>
      <Text size="sm" className="quiet">
        The same in a terminal:
      </Text>
      <CopyBlock
        label="command"
        text={`fairlead cluster-env build -n ${judgeName(environment) === null ? environment : 'NAME'} ${name}`}
      />
    </Stack>
  )
}

/** Saves a text as a browser download. */
function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // By then the download holds its own reference to the text.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
