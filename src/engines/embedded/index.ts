import type { Engine } from '../../model/engine.ts'
import { startServerChild } from './child.ts'
import { parseOptions } from './options.ts'

const dialects = ['openai-chat', 'openai-completions'] as const

/** llama.cpp through node-llama-cpp, in a process of its own that speaks OpenAI's dialect on loopback. */
export const embedded: Engine = {
  name: 'embedded',
  summary: 'llama.cpp inside Assay: a generated model, any GGUF file, or random weights of a named shape',
  dialects,
  checkOptions(options) {
    parseOptions(options)
  },
  async start(options, context) {
    const { pid, ready, stop } = await startServerChild(parseOptions(options), context)
    const { port, model, engineInfo, notices } = ready
    return {
      urls: [`http://127.0.0.1:${port}`],
      dialect: context.dialect ?? dialects[0],
      model,
      pids: [pid],
      engineInfo,
      notices,
      stop,
    }
  },
}
