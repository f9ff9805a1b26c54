import { redact } from '../model/errors.ts'

/** The command line that repeats a run: quoted for a shell, without secrets and without its output folder. */
export function repeatCommand(argv: readonly string[], secrets: readonly string[]): string {
  const kept: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ''
    if (word === '--out') i++
    else if (!word.startsWith('--out=')) kept.push(word)
  }
  return ['assay', ...kept.map((word) => quoted(redact(word, secrets)))].join(' ')
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
