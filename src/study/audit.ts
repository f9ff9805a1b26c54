import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Audit } from '../audit/audit.ts'
import { commandFailure } from '../audit/command-failure.ts'
import { fillIn } from '../audit/command-words.ts'
import type { Figures } from '../audit/figures.ts'
import { makeAudit } from '../audit/make-audit.ts'
import { findResult, type ResultFile, readResult } from '../audit/result-files.ts'
import { type RanCommand, type RunningCommand, runCommand } from '../audit/run-command.ts'
import { makeClock } from '../model/clock.ts'
import { AssayError, exitCodes, messageOf } from '../model/errors.ts'
import type { Lateness, Truth } from '../model/truth.ts'
import { spawnReference } from '../reference/spawn.ts'
import { storageError } from '../store/storage-error.ts'
import { writeJson, writeWhole } from '../store/write-whole.ts'
import { packageVersion } from './assay-version.ts'
import { selfErrors } from './audit-self.ts'

export interface AuditOptions {
  /** When the server answers. */
  readonly simulated: Audit['simulated']
  /** The model it serves. */
  readonly model: string
  /** The command, with placeholders. */
  readonly words: readonly string[]
  /** How many requests, the first to arrive, are left out of the truth; of an Assay run its warm-up is, by itself. */
  readonly skip: number
  /** The tool's result file; absent: looked for in `{out}`. */
  readonly result?: string
  /** Figures given by hand; they win over the file's. */
  readonly reported: Figures
  /** Keeps everything; must not exist. Absent: nothing is kept unless the command fails. */
  readonly folder?: string
  /** Sees what the command prints. */
  show?(text: string): void
  /** The command is running and can be interrupted. */
  onRunning(command: RunningCommand): void
}

export interface AuditOutcome {
  /** Absent when the command sent nothing. */
  readonly audit?: Audit
  /** Why the audit is not to be believed, or not whole; absent when all went well. */
  readonly failure?: AssayError
}

/** A command that was run and what the server saw of it. */
interface Watched {
  readonly words: readonly string[]
  readonly ran: RanCommand
  readonly truth: Truth
  readonly lateness: Lateness
}

/**
 * Runs a command against a reference server and compares what it reports with what the server did. Throws
 * `audit-command-not-started`, `reference-not-started`, `audit-server-gone`, `exists` and `storage`; what else went wrong is in the outcome.
 */
export async function runAudit(options: AuditOptions): Promise<AuditOutcome> {
  const folder = makeFolder(options.folder)
  let keeps = options.folder !== undefined
  try {
    const logFile = join(folder, 'command.log')
    const out = join(folder, 'result')
    mkdirSync(out)
    const watched = await watch(options, logFile, out)
    const { words, ran, truth } = watched
    const sentNothing = truth.requests.length === 0
    const failed = commandFailure(ran.end, { words, logFile, simulated: options.simulated, sentNothing })
    if (failed !== undefined) keeps = true
    const { file, problem } = reportOf(options, out)
    const audit = sentNothing ? undefined : await auditOf(options, watched, file)
    if (options.folder !== undefined) {
      writeWhole(join(folder, 'truth.json'), `${JSON.stringify(truth)}\n`)
      if (audit !== undefined) writeJson(join(folder, 'audit.json'), audit, [])
    }
    const failure = failed ?? problem
    return { ...(audit === undefined ? {} : { audit }), ...(failure === undefined ? {} : { failure }) }
  } finally {
    if (!keeps) rmSync(folder, { recursive: true, force: true })
  }
}

async function watch(options: AuditOptions, logFile: string, out: string): Promise<Watched> {
  const { simulated, model, show, onRunning } = options
  const reference = await spawnReference({ timing: { kind: 'fixed', ...simulated }, model })
  try {
    const { url, epochMonotonicNs } = reference
    const { hostname: host, port } = new URL(url)
    const words = fillIn(options.words, { url, host, port, model, out })
    const clock = makeClock(epochMonotonicNs)
    const running = runCommand({ words, logFile, clock, ...(show === undefined ? {} : { show }) })
    onRunning(running)
    const ran = await running.done
    const [truth, lateness] = await Promise.all([reference.truth(), reference.lateness()]).catch(serverGone)
    return { words, ran, truth, lateness }
  } finally {
    await reference.close()
  }
}

function serverGone(cause: unknown): never {
  throw new AssayError('audit-server-gone', `The reference server's log cannot be had: ${messageOf(cause)}`, {
    hint: 'Something ended that server before the command did, so there is no truth. Run it again.',
    exitCode: exitCodes.target,
    cause,
  })
}

/** What the command wrote; a named file that cannot be used takes nothing from the truth, which is shown all the same. */
function reportOf(
  { result }: AuditOptions,
  out: string,
): { readonly file?: ResultFile; readonly problem?: AssayError } {
  try {
    const file = result === undefined ? findResult(out) : readResult(result)
    return file === undefined ? {} : { file }
  } catch (error) {
    if (error instanceof AssayError) return { problem: error }
    throw error
  }
}

async function auditOf(
  options: AuditOptions,
  watched: Watched,
  file: ResultFile | undefined,
): Promise<Audit> {
  const { truth } = watched
  const self = file?.reader === 'assay' ? await selfErrors(dirname(file.path), truth) : undefined
  const skipped = new Set(truth.requests.slice(0, options.skip))
  return makeAudit({
    ...watched,
    assay: packageVersion(),
    simulated: options.simulated,
    isMeasured: (request) =>
      self === undefined
        ? !skipped.has(request)
        : request.requestId !== undefined && self.measuredIds.has(request.requestId),
    byHand: options.reported,
    ...(file === undefined ? {} : { file }),
    ...(self === undefined ? {} : { stamps: self.stamps }),
  })
}

/** A fresh folder: the one that was asked for, or one for the time being. */
function makeFolder(folder: string | undefined): string {
  try {
    if (folder === undefined) return mkdtempSync(join(tmpdir(), 'assay-audit-'))
    // Commands may change their directory.
    const path = resolve(folder)
    mkdirSync(dirname(path), { recursive: true })
    mkdirSync(path)
    return path
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new AssayError(
        'exists',
        `${folder} exists already; Assay never writes into an existing folder.`,
        {
          hint: 'Give another output folder, or move that one away.',
        },
      )
    }
    throw storageError('create', folder ?? tmpdir(), error)
  }
}
