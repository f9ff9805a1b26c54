// A streaming client on undici's `request`, with as many kept-alive connections as it takes.
import { Agent, request } from 'undici'
import { run } from './client.mjs'

const dispatcher = new Agent()
await run(async (url, body, headers) => {
  const reply = await request(url, { method: 'POST', headers, body, dispatcher })
  if (reply.statusCode !== 200) throw new Error(`status ${reply.statusCode}`)
  return reply.body
})
await dispatcher.close()
