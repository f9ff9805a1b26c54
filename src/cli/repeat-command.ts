import { redact } from '../model/errors.ts'

/** Flags that place or show results and change nothing of what is measured. */
const showFlags: Readonly<Record<string, 'with value' | 'alone'>> = {
  '--out': 'with value',
  '--json': 'alone',
  '--quiet': 'alone',
}
/** What stands for a secret that the user has to fill in. */
const blank = '[redacted]'

/**
 * The command line that repeats a study: without the flags that only place or show results (the folder exists by
 * then), header values and passwords in URLs blanked, quoted for a POSIX shell.
 * @param argv the words after `assay`
 * @param secrets further texts that must not be seen
 */
export function repeatCommand(argv: readonly string[], secrets: readonly string[]): string {
  const words: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ''
    const [flag, inline] = splitAtEquals(word)
    const show = Object.hasOwn(showFlags, flag) ? showFlags[flag] : undefined
    if (show !== undefined) {
      if (show === 'with value' && inline === undefined) i++
    } else if (flag === '--header' || flag === '--set') {
      const value = inline ?? argv[++i] ?? ''
      words.push(flag, flag === '--header' ? blankHeader(value) : blankSet(value))
    } else {
      words.push(blankPassword(word))
    }
  }
  return ['assay', ...words].map((word) => quoted(redact(word, secrets))).join(' ')
}

function splitAtEquals(word: string): [before: string, after?: string] {
  const at = word.indexOf('=')
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)]
}

function blankHeader(header: string): string {
  const colon = header.indexOf(':')
  return colon < 0 ? blank : `${header.slice(0, colon)}: ${blank}`
}

function blankSet(assignment: string): string {
  const [path, value] = splitAtEquals(assignment)
  if (value === undefined) return assignment
  return /(^|[.[\]])headers([.[\]]|$)/.test(path) ? `${path}=${blank}` : `${path}=${blankPassword(value)}`
}

function blankPassword(word: string): string {
  return word.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, `$1${blank}@`)
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
