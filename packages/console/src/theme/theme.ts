/** One accent, a deep-water green; everything else is grey, and colour means state. */
import { createTheme, type MantineColorsTuple } from '@mantine/core'
import { FocusableButton } from '../ui/focusable-button.ts'

const sea: MantineColorsTuple = [
  '#e9f7f5',
  '#d3ece8',
  '#a6d9d2',
  '#74c5ba',
  '#45aea1',
  '#1f978a',
  '#0c8276',
  '#056d63',
  '#045a52',
  '#034a44',
]

const slate: MantineColorsTuple = [
  '#c6ced4',
  '#a9b3bb',
  '#87939d',
  '#5f6b75',
  '#3a444d',
  '#2b343c',
  '#1f272e',
  '#171d23',
  '#11161b',
  '#0b0f13',
]

export const theme = createTheme({
  colors: { sea, dark: slate },
  primaryColor: 'sea',
  primaryShade: 7,
  defaultRadius: 'sm',
  fontFamily: "'Inter Variable', ui-sans-serif, system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', monospace",
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.125rem' }, h3: { fontSize: '1rem' } },
  },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    // The page's scroll lock writes a style element, which the page's policy blocks. By name, so that the first page loads neither.
    Drawer: { defaultProps: { lockScroll: false } },
    Modal: { defaultProps: { lockScroll: false } },
    Button: { defaultProps: { component: FocusableButton } },
    // A header element in a dialog would be a second banner on the page.
    DrawerHeader: { defaultProps: { component: 'div' } },
    ModalHeader: { defaultProps: { component: 'div' } },
  },
})
