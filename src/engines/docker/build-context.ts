import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { AssayError, messageOf } from '../../model/errors.ts'
import { type TarEntry, tarBlocks } from './tar.ts'

/** What an image is built from: a Dockerfile and the folder around it. */
export interface ImageBuild {
  /** Named after all bytes of the context: other bytes make another image. */
  readonly tag: string
  readonly folder: string
  /** The Dockerfile's name in the folder. */
  readonly file: string
  /** The folder as a tar file, in pieces. */
  context(): Generator<Uint8Array>
}

/** Models do not belong into an image: they are mounted. */
const maxBytes = 512 << 20
const maxFiles = 10_000

/** The build of a Dockerfile, given by its path or its folder's. Throws `dockerfile` when it cannot be read or is too large. */
export function imageBuild(path: string): ImageBuild {
  try {
    const whole = resolve(path)
    const file = statSync(whole).isDirectory() ? join(whole, 'Dockerfile') : whole
    readFileSync(file)
    const folder = dirname(file)
    const entries = contextOf(folder)
    const hash = createHash('sha256').update(basename(file))
    for (const piece of tarBlocks(entries)) hash.update(piece)
    return {
      tag: `assay-local:${hash.digest('hex').slice(0, 12)}`,
      folder,
      file: basename(file),
      context: () => tarBlocks(entries),
    }
  } catch (cause) {
    throw new AssayError('dockerfile', `The Dockerfile ${path} cannot be used: ${messageOf(cause)}`, {
      hint: 'Give its path, or that of a folder that holds a file Dockerfile and what it copies, and little else.',
      cause,
    })
  }
}

function contextOf(folder: string): readonly TarEntry[] {
  const entries: TarEntry[] = []
  let bytes = 0
  const add = (below: string) => {
    for (const name of readdirSync(join(folder, below)).sort()) {
      const path = below === '' ? name : `${below}/${name}`
      const whole = join(folder, path)
      const stats = lstatSync(whole)
      const mode = stats.mode & 0o777
      if (stats.isDirectory()) {
        entries.push({ kind: 'folder', path: `${path}/`, mode })
        add(path)
      } else if (stats.isSymbolicLink()) {
        entries.push({ kind: 'link', path, mode, target: readlinkSync(whole) })
      } else if (stats.isFile()) {
        bytes += stats.size
        entries.push({ kind: 'file', path, mode, size: stats.size, read: () => readFileSync(whole) })
      }
      if (bytes > maxBytes) throw new RangeError(`${folder} holds more than 512 MiB`)
      if (entries.length > maxFiles) throw new RangeError(`${folder} holds more than ${maxFiles} files`)
    }
  }
  add('')
  return entries
}
