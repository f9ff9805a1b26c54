import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import type { Series } from '../../src/model/report.ts'
import { colourIndex, dashOf } from './palette.ts'
import { colourOf, onThemeChange } from './theme.ts'

/** A curve and the position that decides how it looks. */
interface Curve {
  readonly series: Series
  readonly position: number
}

interface PlotProps {
  readonly curves: readonly Curve[]
  readonly height: number
  readonly isLogX?: boolean
  /** Ticks; absent: uPlot's choice. */
  readonly splitsX?: readonly number[]
  readonly splitsY?: readonly number[]
  formatX(value: number): string
  formatY(value: number): string
  /** Fixed range of y; absent: from zero to the largest value. */
  readonly rangeY?: readonly [number, number]
  readonly rangeX?: readonly [number, number]
  /** Stretches of x that are not measured: drawn with a tint and their name. */
  readonly shaded?: readonly { readonly from: number; readonly to: number; readonly name: string }[]
  readonly isArea?: boolean
  /** Figures of one group move their cursors together. */
  readonly syncKey?: string
  /** x under the cursor, `undefined` when it leaves. */
  onCursor(x: number | undefined): void
}

/** A tick's label: no digits that say nothing. */
export function tick(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 6 })
}

const font = '12px system-ui, sans-serif'

function axis(format: (value: number) => string): uPlot.Axis {
  return {
    font,
    stroke: () => colourOf('ink-3'),
    grid: { stroke: () => colourOf('grid'), width: 1 },
    ticks: { show: false },
    values: (_, splits) => splits.map((value) => (value === null ? '' : format(value))),
  }
}

function shade(plot: uPlot, shaded: NonNullable<PlotProps['shaded']>): void {
  const { ctx, bbox } = plot
  const ratio = devicePixelRatio
  ctx.save()
  for (const { from, to, name } of shaded) {
    const left = Math.max(bbox.left, plot.valToPos(from, 'x', true))
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, 'x', true))
    if (right <= left) continue
    ctx.fillStyle = colourOf('shade')
    ctx.fillRect(left, bbox.top, right - left, bbox.height)
    ctx.fillStyle = colourOf('ink-3')
    ctx.font = `${11 * ratio}px system-ui, sans-serif`
    ctx.textBaseline = 'bottom'
    ctx.fillText(name, left, bbox.top - 3 * ratio)
  }
  ctx.restore()
}

function options(props: PlotProps, width: number): uPlot.Options {
  const { curves, height, isLogX, splitsX, splitsY, rangeX, rangeY, shaded, isArea, syncKey } = props
  return {
    width,
    height,
    legend: { show: false },
    padding: [shaded === undefined ? 8 : 16, 10, 0, 0],
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { show: syncKey !== undefined, size: 7 },
      ...(syncKey === undefined ? {} : { sync: { key: syncKey, setSeries: false } }),
    },
    scales: {
      x: {
        time: false,
        distr: isLogX ? 3 : 1,
        ...(rangeX === undefined ? {} : { range: () => [...rangeX] }),
      },
      y: { range: rangeY === undefined ? (_, __, max) => [0, max > 0 ? max * 1.05 : 1] : () => [...rangeY] },
    },
    axes: [
      {
        ...axis(props.formatX),
        space: 56,
        size: 30,
        ...(splitsX === undefined
          ? {}
          : { splits: () => [...splitsX], filter: (_: uPlot, splits: number[]) => splits }),
      },
      {
        ...axis(props.formatY),
        size: 52,
        space: 28,
        ...(splitsY === undefined ? {} : { splits: () => [...splitsY] }),
      },
    ],
    series: [
      {},
      ...curves.map(
        ({ position }): uPlot.Series => ({
          stroke: () => colourOf(`c${colourIndex(position)}`),
          width: 2,
          dash: dashOf(position),
          points: { show: false },
          ...(isArea && curves.length === 1
            ? { fill: () => `color-mix(in srgb, ${colourOf(`c${colourIndex(position)}`)} 12%, transparent)` }
            : {}),
        }),
      ),
    ],
    hooks: {
      drawClear: [(plot) => shade(plot, shaded ?? [])],
      setCursor: [
        (plot) => {
          const { left } = plot.cursor
          props.onCursor(left === undefined || left < 0 ? undefined : plot.posToVal(left, 'x'))
        },
      ],
    },
  }
}

/** A canvas figure as wide as its place. It is decoration to a screen reader: say the same in words beside it. */
export function Plot(props: PlotProps) {
  const place = useRef<HTMLDivElement>(null)
  const current = useRef(props)
  current.current = props
  // Anything but the cursor callback makes another figure.
  const identity = JSON.stringify([
    props.curves.map(({ series, position }) => [series.run, series.id, position]),
    props.isLogX,
    props.rangeX,
    props.height,
  ])
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const { curves } = current.current
    const data = uPlot.join(curves.map(({ series }): uPlot.AlignedData => [[...series.x], [...series.y]]))
    const width = () => Math.max(200, element.clientWidth)
    const set = { ...current.current, onCursor: (x: number | undefined) => current.current.onCursor(x) }
    const plot = new uPlot(options(set, width()), data, element)
    const resized = new ResizeObserver(() => plot.setSize({ width: width(), height: props.height }))
    resized.observe(element)
    const stop = onThemeChange(() => plot.redraw(false, true))
    return () => {
      stop()
      resized.disconnect()
      plot.destroy()
    }
  }, [identity])
  return <div ref={place} class="plot" aria-hidden="true" style={{ minHeight: `${props.height}px` }} />
}
