/** What the reader chose; `auto` follows the system. */
export type Theme = 'auto' | 'light' | 'dark'

const listeners = new Set<() => void>()
const root = document.documentElement

function announce(): void {
  for (const listener of listeners) listener()
}

/** Shows the page in a theme and tells the figures to draw again. */
export function applyTheme(theme: Theme): void {
  if (theme === 'auto') delete root.dataset.theme
  else root.dataset.theme = theme
  announce()
}

/** Calls back whenever colours changed; returns how to stop. */
export function onThemeChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** A colour of the style sheet, by the name of its custom property without the dashes. */
export function colourOf(name: string): string {
  return getComputedStyle(root).getPropertyValue(`--${name}`).trim()
}

/** Follows the system, and prints on white whatever the screen shows. */
export function watchTheme(): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', announce)
  let chosen: string | undefined
  addEventListener('beforeprint', () => {
    chosen = root.dataset.theme
    applyTheme('light')
  })
  addEventListener('afterprint', () => applyTheme((chosen ?? 'auto') as Theme))
}
