/** Where the focus goes when an action removes its own button: to the action of the next row, or else to the heading above. */
export function focusAfter(button: HTMLElement | null): void {
  const row = button?.closest('tr')
  const neighbour = (row?.nextElementSibling ?? row?.previousElementSibling)?.querySelector<HTMLElement>('button')
  const heading = button?.closest('section:has(h2), main')?.querySelector<HTMLElement>('h1, h2')
  const place = neighbour ?? heading
  place?.focus()
}
