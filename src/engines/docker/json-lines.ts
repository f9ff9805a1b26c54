import type { IncomingMessage } from 'node:http'

/** What Docker tells of a pull or a build, a JSON object a line. */
export type DockerLine = Readonly<Record<string, unknown>>

const maxLine = 65_536

/** The lines of a reply, as they come; one that is no object is an empty one. Throws when one has no end. */
export async function* jsonLines(response: IncomingMessage): AsyncGenerator<DockerLine> {
  let pending = ''
  response.setEncoding('utf8')
  for await (const piece of response as AsyncIterable<string>) {
    const lines = (pending + piece).split('\n')
    pending = lines.pop() ?? ''
    if (pending.length > maxLine) throw new Error('a line of it has no end')
    for (const line of lines) yield parse(line)
  }
  if (pending !== '') yield parse(pending)
}

function parse(text: string): DockerLine {
  try {
    const line: unknown = JSON.parse(text)
    return typeof line === 'object' && line !== null ? (line as DockerLine) : {}
  } catch {
    return {}
  }
}
