/** A value as one writes it on one line of YAML: `{ tokens: 64, mode: up-to }`. */
export function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    return Object.keys(value).length === 0 ? '{}' : `{ ${pairsText(value)} }`
  }
  return typeof value === 'string' ? scalarText(value) : String(value)
}

/** The pairs of an object without its braces: `url: http://127.0.0.1:8000`. */
export function pairsText(value: object): string {
  return Object.entries(value)
    .map(([key, one]) => `${scalarText(key)}: ${flowText(one)}`)
    .join(', ')
}

/** Quoted unless YAML reads the bare word as the same text, in braces too. */
function scalarText(text: string): string {
  const plain = /^[A-Za-z/][\w./:%-]*$/.test(text) && !text.endsWith(':')
  const percent = /^\d+(\.\d+)?(%|ms|s|m|h)$/.test(text)
  const reserved = /^(true|false|null|yes|no|on|off)$/i.test(text)
  return (plain || percent) && !reserved ? text : JSON.stringify(text)
}
