import type { Engine } from '../../model/engine.ts'
import { startServerChild } from './child.ts'
import { parseOptions } from './options.ts'

/** llama.cpp through node-llama-cpp, in a process of its own that speaks OpenAI's dialect on loopback. */
export const embedded: Engine = {
  name: 'embedded',
  summary: 'llama.cpp inside Assay: a generated model, any GGUF file, or random weights of a named shape',
  checkOptions(options) {
    parseOptions(options)
  },
  async start(options, context) {
    const { pid, ready, stop } = await startServerChild(parseOptions(options), context)
    const { port, model, engineInfo, notices } = ready
    return { url: `http://127.0.0.1:${port}`, dialect: 'openai-chat', model, pid, engineInfo, notices, stop }
  },
}
