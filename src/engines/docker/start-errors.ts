/** Why a container could not be made or started: a code, and a hint where there is one. */
export interface StartFailure {
  readonly failed: string
  readonly code: string
  readonly hint: string
}

/** Docker says in words only what is wrong. */
const known: readonly { readonly says: RegExp; readonly code: string; readonly hint: string }[] = [
  {
    says: /port is already allocated|address already in use/i,
    code: 'port-taken',
    hint: 'Choose another "port", or leave it out for any free one.',
  },
  {
    says: /could not select device driver|capabilities: \[\[gpu\]\]|nvidia-container/i,
    code: 'docker-no-gpu',
    hint: 'Docker gives GPUs only with the NVIDIA Container Toolkit. Is it installed, and was Docker restarted after that?',
  },
  {
    says: /bind source path does not exist|no such file or directory.*mount|statfs/i,
    code: 'docker-mount',
    hint: 'A folder that the container is given does not exist on the host of Docker.',
  },
]

/** Reads Docker's words. */
export function startFailure(step: 'create' | 'start', status: number, message: string): StartFailure {
  const text = message === '' ? `status ${status}` : message
  const found = known.find(({ says }) => says.test(text))
  return {
    failed: `Docker cannot ${step} the container: ${text}`,
    code: found?.code ?? 'engine-not-started',
    hint: found?.hint ?? 'The "docker run" line of "assay engines command" may be tried by hand.',
  }
}
