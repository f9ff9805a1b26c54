// What the two clients share: the load, the body, and reading events, as a careful program without special means
// does it. The time is read when the parser hands an event over, before its JSON is looked at.
import { writeFileSync } from 'node:fs'
import { createParser } from 'eventsource-parser'

const word = 'river '

/** Runs the plan in argv with `post(url, body, headers)`, which resolves to an async iterable of byte chunks. */
export async function run(post) {
  const plan = JSON.parse(process.argv[2])
  const { load, tokens } = plan
  const url = `${plan.url}/v1/chat/completions`
  const body = JSON.stringify({
    model: 'reference',
    messages: [{ role: 'user', content: word.repeat(plan.inputTokens).trim() }],
    max_tokens: tokens,
    temperature: 0,
    stream: true,
    stream_options: { include_usage: true },
  })
  const requests = []
  let failed = 0

  async function one(index) {
    const id = `client-${index}`
    const at = []
    const request = { id, sentMs: 0, at }
    requests.push(request)
    const parser = createParser({
      onEvent({ data }) {
        const nowMs = performance.now()
        if (data === '[DONE]') return
        if (JSON.parse(data).choices[0]?.delta?.content) at.push(nowMs)
      },
    })
    const decoder = new TextDecoder()
    try {
      request.sentMs = performance.now()
      const chunks = await post(url, body, { 'content-type': 'application/json', 'x-request-id': id })
      for await (const chunk of chunks) parser.feed(decoder.decode(chunk, { stream: true }))
    } catch (error) {
      failed++
      if (failed <= 3) console.error(String(error?.cause ?? error))
    }
  }

  await loads[load.kind](load, one)

  const { maxRSS } = process.resourceUsage()
  const { user, system } = process.cpuUsage()
  const nowNs = process.hrtime.bigint()
  const epochNs = nowNs - BigInt(Math.round(performance.now() * 1e6))
  const ns = (ms) => Math.round(ms * 1e6)
  writeFileSync(
    plan.out,
    JSON.stringify({
      epochMonotonicNs: String(epochNs),
      cpuS: (user + system) / 1e6,
      peakMb: (maxRSS * 1024) / 1e6,
      failed,
      requests: requests.map(({ id, sentMs, at }) => ({ id, sentNs: ns(sentMs), eventNs: at.map(ns) })),
    }),
  )
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Each resolves when every reply is there. */
const loads = {
  burst: ({ n }, one) => Promise.all(Array.from({ length: n }, (_, index) => one(index))),

  concurrency({ n, requests }, one) {
    let next = 0
    const slot = async () => {
      while (next < requests) await one(next++)
    }
    return Promise.all(Array.from({ length: n }, slot))
  },

  users({ n, rampS, requests }, one) {
    const user = async (id) => {
      await sleep((id * rampS * 1000) / n)
      for (let index = id; index < requests; index += n) await one(index)
    }
    return Promise.all(Array.from({ length: n }, (_, id) => user(id)))
  },

  poisson: (load, one) => openLoop(load, one, () => -Math.log(1 - Math.random())),
  constant: (load, one) => openLoop(load, one, () => 1),
}

/** On an absolute schedule, so that late timers do not add up. */
async function openLoop({ ratePerSecond, durationS }, one, gap) {
  const meanMs = 1000 / ratePerSecond
  const startMs = performance.now()
  const replies = []
  for (let dueMs = gap() * meanMs; dueMs < durationS * 1000; dueMs += gap() * meanMs) {
    const leftMs = startMs + dueMs - performance.now()
    if (leftMs > 0) await sleep(leftMs)
    replies.push(one(replies.length))
  }
  await Promise.all(replies)
}
