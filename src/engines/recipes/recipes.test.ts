import { describe, expect, test } from 'vitest'
import { launchOptions } from '../check-options.ts'
import { optionKinds } from '../launch-options.ts'
import { shellLine } from '../process/shell-line.ts'
import { recipeOf, recipes } from './index.ts'

/** The shell line that options give, with stand-ins for what differs between machines. */
async function line(name: string, given: Record<string, unknown>): Promise<string> {
  const recipe = await recipeOf(name)
  if (recipe === undefined) throw new Error(`no recipe ${name}`)
  const options = launchOptions(recipe, given)
  const place = {
    port: 9,
    python: options.python ?? '/venv/bin/python',
    script: (file: string) => `/py/${file}`,
    folder: '/run',
  }
  return shellLine(recipe.command(options, place))
}

describe('options become the command of', () => {
  test.each([
    [
      'xllamacpp',
      { model: '/m/a.gguf' },
      '/venv/bin/python /py/xllamacpp_run.py --model /m/a.gguf --host 127.0.0.1 --port 9 --alias a --slots 1',
    ],
    [
      'xllamacpp',
      {
        model: '/m/a.gguf',
        maxBatch: 4,
        contextTokens: 512,
        threads: 2,
        batching: 'static',
        prefixCache: false,
      },
      '/venv/bin/python /py/xllamacpp_run.py --model /m/a.gguf --host 127.0.0.1 --port 9 --alias a --slots 4 ' +
        '--context 2048 --threads 2 --no-continuous-batching --no-prompt-cache',
    ],
    [
      'llamacpp-server',
      {
        model: 'a.gguf',
        maxBatch: 4,
        contextTokens: 512,
        threads: 2,
        batching: 'static',
        prefixCache: false,
      },
      'llama-server -m a.gguf --host 127.0.0.1 --port 9 --alias a --metrics --slots --props -np 4 -c 2048 -t 2 -tb 2 ' +
        '-nocb --no-cache-prompt --cache-ram 0',
    ],
    [
      'llamacpp-server',
      { model: 'a.gguf', maxBatch: 4, batching: 'off', binary: '/opt/llama server', args: ['-ub', '512'] },
      "'/opt/llama server' -m a.gguf --host 127.0.0.1 --port 9 --alias a --metrics --slots --props -np 1 -ub 512",
    ],
    [
      'vllm',
      {
        model: 'org/m',
        dtype: 'bfloat16',
        quantisation: 'awq',
        maxBatch: 16,
        kvMemory: 2,
        prefixCache: false,
      },
      'VLLM_NO_USAGE_STATS=1 DO_NOT_TRACK=1 /venv/bin/python /py/vllm_run.py serve org/m --host 127.0.0.1 --port 9 ' +
        '--served-model-name org/m --generation-config vllm --dtype bfloat16 --quantization awq --max-num-seqs 16 ' +
        '--kv-cache-memory-bytes 2147483648 --no-enable-prefix-caching',
    ],
    [
      'vllm',
      {
        model: './m',
        batching: 'off',
        tensorParallel: 2,
        pipelineParallel: 3,
        dataParallel: 4,
        chunkedPrefill: true,
        env: { HF_TOKEN: 'hush', X: 'a b' },
      },
      'VLLM_NO_USAGE_STATS=1 DO_NOT_TRACK=1 HF_HUB_OFFLINE=1 TRANSFORMERS_OFFLINE=1 HF_TOKEN=[redacted] ' +
        "X='a b' /venv/bin/python /py/vllm_run.py serve ./m --host 127.0.0.1 --port 9 --served-model-name m " +
        '--generation-config vllm --max-num-seqs 1 --tensor-parallel-size 2 --pipeline-parallel-size 3 ' +
        '--data-parallel-size 4 --enable-chunked-prefill',
    ],
    [
      'vllm-legacy',
      { model: 'm', python: '/old/bin/python', maxBatch: 8 },
      'VLLM_NO_USAGE_STATS=1 DO_NOT_TRACK=1 /old/bin/python -m vllm.entrypoints.api_server --model m ' +
        '--host 127.0.0.1 --port 9 --max-num-seqs 8',
    ],
    [
      'fastapi-vllm',
      { model: 'm', batching: 'static', maxBatch: 8 },
      'VLLM_NO_USAGE_STATS=1 DO_NOT_TRACK=1 /venv/bin/python /py/fastapi_vllm.py --model m --front-host 127.0.0.1 ' +
        '--front-port 9 --name m --batching static --max-num-seqs 8',
    ],
    [
      'transformers-serve',
      { model: './m', dtype: 'float32', quantisation: 'bnb-8bit', batching: 'continuous', threads: 2 },
      'HF_HUB_OFFLINE=1 TRANSFORMERS_OFFLINE=1 OMP_NUM_THREADS=2 /venv/bin/transformers serve ./m --host 127.0.0.1 ' +
        '--port 9 --dtype float32 --quantization bnb-8bit --continuous-batching',
    ],
    [
      'fastapi-transformers',
      { model: './m', quantisation: 'nf4', batching: 'static', maxBatch: 4, threads: 1 },
      'HF_HUB_OFFLINE=1 TRANSFORMERS_OFFLINE=1 /venv/bin/python /py/fastapi_transformers.py --host 127.0.0.1 ' +
        '--port 9 --model ./m --name m --batching static --max-batch 4 --quantisation nf4 --threads 1',
    ],
    [
      'ollama',
      { model: 'llama3:8b', maxBatch: 4, contextTokens: 4096 },
      'OLLAMA_HOST=127.0.0.1:9 OLLAMA_NUM_PARALLEL=4 OLLAMA_KEEP_ALIVE=-1 OLLAMA_CONTEXT_LENGTH=4096 ollama serve',
    ],
  ])('%s %j', async (name, given, expected) => {
    const said = await line(name, given)
    expect(said.replace("HF_TOKEN='[redacted]'", 'HF_TOKEN=[redacted]')).toBe(expected)
  })
})

