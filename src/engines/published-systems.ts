import type { EngineName } from '../model/engine.ts'

/** A system that a published comparison measured, and how Assay measures it. */
export interface PublishedSystem {
  readonly system: string
  /** Which comparison: the numbers of `publications`. */
  readonly compared: readonly number[]
  /** The engine that starts it; absent: it is attached by URL, or waits for engines inside a process. */
  readonly engine?: EngineName
  /** Keys of the dialect table, where no engine says it. */
  readonly dialects?: readonly string[]
  readonly note?: string
}

/** The comparisons that Assay takes the place of. */
export const publications: readonly string[] = [
  'front ends and engines for one model on one GPU, under Locust',
  'libraries, offline, in batches of one and more',
  'inference throughput of Llama models, served here and in the cloud',
  'inference platforms under a script of users',
  'TGI, vLLM and LightLLM, bursts and Poisson arrivals',
  'continuous batching against static batches',
]

const inProcess = 'inside a process: not yet'
const simulated = 'read from recorded and simulated streams'

/** Every system of those comparisons. */
export const publishedSystems: readonly PublishedSystem[] = [
  { system: 'FastAPI + vLLM', compared: [1], engine: 'fastapi-vllm' },
  { system: 'FastAPI + TensorRT-LLM', compared: [1], engine: 'fastapi-trtllm' },
  { system: 'FastAPI + Transformers', compared: [1, 6], engine: 'fastapi-transformers' },
  {
    system: 'FastAPI + ExLlamaV2',
    compared: [1],
    engine: 'tabbyapi',
    note: 'a FastAPI server over ExLlamaV2 and V3',
  },
  { system: 'Triton + TensorRT-LLM', compared: [1], engine: 'triton-trtllm' },
  { system: 'Triton + vLLM', compared: [1, 4], engine: 'triton-vllm' },
  { system: 'Triton + Transformers', compared: [1], engine: 'triton-transformers' },
  { system: 'Triton over gRPC', compared: [1], engine: 'triton-python', dialects: ['kserve-grpc'] },
  { system: 'Triton, infer with JSON tensors', compared: [4], dialects: ['triton-infer'], note: simulated },
  { system: 'Text Generation Inference', compared: [1, 4, 5, 6], engine: 'tgi' },
  { system: 'vLLM, demo server', compared: [1, 5, 6], engine: 'vllm-legacy' },
  { system: 'vLLM, OpenAI server', compared: [3, 4], engine: 'vllm' },
  { system: 'Ray Serve LLM (RayLLM, RayGen)', compared: [1, 6], engine: 'ray-serve-llm' },
  { system: 'LightLLM', compared: [5], engine: 'lightllm' },
  { system: 'FasterTransformer', compared: [1, 6], engine: 'fastertransformer' },
  {
    system: 'Hugging Face pipeline behind a server that waits for a batch',
    compared: [5, 6],
    engine: 'fastapi-transformers',
    note: '`batching: static`',
  },
  { system: 'DeepSpeed-MII', compared: [4], dialects: ['openai-completions', 'custom'], note: 'by URL' },
  {
    system: 'Azure, models as a service',
    compared: [3],
    dialects: ['azure-inference', 'azure-openai'],
    note: simulated,
  },
  {
    system: 'Amazon SageMaker and Bedrock',
    compared: [3],
    dialects: ['custom'],
    note: 'an endpoint that speaks JSON, by URL',
  },
  { system: 'Transformers in fp32, 8 and 4 bits', compared: [2], note: inProcess },
  { system: 'CTranslate2', compared: [2], note: inProcess },
  { system: 'ExLlama (GPTQ)', compared: [2], note: inProcess },
  {
    system: 'llama.cpp',
    compared: [2],
    engine: 'xllamacpp',
    note: 'also as `llamacpp-server` and `llama-cpp-python`',
  },
  { system: 'vLLM offline', compared: [2], note: `${inProcess}; \`fastapi-vllm\` is the nearest` },
  { system: 'MLC-LLM on telephones', compared: [3], engine: 'mlc', note: 'see below for devices' },
  {
    system: 'Qualcomm’s runtime (QNN), ExecuTorch, Ollama on devices',
    compared: [3],
    dialects: ['custom', 'ollama-chat'],
    note: 'by URL: see below',
  },
]
