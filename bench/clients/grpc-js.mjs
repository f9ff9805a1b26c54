// A streaming client of KServe v2 on grpc-js and proto-loader, with several channels: what one writes without special means.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { credentials, loadPackageDefinition } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

const plan = JSON.parse(process.argv[2])
const { load, tokens } = plan
const proto = fileURLToPath(new URL('../../dist/dialects/kserve/kserve.proto', import.meta.url))
const definition = loadSync(proto, { keepCase: true, longs: Number, enums: String })
const { inference } = loadPackageDefinition(definition)
const channels = Array.from(
  { length: Math.ceil(load.n / 32) },
  () =>
    new inference.GRPCInferenceService(new URL(plan.url).host, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
    }),
)
const text = Buffer.from('river '.repeat(plan.inputTokens).trim())
let messages = 0
let characters = 0
let failed = 0

function one(index) {
  return new Promise((resolve) => {
    const call = channels[index % channels.length].ModelStreamInfer()
    const at = []
    call.on('data', ({ error_message: error, infer_response: response }) => {
      messages++
      at.push(process.hrtime.bigint())
      if (error) failed++
      const [raw] = response?.raw_output_contents ?? []
      if (raw !== undefined) characters += raw.toString('utf8', 4).length
    })
    call.on('error', () => {
      failed++
      resolve()
    })
    call.on('end', resolve)
    call.write({
      model_name: 'streamer',
      id: String(index),
      parameters: { triton_enable_empty_final_response: { bool_param: true } },
      inputs: [
        { name: 'text_input', datatype: 'BYTES', shape: [1], contents: { bytes_contents: [text] } },
        { name: 'max_tokens', datatype: 'INT32', shape: [1], contents: { int_contents: [tokens] } },
        { name: 'stream', datatype: 'BOOL', shape: [1], contents: { bool_contents: [true] } },
      ],
    })
    call.end()
  })
}

let next = 0
async function user() {
  while (next < load.requests) await one(next++)
}
await Promise.all(Array.from({ length: load.n }, user))
const { user: us, system } = process.cpuUsage()
const peakMb = process.resourceUsage().maxRSS / 1000
writeFileSync(
  plan.out,
  JSON.stringify({ cpuS: (us + system) / 1e6, peakMb, messages, characters, failed, requests: [] }),
)
for (const channel of channels) channel.close()