describe('refused is', () => {
  test.each([
    ['xllamacpp', { model: 'm', dtype: 'float16' }, 'The engine xllamacpp has no option "dtype".'],
    ['xllamacpp', { model: 'm', maxBach: 4 }, 'The engine xllamacpp has no option "maxBach".'],
    ['vllm', {}, 'The engine vllm needs the option "model".'],
    ['vllm-legacy', { model: 'm' }, 'The engine vllm-legacy needs the option "python".'],
    ['vllm', { model: 'm', batching: 'static' }, 'The engine vllm has no batching "static".'],
    ['vllm', { model: 'm', batching: 'fast' }, '"batching" of the engine vllm cannot be "fast".'],
    ['vllm', { model: 'm', maxBatch: 0 }, '"maxBatch" of the engine vllm cannot be 0.'],
    ['vllm', { model: 'm', replicas: 1.5 }, '"replicas" of the engine vllm cannot be 1.5.'],
    ['vllm', { model: 'm', env: { 'A-B': 'x' } }, '"env" of the engine vllm cannot be {"A-B":"x"}.'],
    [
      'transformers-serve',
      { model: 'm', prefixCache: true },
      'The engine transformers-serve has no option "prefixCache".',
    ],
    ['ollama', { model: 'm', args: ['x'] }, 'The engine ollama has no option "args".'],
    ['fastapi-transformers', { model: 'm', batching: 'continuous' }, 'has no batching "continuous".'],
  ])('%s %j', async (name, given, message) => {
    await expect(line(name, given)).rejects.toThrowError(message)
  })

  test('a known option that an engine lacks, with the reason; a misspelt one with the nearest', async () => {
    await expect(line('xllamacpp', { model: 'm', dtype: 'x' })).rejects.toMatchObject({
      hint: expect.stringContaining(
        'It is a property of the GGUF file: choose another file. Options: model,',
      ) as string,
    })
    await expect(line('vllm', { model: 'm', maxBach: 1 })).rejects.toMatchObject({
      hint: expect.stringContaining('Did you mean "maxBatch"?') as string,
    })
  })
})

test.each(
  Object.keys(recipes),
)('%s explains only options that exist, and refuses none that it has', async (name) => {
  const recipe = await recipeOf(name)
  const own = Object.keys(recipe?.options ?? {})
  expect(own.filter((option) => !Object.hasOwn(optionKinds, option))).toEqual([])
  expect(Object.keys(recipe?.refusals ?? {}).filter((option) => own.includes(option))).toEqual([])
  expect(recipe?.name).toBe(name)
})
