/** Whether a form says something other than it did at first: a field that was changed back is not. Pure. */
export function isChanged<Form extends object>(form: Form, first: Form): boolean {
  return JSON.stringify(form) !== JSON.stringify(first)
}
