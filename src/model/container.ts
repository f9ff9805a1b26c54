/** One container to run: what the engine API, or a `docker run` line, is told. */
export interface Container {
  /** With its tag: "vllm/vllm-openai:v0.11.0". */
  readonly image: string
  /** "sha256:" and 64 hex digits, which make the image exact; absent: whatever the tag stands for when it is pulled. */
  readonly digest?: string
  /** Absent: the image's own. */
  readonly entrypoint?: readonly string[]
  /** What follows the image on the command line. */
  readonly words: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** `host` is on 127.0.0.1; `PORT` stands for one that is not chosen yet. */
  readonly ports: readonly { readonly host: number | 'PORT'; readonly container: number }[]
  readonly mounts: readonly { readonly source: string; readonly target: string; readonly readOnly: boolean }[]
  /** Numbers of the host's GPUs; absent: none. */
  readonly gpus?: 'all' | readonly number[]
  /** Size of /dev/shm. */
  readonly shmBytes?: number
  /** -1 stands for unlimited. */
  readonly ulimits?: readonly { readonly name: string; readonly soft: number; readonly hard: number }[]
  readonly ipc?: 'host'
  /** Cores it may use: "0-3". */
  readonly cpus?: string
}
