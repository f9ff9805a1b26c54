import type { ComponentChildren } from 'preact'

interface ScrollTableProps {
  /** Name of the region for screen readers. */
  readonly label: string
  /** Of the table: `errors`, `rates`, `comparison`. */
  readonly kind?: string
  /** Scrolls down too. */
  readonly isTall?: boolean
  readonly children: ComponentChildren
}

/** A table that scrolls inside its own frame, so that the page never does sideways. */
export function ScrollTable({ label, kind, isTall = false, children }: ScrollTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section class={isTall ? 'scroll tall' : 'scroll'} aria-label={label} tabIndex={0}>
      <table class={kind}>{children}</table>
    </section>
  )
}
