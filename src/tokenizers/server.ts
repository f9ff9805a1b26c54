import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { entryPath } from '../model/entry.ts'
import { AssayError, exitCodes } from '../model/errors.ts'
import type { Tokenizer } from '../model/tokenizer.ts'

/** What the thread is asked for. */
export type ServerQuestion =
  | { readonly kind: 'encode'; readonly text: string }
  | { readonly kind: 'decode'; readonly ids: readonly number[] }

/** What it answers. */
export type ServerAnswer =
  | { readonly kind: 'ids'; readonly ids: number[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'failed'; readonly message: string }

/** A server that answers no sooner has gone. */
const patienceMs = 35_000

/**
 * The tokenizer of a server, through its own /tokenize (vLLM, SGLang, llama.cpp, TGI). A thread asks while this one waits:
 * prompts are made one after the other anyway, before any load. Throws `tokenizer` when the server cannot say.
 */
export function loadServerTokenizer(url: string): Tokenizer {
  const signal = new Int32Array(new SharedArrayBuffer(4))
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(entryPath('tokenizers/server-thread'), {
    workerData: { url, signal, port: port2 },
    transferList: [port2],
    execArgv: [],
  })
  worker.unref()
  const ask = (question: ServerQuestion): ServerAnswer => {
    Atomics.store(signal, 0, 0)
    port1.postMessage(question)
    Atomics.wait(signal, 0, 0, patienceMs)
    const answer = receiveMessageOnPort(port1)?.message as ServerAnswer | undefined
    if (answer === undefined || answer.kind === 'failed') {
      throw refused(url, answer?.message ?? `no answer within ${patienceMs / 1000} s`)
    }
    return answer
  }
  const encode = (text: string) => {
    const answer = ask({ kind: 'encode', text })
    return answer.kind === 'ids' ? answer.ids : []
  }
  const tokenizer: Tokenizer = {
    name: url,
    encode,
    decode(ids) {
      const answer = ask({ kind: 'decode', ids })
      return answer.kind === 'text' ? answer.text : ''
    },
    close() {
      port1.close()
      void worker.terminate()
    },
  }
  try {
    // A server that cannot is told now.
    encode('Is this a tokenizer?')
  } catch (error) {
    tokenizer.close?.()
    throw error
  }
  return tokenizer
}

function refused(url: string, why: string): AssayError {
  return new AssayError('tokenizer', `The server at ${url} does not tokenize: ${why}.`, {
    hint: 'It needs POST /tokenize (vLLM, SGLang, llama.cpp, TGI); or give the model’s folder as tokenizer.',
    exitCode: exitCodes.target,
  })
}
