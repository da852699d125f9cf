import type { AcpConfig } from '@molecule/contract/runtime-config'
import type { AdapterSettings } from '../../adapter.ts'
import type { Cli } from '../cli-failure.ts'
import type { Program } from '../cli-fault.ts'

/** What one start of a program gets besides what its configuration says. */
export type Prepared = {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** It has the instructions by a way of its own. */
  readonly isInstructed: boolean
  /** It has the tools of the organization by a way of its own. */
  readonly hasTools: boolean
}

export type Preparing = {
  readonly settings: AdapterSettings
  readonly config: AcpConfig
  /** As it would be without the preset: keys and addresses are in it. */
  readonly env: Readonly<Record<string, string>>
  readonly instructions: string
  /** That is to be gone on with. */
  readonly session: string | undefined
  readonly tools: { readonly url: string; readonly token: string }
}

/** A program that speaks the Agent Client Protocol, and what is its own about it. */
export type Preset = {
  readonly command: string
  /** How long it may say nothing while no tool runs, unless its configuration says otherwise. */
  readonly stallS: number
  /** How its failures are told. */
  readonly words: Cli
  /** How it is installed; none where nothing is known of it. */
  readonly program: Program | undefined
  prepare(preparing: Preparing): Promise<Prepared>
}
