// The servers that published comparisons were made with, flag for flag.
import { describe, expect, test } from 'vitest'
import { shownRecipe } from '../shown-recipe.ts'
import { recipeOf } from './index.ts'

async function start(engine: string, options: Record<string, unknown>): Promise<readonly string[]> {
  const recipe = await recipeOf(engine)
  if (recipe === undefined) throw new Error(`no recipe ${engine}`)
  return shownRecipe(recipe, options).lines.map(([, line]) => line)
}

const m13 = 'Llama-2-13b-hf'
const m70 = 'Llama-2-70b-chat-hf'
const four = { tensorParallel: 4, gpus: [0, 1, 2, 3] }

describe('TGI 1.0.2, vLLM 28873a27 and LightLLM 718e6d6d, on one GPU and on four', () => {
  const tgi = { runtime: 'docker', version: '1.0.2', contextTokens: 1024 }
  const docker = 'docker run --rm'
  const image = 'ghcr.io/huggingface/text-generation-inference:1.0.2'

  test('TGI', async () => {
    expect(await start('tgi', { ...tgi, model: m13, kvTokens: 68_700 })).toEqual([
      `${docker} --gpus all --shm-size 1073741824 -p 127.0.0.1:8000:80 ${image} --model-id ${m13} ` +
        '--max-input-length 1024 --max-total-tokens 68700 --max-concurrent-requests 10000',
    ])
    expect(await start('tgi', { ...tgi, ...four, model: m70, kvTokens: 387_000 })).toEqual([
      `${docker} --gpus '"device=0,1,2,3"' --shm-size 1073741824 -p 127.0.0.1:8000:80 ${image} --model-id ${m70} ` +
        '--num-shard 4 --max-input-length 1024 --max-total-tokens 387000 --max-concurrent-requests 10000',
    ])
  })

  test('vLLM’s demo server', async () => {
    const python = '/v/python'
    const server = 'DO_NOT_TRACK=1 /v/python -m vllm.entrypoints.api_server --model'
    const at = '--host 127.0.0.1 --port 8000'
    expect(await start('vllm-legacy', { model: m13, python, tokenBudget: 18_700 })).toEqual([
      `VLLM_NO_USAGE_STATS=1 ${server} ${m13} ${at} --max-num-batched-tokens 18700`,
    ])
    expect(await start('vllm-legacy', { model: m70, python, tokenBudget: 8700, ...four })).toEqual([
      `CUDA_VISIBLE_DEVICES=0,1,2,3 VLLM_NO_USAGE_STATS=1 ${server} ${m70} ${at} ` +
        '--max-num-batched-tokens 8700 --tensor-parallel-size 4',
    ])
  })

  test('LightLLM', async () => {
    const python = '/v/python'
    const server = '/v/python -m lightllm.server.api_server --model_dir'
    const at = '--host 127.0.0.1 --port 8000'
    expect(await start('lightllm', { model: m13, python, kvTokens: 68_700 })).toEqual([
      `${server} ${m13} ${at} --tp 1 --max_total_token_num 68700`,
    ])
    expect(await start('lightllm', { model: m70, python, kvTokens: 387_000, ...four })).toEqual([
      `CUDA_VISIBLE_DEVICES=0,1,2,3 ${server} ${m70} ${at} --tp 4 --max_total_token_num 387000`,
    ])
  })
})

