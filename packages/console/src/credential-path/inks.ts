/** The colours and fonts of the drawing: those of the page, and those of a separate file in either scheme. */
import type { Fonts, Inks } from './credential-path-drawing.tsx'

export const pageInks: Inks = {
  ink: 'var(--mantine-color-text)',
  quiet: 'var(--quiet)',
  accent: 'var(--accent)',
  good: 'var(--good)',
  bad: 'var(--bad)',
  warn: 'var(--warn)',
  line: 'var(--line)',
  panel: 'var(--panel)',
  ground: 'var(--ground)',
}

export const fileInks: Record<'light' | 'dark', Inks> = {
  light: {
    ink: '#1b2126',
    quiet: '#55606a',
    accent: '#056d63',
    good: '#2b7a3d',
    bad: '#c22f2f',
    warn: '#8a5808',
    line: '#cdd4da',
    panel: '#ffffff',
    ground: '#f6f8f9',
  },
  dark: {
    ink: '#e4e9ed',
    quiet: '#a9b3bb',
    accent: '#74c5ba',
    good: '#69c97f',
    bad: '#ff8a84',
    warn: '#e5b454',
    line: '#3a444d',
    panel: '#171d23',
    ground: '#11161b',
  },
}

export const pageFonts: Fonts = { sans: 'inherit', mono: 'var(--mantine-font-family-monospace)' }

export const fileFonts: Fonts = {
  sans: "Inter, ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif",
  mono: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
}
