import type { BoardPlace } from '../lib/place.ts'
import { useCanvas, useGo } from '../use-services.ts'
import { BoardColumn } from './BoardColumn.tsx'
import { boardText } from './board-text.ts'
import { columnsOf } from './columns.ts'

/** What the whole organization is asked, by where it stands; live. */
function BoardPage({ place }: { place: BoardPlace }) {
  const tasks = useCanvas(({ live }) => live.tasks.byId)
  const columns = columnsOf(tasks.values(), place.of)
  return (
    <div className="sheet sheet-full">
      <main className="sheet-main" aria-label={boardText.title}>
        <header className="sheet-intro board-head">
          <div>
            <h1>{boardText.title}</h1>
            <p>{boardText.lead}</p>
          </div>
          <Filter of={place.of} />
        </header>
        <div className="board">
          {columns.map((column) => (
            <BoardColumn key={column.name} column={column} />
          ))}
        </div>
      </main>
    </div>
  )
}

function Filter({ of }: { of: string | undefined }) {
  const go = useGo()
  const workspaces = useCanvas(({ live }) => live.workspaces.byId)
  const sorted = [...workspaces.values()].sort((a, b) => a.name.localeCompare(b.name))
  return (
    <label className="board-filter">
      {boardText.of}
      <select
        value={of ?? ''}
        onChange={({ target }) => go({ page: 'board', of: target.value || undefined }, 'replace')}
      >
        <option value="">{boardText.everybody}</option>
        {sorted.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

// biome-ignore lint/style/noDefaultExport: React.lazy reads the default export.
export default BoardPage
