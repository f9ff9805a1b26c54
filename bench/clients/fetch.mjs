// A streaming client on Node's own `fetch`.
import { run } from './client.mjs'

await run(async (url, body, headers) => {
  const reply = await fetch(url, { method: 'POST', headers, body })
  if (!reply.ok) throw new Error(`status ${reply.status}`)
  return reply.body
})
// Its kept-alive connections would keep the process for some seconds more.
process.exit()
