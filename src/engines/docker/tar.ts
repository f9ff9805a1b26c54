/** One entry of a tar file. */
export type TarEntry = { readonly path: string; readonly mode: number } & (
  | { readonly kind: 'file'; readonly size: number; read(): Uint8Array }
  | { readonly kind: 'folder' }
  | { readonly kind: 'link'; readonly target: string }
)

const blockBytes = 512
const types = { file: '0', link: '2', folder: '5' } as const

/** A tar file (POSIX ustar) without owners and times, so that the same files give the same bytes. */
export function* tarBlocks(entries: readonly TarEntry[]): Generator<Uint8Array> {
  for (const entry of entries) {
    yield header(entry)
    if (entry.kind !== 'file') continue
    const bytes = entry.read()
    if (bytes.length !== entry.size) throw new RangeError(`${entry.path} changes while it is read`)
    yield bytes
    yield new Uint8Array(-bytes.length & (blockBytes - 1))
  }
  // Two empty blocks end it.
  yield new Uint8Array(2 * blockBytes)
}

function header(entry: TarEntry): Buffer {
  const block = Buffer.alloc(blockBytes)
  const [prefix, name] = splitName(entry.path)
  const put = (text: string, at: number, length: number) => {
    const bytes = Buffer.from(text)
    if (bytes.length > length) throw new RangeError(`${entry.path} is too long for a tar file`)
    bytes.copy(block, at)
  }
  const octal = (value: number, at: number, length: number) =>
    put(value.toString(8).padStart(length - 1, '0'), at, length)
  put(name, 0, 100)
  octal(entry.mode, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(entry.kind === 'file' ? entry.size : 0, 124, 12)
  octal(0, 136, 12)
  // The sum is made as if it were spaces.
  put(' '.repeat(8), 148, 8)
  put(types[entry.kind], 156, 1)
  if (entry.kind === 'link') put(entry.target, 157, 100)
  put('ustar\u000000', 257, 8)
  put(prefix, 345, 155)
  const sum = block.reduce((total, byte) => total + byte, 0)
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8)
  return block
}

/** A long path is cut at a slash into two fields. */
function splitName(path: string): readonly [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= 100) return ['', path]
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    const [prefix, name] = [path.slice(0, slash), path.slice(slash + 1)]
    if (name !== '' && Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155)
      return [prefix, name]
  }
  return ['', path]
}
