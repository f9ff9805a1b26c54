// Joins the command and the libraries it starts with into a few files under dist/bin: reading some four hundred small
// ones takes longer than everything else between `assay quick` and its first request. Threads, child processes and
// the library door stay as tsc made them.
import { cpSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const src = fileURLToPath(new URL('../src', import.meta.url))
const dist = fileURLToPath(new URL('../dist', import.meta.url))
rmSync(`${dist}/bin`, { recursive: true, force: true })
const bundle = await rolldown({
  input: `${dist}/cli/main.js`,
  platform: 'node',
  // Native modules and what only some runs need.
  external: [
    '@duckdb/node-api',
    '@grpc/grpc-js',
    '@grpc/proto-loader',
    '@huggingface/tokenizers',
    'node-llama-cpp',
  ],
})
// Files below dist are found relative to the module that asks: everything must lie at this depth.
await bundle.write({
  dir: `${dist}/bin`,
  format: 'esm',
  entryFileNames: 'main.js',
  chunkFileNames: '[name]-[hash].js',
  comments: { legal: true },
})

// What is read as it is: the Python side, and the messages of gRPC.
rmSync(`${dist}/engines/python`, { recursive: true, force: true })
cpSync(`${src}/engines/python`, `${dist}/engines/python`, {
  recursive: true,
  filter: (path) => !path.includes('__pycache__'),
})
cpSync(`${src}/dialects/kserve/kserve.proto`, `${dist}/dialects/kserve/kserve.proto`)
