/** What Molecule promises, one sentence each. Every one is cited, with `promise(id)`, by a test that would fail without it. */
export const requirements = [
  {
    id: 'R-01',
    text: 'An accepted task outlives the crash of the server and ends with its result.',
  },
  { id: 'R-02', text: 'An accepted task outlives the crash of the agent host that works on it.' },
  {
    id: 'R-03',
    text: 'Twenty tasks in flight over several workspaces outlive the crash of the server, of the hosts, and of both.',
  },
  {
    id: 'R-04',
    text: 'A network that breaks in any call between host and server loses nothing and runs nothing twice.',
  },
  {
    id: 'R-05',
    text: 'Each attempt starts at most once, and never are two attempts of one task alive at once.',
  },
  {
    id: 'R-06',
    text: 'Exactly one result is recorded, and the caller’s inbox gets the outcome exactly once; late results are marked.',
  },
  {
    id: 'R-07',
    text: 'Work that was interrupted is tried again, as often as it may, and then fails with the reason.',
  },
  {
    id: 'R-08',
    text: 'Wherever the server is killed, from its first start on, the next start converges.',
  },
  { id: 'R-09', text: 'A killed server and a killed host are back within seconds.' },
  {
    id: 'R-10',
    text: 'Agents outlive the server and are taken over by the next one, not started anew.',
  },
  {
    id: 'R-11',
    text: 'A task that shows no progress does not pass for running: it becomes stuck, with the reason.',
  },
  { id: 'R-12', text: 'Work that progresses is not ended, however slow it is.' },
  { id: 'R-13', text: 'Every failure states its cause and a next step.' },
  {
    id: 'R-14',
    text: 'The first start imports the demo organization, which ends with its report; a killed worker included.',
  },
  {
    id: 'R-15',
    text: 'A demo whose server or agent hosts are killed in the middle finishes; a later start does not repeat it.',
  },
  {
    id: 'R-16',
    text: '`molecule down` stops every agent and proves it, with a running server and without.',
  },
  {
    id: 'R-17',
    text: 'Ctrl-C ends the server cleanly, and says how many agents keep running and how to stop them.',
  },
  {
    id: 'R-18',
    text: 'A command gets its task on standard input and in its environment; its output is the answer when it exits 0, and any other exit is a failure.',
  },
  { id: 'R-19', text: 'A program hands work on and waits for it with the CLI or plain HTTP.' },
  {
    id: 'R-20',
    text: 'Cancel, restart and delete end every process of the program, children with a session of their own included.',
  },
  { id: 'R-21', text: 'A refused request or start says what to do and changes nothing.' },
  {
    id: 'R-22',
    text: 'A second server on a data folder, a newer database and a foreign data folder are refused.',
  },
  {
    id: 'R-23',
    text: 'The same request with the same idempotency key is one task, however often it is sent.',
  },
  { id: 'R-24', text: 'Agents find a server that comes back at another address.' },
  { id: 'R-25', text: 'An agent host ends when its folder is gone.' },
  {
    id: 'R-26',
    text: 'The canvas shows every change without a reload, and goes on by itself when its server was away.',
  },
  { id: 'R-27', text: 'A login link logs one browser in; a used one says how to get another.' },
  {
    id: 'R-28',
    text: 'An agent host that stands still shows as offline with the reason, and is not taken for dead.',
  },
  {
    id: 'R-29',
    text: 'A credential does what its rights say and no more; a revoked, rotated or removed one does nothing, at once.',
  },
  {
    id: 'R-30',
    text: 'A secret reaches the programs it is for, and no file, log or answer shows it.',
  },
  {
    id: 'R-31',
    text: 'Every privileged action is in the audit log, and a record that was changed is found and located.',
  },
  {
    id: 'R-32',
    text: 'An agent that runs elsewhere joins with a token, is awaited when it falls silent, and loses no task.',
  },
  {
    id: 'R-33',
    text: 'A paused or hibernated workspace runs nothing, keeps what it is asked, and goes on with what was interrupted.',
  },
  {
    id: 'R-34',
    text: 'Whatever people and crashes do to a team, it becomes what was wished last, and nothing of it is left over.',
  },
  {
    id: 'R-35',
    text: 'Whatever dies at whatever moment of a task, its caller hears of its end once, with the full text, and of a late result too.',
  },
  {
    id: 'R-36',
    text: 'An agent that has to know something asks, its task waits, and goes on with the answer a person gives on the canvas.',
  },
  {
    id: 'R-37',
    text: 'A template that is applied again, at once or through a crash, is one organization, whole.',
  },
  {
    id: 'R-38',
    text: 'Work by the clock is made, run and switched by a person on the canvas, and its answer is seen there.',
  },
  {
    id: 'R-39',
    text: 'The files of a configuration are changed on the canvas, two who change them at once are told, and the agent reads them from its next start.',
  },
  {
    id: 'R-40',
    text: 'Agents behind no inbound port join by MCP and by plain HTTP, answer what an A2A client asks, and go on with a new credential without losing a message.',
  },
  {
    id: 'R-41',
    text: 'Claude Code leads a team of Codex through its tools; killed at any point it ends with one answer, and nothing of them lives on.',
  },
  {
    id: 'R-42',
    text: 'A person makes a workspace on the canvas with the keys it needs; a refusal stands at its field and loses nothing, and an agent that runs elsewhere is seen to come.',
  },
  {
    id: 'R-43',
    text: 'A bridge on any machine lets a program there do the work of a workspace, and loses nothing however it is killed.',
  },
  {
    id: 'R-44',
    text: 'A server hands out its own command line as a package that needs no registry.',
  },
  {
    id: 'R-45',
    text: 'One command on a machine gives the assistants there the tools of a workspace, and takes nothing from them.',
  },
  {
    id: 'R-46',
    text: 'Whatever runtime the server offers, its agent host can run, or says what is missing.',
  },
] as const

export type RequirementId = (typeof requirements)[number]['id']

/** Says in the name of a test which promise it proves. */
export const promise = (...ids: [RequirementId, ...RequirementId[]]) => `[${ids.join(', ')}]`
