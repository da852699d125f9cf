import {
  Background,
  BackgroundVariant,
  type NodeProps,
  type NodeTypes,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
  useStoreApi,
  ViewportPortal,
} from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from 'react'
import { text } from '../strings.ts'
import { Icon } from '../ui/Icon.tsx'
import type { FlowNode } from './flow-nodes.ts'
import { type Lod, lodAt } from './lod.ts'

type Draw = {
  card: (id: string, lod: Lod, selected: boolean) => ReactNode
  frame: (id: string, lod: Lod) => ReactNode
}

type Props = {
  nodes: readonly FlowNode[]
  draw: Draw
  /** Drawn between frames and cards, in the coordinates of the chart. */
  lines: ReactNode
  focusId: string | undefined
}

const minZoom = 0.08
const maxZoom = 1.6
/** Fitting never magnifies beyond this. */
const maxFitZoom = 1.1
const readableZoom = 0.75
/** Kept free around the chart. */
const marginPx = 28
const moveMs = 260
/** Below this many nodes all are drawn, so that the Tab key reaches every card. */
const cullAbove = 300

const DrawContext = createContext<Draw | undefined>(undefined)

const useLod = () => useStore((state) => lodAt(state.transform[2]))

function CardNode({ id, selected }: NodeProps) {
  const draw = useContext(DrawContext)
  const lod = useLod()
  return draw?.card(id, selected && lod === 'tile' ? 'compact' : lod, selected)
}

function FrameNode({ data }: NodeProps) {
  const draw = useContext(DrawContext)
  const lod = useLod()
  return draw?.frame(String(data.workspaceId), lod)
}

const nodeTypes: NodeTypes = { card: CardNode, frame: FrameNode }

/** The only file that knows React Flow: camera, culling and where nodes go. */
export function OrgFlow(props: Props) {
  return (
    <ReactFlowProvider>
      <DrawContext value={props.draw}>
        <Surface {...props} />
      </DrawContext>
    </ReactFlowProvider>
  )
}

function Surface({ nodes, lines, focusId }: Props) {
  const hasMoved = useRef(false)
  useCamera(nodes, focusId, hasMoved)
  const list = useMemo(() => [...nodes], [nodes])
  return (
    <ReactFlow
      nodes={list}
      nodeTypes={nodeTypes}
      minZoom={minZoom}
      maxZoom={maxZoom}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      elementsSelectable={false}
      elevateNodesOnSelect={false}
      onlyRenderVisibleElements={nodes.length > cullAbove}
      zoomOnDoubleClick={false}
      deleteKeyCode={null}
      selectionKeyCode={null}
      disableKeyboardA11y
      proOptions={{ hideAttribution: true }}
      onMove={(event) => {
        if (event) hasMoved.current = true
      }}
    >
      <Background variant={BackgroundVariant.Dots} gap={24} size={1.4} />
      <ViewportPortal>{lines}</ViewportPortal>
      <Controls nodes={nodes} hasMoved={hasMoved} />
    </ReactFlow>
  )
}

type Flag = { current: boolean }

function Controls({ nodes, hasMoved }: { nodes: readonly FlowNode[]; hasMoved: Flag }) {
  const flow = useReactFlow()
  const store = useStoreApi()
  const fit = () => {
    hasMoved.current = false
    const { width, height } = store.getState()
    void flow.setViewport(wholeChart(nodes, width, height), { duration: moveMs })
  }
  return (
    <div className="flow-controls" role="toolbar" aria-label={text.org.label}>
      <ControlButton
        label={text.org.zoomIn}
        icon="plus"
        run={() => void flow.zoomIn({ duration: 120 })}
      />
      <ControlButton
        label={text.org.zoomOut}
        icon="minus"
        run={() => void flow.zoomOut({ duration: 120 })}
      />
      <ControlButton label={text.org.fit} icon="fit" run={fit} />
    </div>
  )
}

type ControlProps = { label: string; icon: 'plus' | 'minus' | 'fit'; run: () => void }

function ControlButton({ label, icon, run }: ControlProps) {
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={run}>
      <Icon name={icon} />
    </button>
  )
}

/** Shows the whole chart until a person moves it; then only makes sure that the selected card is in sight. */
function useCamera(nodes: readonly FlowNode[], focusId: string | undefined, hasMoved: Flag) {
  const flow = useReactFlow()
  const width = useStore((state) => state.width)
  const height = useStore((state) => state.height)
  const shape = useMemo(
    () => nodes.map(({ id, position }) => `${id}${position.x},${position.y}`).join(),
    [nodes],
  )
  const latest = useRef(nodes)
  latest.current = nodes
  const wasFitted = useRef(false)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape stands for the nodes.
  useEffect(() => {
    if (width === 0 || hasMoved.current) return
    const duration = wasFitted.current ? moveMs : 0
    wasFitted.current = true
    void flow.setViewport(wholeChart(latest.current, width, height), { duration })
  }, [flow, shape, width, height, hasMoved])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new size may hide the card again.
  useEffect(() => {
    if (width === 0 || !focusId) return
    const node = latest.current.find(({ id }) => id === focusId)
    if (!node) return
    const at = { x: node.position.x + node.width / 2, y: node.position.y + node.height / 2 }
    const screen = flow.flowToScreenPosition(at)
    const surface = document.querySelector('.react-flow')?.getBoundingClientRect()
    const zoom = flow.getZoom()
    const isInSight =
      surface &&
      screen.x - (node.width * zoom) / 2 > surface.left &&
      screen.x + (node.width * zoom) / 2 < surface.left + width &&
      screen.y - (node.height * zoom) / 2 > surface.top &&
      screen.y + (node.height * zoom) / 2 < surface.top + height
    if (isInSight || !hasMoved.current) return
    void flow.setCenter(at.x, at.y, { zoom: Math.max(zoom, readableZoom), duration: moveMs })
  }, [flow, focusId, width, height])
}

/** The camera that shows the whole chart in the middle, never magnified beyond reason. */
function wholeChart(nodes: readonly FlowNode[], width: number, height: number) {
  const left = Math.min(...nodes.map(({ position }) => position.x))
  const top = Math.min(...nodes.map(({ position }) => position.y))
  const right = Math.max(...nodes.map((node) => node.position.x + node.width))
  const bottom = Math.max(...nodes.map((node) => node.position.y + node.height))
  const wanted = Math.min(
    (width - 2 * marginPx) / (right - left),
    (height - 2 * marginPx) / (bottom - top),
  )
  const zoom = Math.max(minZoom, Math.min(maxFitZoom, wanted))
  return {
    zoom,
    x: width / 2 - (zoom * (left + right)) / 2,
    y: height / 2 - (zoom * (top + bottom)) / 2,
  }
}
