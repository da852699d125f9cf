/** What the host and the program that runs a graph say to each other: a document per line. */
export type RunGraph = {
  readonly kind: 'langgraph' | 'deepagents'
  /** Folder from which packages are found. */
  readonly modules: string
  /** `file.ts:name` of a graph of somebody's own, or of a function that makes one. */
  readonly graph: string | undefined
  readonly model: string
  readonly instructions: string
  readonly tools: { readonly url: string; readonly token: string }
  readonly text: string
  /** Holds what was said in the thread before, and is written when the turn has ended. */
  readonly stateFile: string
  readonly recursionLimit: number
}

export type GraphSays =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool'; readonly id: string; readonly name: string; readonly input: unknown }
  | {
      readonly type: 'tool_end'
      readonly id: string
      readonly output: string
      readonly isError: boolean
    }
  | { readonly type: 'usage'; readonly input: number; readonly output: number }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'result'; readonly text: string }
  | { readonly type: 'failed'; readonly why: string; readonly status: number | undefined }
