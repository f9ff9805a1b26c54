/** One server-sent event with a name, as OpenAI's responses and Anthropic's messages have them. */
export function namedEvent(type: string, fields: Readonly<Record<string, unknown>>): Buffer {
  return Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`)
}
