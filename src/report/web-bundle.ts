import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AssayError, exitCodes } from '../model/errors.ts'
import type { WebBundle } from './renderer.ts'

function bundlePath(file: string): string {
  return fileURLToPath(new URL(`../../dist/web/${file}`, import.meta.url))
}

/**
 * Reads the built report page, seen from src/ and dist/ alike.
 * Throws AssayError `web-bundle-missing` when it was not built.
 */
export function readWebBundle(): WebBundle {
  try {
    return {
      js: readFileSync(bundlePath('report.js'), 'utf8'),
      css: readFileSync(bundlePath('report.css'), 'utf8'),
    }
  } catch (cause) {
    throw new AssayError('web-bundle-missing', `The report page is not built: ${bundlePath('report.js')}.`, {
      hint: 'In a checkout run `npm run build`; an installed package that lacks it should be installed again.',
      exitCode: exitCodes.internal,
      cause,
    })
  }
}