describe('one model on one GPU behind every front end', () => {
  const model = 'meta-llama/Llama-2-7b-chat-hf'

  test('TGI 1.1.1, in float16 and with AWQ', async () => {
    const options = { model, runtime: 'docker', version: '1.1.1' }
    const [float16] = await start('tgi', { ...options, dtype: 'float16' })
    expect(float16).toContain(
      'text-generation-inference:1.1.1 --model-id meta-llama/Llama-2-7b-chat-hf --dtype float16',
    )
    const [awq] = await start('tgi', { ...options, quantisation: 'awq' })
    expect(awq).toContain('--quantize awq')
  })

  test('vLLM’s demo server in float16', async () => {
    const [line] = await start('vllm-legacy', { model, python: 'python3', dtype: 'float16' })
    expect(line).toContain('python3 -m vllm.entrypoints.api_server --model meta-llama/Llama-2-7b-chat-hf')
    expect(line).toContain('--dtype float16')
  })

  test('Triton 23.10 with vLLM: 2 GB of shared memory, memory locked without limit, a stack of 64 MiB', async () => {
    const [line] = await start('triton-vllm', {
      model,
      runtime: 'docker',
      version: '23.10',
      memoryFraction: 0.5,
    })
    expect(line).toContain(
      'nvcr.io/nvidia/tritonserver:23.10-vllm-python-py3 tritonserver --model-repository /models',
    )
    expect(line).toContain('--shm-size 2147483648')
    expect(line).toContain('--ulimit memlock=-1:-1 --ulimit stack=67108864:67108864')
    const recipe = await recipeOf('triton-vllm')
    const files = recipe === undefined ? [] : shownRecipe(recipe, { model, memoryFraction: 0.5 }).files
    expect(files.find(({ path }) => path.endsWith('model.json'))?.text).toContain(
      '"gpu_memory_utilization": 0.5',
    )
  })

  test('Triton 23.10 with TensorRT-LLM: a process of mpirun, what is missing in configurations not filled in', async () => {
    const [, , , line] = await start('triton-trtllm', { model, runtime: 'docker', version: '23.10' })
    expect(line).toContain(
      'tritonserver:23.10-trtllm-python-py3 mpirun --allow-run-as-root -n 1 tritonserver',
    )
    expect(line).toContain('--disable-auto-complete-config')
  })

  test('Ray Serve LLM: 64 requests of 4,096 tokens in 95 % of the memory', async () => {
    const recipe = await recipeOf('ray-serve-llm')
    const options = { model, maxBatch: 64, tokenBudget: 4096, memoryFraction: 0.95, contextTokens: 4096 }
    const [file] = recipe === undefined ? [] : shownRecipe(recipe, options).files
    for (const setting of [
      'max_num_seqs: 64',
      'max_num_batched_tokens: 4096',
      'gpu_memory_utilization: 0.95',
      'max_model_len: 4096',
      'max_ongoing_requests: 64',
      'min_replicas: 1',
    ]) {
      expect(file?.text).toContain(setting)
    }
  })
})

test('a model of 70 B over eight GPUs: one copy on eight, two on four, four on two', async () => {
  const gpus = [0, 1, 2, 3, 4, 5, 6, 7]
  const shares = async (tensorParallel: number, replicas: number) => {
    const lines = await start('vllm', { model: m70, gpus, tensorParallel, replicas })
    return lines.map((line) =>
      /CUDA_VISIBLE_DEVICES=([\d,]+).*--tensor-parallel-size (\d)/.exec(line)?.slice(1),
    )
  }
  expect(await shares(8, 1)).toEqual([['0,1,2,3,4,5,6,7', '8']])
  expect(await shares(4, 2)).toEqual([
    ['0,1,2,3', '4'],
    ['4,5,6,7', '4'],
  ])
  expect(await shares(2, 4)).toEqual([
    ['0,1', '2'],
    ['2,3', '2'],
    ['4,5', '2'],
    ['6,7', '2'],
  ])
  await expect(shares(4, 3)).rejects.toThrowError(
    'The engine vllm cannot be put on 8 GPUs: 3 replicas need 4 each.',
  )
})

test('TGI of the study of continuous batching: token budgets and waiting', async () => {
  const args = [
    '--max-batch-total-tokens',
    '8700',
    '--max-waiting-tokens',
    '7',
    '--waiting-served-ratio',
    '1.2',
  ]
  const [line] = await start('tgi', {
    model: 'facebook/opt-13b',
    contextTokens: 1024,
    kvTokens: 2048,
    version: '0.9',
    args,
  })
  expect(line).toContain('--max-input-length 1024 --max-total-tokens 2048')
  expect(line).toContain('--max-batch-total-tokens 8700 --max-waiting-tokens 7 --waiting-served-ratio 1.2')
})
