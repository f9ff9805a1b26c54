const model = '/m/llama'
const parallel = { tensorParallel: 4, gpus: [0, 1, 2, 3, 4, 5, 6, 7], replicas: 2 }
const docker = { runtime: 'docker' }

/** Options that say much of each recipe that has not been started by us, by a name of the case: for docs and golden tests. */
export const exampleOptions: Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>> = {
  vllm: {
    'two copies on eight GPUs': { model, ...parallel, memoryFraction: 0.95, tokenBudget: 4096, maxBatch: 64 },
    'in a container': { model, ...docker, quantisation: 'awq', prefixCache: false },
  },
  'vllm-legacy': {
    'as a program': { model, python: '/v/python', dtype: 'float16', tensorParallel: 4, tokenBudget: 8700 },
  },
  'llamacpp-server': { 'as a program': { model: '/m/a.gguf', maxBatch: 8, contextTokens: 2048, threads: 4 } },
  ollama: { 'as a program': { model: 'llama3.2:1b', maxBatch: 4, contextTokens: 4096 } },
  tgi: {
    'as a program': { model, dtype: 'float16', maxBatch: 32, prefixCache: false, chunkedPrefill: false },
    'in a container': {
      model: 'meta-llama/Llama-2-70b-chat-hf',
      ...docker,
      quantisation: 'bitsandbytes-4bit',
    },
  },
  lightllm: {
    'as a program': {
      model,
      python: '/v/python',
      kvTokens: 68_700,
      prefixCache: false,
      quantisation: 'smoothquant',
    },
    'in a container': { model, ...docker, tensorParallel: 4, gpus: [0, 1, 2, 3] },
  },
  sglang: {
    'as a program': { model, python: '/v/python', ...parallel, prefixCache: false, chunkedPrefill: false },
    'in a container': { model, ...docker, quantisation: 'fp8', kvTokens: 100_000 },
  },
  'trtllm-serve': {
    'over PyTorch': { model, prefixCache: false, memoryFraction: 0.8, tokenBudget: 8192, batching: 'off' },
    'over an engine of 8-bit weights': {
      model,
      quantisation: 'int8-weight-only',
      maxBatch: 64,
      contextTokens: 2048,
    },
    'in a container': { model, ...docker, tensorParallel: 2 },
  },
  'fastapi-trtllm': {
    'over PyTorch': { model, python: '/v/python', prefixCache: false, maxBatch: 32, chunkedPrefill: true },
    'over an engine of fp8': { model, python: '/v/python', quantisation: 'fp8' },
  },
  'triton-trtllm': {
    fp16: { model, maxBatch: 96, contextTokens: 2048, tokenBudget: 8192 },
    'int8 weights': { model, quantisation: 'int8-weight-only' },
    'int8 weights and KV cache': { model, quantisation: 'int8-kv' },
    'int4 AWQ': { model, quantisation: 'int4-awq' },
    'int4 GPTQ on two GPUs': { model, quantisation: 'int4-gptq', tensorParallel: 2 },
    fp8: { model, quantisation: 'fp8', dtype: 'bfloat16' },
    SmoothQuant: { model, quantisation: 'smoothquant-per-token' },
    'static batches, no paged KV cache': { model, batching: 'static', maxBatch: 8 },
    'in a container': { model, ...docker, prefixCache: true, chunkedPrefill: true, kvTokens: 40_000 },
  },
  'triton-vllm': {
    'as a program': { model, tensorParallel: 4, maxBatch: 64, prefixCache: false },
    'in a container': {
      model: 'meta-llama/Llama-2-7b-chat-hf',
      ...docker,
      quantisation: 'awq',
      version: '23.10',
    },
  },
  'triton-python': { 'of its package': {} },
  'triton-transformers': { 'of its package': { model, batching: 'static', maxBatch: 4, threads: 2 } },
  'ray-serve-llm': {
    'as a program': { model, maxBatch: 64, tokenBudget: 4096, memoryFraction: 0.95, contextTokens: 4096 },
    'in a container': { model, ...docker, dataParallel: 2 },
  },
  fastertransformer: {
    'as a program': { model, maxBatch: 64, tensorParallel: 2 },
    'in a container': { model, ...docker },
  },
  lmdeploy: {
    'as a program': { model, quantisation: 'kv-int8', prefixCache: true, maxBatch: 128, memoryFraction: 0.9 },
    'in a container': { model, ...docker, quantisation: 'awq', gpus: [1] },
  },
  tabbyapi: {
    'as a program': {
      model,
      python: '/v/python',
      binary: '/tabby/main.py',
      maxBatch: 8,
      contextTokens: 2048,
      quantisation: 'Q8',
    },
    'in a container': { model, ...docker },
  },
  mlc: {
    'as a program': {
      model,
      python: '/v/python',
      maxBatch: 64,
      prefixCache: false,
      chunkedPrefill: true,
      tensorParallel: 2,
    },
  },
  'openvino-model-server': {
    'as a program': { model, kvMemory: 8, maxBatch: 64, prefixCache: false },
    'in a container, exported by itself': { model: 'org/model', ...docker, quantisation: 'int4' },
  },
  'llama-cpp-python': {
    'as a program': { model: '/m/a.gguf', python: '/v/python', contextTokens: 4096, threads: 4 },
  },
}
