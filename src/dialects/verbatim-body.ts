/** A ready-made body as it is, byte for byte; further fields of the target go over its own. */
export function verbatimBody(text: string, extra: Readonly<Record<string, unknown>>): string {
  if (Object.keys(extra).length === 0) return text
  return JSON.stringify({ ...(JSON.parse(text) as object), ...extra })
}
