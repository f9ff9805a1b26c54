import { execFile } from 'node:child_process'
import type { VersionProbe } from '../recipe.ts'
import { getPage } from './get-page.ts'

const maxLength = 100
const maxSettings = 50
const timeoutMs = 10_000

/** What the engine says its version is; `undefined` when it does not say. */
export async function readVersion(
  probe: VersionProbe | undefined,
  url: string,
  python: string,
): Promise<string | undefined> {
  if (probe === undefined) return undefined
  const said =
    probe.kind === 'page'
      ? await fromPage(`${url}${probe.path}`, probe.key)
      : await ofPackage(probe.name, python)
  return said === undefined || said === '' ? undefined : said.slice(0, maxLength)
}

async function fromPage(url: string, key: string): Promise<string | undefined> {
  const page = await getPage(url)
  try {
    const fields = JSON.parse(page?.body ?? '') as Record<string, unknown> | null
    const value = fields?.[key]
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

function ofPackage(name: string, python: string): Promise<string | undefined> {
  const code = 'import sys, importlib.metadata as m; print(m.version(sys.argv[1]))'
  return new Promise((resolve) => {
    execFile(python, ['-c', code, name], { timeout: timeoutMs, maxBuffer: 4096 }, (error, stdout) =>
      resolve(error === null ? stdout.trim() : undefined),
    )
  })
}

/** What an engine says it runs with: the plain values of a page's field `settings`; empty when it says nothing. */
export async function readSettings(
  url: string,
): Promise<Readonly<Record<string, string | number | boolean>>> {
  const page = await getPage(url)
  try {
    const { settings } = JSON.parse(page?.body ?? '') as { readonly settings?: object }
    const plain = Object.entries(settings ?? {}).slice(0, maxSettings)
    return Object.fromEntries(
      plain.filter(([, value]) =>
        typeof value === 'string' ? value.length <= maxLength : ['number', 'boolean'].includes(typeof value),
      ),
    ) as Record<string, string | number | boolean>
  } catch {
    return {}
  }
}
