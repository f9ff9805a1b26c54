import { fileURLToPath } from 'node:url'

/**
 * Path of a worker's or child process's entry, always the built JavaScript: seen from src/ and from dist/ alike
 * (a thread cannot load TypeScript on Node 20, and tsc does not rewrite worker URLs).
 * @param name path below dist/ without extension: `worker`, `store/convert-child`
 */
export function entryPath(name: string): string {
  return distPath(`${name}.js`)
}

/** Path of any file below dist/, seen from src/ and from dist/ alike. */
export function distPath(name: string): string {
  return fileURLToPath(new URL(`../../dist/${name}`, import.meta.url))
}
