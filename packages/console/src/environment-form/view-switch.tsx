/** Form or YAML: two views of one configuration. A text that the form cannot follow must be corrected or discarded first. */
import { Button, SegmentedControl, Text } from '@mantine/core'
import type { FormState } from './use-form-state.ts'
import classes from './environment-form.module.css'

export function ViewSwitch({ state }: { state: FormState }) {
  const isStuck = state.file !== null && !state.file.isForm
  return (
    <div className={classes.view}>
      <SegmentedControl
        className={classes.switch}
        aria-label="How the configuration is shown"
        value={state.view}
        onChange={state.setView}
        data={[
          { value: 'form', label: 'Form', disabled: isStuck },
          { value: 'file', label: 'YAML' },
        ]}
      />
      {isStuck && (
        <>
          <Text size="sm" className="quiet">
            The form cannot show this text.
          </Text>
          <Button variant="subtle" size="compact-sm" onClick={state.dropFile}>
            Back to the last valid text
          </Button>
        </>
      )}
    </div>
  )
}
